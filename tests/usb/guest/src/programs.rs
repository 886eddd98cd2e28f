//! Programs in other languages on the reader of a lane: those that `tests/usb/run.sh` put into `/programs`.

use std::path::PathBuf;
use std::process::Command;

use realname::reader::emulator::RunningEmulator;

use crate::{Failure, check, device};

/// Has each program read the card over each library.
pub(crate) fn read(name: &str, emulated: &RunningEmulator) -> Result<(), Failure> {
    let mut programs: Vec<PathBuf> =
        std::fs::read_dir("/programs")?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    programs.sort();
    check(!programs.is_empty(), "there are programs")?;
    for program in programs {
        for library in ["sdtapi", "termb", "realname"] {
            emulated.remove();
            emulated.place(device::card()?);
            let output = Command::new(&program)
                .args([library, name])
                .env("REALNAME_PORTS", format!("1={name}"))
                .env("LD_LIBRARY_PATH", "/libraries")
                .current_dir("/tmp")
                .output()?;
            let said = [output.stdout, output.stderr].concat();
            let what = format!("{} over {library}: {}", program.display(), String::from_utf8_lossy(&said));
            check(output.status.success() && said.starts_with(b"ok"), &what)?;
        }
        println!("  {} read through {name} over sdtapi, termb and librealname", program.display());
    }
    Ok(())
}
