//! Every key, and every error of cors-core that one policy can have, is reached from the macros.

use std::{collections::BTreeSet, fs, path::Path};

use cors_core::{Fault, Key, Place};

use super::{policies, written};
use crate::grammar::Written;

#[test]
fn every_key_is_written_by_its_name() {
    for key in Key::ALL {
        let text = match key {
            Key::Origins => "origins = [\"https://a.example\"]".to_owned(),
            Key::AllowHeaders | Key::ExposeHeaders | Key::Methods => {
                format!("inherit, {key} = [\"X-A\"]")
            }
            Key::MaxAge => "inherit, max_age = 60".to_owned(),
            Key::Policy => "policy = SPA".to_owned(),
            Key::Inherit | Key::Off => key.to_string(),
            Key::Credentials => "origins = [\"https://a.example\"], credentials".to_owned(),
            flag => format!("origins = set(\"a\"), {flag}"),
        };
        let written = written(&text, Place::Constant);
        assert!(written.diagnostics.is_empty(), "{key}: {:?}", written.diagnostics);
        assert!(written.setting(key).is_some(), "{key}");
    }
}

#[test]
fn every_fault_of_one_policy_has_a_fixture() {
    let mut reached = BTreeSet::new();
    for file in sources("../tests/ui/fail") {
        for (place, keys) in policies(&file) {
            for error in Written::parse(keys, place).errors(place) {
                let fault = error.fault();
                reached.insert(variant(&format!("{fault:?}")));
                match fault {
                    Fault::Pattern(inner) => {
                        reached.insert(variant(&format!("{:?}", inner.kind())))
                    }
                    Fault::Name(inner) => reached.insert(variant(&format!("{inner:?}"))),
                    _ => false,
                };
            }
        }
    }
    let core: Vec<_> = sources("../cors-core/src").iter().map(|file| parsed(file)).collect();
    let missing: Vec<_> = ["Fault", "PatternFaultKind", "NameFault"]
        .into_iter()
        .flat_map(|name| variants(&core, name))
        .filter(|variant| !reached.contains(variant) && !NEEDS_TWO_LAYERS.contains(&&**variant))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Faults that show only when a policy gets its part in an App.
const NEEDS_TWO_LAYERS: [&str; 2] = ["NothingEncloses", "CeilingWithoutOrigins"];

/// The source files below a folder of the workspace.
fn sources(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    files
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(fs::read_to_string(path).expect("a readable file"));
        }
    }
}

fn parsed(file: &str) -> syn::File {
    syn::parse_file(file).expect("it compiles")
}

fn variant(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The names of an enum's variants.
fn variants(files: &[syn::File], name: &str) -> Vec<String> {
    let variants = files.iter().flat_map(|file| &file.items).find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(&item.variants),
        _ => None,
    });
    let variants = variants.unwrap_or_else(|| panic!("no enum {name}"));
    assert!(!variants.is_empty(), "{name}");
    variants.iter().map(|variant| variant.ident.to_string()).collect()
}
