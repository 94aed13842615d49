//! What changes mean, and what the check of the file does where.

use super::{environment::Environment, *};

#[test]
fn each_change_is_told_by_its_meaning() {
    use Meaning::{Narrower, Neutral, Wider};
    type Want<'a> = &'a [(Meaning, bool, &'a str)];
    let off = "app | off";
    let cases: [(&str, &[&str], &[&str], Want<'_>); 27] = [
        ("nothing", &[off], &[off], &[]),
        (
            "a new origin",
            &["app | origin https://a.example"],
            &["app | origin https://a.example", "app | origin https://b.example"],
            &[(Wider, true, "app | origin https://b.example")],
        ),
        (
            "an origin gone",
            &["app | origin https://a.example", "app | origin https://b.example"],
            &["app | origin https://a.example"],
            &[(Narrower, false, "app | origin https://b.example")],
        ),
        (
            "a new origin that a pattern covers",
            &["app | origin https://*.a.example"],
            &["app | origin https://*.a.example", "app | origin https://x.a.example"],
            &[(Neutral, true, "app | origin https://x.a.example")],
        ),
        (
            "a new origin that a pattern covers, with credentials",
            &["app | origin https://*.a.example"],
            &["app | origin https://*.a.example", "app | origin https://x.a.example credentials"],
            &[(Wider, true, "app | origin https://x.a.example credentials")],
        ),
        (
            "a neighbour that no pattern covers",
            &["app | origin https://*.a.example"],
            &["app | origin https://*.a.example", "app | origin https://xa.example"],
            &[(Wider, true, "app | origin https://xa.example")],
        ),
        (
            "a pattern for its origins",
            &["app | origin https://x.a.example"],
            &["app | origin https://*.a.example"],
            &[
                (Neutral, false, "app | origin https://x.a.example"),
                (Wider, true, "app | origin https://*.a.example"),
            ],
        ),
        (
            "an origin for a pattern",
            &["app | origin https://*.a.example"],
            &["app | origin https://x.a.example"],
            &[
                (Narrower, false, "app | origin https://*.a.example"),
                (Neutral, true, "app | origin https://x.a.example"),
            ],
        ),
        (
            "credentials",
            &["app | origin https://a.example"],
            &["app | origin https://a.example credentials"],
            &[
                (Neutral, false, "app | origin https://a.example"),
                (Wider, true, "app | origin https://a.example credentials"),
            ],
        ),
        (
            "no credentials any more",
            &["app | origin https://a.example credentials"],
            &["app | origin https://a.example"],
            &[
                (Narrower, false, "app | origin https://a.example credentials"),
                (Neutral, true, "app | origin https://a.example"),
            ],
        ),
        (
            "an exposed header",
            &["app | origin https://a.example exposes=etag"],
            &["app | origin https://a.example exposes=etag,x-a"],
            &[
                (Neutral, false, "app | origin https://a.example exposes=etag"),
                (Wider, true, "app | origin https://a.example exposes=etag,x-a"),
            ],
        ),
        (
            "any for a list",
            &["app | origin https://a.example"],
            &["app | origin any"],
            &[
                (Neutral, false, "app | origin https://a.example"),
                (Wider, true, "app | origin any"),
            ],
        ),
        (
            "any for a list with credentials",
            &["app | origin https://a.example credentials"],
            &["app | origin any"],
            &[
                (Narrower, false, "app | origin https://a.example credentials"),
                (Wider, true, "app | origin any"),
            ],
        ),
        (
            "another set",
            &["app | origin set:a"],
            &["app | origin set:b"],
            &[(Narrower, false, "app | origin set:a"), (Wider, true, "app | origin set:b")],
        ),
        (
            "off",
            &["app | origin any"],
            &[off],
            &[(Narrower, false, "app | origin any"), (Narrower, true, off)],
        ),
        (
            "no longer off",
            &[off],
            &["app | origin any"],
            &[(Wider, false, off), (Wider, true, "app | origin any")],
        ),
        (
            "a request header",
            &["app | origin any"],
            &["app | origin any", "app | header x-a"],
            &[(Wider, true, "app | header x-a")],
        ),
        (
            "a request header below any",
            &["app | origin any", "app | header any"],
            &["app | origin any", "app | header any", "app | header x-a"],
            &[(Neutral, true, "app | header x-a")],
        ),
        (
            "authorization below any",
            &["app | origin any", "app | header any"],
            &["app | origin any", "app | header any", "app | header authorization"],
            &[(Wider, true, "app | header authorization")],
        ),
        (
            "a longer max-age",
            &["app | origin any", "app | max-age 60"],
            &["app | origin any", "app | max-age 600"],
            &[(Neutral, false, "app | max-age 60"), (Wider, true, "app | max-age 600")],
        ),
        (
            "no max-age any more",
            &["app | origin any", "app | max-age 60"],
            &["app | origin any"],
            &[(Narrower, false, "app | max-age 60")],
        ),
        (
            "a max-age below the default",
            &["app | origin any"],
            &["app | origin any", "app | max-age 0"],
            &[(Narrower, true, "app | max-age 0")],
        ),
        (
            "a new route that is off",
            &[off],
            &[off, "GET /x | off"],
            &[(Neutral, true, "GET /x | off")],
        ),
        (
            "a new route that says what held anyway",
            &["at /x | origin any"],
            &["at /x | origin any", "GET /x/y at /x | origin any"],
            &[(Neutral, true, "GET /x/y at /x | origin any")],
        ),
        (
            "an off route gone where all others are open",
            &["app | origin any", "GET /x | off"],
            &["app | origin any"],
            &[(Wider, false, "GET /x | off")],
        ),
        (
            "a route in a new region",
            &[off, "GET /x | origin any"],
            &[off, "at /x | off", "GET /x at /x | origin any"],
            &[
                (Neutral, true, "at /x | off"),
                (Neutral, false, "GET /x | origin any"),
                (Neutral, true, "GET /x at /x | origin any"),
            ],
        ),
        ("left", &[off], &["app | left"], &[(Wider, false, off), (Wider, true, "app | left")]),
    ];
    for (name, old, new, want) in cases {
        let got = changes(&parse(&old.join("\n")), &parse(&new.join("\n")));
        let got: Vec<_> = got.iter().map(|c| (c.meaning, c.added, c.line.as_str())).collect();
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn the_check_writes_where_it_is_asked_to_and_never_in_ci() {
    let folder = Folder::new();
    let path = folder.0.join("cors.lock");
    let report = PolicyReport {
        rows: Vec::new(),
        sets: Vec::new(),
        #[cfg(feature = "unstable-introspection")]
        doubts: Vec::new(),
        covers_all_routes: false,
    };
    let accepts = Environment { accepts: true, ..Environment::default() };
    let in_ci = Environment { in_ci: true, ..accepts.clone() };

    let error = report.check_lock_in(&path, &in_ci).expect_err("there is no file");
    assert!(error.to_string().contains("is missing"), "{error}");
    assert!(error.to_string().contains("not here in CI"), "{error}");
    assert!(!path.exists(), "written in CI");

    report.check_lock_in(&path, &Environment::default()).expect_err("there still is none");
    report.check_lock_in(&path, &accepts).expect("it is written");
    report.check_lock_in(&path, &Environment::default()).expect("it agrees");
    report.check_lock_in(&path, &in_ci).expect("it agrees in CI too");

    fs::write(&path, HEADER.replace('\n', "\r\n")).expect("a folder of our own");
    report.check_lock_in(&path, &in_ci).expect("line ends of another system are no change");

    fs::write(&path, format!("{HEADER}app | origin any\n")).expect("a folder of our own");
    let error = report.check_lock_in(&path, &Environment::default()).expect_err("it differs");
    let want = format!(
        "`{}` is not what the App grants\n  \
           narrower - app | origin any\n  \
           note: no policy gets wider without somebody reading it\n  \
           help: if all of it is meant, run `CORS_LOCK=accept cargo test`, and commit the file",
        path.display()
    );
    assert_eq!(error.to_string(), want);

    fs::write(&path, format!("{HEADER}# more words\n")).expect("a folder of our own");
    let error = report.check_lock_in(&path, &Environment::default()).expect_err("it differs");
    assert!(error.to_string().contains("says the same in other words"), "{error}");
}

#[test]
fn annotations_are_one_line_each_whatever_they_are_about() {
    let changes = [
        Change { meaning: Meaning::Wider, added: true, line: "GET /100% | origin any".to_owned() },
        Change { meaning: Meaning::Narrower, added: false, line: "app | off".to_owned() },
    ];
    let github = Some("/repo".into());
    let environment = Environment { github, ..Environment::default() };
    let text =
        environment.annotations(Path::new("/repo/a,b:c/cors.lock"), "#\napp | off\n", &changes);
    let want = "\
        ::error file=a%2Cb%3Ac/cors.lock,line=1,title=CORS policy is wider::+ GET /100%25 | origin any\n\
        ::warning file=a%2Cb%3Ac/cors.lock,line=2,title=CORS policy is narrower::- app | off\n";
    assert_eq!(text.as_deref(), Some(want));
    let elsewhere = Environment::default().annotations(Path::new("cors.lock"), "", &changes);
    assert_eq!(elsewhere, None);
}

#[test]
fn the_command_names_package_and_test() {
    for (package, test, want) in [
        (None, None, "CORS_LOCK=accept cargo test"),
        (Some("shop"), None, "CORS_LOCK=accept cargo test -p shop"),
        (Some("shop"), Some("policies"), "CORS_LOCK=accept cargo test -p shop policies"),
    ] {
        let (package, test) = (package.map(str::to_owned), test.map(str::to_owned));
        let environment = Environment { package, test, ..Environment::default() };
        assert_eq!(environment.command(), want);
    }
}

/// A folder of the test's own, deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("cors-lock-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder for temporary files");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // what cannot be deleted is in the folder for temporary files
        let _ = fs::remove_dir_all(&self.0);
    }
}
