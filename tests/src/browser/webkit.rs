//! What WebKitGTK needs and the other browsers don't: to be found, and a screen.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// A screen in memory, on a free number.
#[derive(Debug)]
pub(super) struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    /// Starts Debian's `Xvfb`.
    ///
    /// # Errors
    /// It is not installed, or has no free number.
    pub(super) fn start() -> Result<Self, String> {
        let mut process = Command::new("Xvfb")
            // `-terminate`: it ends with its last client, and takes its socket and lock file along
            .args(["-displayfd", "1", "-terminate", "-screen", "0", "1280x1024x24"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("`Xvfb` cannot be started: {error}; Debian has it in `xvfb`")
            })?;
        let mut number = String::new();
        if let Some(stdout) = process.stdout.take() {
            // an unreadable number is an empty one
            let _ = BufReader::new(stdout).read_line(&mut number);
        }
        let screen = Self { process, name: format!(":{}", number.trim()) };
        if number.trim().is_empty() {
            return Err("`Xvfb` found no free screen".to_owned());
        }
        Ok(screen)
    }

    /// Returns what `DISPLAY` must be to draw on it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for _ in 0..20 {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        // No client has ever come; both fail only if it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Finds the browser that comes with WebKitGTK; it is on no path.
///
/// # Errors
/// It is not installed.
pub(super) fn mini_browser() -> Result<PathBuf, String> {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let folders: Vec<_> = folders.map(|folder| folder.path()).collect();
    let found = VERSIONS.iter().find_map(|version| {
        let mut paths = folders.iter().map(|folder| folder.join(version).join("MiniBrowser"));
        paths.find(|path| path.is_file())
    });
    found.ok_or_else(|| {
        "no `/usr/lib/*/webkit2gtk-4.1/MiniBrowser`; Debian has it in `webkit2gtk-driver`"
            .to_owned()
    })
}

/// The newer one first.
const VERSIONS: [&str; 2] = ["webkit2gtk-4.1", "webkit2gtk-4.0"];
