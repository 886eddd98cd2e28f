//! `realname emulator`: a card reader in software, on a pty.

use crate::args::EmulatorArgs;
use crate::commands::Done;

/// Runs until it is ended from outside (SIGINT, SIGTERM); then a link that it made is taken away again.
#[cfg(unix)]
pub(crate) fn run(args: &EmulatorArgs) -> Done {
    use std::time::Duration;

    use realname::reader::emulator::{Emulator, EmulatorConfig, RunningEmulator};

    use crate::failure::Failure;
    use crate::lang;

    let cards = args.cards.iter().map(|path| unix::card(path)).collect::<Result<Vec<_>, _>>()?;
    let mut config = EmulatorConfig::default();
    config.pace = args.pace;
    config.again = args.again;
    config.seed = args.seed;
    if let Some(sam_id) = args.sam_id {
        config.sam_id = sam_id;
    }
    if let Some(spec) = &args.fault {
        config.faults = spec.parse().map_err(|error| {
            Failure::usage(
                format!("--fault: {error}"),
                lang::pick(
                    "realname emulator --help lists the faults",
                    "故障列表见 realname emulator --help",
                ),
            )
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
    crate::output::line(format_args!("listening on {path}"));
    crate::output::still_heard()?;
    while running.is_running() {
        if ended.is_set() {
            crate::signals::within_a_moment(move || drop(running));
            return crate::commands::done();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Failure::trouble(
        "emulator",
        lang::pick("the emulator's pty has failed", "模拟读卡器的伪终端出错"),
        lang::pick("start it again", "请重新启动"),
    ))
}

#[cfg(unix)]
pub(crate) mod unix {
    use std::io::ErrorKind;
    use std::path::Path;

    use realname::reader::emulator::{Card, Pty};

    use crate::failure::Failure;
    use crate::{files, lang, outside};

    /// Reads a card description.
    pub(crate) fn card(path: &Path) -> Result<Card, Failure> {
        Card::from_json(&files::read_text(path)?)
            .map_err(|error| Failure::from(error).about(&outside::path(path)))
    }

    /// Opens a pty, and makes a link to it when asked.
    pub(crate) fn open(link: Option<&Path>) -> Result<Pty, Failure> {
        let pty = Pty::open().map_err(|error| {
            Failure::trouble(
                "pty",
                lang::pick(
                    format!("no pty: {error}"),
                    format!("没有可用的伪终端：{}", lang::of_system(&error)),
                ),
                lang::pick("check /dev/pts", "请检查 /dev/pts"),
            )
        })?;
        let Some(link) = link else { return Ok(pty) };
        pty.linked(link).map_err(|error| {
            let (path, why) = (outside::path(link), lang::of_system(&error));
            let next = match error.kind() {
                ErrorKind::AddrInUse => lang::pick(
                    "another reader in software uses it: end that one, or give another link; if it was killed, remove the link",
                    "已有另一个模拟读卡器使用此链接：请先结束它，或换一个链接；如其已被强制结束，请删除该链接",
                ),
                ErrorKind::AlreadyExists => lang::pick(
                    "give another name: only a reader's link is replaced",
                    "请换一个名称：只替换读卡器的链接",
                ),
                _ => lang::pick("check the link's directory", "请检查链接所在目录"),
            };
            Failure::trouble(
                "link",
                lang::pick(format!("can't make the link {path}: {why}"), format!("无法创建链接 {path}：{why}")),
                next,
            )
        })
    }
}

#[cfg(not(unix))]
pub(crate) fn run(_: &EmulatorArgs) -> Done {
    Err(crate::failure::Failure::usage(
        crate::lang::pick("a pty needs Unix", "伪终端仅在 Unix 上可用"),
        crate::lang::pick(
            "use the emulator of the library over a line of your own",
            "请在自己的线路上使用程序库的模拟读卡器",
        ),
    ))
}
