//! Sets of names that cost the same to ask with 1 and with 1,000 of them.

use hashbrown::HashTable;

/// Names ready for look-ups whose cost does not depend on their number.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTable {
    names: Box<[Box<str>]>,
    /// indices of `names`, hashed without regard to case
    table: HashTable<usize>,
    longest: usize,
}

impl NameTable {
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: Box<[Box<str>]> = names.map(Into::into).collect();
        let hash = |index: &usize| hash(names[*index].as_bytes());
        let mut table = HashTable::with_capacity(names.len());
        for index in 0..names.len() {
            table.insert_unique(hash(&index), index, hash);
        }
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        NameTable { names, table, longest }
    }

    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.find(name, |own| own == name)
    }

    pub(crate) fn contains_ignoring_case(&self, name: &[u8]) -> bool {
        // browsers send lower case, which is cheaper to compare
        self.find(name, |own| own == name || own.eq_ignore_ascii_case(name))
    }

    fn find(&self, name: &[u8], is: impl Fn(&[u8]) -> bool) -> bool {
        name.len() <= self.longest
            && self.table.find(hash(name), |index| is(self.names[*index].as_bytes())).is_some()
    }
}

/// Equal for names that differ in case alone: of each byte the bit that tells the case is set,
/// eight bytes at a time. The table's names are the author's, so nobody can make them collide, and
/// the hash needs no key.
fn hash(name: &[u8]) -> u64 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ (word | CASE)).wrapping_mul(FACTOR).rotate_left(29);
    let (words, tail) = name.as_chunks::<8>();
    let start =
        words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let tail = tail.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(start, tail).wrapping_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whatever_their_number() {
        let names: Vec<_> = (0..1000).map(|i| format!("X-{i}")).collect();
        let table = NameTable::new(names.iter().map(String::as_str));
        for name in &names {
            let lower = name.to_ascii_lowercase();
            assert!(table.contains(name.as_bytes()) && !table.contains(lower.as_bytes()), "{name}");
            assert!(table.contains_ignoring_case(lower.as_bytes()), "{name}");
            assert!(!table.contains_ignoring_case(format!("{name}0x").as_bytes()), "{name}");
        }
        assert!(!NameTable::default().contains(b""));
    }

    #[test]
    fn no_two_of_many_names_have_one_hash() {
        let long = |i: usize| format!("x-a-name-of-more-than-{i}-bytes-in-several-words");
        let names: Vec<_> = (0..10_000).flat_map(|i| [format!("x-{i}"), long(i)]).collect();
        let mut hashes: Vec<_> = names.iter().map(|name| hash(name.as_bytes())).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), names.len());
    }
}
