//! A server in a process of its own, and what the kernel says that it used.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How the kernel counts in `/proc/PID/stat`, on every architecture of Linux.
const TICKS_PER_SECOND: u64 = 100;

/// Ends with it.
pub(crate) struct Process {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

impl Process {
    /// Starts a server whose first line on standard output is `listening on http://ADDRESS`. Its log goes into that file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("the log's file");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the server starts");
        let mut first = String::new();
        let output = child.stdout.take().expect("its standard output");
        BufReader::new(output).read_line(&mut first).expect("its first line");
        let address = first.trim().strip_prefix("listening on http://").map(str::to_owned);
        Self { child, address: address.unwrap_or_else(|| panic!("no address: {first:?}")) }
    }

    /// What its threads worked, in the program and in the kernel.
    pub(crate) fn cpu(&self) -> Duration {
        cpu(&self.child.id().to_string())
    }

    /// The largest part of it that was in memory, in KiB.
    pub(crate) fn peak(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

/// What this process worked.
pub(crate) fn own_cpu() -> Duration {
    cpu("self")
}

fn cpu(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("its times");
    // The name stands in brackets and may hold anything; the 12th and 13th field after it are the times.
    let (_, fields) = stat.rsplit_once(") ").expect("a name");
    let ticks: u64 =
        fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().expect("ticks")).sum();
    Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
}
