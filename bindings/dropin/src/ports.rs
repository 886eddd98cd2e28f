//! What a port's number means on this machine.

use std::path::PathBuf;

use realname::reader::PortNumbers;

/// The reader's name for a number; `None` where nothing is. The settings are read anew each time: a program may change them.
pub(crate) fn name(number: i32) -> Option<String> {
    PortNumbers::here(library()).name(number)
}

/// Every number that may have a reader: the table's, else those that programs try, in their order.
pub(crate) fn numbers() -> Vec<i32> {
    PortNumbers::here(library()).all()
}

/// The file of the library that this is in: of those that the process has mapped, the one with a name that we build.
#[cfg(target_os = "linux")]
fn library() -> Option<PathBuf> {
    const NAMES: [&str; 4] = ["libsdtapi.so", "libtermb.so", "libSynIDCardAPI.so", "libWltRS.so"];
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let mapped = maps.lines().filter_map(|line| line.find('/').and_then(|at| line.get(at..)));
    mapped.map(PathBuf::from).find(|file| {
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| NAMES.contains(&name))
    })
}

/// Elsewhere the program's place counts, where such libraries lie.
#[cfg(not(target_os = "linux"))]
fn library() -> Option<PathBuf> {
    None
}
