//! `realname emulator`: a card reader in software, on a pty.

use crate::args::EmulatorArgs;
use crate::commands::Done;

/// Runs until it is ended from outside (SIGINT, SIGTERM); then a link that it made is taken away again.
#[cfg(unix)]
pub(crate) fn run(args: &EmulatorArgs) -> Done {
    use std::io::Write;
    use std::time::Duration;

    use realname::reader::emulator::{Emulator, EmulatorConfig, RunningEmulator};

    use crate::failure::Failure;

    let cards = args.cards.iter().map(|path| unix::card(path)).collect::<Result<Vec<_>, _>>()?;
    let mut config = EmulatorConfig::default();
    config.pace = args.pace;
    config.seed = args.seed;
    if let Some(sam_id) = args.sam_id {
        config.sam_id = sam_id;
    }
    if let Some(spec) = &args.fault {
        config.faults = spec.parse().map_err(|error| {
            Failure::usage(format!("--fault: {error}"), "realname emulator --help lists the faults")
        })?;
    }
    let mut emulator = Emulator::new(config);
    match <[_; 1]>::try_from(cards) {
        Ok([card]) => emulator.place(card),
        Err(cards) => emulator.place_in_turn(cards),
    }
    let ended = crate::signals::watch()?;
    let pty = unix::open(args.link.as_deref())?;
    let path = pty.path().display().to_string();
    let running = RunningEmulator::start(emulator, pty);
    // Whoever started this waits for the line.
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "listening on {path}").and_then(|()| out.flush());
    drop(out);
    while running.is_running() {
        if ended.is_set() {
            crate::signals::within_a_moment(move || drop(running));
            return crate::commands::done();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Failure::trouble("emulator", "the emulator's pty has failed", "start it again"))
}

#[cfg(unix)]
pub(crate) mod unix {
    use std::path::Path;

    use realname::reader::emulator::{Card, Pty};

    use crate::failure::Failure;
    use crate::files;

    /// Reads a card description.
    pub(crate) fn card(path: &Path) -> Result<Card, Failure> {
        Card::from_json(&files::read_text(path)?).map_err(|error| {
            Failure::damaged("card", format!("{}: {error}", path.display()), "correct the card's description")
        })
    }

    /// Opens a pty, and makes a link to it when asked.
    pub(crate) fn open(link: Option<&Path>) -> Result<Pty, Failure> {
        let trouble = |error| {
            Failure::trouble("pty", format!("no pty: {error}"), "check /dev/pts and the link's directory")
        };
        let pty = Pty::open().map_err(trouble)?;
        match link {
            Some(link) => pty.linked(link).map_err(trouble),
            None => Ok(pty),
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn run(_: &EmulatorArgs) -> Done {
    Err(crate::failure::Failure::usage(
        "a pty needs Unix",
        "use the emulator of the library over a line of your own",
    ))
}
