//! A vendor-specific interface with bulk pipes, whose device side is files: FunctionFS.
//!
//! The descriptors are written to `ep0` in the layout of Linux's `usb/functionfs.h`. The numbers in them are only wishes: the
//! dummy controller gives endpoints out in the order of its own list, which for bulk is
//!
//! | direction | number on the bus |
//! |---|---|
//! | OUT | 02, 07, 0C, 01, 01, 02, 03, 04, 05, **06**, 07, 08 |
//! | IN | 81, 86, 8B, 82, 81, 82, 83, 84, **85** |
//!
//! (Linux 6.1, `dummy_hcd.c`; of numbers that come twice the first one counts on both sides.) So a function that wants 06 and
//! 85 has to ask for ten and nine endpoints. The reader's four are then among them, as they may be on a real device.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::device;

const DESCRIPTORS_MAGIC_V2: u32 = 3;
const STRINGS_MAGIC: u32 = 2;
const HAS_FS_DESC: u32 = 1;

/// Full speed, as the readers are.
const PACKET: u16 = 64;

/// The mounted file system with the endpoints' files.
pub(crate) struct FunctionFs {
    directory: PathBuf,
    outputs: u8,
    /// The function exists as long as this is open.
    _control: File,
}

impl FunctionFs {
    /// Mounts the function `name` and describes so many endpoints from and to the host. Called while the gadget is set up.
    pub(crate) fn new(name: &str, outputs: u8, inputs: u8) -> io::Result<Self> {
        let directory = Path::new("/dev").join(name);
        fs::create_dir_all(&directory)?;
        let mounted = Command::new("/bin/busybox")
            .args(["mount", "-t", "functionfs", name])
            .arg(&directory)
            .status()?;
        if !mounted.success() {
            return Err(io::Error::other("cannot mount functionfs"));
        }
        let mut control = device::open(directory.join("ep0"))?;
        control.write_all(&descriptors(outputs, inputs))?;
        control.write_all(&strings())?;
        Ok(Self { directory, outputs, _control: control })
    }

    /// The file of the endpoint from the host at this place in the table, from 1.
    pub(crate) fn output(&self, place: u8) -> io::Result<File> {
        device::open(self.directory.join(format!("ep{place}")))
    }

    /// The file of the endpoint to the host at this place in the table, from 1.
    pub(crate) fn input(&self, place: u8) -> io::Result<File> {
        self.output(self.outputs + place)
    }
}

impl Drop for FunctionFs {
    fn drop(&mut self) {
        let _ = Command::new("/bin/busybox").args(["umount", "-l"]).arg(&self.directory).status();
    }
}

fn descriptors(outputs: u8, inputs: u8) -> Vec<u8> {
    let count = outputs + inputs;
    // Interface 0, vendor-specific.
    let mut list = vec![9, 4, 0, 0, count, 0xFF, 0, 0, 1];
    for address in (1..=outputs).chain((1..=inputs).map(|number| 0x80 | number)) {
        let [low, high] = PACKET.to_le_bytes();
        list.extend([7, 5, address, 2, low, high, 0]);
    }
    let words = [DESCRIPTORS_MAGIC_V2, 16 + list.len() as u32, HAS_FS_DESC, 1 + u32::from(count)];
    let mut out: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    out.extend(list);
    out
}

fn strings() -> Vec<u8> {
    let text = b"\x09\x04reader\0";
    let words = [STRINGS_MAGIC, 16 + text.len() as u32, 1, 1];
    let mut out: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    out.extend(text);
    out
}
