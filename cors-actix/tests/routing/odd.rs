//! Odd ways to register routes: what a preflight is told always agrees with what the handler that
//! then runs answers.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{HttpServiceFactory, Service, ServiceResponse},
    guard,
    http::Method,
    test::init_service,
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, policy};

use crate::common::{A, B, actual, preflight, send};

/// A route that trusts `a.example`, and one that trusts `b.example`.
fn a(method: Method, path: &str) -> impl HttpServiceFactory + use<> {
    let policy = policy! { origins = ["https://a.example"] };
    cors_actix::route(path, method, policy).to(|| async { HttpResponse::Ok().body("a") })
}

fn b(method: Method, path: &str) -> impl HttpServiceFactory + use<> {
    let policy = policy! { origins = ["https://b.example"] };
    cors_actix::route(path, method, policy).to(|| async { HttpResponse::Ok().body("b") })
}

fn plain(method: Method) -> actix_web::Route {
    web::method(method).to(|| async { HttpResponse::Ok().body("plain") })
}

/// Who serves a request: `a`, `b`, a route without `#[cors]`, nobody.
type Want = &'static str;

struct Case {
    name: &'static str,
    add: fn(&mut ServiceConfig),
    /// method, path, who serves it, whether the preflight of its trusted origin is granted
    asks: &'static [(&'static str, &'static str, Want, bool)],
}

/// What is not as wanted.
async fn faults<S, T>(app: &S, case: &Case) -> Vec<String>
where
    S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
    T: MessageBody,
{
    let mut faults = Vec::new();
    for (method, path, want, is_granted) in case.asks {
        for origin in [A, B] {
            let trusted = matches!((*want, origin), ("a", A) | ("b", B));
            let asked = send(app, preflight(method, path, origin)).await;
            let answer = send(app, actual(method, path, origin)).await;
            let again = send(app, preflight(method, path, origin)).await;
            let got = (
                answer.body.as_str(),
                answer.allow_origin().is_some(),
                asked.status.is_success(),
                again.cors() == asked.cors(),
            );
            if got != (*want, trusted, trusted && *is_granted, true) {
                faults.push(format!("{}: {method} {path} from {origin}: {got:?}", case.name));
            }
        }
    }
    faults
}

#[actix_web::test]
async fn cases() {
    let mut all = Vec::new();
    for case in CASES {
        let app = init_service(App::new().configure(case.add).wrap(Cors::deny())).await;
        all.extend(faults(&app, case).await);
    }
    // body, readable, granted, granted again alike
    assert!(all.is_empty(), "{}", all.join("\n"));
}

const CASES: &[Case] = &[
    Case {
        name: "a scope without prefix",
        add: |c| {
            c.service(web::scope("").service(a(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/x", "a", true), ("PUT", "/x/", "", false), ("GET", "/x", "", false)],
    },
    Case {
        name: "two scopes without prefix: the first takes all",
        add: |c| {
            c.service(web::scope("").service(a(Method::PUT, "/x")));
            c.service(web::scope("").service(b(Method::PUT, "/y")));
        },
        asks: &[("PUT", "/x", "a", true), ("PUT", "/y", "", false)],
    },
    Case {
        name: "a scope of one slash",
        add: |c| {
            c.service(web::scope("/").service(a(Method::PUT, "/x")));
        },
        // a `NormalizePath` inside would merge the slashes
        asks: &[("PUT", "/x", "", false), ("PUT", "//x", "a", false)],
    },
    Case {
        name: "a scope with a trailing slash",
        add: |c| {
            c.service(web::scope("/s/").service(a(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/s/x", "", false), ("PUT", "/s//x", "a", false)],
    },
    Case {
        name: "the root of a scope, with and without a slash",
        add: |c| {
            c.service(web::scope("/s").service((a(Method::PUT, ""), b(Method::PUT, "/"))));
        },
        asks: &[("PUT", "/s", "a", true), ("PUT", "/s/", "b", true), ("PUT", "/sx", "", false)],
    },
    Case {
        name: "overlapping scopes: the longer one later is never reached",
        add: |c| {
            c.service(web::scope("/s").service(a(Method::PUT, "/x")));
            c.service(web::scope("/s/t").service(b(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/s/x", "a", true), ("PUT", "/s/t/x", "", false)],
    },
    Case {
        name: "overlapping scopes, the longer one first",
        add: |c| {
            c.service(web::scope("/s/t").service(b(Method::PUT, "/x")));
            c.service(web::scope("/s").service(a(Method::PUT, "/t/{y}")));
        },
        asks: &[("PUT", "/s/t/x", "b", true), ("PUT", "/s/t/y", "", false)],
    },
    Case {
        name: "a dynamic scope before a static one",
        add: |c| {
            c.service(web::scope("/{s}").service(a(Method::PUT, "/x")));
            c.service(web::scope("/s").service(b(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/s/x", "a", true), ("PUT", "/t/x", "a", true)],
    },
    Case {
        name: "a static scope before a dynamic one",
        add: |c| {
            c.service(web::scope("/s").service(b(Method::PUT, "/x")));
            c.service(web::scope("/{s}").service(a(Method::PUT, "/{x}")));
        },
        asks: &[("PUT", "/s/x", "b", true), ("PUT", "/t/x", "a", true), ("PUT", "/s/y", "", false)],
    },
    Case {
        name: "a tail behind a route",
        add: |c| {
            c.service((a(Method::PUT, "/x/{y}"), b(Method::PUT, "/{tail:.*}")));
        },
        asks: &[
            ("PUT", "/x/1", "a", true),
            ("PUT", "/x/1/2", "b", true),
            ("PUT", "/", "b", true),
            ("GET", "/x/1", "", false),
        ],
    },
    Case {
        name: "a tail before a route",
        add: |c| {
            c.service((b(Method::PUT, "/{tail}*"), a(Method::DELETE, "/x/{y}")));
        },
        asks: &[
            ("PUT", "/x/1", "b", true),
            ("DELETE", "/x/1", "a", true),
            ("DELETE", "/x", "", false),
        ],
    },
    Case {
        name: "percent-encoding",
        add: |c| {
            c.service((a(Method::PUT, "/é x"), b(Method::PUT, "/{y}/z")));
        },
        asks: &[
            ("PUT", "/%C3%A9%20x", "a", true),
            ("PUT", "/%c3%a9%20%78", "a", true),
            ("PUT", "/a%2Fb/z", "b", true),
            ("PUT", "/a/b/z", "", false),
        ],
    },
    Case {
        name: "a custom regex with braces and a slash",
        add: |c| {
            c.service((a(Method::PUT, r"/{d:\d{2}/\d{2}}"), b(Method::PUT, "/{x}/{y}")));
        },
        asks: &[("PUT", "/11/12", "a", true), ("PUT", "/11/1x", "b", true)],
    },
    Case {
        name: "several parameters in a segment",
        add: |c| {
            c.service((a(Method::PUT, "/{x}.{y}"), b(Method::PUT, "/{z}")));
        },
        asks: &[("PUT", "/p.txt", "a", true), ("PUT", "/p", "b", true)],
    },
    Case {
        name: "a resource without #[cors] whose routes have guards",
        add: |c| {
            let never = guard::fn_guard(|_| false);
            c.service(web::resource("/x").guard(never).to(HttpResponse::Ok));
            c.service(a(Method::PUT, "/x"));
        },
        // it can't be told that the guard never passes
        asks: &[("PUT", "/x", "a", false)],
    },
    Case {
        name: "services of `ServiceConfig`, three deep",
        add: |c| {
            c.configure(|c| {
                c.configure(|c| {
                    c.service(a(Method::PUT, "/x"));
                });
                c.service(web::scope("/s").configure(|c| {
                    c.service(b(Method::PUT, "/x"));
                }));
            });
        },
        asks: &[("PUT", "/x", "a", true), ("PUT", "/s/x", "b", true)],
    },
    Case {
        name: "an external resource",
        add: |c| {
            c.external_resource("elsewhere", "https://example.com/{x}");
            c.service(a(Method::PUT, "/{x}"));
        },
        asks: &[("PUT", "/x", "a", true)],
    },
    Case {
        name: "a default service in a scope",
        add: |c| {
            let scope = web::scope("/s").service(a(Method::PUT, "/x"));
            c.service(scope.default_service(plain(Method::PUT)));
        },
        asks: &[("PUT", "/s/x", "a", true), ("PUT", "/s/y", "plain", false)],
    },
    Case {
        name: "a default service of the App",
        add: |c| {
            c.service(web::scope("/s").service(a(Method::PUT, "/x")));
            c.default_service(plain(Method::PUT));
        },
        asks: &[
            ("PUT", "/s/x", "a", true),
            ("PUT", "/s/y", "plain", false),
            ("PUT", "/y", "plain", false),
        ],
    },
    Case {
        name: "a scope without routes before",
        add: |c| {
            c.service(web::scope("/s"));
            c.service(web::scope("/s").service(a(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/s/x", "", false)],
    },
    Case {
        name: "a scope without #[cors] inside of one with it",
        add: |c| {
            let inner = web::scope("/t").route("/x", plain(Method::PUT));
            c.service(web::scope("/s").service(inner).service(a(Method::PUT, "/{y}/x")));
        },
        asks: &[("PUT", "/s/t/x", "plain", false), ("PUT", "/s/u/x", "a", true)],
    },
    Case {
        name: "routes of one scope around another scope",
        add: |c| {
            let inner = web::scope("/t").service(b(Method::PUT, "/x"));
            let scope = web::scope("/s").service(a(Method::PUT, "/x")).service(inner);
            c.service(scope.service(a(Method::PUT, "/y")).service(b(Method::DELETE, "/x")));
        },
        asks: &[
            ("PUT", "/s/x", "a", true),
            ("PUT", "/s/t/x", "b", true),
            ("PUT", "/s/y", "a", true),
            ("DELETE", "/s/x", "b", true),
            ("PUT", "/s/t/y", "", false),
        ],
    },
    Case {
        name: "equal scopes in different scopes",
        add: |c| {
            c.service(web::scope("/p").service(web::scope("/s").service(a(Method::PUT, "/x"))));
            c.service(web::scope("/q").service(web::scope("/s").service(b(Method::PUT, "/x"))));
        },
        asks: &[
            ("PUT", "/p/s/x", "a", true),
            ("PUT", "/q/s/x", "b", true),
            ("PUT", "/s/x", "", false),
        ],
    },
    Case {
        name: "the same route twice",
        add: |c| {
            c.service((a(Method::PUT, "/x"), a(Method::PUT, "/x"), b(Method::PUT, "/x")));
        },
        asks: &[("PUT", "/x", "a", true)],
    },
    Case {
        name: "a redirect before",
        add: |c| {
            c.service(web::redirect("/old", "/x")).service(a(Method::PUT, "/x"));
        },
        asks: &[("PUT", "/x", "a", true), ("PUT", "/old", "", false)],
    },
    Case {
        name: "a method of one's own",
        add: |c| {
            c.service(a(Method::from_bytes(b"LOCK").unwrap(), "/x"));
        },
        asks: &[("LOCK", "/x", "a", true), ("lock", "/x", "", false)],
    },
    Case {
        name: "OPTIONS as the requested method",
        add: |c| {
            c.service(a(Method::OPTIONS, "/x"));
        },
        asks: &[("OPTIONS", "/x", "a", true)],
    },
    Case {
        name: "a marker's own path is no route",
        add: |c| {
            c.service(web::scope("/s").service(a(Method::PUT, "/{x}")));
        },
        asks: &[("PUT", "/s/~cors", "a", true), ("PUT", "/s/~cors/1", "", false)],
    },
    Case {
        name: "a parameter before a marker's path",
        add: |c| {
            c.service(web::scope("/s").service(a(Method::PUT, "/{x}/{y}")));
        },
        asks: &[("PUT", "/s/~cors/0", "a", true), ("PUT", "/s/1/2", "a", true)],
    },
    Case {
        name: "a line break in a path",
        add: |c| {
            c.service((a(Method::PUT, "/{x:.+}/y"), b(Method::PUT, "/{x}")));
        },
        asks: &[("PUT", "/1%0A2/y", "a", true), ("PUT", "/1%0A2", "b", true)],
    },
];
