//! What the check of the file does where.

use super::{environment::Environment, *};

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

    let shouts = Environment { unknown_value: Some("ACCEPT".into()), ..Environment::default() };
    let error = report.check_lock_in(&path, &shouts).expect_err("it differs still");
    assert!(error.to_string().contains("note: `CORS_LOCK=ACCEPT` means nothing"), "{error}");
    let of = |value: &'static str| {
        Environment::of(move |name| (name == "CORS_LOCK").then(|| value.to_owned()))
    };
    assert_eq!(of("accept").unknown_value, None);
    assert_eq!(of("ACCEPT").unknown_value.as_deref(), Some("ACCEPT"));

    fs::write(&path, format!("{HEADER}<<<<<<< mine\n\napp is off\napp | zorp\n"))
        .expect("a folder of our own");
    let error = report.check_lock_in(&path, &Environment::default()).expect_err("it differs");
    for want in [
        "has lines that say nothing",
        "line 3 is no fact of this version: `<<<<<<< mine`",
        "line 5 is no fact of this version: `app is off`",
        "line 6 is no fact of this version: `app | zorp`",
    ] {
        assert!(error.to_string().contains(want), "{error}");
    }
    assert!(!error.to_string().contains("line 4"), "{error}");

    let error = report.check_lock_in(&folder.0, &Environment::default()).expect_err("a folder");
    assert!(error.to_string().contains("cannot be read"), "{error}");
    let nowhere = folder.0.join("nowhere").join("cors.lock");
    let error = report.check_lock_in(&nowhere, &accepts).expect_err("there is no such folder");
    assert!(error.to_string().contains("cannot be written"), "{error}");
}

#[test]
fn nothing_is_written_wherever_a_service_runs_the_test() {
    for (variables, want) in [
        (&[][..], false),
        (&[("CORS_LOCK", "accept")], true),
        (&[("CORS_LOCK", "ACCEPT")], false),
        (&[("CORS_LOCK", "1")], false),
        (&[("CORS_LOCK", "accept"), ("CI", "")], true),
        (&[("CORS_LOCK", "accept"), ("CI", "false")], true),
        (&[("CORS_LOCK", "accept"), ("CI", "true")], false),
        (&[("CORS_LOCK", "accept"), ("CI", "1")], false),
        (&[("CORS_LOCK", "accept"), ("GITHUB_ACTIONS", "true")], false),
        (&[("CORS_LOCK", "accept"), ("TF_BUILD", "True")], false),
        (&[("CORS_LOCK", "accept"), ("JENKINS_URL", "https://ci.example/")], false),
    ] {
        let of = |name: &str| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(Environment::of(of).writes(), want, "{variables:?}");
    }
}

#[test]
fn names_of_places_are_read_back_and_never_taken_for_others() {
    let route = |methods: &str, path: &str, number, region: Option<&str>| {
        PlaceName::Route(place::RouteName {
            methods: methods.to_owned(),
            path: path.to_owned(),
            number,
            region: region.map(str::to_owned),
        })
    };
    for (text, want) in [
        ("app", Some(PlaceName::App)),
        ("at /x", Some(PlaceName::Region("/x".to_owned()))),
        ("GET /x", Some(route("GET", "/x", 1, None))),
        (r"\at /x", Some(route(r"\at", "/x", 1, None))),
        ("GET,PUT /x #2", Some(route("GET,PUT", "/x", 2, None))),
        ("GET /x at /r", Some(route("GET", "/x", 1, Some("/r")))),
        ("* /x #12 at /r", Some(route("*", "/x", 12, Some("/r")))),
        ("GET /x 2", None),
        ("GET /x # 2", None),
        ("GET", None),
    ] {
        let got = PlaceName::parse(text);
        assert_eq!(got, want, "{text}");
        if let Some(place) = got {
            assert_eq!(place.to_string(), text);
        }
    }
    let words = ["", "\"\"", "a b", r"a\u{20}b", "a\nb", r"a\u{a}b", r"a\b"].map(word);
    let distinct: std::collections::BTreeSet<_> = words.iter().collect();
    assert_eq!(distinct.len(), words.len(), "{words:?}");
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
