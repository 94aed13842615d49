//! What changes mean. The worst fault would be a policy that gets wider and is told as anything else.

use super::{
    change::{Meaning, changes},
    parse,
};

#[test]
fn each_change_is_told_by_its_meaning() {
    use Meaning::{Narrower, Neutral, Wider};
    type Want<'a> = &'a [(Meaning, bool, &'a str)];
    let off = "app | off";
    let cases: [(&str, &[&str], &[&str], Want<'_>); 50] = [
        ("nothing", &[off], &[off], &[]),
        (
            "trailing spaces",
            &["app | origin https://a.example  ", "GET /x | off\t"],
            &["app | origin https://a.example", "GET /x | off"],
            &[],
        ),
        (
            "another name for a parameter",
            &[off, "GET /users/{id} | origin https://a.example"],
            &[off, "GET /users/{user} | origin https://a.example"],
            &[
                (Neutral, false, "GET /users/{id} | origin https://a.example"),
                (Neutral, true, "GET /users/{user} | origin https://a.example"),
            ],
        ),
        (
            "another regex for a parameter",
            &[off, r"GET /users/{id:\d+} | origin https://a.example"],
            &[off, r"GET /users/{id:\w+} | origin https://a.example"],
            &[
                (Narrower, false, r"GET /users/{id:\d+} | origin https://a.example"),
                (Wider, true, r"GET /users/{id:\w+} | origin https://a.example"),
            ],
        ),
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
        (
            "a new route for a method that its region did not let pass",
            &["app | origin any"],
            &["app | origin any", "PUT /x | origin any"],
            &[(Wider, true, "PUT /x | origin any")],
        ),
        (
            "a new route for a method that its region did let pass",
            &["app | origin any", "app | method PUT"],
            &["app | origin any", "app | method PUT", "PUT /x | origin any"],
            &[(Neutral, true, "PUT /x | origin any")],
        ),
        (
            "one more method",
            &["app | origin any", "GET /x | origin any"],
            &["app | origin any", "GET,PUT /x | origin any"],
            &[(Neutral, false, "GET /x | origin any"), (Wider, true, "GET,PUT /x | origin any")],
        ),
        (
            "one method less",
            &[off, "GET,PUT /x | origin any"],
            &[off, "GET /x | origin any"],
            &[(Neutral, true, "GET /x | origin any"), (Narrower, false, "GET,PUT /x | origin any")],
        ),
        (
            "a narrow route gone where all others are open",
            &["app | origin any", "GET /x | origin https://a.example"],
            &["app | origin any"],
            &[(Wider, false, "GET /x | origin https://a.example")],
        ),
        (
            "a new narrow route where all others are open",
            &["app | origin any"],
            &["app | origin any", "GET /x | origin https://a.example"],
            &[(Narrower, true, "GET /x | origin https://a.example")],
        ),
        (
            "a shorter max-age gone",
            &[
                "app | origin any",
                "app | max-age 700",
                "GET /x | origin any",
                "GET /x | max-age 600",
            ],
            &["app | origin any", "app | max-age 700"],
            &[(Wider, false, "GET /x | origin any"), (Wider, false, "GET /x | max-age 600")],
        ),
        (
            "a region that is off gone from another one that is open",
            &[off, "at /t/acme | off", "at /t/{t} | origin any"],
            &[off, "at /t/{t} | origin any"],
            &[(Wider, false, "at /t/acme | off")],
        ),
        (
            "a region that is off gone from beside another one that is open",
            &[off, "at /s | off", "at /t | origin any"],
            &[off, "at /t | origin any"],
            &[(Neutral, false, "at /s | off")],
        ),
        (
            "a narrow route gone behind an open one with a parameter",
            &[off, "GET /u/me | off", "GET /u/{id} | origin any"],
            &[off, "GET /u/{id} | origin any"],
            &[(Wider, false, "GET /u/me | off")],
        ),
        (
            "a narrow route gone beside an open one for another method",
            &[off, "GET /u/me | off", "PUT /u/{id} | origin any"],
            &[off, "PUT /u/{id} | origin any"],
            &[(Neutral, false, "GET /u/me | off")],
        ),
        (
            "a route in a new region, open where it was closed in the one around it",
            &[
                "at /a | origin any",
                "at /t/{t} | off",
                "GET /{r}/x at /a | origin any",
                "GET /{r}/{s}/x at /t/{t} | off",
            ],
            &[
                "at /a | origin any",
                "at /t/b | off",
                "at /t/{t} | off",
                "GET /{r}/x at /a | origin any",
                "GET /{r}/{s}/x at /t/b | origin any",
                "GET /{r}/{s}/x at /t/{t} | off",
            ],
            &[
                (Neutral, true, "at /t/b | off"),
                (Wider, true, "GET /{r}/{s}/x at /t/b | origin any"),
            ],
        ),
        (
            "the first of two routes that are alike, opened as the second is",
            &[off, "GET /x | off", "GET /x #2 | origin any"],
            &[off, "GET /x | origin any", "GET /x #2 | origin any"],
            &[(Wider, false, "GET /x | off"), (Wider, true, "GET /x | origin any")],
        ),
        (
            "a route that an earlier one hides now",
            &[off, "GET /u/me | off", "GET /u/{id} | origin any"],
            &[off, "GET /u/me | shadowed", "GET /u/{id} | origin any"],
            &[(Wider, false, "GET /u/me | off"), (Neutral, true, "GET /u/me | shadowed")],
        ),
        (
            "a route that no other one hides any more",
            &[off, "GET /u/me | shadowed", "GET /u/{id} | off"],
            &[off, "GET /u/me | origin any", "GET /u/{id} | off"],
            &[(Wider, false, "GET /u/me | shadowed"), (Wider, true, "GET /u/me | origin any")],
        ),
        (
            "a resource for a route",
            &[off, "PUT /x | origin any"],
            &[off, "* /x | origin any", "* /x | method PUT"],
            &[
                (Wider, true, "* /x | origin any"),
                (Wider, true, "* /x | method PUT"),
                (Neutral, false, "PUT /x | origin any"),
            ],
        ),
        (
            "an opt-in",
            &["app | origin any"],
            &[
                "app | origin any",
                "app | origin null",
                "app | opt-in dangerously_allow_null_origin",
            ],
            &[
                (Neutral, true, "app | origin null"),
                (Wider, true, "app | opt-in dangerously_allow_null_origin"),
            ],
        ),
        (
            "no check any more below a path",
            &["app | origin any"],
            &["app | origin any", "at /x | left"],
            &[(Wider, true, "at /x | left")],
        ),
        (
            "a check again below a path",
            &["app | origin any", "at /x | left"],
            &["app | origin any"],
            &[(Narrower, false, "at /x | left")],
        ),
        (
            "the app default missing",
            &[],
            &["app | origin any"],
            &[(Wider, true, "app | origin any")],
        ),
    ];
    for (name, old, new, want) in cases {
        let got = changes(&parse(&old.join("\n")), &parse(&new.join("\n")));
        let got: Vec<_> = got.iter().map(|c| (c.meaning, c.added, c.line.as_str())).collect();
        assert_eq!(got, want, "{name}");
    }
}
