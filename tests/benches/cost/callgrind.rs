//! Instructions, counted by callgrind: this program runs itself for each case.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// How many processes count one case: each seeds actix's header maps anew, and a collision of two
/// names costs more than the ratios may differ by.
const SEEDS: usize = 6;

/// The least instructions of each case, all its requests together, in the order of `ids`.
pub(crate) fn count(ids: &[String]) -> Result<Vec<u64>, String> {
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(vec![Ok(u64::MAX); ids.len()]);
    let work = || {
        loop {
            let run = next.fetch_add(1, Ordering::Relaxed);
            let Some(id) = ids.get(run / SEEDS) else { break };
            let file = out_file(run);
            let count = collect(id, &file);
            // what has been counted is in the program's output
            _ = fs::remove_file(file);
            let least = &mut counts.lock().expect("no thread panics")[run / SEEDS];
            *least = least.clone().and_then(|least| Ok(least.min(count?)));
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    counts.into_inner().expect("no thread panics").into_iter().collect()
}

/// The functions in which the instructions of one case are spent, dearest first.
pub(crate) fn profile(id: &str) -> Result<String, String> {
    let file = out_file(0);
    collect(id, &file)?;
    let output = Command::new("callgrind_annotate")
        .args(["--threshold=95", "--show-percs=no"])
        .arg(&file)
        .output()
        .map_err(|error| format!("callgrind_annotate: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn collect(id: &str, file: &Path) -> Result<u64, String> {
    let itself = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(itself)
        .args(["--run", id])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    count.filter(|_| output.status.success()).ok_or_else(|| format!("{id}: {text}"))
}

fn out_file(index: usize) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("callgrind.{index}.out"))
}
