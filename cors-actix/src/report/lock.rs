//! `cors.lock`: what has been accepted, one fact a line, and the check that nothing else is granted.

mod change;
mod environment;
mod fact;
mod holders;
#[cfg(test)]
mod meanings;
mod place;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

pub use self::change::{Change, Meaning};
use self::{
    change::changes,
    environment::Environment,
    fact::{Fact, Facts},
    place::PlaceName,
};
use super::{PolicyReport, RowKind, visible::Visible};

/// Why `cors.lock` does not agree with what the App grants.
#[derive(Debug)]
pub struct LockError {
    path: PathBuf,
    kind: LockErrorKind,
    /// what to type to accept the changes
    command: Box<str>,
    in_ci: bool,
    unknown_value: Option<Box<str>>,
}

#[derive(Debug)]
enum LockErrorKind {
    /// empty where nothing but the writing differs
    Changed {
        changes: Vec<Change>,
        /// lines that are no facts, by their number
        unread: Vec<(usize, String)>,
        missing: bool,
    },
    Read(io::Error),
    Write(io::Error),
}

impl PolicyReport {
    /// What is granted, as the text of `cors.lock`: one fact a line, sorted, without line numbers,
    /// and sets by name, so that it is the same wherever the App is built.
    ///
    /// A route that an earlier one hides is `shadowed`, one whose requests an earlier one with a guard
    /// or a regex may take is `ambiguous`. No other order of routes is in it: of two patterns such as
    /// `/a/{x}` and `/{y}/b`, which of them serves `/a/b`.
    #[must_use]
    pub fn to_lock(&self) -> String {
        let mut text = HEADER.to_owned();
        for (place, facts) in facts_of(self) {
            for fact in facts {
                text.push_str(&format!("{place}{SEPARATOR}{fact}\n"));
            }
        }
        text
    }

    /// Checks that the file at `path` says what the App grants.
    ///
    /// With `CORS_LOCK=accept` in the environment it writes the file first, but never where `CI` is
    /// set, or what else GitHub Actions, Azure Pipelines, Jenkins, TeamCity and CodeBuild set. Under GitHub Actions it also prints an annotation for each change.
    ///
    /// # Errors
    /// The file is missing, cannot be read or written, or says something else; the error tells each
    /// change by its meaning, and the command that accepts them.
    pub fn check_lock(&self, path: impl AsRef<Path>) -> Result<(), LockError> {
        self.check_lock_in(path.as_ref(), &Environment::read())
    }

    /// Checks the file as [`check_lock`](Self::check_lock) does, in a test.
    ///
    /// # Panics
    /// Where `check_lock` fails, with its message.
    ///
    /// ```no_run
    /// # async fn test() {
    /// # use actix_web::App;
    /// # use cors_actix::Cors;
    /// # let app = || App::new().wrap(Cors::deny());
    /// cors_actix::check(&app).await.unwrap().assert_lock("cors.lock");
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_lock(&self, path: impl AsRef<Path>) {
        if let Err(error) = self.check_lock(path) {
            panic!("{error}");
        }
    }

    fn check_lock_in(&self, path: &Path, environment: &Environment) -> Result<(), LockError> {
        let error = |kind| LockError {
            path: path.to_owned(),
            kind,
            command: environment.command().into(),
            in_ci: environment.in_ci,
            unknown_value: environment.unknown_value.clone(),
        };
        let now = self.to_lock();
        if environment.writes() {
            return fs::write(path, now).map_err(|fault| error(LockErrorKind::Write(fault)));
        }
        let (accepted, missing) = match fs::read_to_string(path) {
            Ok(text) => (text.replace("\r\n", "\n"), false),
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => (String::new(), true),
            Err(fault) => return Err(error(LockErrorKind::Read(fault))),
        };
        if accepted == now {
            return Ok(());
        }
        let changes = changes(&parse(&accepted), &parse(&now));
        environment.annotate(path, &accepted, &changes);
        let unread = unread(&accepted);
        Err(error(LockErrorKind::Changed { changes, unread, missing }))
    }
}

impl LockError {
    /// The changes; empty where the file only is written otherwise, or cannot be read.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        match &self.kind {
            LockErrorKind::Changed { changes, .. } => changes,
            LockErrorKind::Read(_) | LockErrorKind::Write(_) => &[],
        }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        let unread = match &self.kind {
            LockErrorKind::Read(error) => return write!(f, "`{path}` cannot be read: {error}"),
            LockErrorKind::Write(error) => {
                let help = "name a file in a folder that exists and may be written";
                return write!(f, "`{path}` cannot be written: {error}\n  help: {help}");
            }
            LockErrorKind::Changed { changes, unread, missing } => {
                let what = match (missing, changes.is_empty(), unread.is_empty()) {
                    (true, ..) => "is missing",
                    (_, true, true) => "says the same in other words",
                    (_, true, false) => "has lines that say nothing",
                    (_, false, _) => "is not what the App grants",
                };
                write!(f, "`{path}` {what}")?;
                unread
            }
        };
        for (number, line) in unread {
            write!(f, "\n  line {number} is no fact of this version: `{}`", Visible(line))?;
        }
        let changes = self.changes();
        for meaning in [Meaning::Wider, Meaning::Narrower, Meaning::Neutral] {
            let of_meaning = changes.iter().filter(|change| change.meaning == meaning);
            of_meaning.into_iter().try_for_each(|change| write!(f, "\n  {change}"))?;
        }
        write!(f, "\n  note: no policy gets wider without somebody reading it")?;
        if let Some(value) = &self.unknown_value {
            write!(f, "\n  note: `CORS_LOCK={}` means nothing", Visible(value))?;
        }
        let ci = if self.in_ci { ", not here in CI, where it is never written" } else { "" };
        write!(
            f,
            "\n  help: if all of it is meant, run `{}`{ci}, and commit the file",
            self.command
        )
    }
}

impl std::error::Error for LockError {}

fn facts_of(report: &PolicyReport) -> Facts {
    let mut facts = Facts::new();
    let mut alike = BTreeMap::new();
    // routes without `#[cors]` say nothing of their own, and are not always known
    for row in report.rows().iter().filter(|row| row.kind != RowKind::Plain) {
        let mut place = PlaceName::of(row);
        let alike = alike.entry(place.clone()).or_insert(0_usize);
        *alike += 1;
        place.count(*alike);
        facts.entry(place).or_default().extend(Fact::all_of(row));
    }
    facts
}

/// Lines of another form are no facts: they grant nothing.
fn parse(text: &str) -> Facts {
    let mut facts = Facts::new();
    for (place, fact) in text.lines().filter_map(fact) {
        facts.entry(place).or_default().insert(fact);
    }
    facts
}

fn fact(line: &str) -> Option<(PlaceName, Fact)> {
    let (place, fact) = line.trim_end().split_once(SEPARATOR)?;
    Some((PlaceName::parse(place)?, Fact::parse(fact)?))
}

/// The lines that are neither facts nor comments, such as a merge leaves behind.
fn unread(text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().enumerate();
    let unread = lines.filter(|(_, line)| {
        let says_nothing = line.trim().is_empty() || line.starts_with('#');
        !says_nothing && fact(line).is_none()
    });
    unread.map(|(index, line)| (index + 1, line.to_owned())).collect()
}

/// A text of the App as one word, so that it cannot be taken for anything else on its line, nor for
/// another text.
fn word(text: &str) -> String {
    match text {
        "" => "\"\"".to_owned(),
        "\"\"" => "\\u{22}\"".to_owned(),
        text => {
            let text = text.replace("\\u{", "\\u{5c}u{");
            Visible(&text).to_string().replace(' ', "\\u{20}")
        }
    }
}

const SEPARATOR: &str = " | ";
const HEADER: &str = "\
# What sites may do from a browser, one fact a line. A test compares it with the App.
# Who changes it changes whom the App trusts.
";
