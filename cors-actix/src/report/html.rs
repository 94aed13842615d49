//! The report as one HTML page: no network, a strict policy, works from a file and printed.

use std::fmt::Write;

use super::PolicyReport;

impl PolicyReport {
    /// The report as one self-contained HTML page, to be opened from a file or served.
    ///
    /// It loads nothing, runs nothing but its own script, and puts values of the App into the page
    /// as text only.
    #[must_use]
    pub fn to_html(&self) -> String {
        let json = serde_json::to_string(self)
            .expect("keys are strings, and nothing that is serialized here can fail");
        let parts = [
            ("{{policy}}", content_security_policy()),
            ("{{style}}", STYLE.to_owned()),
            ("{{report}}", inert(&json)),
            ("{{script}}", SCRIPT.to_owned()),
        ];
        let mut rest = PAGE;
        let mut page = String::with_capacity(PAGE.len() + STYLE.len() + SCRIPT.len() + json.len());
        // one after the other, so that no part is looked for in another one
        for (name, part) in parts {
            let (before, after) = rest.split_once(name).unwrap_or((rest, ""));
            page.push_str(before);
            page.push_str(&part);
            rest = after;
        }
        page + rest
    }
}

/// Nothing but the page's own style and script, known by their hashes, and no text as markup.
pub(super) fn content_security_policy() -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{SCRIPT_HASH}'; style-src 'sha256-{STYLE_HASH}'; \
         base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// JSON that an HTML parser cannot take for anything else, in printable ASCII.
fn inert(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{7f}' => write!(text, "\\u{:04x}", u32::from(c)),
            ' '..='~' => text.write_char(c),
            _ => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .try_for_each(|unit| write!(text, "\\u{unit:04x}")),
        }
        .expect("a string takes everything");
    }
    text
}

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("page/simulate.js"),
    include_str!("page/sent.js"),
    include_str!("page/text.js"),
    include_str!("page/rows.js"),
    include_str!("page/details.js"),
    include_str!("page/question.js"),
    include_str!("page/page.js"),
);
/// SHA-256 of [`STYLE`], in base64.
const STYLE_HASH: &str = "6elCSeVTzE/0CPjZhnv8yhQHukpRvO10ob8RRiphd9Y=";
/// SHA-256 of [`SCRIPT`], in base64.
const SCRIPT_HASH: &str = "Mnh1vLI7lO/yJR2REGCS/DLvTmoMEBVZh9jnRsDwK+E=";

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_policy_knows_style_and_script() {
        for (name, text, want) in [("style", STYLE, STYLE_HASH), ("script", SCRIPT, SCRIPT_HASH)] {
            assert_eq!(base64(&Sha256::digest(text)), want, "{name}");
            assert!(!text.contains("</"), "{name} would end its element");
        }
    }

    #[test]
    fn the_page_holds_each_part_once() {
        for name in ["{{policy}}", "{{style}}", "{{report}}", "{{script}}"] {
            assert_eq!(PAGE.matches(name).count(), 1, "{name}");
        }
    }

    #[test]
    fn json_never_ends_its_element() {
        let hostile = "</script><!--<script>&\u{7f}\u{2028}\u{202e}\u{10ffff}";
        let json = serde_json::to_string(hostile).expect("a string");
        let text = inert(&json);
        assert!(text.bytes().all(|b| (b' '..=b'~').contains(&b)), "{text}");
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let back: String = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, hostile);
    }

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b));
            let bits = bits << (8 * (3 - chunk.len()));
            for digit in 0..4 {
                let index = bits >> (18 - 6 * digit) & 63;
                text.push(if digit > chunk.len() {
                    '='
                } else {
                    char::from(DIGITS[index as usize])
                });
            }
        }
        text
    }
}
