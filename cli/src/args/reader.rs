//! `reader` and `emulator`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::document::SamId;

#[derive(Debug, Subcommand)]
pub(crate) enum ReaderCommand {
    /// Ports and readers, and what is known of them
    List {
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
    /// Status and SAM id; finds the line's rate when none is given
    Probe {
        #[command(flatten)]
        port: PortArgs,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
    /// Wait for a card and read it
    Read {
        #[command(flatten)]
        port: PortArgs,
        /// Give up when there is no card after this many seconds
        #[arg(long, value_name = "SECS", default_value_t = 30)]
        wait: u32,
        /// Ask for fingerprints too
        #[arg(long)]
        fingerprint: bool,
        /// Write the chip's photo block here (a closed format: it needs a licensed decoder)
        #[arg(long, value_name = "FILE")]
        photo_out: Option<PathBuf>,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PortArgs {
    /// The serial port, such as /dev/ttyUSB0 or COM3; or usb:0400:c35a, hid:0400:c35a for native USB
    #[arg(long, value_name = "PATH")]
    pub(crate) port: PathBuf,
    /// Line rate; the usual ones are tried when it isn't given
    #[arg(long, value_name = "N")]
    pub(crate) baud: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct EmulatorArgs {
    /// A card description; the next one is laid down when one was read
    #[arg(long = "card", value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) cards: Vec<PathBuf>,
    /// Make a symbolic link to the pty here
    #[arg(long, value_name = "PATH")]
    pub(crate) link: Option<PathBuf>,
    /// The SAM id to state
    #[arg(long, value_name = "ID")]
    pub(crate) sam_id: Option<SamId>,
    /// Send at the line's rate, as a real line does
    #[arg(long)]
    pub(crate) pace: bool,
    /// Faults to play, such as `flip=0.01,drop=0.001`
    #[arg(long, value_name = "SPEC")]
    pub(crate) fault: Option<String>,
    /// Seed of the faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}
