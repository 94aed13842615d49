//! A browser, as far as CORS goes: the Fetch standard's checks over the bytes of an answer. It
//! shares no code with the engine.

/// The headers of a response, names in lower case.
pub(crate) type Headers = Vec<(&'static str, Vec<u8>)>;

/// What a script asks for.
#[derive(Debug, Clone)]
pub(crate) struct Fetch {
    pub(crate) origin: String,
    /// as the script writes it
    pub(crate) method: String,
    /// header names that are not safelisted, as the script writes them
    pub(crate) headers: Vec<String>,
    /// whether the credentials mode is "include"
    pub(crate) include: bool,
}

impl Fetch {
    /// <https://fetch.spec.whatwg.org/#concept-method-normalize>
    pub(crate) fn method(&self) -> String {
        let upper = self.method.to_uppercase();
        let normalized = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
        if normalized.contains(&&*upper) { upper } else { self.method.clone() }
    }

    /// The value of `Access-Control-Request-Headers`:
    /// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
    pub(crate) fn unsafe_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers.iter().map(|name| name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// <https://fetch.spec.whatwg.org/#concept-cors-check>
    pub(crate) fn passes_cors_check(&self, response: &Headers) -> bool {
        let Some(origin) = get(response, "access-control-allow-origin") else { return false };
        if !self.include && origin == b"*" {
            return true;
        }
        if origin != self.origin.as_bytes() {
            return false;
        }
        if !self.include {
            return true;
        }
        get(response, "access-control-allow-credentials").is_some_and(|value| value == b"true")
    }

    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, from step 7 on.
    pub(crate) fn passes_preflight(&self, status: u16, response: &Headers) -> bool {
        if !self.passes_cors_check(response) || !(200..=299).contains(&status) {
            return false;
        }
        let (Some(methods), Some(names)) = (
            list(response, "access-control-allow-methods"),
            list(response, "access-control-allow-headers"),
        ) else {
            return false;
        };
        let star = |list: &[String]| !self.include && list.iter().any(|element| element == "*");
        let method = self.method();
        if !methods.contains(&method)
            && !["GET", "HEAD", "POST"].contains(&&*method)
            && !star(&methods)
        {
            return false;
        }
        let listed = |name: &str| names.iter().any(|own| own.to_lowercase() == name);
        if self.unsafe_names().iter().any(|name| name == "authorization")
            && !listed("authorization")
        {
            return false;
        }
        self.unsafe_names().iter().all(|name| listed(name) || star(&names))
    }

    /// The names that the script may read of those that the response has:
    /// <https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list>
    pub(crate) fn exposed<'n>(&self, response: &Headers, sent: &[&'n str]) -> Vec<&'n str> {
        let list = list(response, "access-control-expose-headers").unwrap_or_default();
        let all = !self.include && list.iter().any(|name| name == "*");
        let exposed = |name: &&&str| all || list.iter().any(|own| own.to_lowercase() == **name);
        sent.iter().filter(exposed).copied().collect()
    }
}

/// <https://fetch.spec.whatwg.org/#concept-header-list-get>
fn get(headers: &Headers, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> =
        headers.iter().filter(|(own, _)| *own == name).map(|(_, v)| &**v).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// <https://fetch.spec.whatwg.org/#extract-header-list-values>: `None` is a failure.
fn list(headers: &Headers, name: &str) -> Option<Vec<String>> {
    let Some(value) = get(headers, name) else { return Some(Vec::new()) };
    let text = String::from_utf8(value).ok()?;
    let elements = text.split(',').map(|element| element.trim_matches(['\t', ' ']));
    let token = |text: &str| {
        let special = "!#$%&'*+-.^_`|~";
        text.chars().all(|c| c.is_ascii_alphanumeric() || special.contains(c))
    };
    elements
        .filter(|element| !element.is_empty())
        .map(|element| token(element).then(|| element.to_owned()))
        .collect()
}
