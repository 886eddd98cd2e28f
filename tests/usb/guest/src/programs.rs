//! Programs in other languages on the reader of a lane: those that `tests/usb/run.sh` put into `/programs`, which read one card and
//! end, and into `/runtimes`, which take long to start and read a card for each line.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use realname::reader::emulator::RunningEmulator;

use crate::{Failure, check, device};

const LIBRARIES: [&str; 3] = ["sdtapi", "termb", "realname"];

/// Has each program read the card over each library.
pub(crate) fn read(name: &str, emulated: &RunningEmulator) -> Result<(), Failure> {
    for program in files("/programs")? {
        for library in LIBRARIES {
            lay_down(emulated)?;
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
    for runtime in files("/runtimes")? {
        run(&runtime, name, emulated)?;
        println!("  {} read through {name} over sdtapi, termb and librealname", runtime.display());
    }
    Ok(())
}

/// Starts a runtime, and has its program read over each library.
fn run(runtime: &Path, name: &str, emulated: &RunningEmulator) -> Result<(), Failure> {
    let mut child = Command::new(runtime)
        .env("REALNAME_PORTS", format!("1={name}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut asked = child.stdin.take().ok_or("no way in")?;
    let mut answers = BufReader::new(child.stdout.take().ok_or("no way out")?);
    for library in LIBRARIES {
        lay_down(emulated)?;
        writeln!(asked, "{library} {name}")?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        check(answer.trim_end() == "ok", &format!("{} over {library}: {answer}", runtime.display()))?;
    }
    drop(asked);
    check(child.wait()?.success(), &format!("{} ends well", runtime.display()))
}

fn lay_down(emulated: &RunningEmulator) -> Result<(), Failure> {
    emulated.remove();
    emulated.place(device::card()?);
    Ok(())
}

fn files(directory: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    check(!files.is_empty(), &format!("{directory} holds programs"))?;
    Ok(files)
}
