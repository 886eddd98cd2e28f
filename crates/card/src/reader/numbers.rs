//! What a port's number means on this machine. Programs that were written for the vendors' libraries name a port by a number: 1 to 16 a
//! serial port, 1001 to 1016 a reader on USB.
#![allow(clippy::disallowed_methods)] // Looks at the machine: that is its purpose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::discovery::{Attachment, Guess, Port, list, same_port};
use super::error::ReaderError;

/// The number that one maker's programs use for its HID reader.
const HID: i32 = 9999;

/// What the numbers stand for: a setting's table, or this machine's ports in their order.
///
/// `REALNAME_PORTS="1=/dev/ttyUSB0;1001=usb:0400:c35a"` is such a setting, and so is `realname-ports.toml` beside the program and in
/// the user's configuration; a number that it doesn't name is nothing then. Else 1 to 16 are COM1 to COM16, on Linux
/// `/dev/ttyS0` and so on where they exist and the nth USB-serial port where they don't; 1001 to 1016 are the nth reader on USB
/// or HID, 9999 is the first on HID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortNumbers {
    table: Option<BTreeMap<i32, String>>,
}

impl PortNumbers {
    /// What is set for this process. `library`: the file of the library whose neighbour `realname-ports.toml` may be; without one it
    /// is the program's.
    pub fn here(library: Option<PathBuf>) -> Self {
        if let Some(text) = std::env::var_os("REALNAME_PORTS") {
            return Self { table: Some(pairs(&text.to_string_lossy())) };
        }
        let table =
            files(library).into_iter().find_map(|file| Some(lines(&std::fs::read_to_string(file).ok()?)));
        Self { table }
    }

    /// The reader's name for a number; `None` where nothing is.
    pub fn name(&self, number: i32) -> Option<String> {
        match &self.table {
            Some(table) => table.get(&number).cloned(),
            None => usual(number, &mut None),
        }
    }

    /// Every number that may have a reader: the table's, else those that programs try, in their order.
    pub fn all(&self) -> Vec<i32> {
        match &self.table {
            Some(table) => table.keys().copied().collect(),
            None => (1001..=1016).chain(1..=16).chain([HID]).collect(),
        }
    }
}

/// [`list`], each port with its [`numbers`](Port::numbers), and what a setting names besides: pseudo-terminals, links, a bridge.
///
/// # Errors
/// When the system can't list its ports.
pub fn numbered() -> Result<Vec<Port>, ReaderError> {
    let (numbers, mut ports) = (PortNumbers::here(None), list()?);
    let mut listed = Some(ports.clone());
    for number in numbers.all() {
        let name = match &numbers.table {
            Some(table) => table.get(&number).cloned(),
            None => usual(number, &mut listed),
        };
        let Some(name) = name else { continue };
        match ports.iter_mut().find(|port| same(&port.name, &name)) {
            Some(port) => port.numbers.push(number),
            None if numbers.table.is_some() => {
                let (attachment, guess) = (Attachment::Other, Guess::Unknown);
                ports.push(Port { name, attachment, guess, numbers: vec![number] });
            }
            // COM3 to COM16 of a machine that has two.
            None => {}
        }
    }
    Ok(ports)
}

/// Whether both name one port: a link is what it leads to.
fn same(listed: &str, named: &str) -> bool {
    let real = std::fs::canonicalize(named);
    listed == named
        || (cfg!(windows) && same_port(listed, named))
        || real.is_ok_and(|real| Path::new(listed) == real)
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

/// `1 = "/dev/ttyUSB0"`, a line each.
fn lines(text: &str) -> BTreeMap<i32, String> {
    let table: BTreeMap<String, String> = toml::from_str(text).unwrap_or_default();
    table.into_iter().filter_map(|(number, name)| Some((number.parse().ok()?, name))).collect()
}

/// `realname-ports.toml` beside the library or the program, then in the user's configuration.
fn files(library: Option<PathBuf>) -> Vec<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let beside = library.or_else(|| std::env::current_exe().ok());
    let home = set("HOME").map(|home| home.join(".config"));
    let user = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or(home).map(|place| place.join("realname"));
    let places = [beside.and_then(|file| Some(file.parent()?.to_owned())), user];
    places.into_iter().flatten().map(|place| place.join("realname-ports.toml")).collect()
}

/// Without a setting. `listed` is asked of the system when it is needed first, because programs try thirty-two numbers in a row.
fn usual(number: i32, listed: &mut Option<Vec<Port>>) -> Option<String> {
    let native = |listed: &mut Option<Vec<Port>>, kinds: &[&str], nth: usize| {
        let ports = listed.get_or_insert_with(|| list().unwrap_or_default()).iter();
        let mut readers = ports.filter(|port| {
            port.guess == Guess::Reader && kinds.iter().any(|kind| port.name.starts_with(kind))
        });
        readers.nth(nth).map(|port| port.name.clone())
    };
    match number {
        1..=16 => serial(number, listed),
        1001..=1016 => native(listed, &["usb:", "hid:"], usize::try_from(number - 1001).ok()?),
        HID => native(listed, &["hid:"], 0),
        _ => None,
    }
}

#[cfg(windows)]
fn serial(number: i32, _listed: &mut Option<Vec<Port>>) -> Option<String> {
    Some(format!("COM{number}"))
}

/// A board lists serial ports that nobody can open; what isn't there at all is no port.
#[cfg(not(windows))]
fn serial(number: i32, listed: &mut Option<Vec<Port>>) -> Option<String> {
    let nth = usize::try_from(number - 1).ok()?;
    let built_in = format!("/dev/ttyS{nth}");
    if Path::new(&built_in).exists() {
        return Some(built_in);
    }
    let ports = listed.get_or_insert_with(|| list().unwrap_or_default()).iter();
    let mut bridges =
        ports.filter(|port| matches!(port.attachment, Attachment::Usb { .. }) && !port.name.contains(':'));
    bridges.nth(nth).map(|port| port.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_and_what_is_none_is_left_out() {
        let wanted = [(1, "/dev/ttyUSB0".to_owned()), (1001, "usb:0400:c35a".to_owned())];
        assert_eq!(
            pairs("1=/dev/ttyUSB0; 1001 = usb:0400:c35a;;x=1;2=").into_iter().collect::<Vec<_>>(),
            wanted
        );
        let text = "1 = \"/dev/ttyUSB0\"\n1001 = \"usb:0400:c35a\"\nx = \"1\"\n";
        assert_eq!(lines(text).into_iter().collect::<Vec<_>>(), wanted);
        assert!(lines("1 = [").is_empty());
    }

    #[test]
    fn a_table_is_all_there_is() {
        let numbers = PortNumbers { table: Some(pairs("3=/dev/ttyUSB0")) };
        assert_eq!((numbers.name(3).as_deref(), numbers.name(1)), (Some("/dev/ttyUSB0"), None));
        assert_eq!(numbers.all(), [3]);
    }

    #[test]
    #[cfg(not(windows))]
    fn usb_bridges_and_readers_are_counted() {
        let usb = || Attachment::Usb {
            vendor: 0x0400,
            product: 0xC35A,
            serial_number: None,
            manufacturer: None,
            product_name: None,
        };
        let port =
            |name: &str, guess| Port { name: name.into(), attachment: usb(), guess, numbers: Vec::new() };
        let mut listed = Some(vec![
            port("/dev/ttyUSB7", Guess::SerialBridge),
            port("hid:3-1", Guess::Reader),
            port("usb:3-2", Guess::OtherReader),
            port("usb:3-3", Guess::Reader),
        ]);
        let mut name = |number| usual(number, &mut listed);
        assert_eq!(name(1001).as_deref(), Some("hid:3-1"));
        assert_eq!(name(1002).as_deref(), Some("usb:3-3"));
        assert_eq!(name(9999).as_deref(), Some("hid:3-1"));
        assert_eq!([name(0), name(17), name(1000), name(1003), name(1017)], [None, None, None, None, None]);
        let first_bridge = (1..=16).find(|number| !Path::new(&format!("/dev/ttyS{}", number - 1)).exists());
        assert!(first_bridge != Some(1) || name(1).as_deref() == Some("/dev/ttyUSB7"));
    }
}
