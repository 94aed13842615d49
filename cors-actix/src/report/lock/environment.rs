//! What the check of `cors.lock` takes from its environment.

use std::{
    collections::HashMap,
    env,
    fmt::Write,
    path::{Path, PathBuf},
    thread,
};

use super::change::{Change, Meaning};

/// Where the check runs, and what it is asked to do.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// `CORS_LOCK=accept`
    pub(super) accepts: bool,
    /// of `CORS_LOCK`
    pub(super) unknown_value: Option<Box<str>>,
    pub(super) in_ci: bool,
    /// the root of the repository under GitHub Actions
    pub(super) github: Option<PathBuf>,
    pub(super) package: Option<String>,
    pub(super) test: Option<String>,
}

impl Environment {
    pub(super) fn read() -> Self {
        Self::of(|name| env::var(name).ok())
    }

    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty() && value != "false");
        let github = set("GITHUB_ACTIONS")
            .map(|_| set("GITHUB_WORKSPACE").map(PathBuf::from).unwrap_or_default());
        Environment {
            accepts: set("CORS_LOCK").is_some_and(|value| value == "accept"),
            unknown_value: set("CORS_LOCK")
                .filter(|value| value != "accept")
                .map(String::into_boxed_str),
            in_ci: CI.iter().any(|name| set(name).is_some()),
            github,
            package: set("CARGO_PKG_NAME"),
            test: thread::current().name().filter(|name| *name != "main").map(str::to_owned),
        }
    }

    pub(super) fn writes(&self) -> bool {
        self.accepts && !self.in_ci
    }

    /// What to type to accept the changes.
    pub(super) fn command(&self) -> String {
        let mut command = "CORS_LOCK=accept cargo test".to_owned();
        for (flag, value) in [(" -p ", &self.package), (" ", &self.test)] {
            if let Some(value) = value {
                command.push_str(flag);
                command.push_str(value);
            }
        }
        command
    }

    /// Prints one annotation a change, where somebody shows them.
    pub(super) fn annotate(&self, path: &Path, accepted: &str, changes: &[Change]) {
        if let Some(annotations) = self.annotations(path, accepted, changes) {
            print!("{annotations}");
        }
    }

    /// [Workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions)
    pub(super) fn annotations(
        &self,
        path: &Path,
        accepted: &str,
        changes: &[Change],
    ) -> Option<String> {
        let root = full(self.github.as_ref()?);
        let file = full(path).strip_prefix(root).unwrap_or(path).display().to_string();
        let file = escaped(&file, &['%', ':', ',']);
        let mut lines = HashMap::new();
        for (line, number) in accepted.lines().zip(1..) {
            lines.entry(line).or_insert(number);
        }
        let mut text = String::new();
        for change in changes {
            let level = match change.meaning {
                Meaning::Wider => "error",
                Meaning::Narrower | Meaning::Neutral => "warning",
            };
            let line = lines.get(change.line.as_str()).unwrap_or(&1);
            let sign = if change.added { '+' } else { '-' };
            let message = escaped(&format!("{sign} {}", change.line), &['%']);
            let meaning = change.meaning;
            writeln!(
                text,
                "::{level} file={file},line={line},title=CORS policy is {meaning}::{message}"
            )
            .expect("a string takes everything");
        }
        Some(text)
    }
}

/// The path from the root of the file system, without symbolic links where it exists.
fn full(path: &Path) -> PathBuf {
    let full = path.canonicalize().or_else(|_| std::path::absolute(path));
    full.unwrap_or_else(|_| path.to_owned())
}

fn escaped(text: &str, more: &[char]) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c == '\r' || c == '\n' || more.contains(&c) {
            write!(escaped, "%{:02X}", u32::from(c)).expect("a string takes everything");
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The variables by which services for continuous integration make themselves known.
const CI: [&str; 6] =
    ["CI", "GITHUB_ACTIONS", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID"];
