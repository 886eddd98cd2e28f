//! `realname demo`: the whole story on synthetic people, for real: a reader in software on a pty, opened through the
//! operating system's serial port, files on disk, two provinces that share nothing but a demand and a presentation.

use crate::args::DemoArgs;
use crate::commands::Done;

#[cfg(not(unix))]
pub(crate) fn run(_: &DemoArgs) -> Done {
    Err(crate::failure::Failure::usage(
        crate::lang::pick("the demo needs a pty, which needs Unix", "演示需要伪终端，仅在 Unix 上可用"),
        crate::lang::pick("see the README for the commands that it is made of", "所用命令见 README"),
    ))
}

#[cfg(unix)]
pub(crate) fn run(args: &DemoArgs) -> Done {
    story::run(args)
}

#[cfg(unix)]
mod acts;
#[cfg(unix)]
mod stage;
#[cfg(unix)]
mod story;
#[cfg(unix)]
mod telling;
