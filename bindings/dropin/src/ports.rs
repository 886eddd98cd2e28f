//! What a port's number means on this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use realname::reader::{Guess, list};

/// The number that one maker's programs use for its HID reader.
const HID: i32 = 9999;

/// The reader's name for a number; `None` where nothing is.
///
/// `REALNAME_PORTS="1=/dev/ttyUSB0;1001=usb:0400:c35a"` says it, or the same in `realname-ports.toml`; a number that it
/// doesn't name is nothing then. Else 1 to 16 are COM1 to COM16, on Linux `/dev/ttyS0` and so on where they exist and the nth
/// USB-serial port where they don't; 1001 to 1016 the nth reader on USB or HID.
pub(crate) fn name(number: i32) -> Option<String> {
    if let Some(table) = table() {
        return table.get(&number).cloned();
    }
    match number {
        1..=16 => serial(number),
        1001..=1016 => {
            let nth = usize::try_from(number - 1001).ok()?;
            native(|name| name.starts_with("usb:") || name.starts_with("hid:")).into_iter().nth(nth)
        }
        HID => native(|name| name.starts_with("hid:")).into_iter().next(),
        _ => None,
    }
}

/// Every number that may have a reader: the table's, else those that programs try, in their order.
pub(crate) fn numbers() -> Vec<i32> {
    match table() {
        Some(table) => table.into_keys().collect(),
        None => (1001..=1016).chain(1..=16).collect(),
    }
}

fn table() -> Option<BTreeMap<i32, String>> {
    if let Some(text) = std::env::var_os("REALNAME_PORTS") {
        return Some(pairs(&text.to_string_lossy()));
    }
    files().into_iter().find_map(|file| {
        let text = std::fs::read_to_string(file).ok()?;
        let table: BTreeMap<String, String> = toml::from_str(&text).unwrap_or_default();
        Some(table.into_iter().filter_map(|(number, name)| Some((number.parse().ok()?, name))).collect())
    })
}

/// `1=/dev/ttyUSB0;1001=usb:0400:c35a`. What isn't such a pair names nothing.
fn pairs(text: &str) -> BTreeMap<i32, String> {
    let pairs = text.split(';').filter_map(|pair| {
        let (number, name) = pair.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then_some((number.trim().parse().ok()?, name.to_owned()))
    });
    pairs.collect()
}

/// `realname-ports.toml` beside the program, then in the user's configuration.
fn files() -> Vec<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let beside = library().or_else(|| std::env::current_exe().ok());
    let home = set("HOME").map(|home| home.join(".config"));
    let user = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or(home).map(|place| place.join("realname"));
    let places = [beside.and_then(|file| Some(file.parent()?.to_owned())), user];
    places.into_iter().flatten().map(|place| place.join("realname-ports.toml")).collect()
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

#[cfg(not(target_os = "linux"))]
fn library() -> Option<PathBuf> {
    None
}

#[cfg(windows)]
fn serial(number: i32) -> Option<String> {
    Some(format!("COM{number}"))
}

/// A board lists serial ports that nobody can open; what isn't there at all is no port.
#[cfg(not(windows))]
fn serial(number: i32) -> Option<String> {
    let nth = usize::try_from(number - 1).ok()?;
    let built_in = format!("/dev/ttyS{nth}");
    if std::path::Path::new(&built_in).exists() {
        return Some(built_in);
    }
    let ports = list().ok()?.into_iter().filter(|port| {
        matches!(port.attachment, realname::reader::Attachment::Usb { .. }) && !port.name.contains(':')
    });
    ports.map(|port| port.name).nth(nth)
}

fn native(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let ports = list().unwrap_or_default();
    let readers = ports.into_iter().filter(|port| port.guess == Guess::Reader && wanted(&port.name));
    readers.map(|port| port.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_what_is_none_is_left_out() {
        let table = pairs("1=/dev/ttyUSB0; 1001 = usb:0400:c35a;;x=1;2=");
        assert_eq!(
            table.into_iter().collect::<Vec<_>>(),
            [(1, "/dev/ttyUSB0".to_owned()), (1001, "usb:0400:c35a".to_owned())]
        );
    }
}
