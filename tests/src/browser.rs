//! Real browsers, opened on a page that reports back: no driver in between.

mod webkit;

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// The environment variable that names the browsers to test with, separated by commas.
pub const VARIABLE: &str = "CORS_BROWSERS";

/// A browser that tests can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// `chromium` on the path, as Debian installs it.
    Chromium,
    /// `firefox-esr` on the path, as Debian installs it.
    Firefox,
    /// WebKitGTK's `MiniBrowser`, from Debian's `webkit2gtk-driver`, on a screen of Debian's `xvfb`.
    WebKit,
}

/// A browser with an empty profile; it is closed, and its profile deleted, when this is dropped.
#[derive(Debug)]
pub struct Window {
    process: Child,
    profile: PathBuf,
    /// Ends after the browser.
    _screen: Option<webkit::Screen>,
}

impl Browser {
    const KNOWN: [(&str, Self); 3] =
        [("chromium", Self::Chromium), ("firefox", Self::Firefox), ("webkit", Self::WebKit)];

    /// Returns the browsers that [`VARIABLE`] names; none if it is absent or empty.
    ///
    /// # Errors
    /// A name is unknown.
    pub fn asked_for() -> Result<Vec<Self>, String> {
        Self::parse_list(&env::var(VARIABLE).unwrap_or_default())
    }

    fn parse_list(names: &str) -> Result<Vec<Self>, String> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(Self::parse).collect()
    }

    fn parse(name: &str) -> Result<Self, String> {
        let known = Self::KNOWN.iter().find(|(known, _)| *known == name);
        known.map(|&(_, browser)| browser).ok_or_else(|| {
            let known = Self::KNOWN.map(|(known, _)| format!("`{known}`")).join(", ");
            format!("{VARIABLE} names `{name}`; the tests know {known}")
        })
    }

    /// Opens `url` without a visible window.
    ///
    /// # Errors
    /// The browser is not installed, or no profile can be made for it.
    pub fn open(self, url: &str) -> Result<Window, String> {
        self.start(url).map_err(|error| {
            format!("{VARIABLE} names {self:?}, but it cannot be started: {error}")
        })
    }

    fn start(self, url: &str) -> Result<Window, String> {
        let program = self.program()?;
        let screen = match self {
            Self::Chromium | Self::Firefox => None,
            Self::WebKit => Some(webkit::Screen::start()?),
        };
        let profile = new_profile().map_err(|error| format!("no profile: {error}"))?;
        let mut command = Command::new(program);
        self.arrange(&mut command, &profile, url);
        if let Some(screen) = &screen {
            command.env("DISPLAY", screen.name());
        }
        let log = File::create(profile.join("log"));
        // The browser's own temporary files go with its profile.
        match log.and_then(|log| command.env("TMPDIR", &profile).stderr(log).spawn()) {
            Ok(process) => Ok(Window { process, profile, _screen: screen }),
            Err(error) => {
                // The first error is the one to tell.
                let _ = fs::remove_dir_all(&profile);
                Err(error.to_string())
            }
        }
    }

    fn program(self) -> Result<PathBuf, String> {
        match self {
            Self::Chromium => Ok("chromium".into()),
            Self::Firefox => Ok("firefox-esr".into()),
            Self::WebKit => webkit::mini_browser(),
        }
    }

    fn arrange(self, command: &mut Command, profile: &Path, url: &str) {
        match self {
            Self::Chromium => {
                let folder = format!("--user-data-dir={}", profile.display());
                command.args(CHROMIUM_FLAGS).arg(folder);
            }
            Self::Firefox => {
                command.args(["-headless", "-no-remote", "-profile"]).arg(profile);
            }
            Self::WebKit => {
                command.envs(WEBKIT_FOLDERS.map(|folder| (folder, profile)));
                command.envs(WEBKIT_SETTINGS);
            }
        }
        command.arg(url);
    }
}

impl Window {
    /// Returns the status if the browser has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().ok().flatten()
    }

    /// Returns the last lines that the browser wrote, for messages.
    #[must_use]
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.profile.join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Both fail only if the browser is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Its helper processes may write for a moment longer; what they leave is in the temporary folder.
        for _ in 0..20 {
            if fs::remove_dir_all(&self.profile).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

fn new_profile() -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let profile = env::temp_dir().join(format!("cors-browser-{}-{number}", process::id()));
    fs::create_dir(&profile)?;
    fs::write(profile.join("user.js"), FIREFOX_PREFERENCES)?;
    Ok(profile)
}

/// Headless, quiet on the network, and able to run as root in a container.
const CHROMIUM_FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// No first-run pages, and quiet on the network.
const FIREFOX_PREFERENCES: &str = r#"
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("termsofuse.bypassNotification", true);
"#;

/// The variables that tell WebKitGTK where its profile is.
const WEBKIT_FOLDERS: [&str; 5] =
    ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"];

/// No desktop's settings, no accessibility service, and X11 even where Wayland runs.
const WEBKIT_SETTINGS: [(&str, &str); 3] =
    [("GSETTINGS_BACKEND", "memory"), ("NO_AT_BRIDGE", "1"), ("GDK_BACKEND", "x11")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_or_refused() {
        let unknown = |name| {
            Err(format!(
                "CORS_BROWSERS names `{name}`; the tests know `chromium`, `firefox`, `webkit`"
            ))
        };
        for (names, want) in [
            ("", Ok(vec![])),
            (" , ", Ok(vec![])),
            ("chromium", Ok(vec![Browser::Chromium])),
            (" firefox, chromium,", Ok(vec![Browser::Firefox, Browser::Chromium])),
            ("webkit", Ok(vec![Browser::WebKit])),
            ("Chromium", unknown("Chromium")),
            ("WebKit", unknown("WebKit")),
            ("chromium,netscape", unknown("netscape")),
        ] {
            assert_eq!(Browser::parse_list(names), want, "{names:?}");
        }
    }
}
