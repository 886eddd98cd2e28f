//! `reader` and `emulator`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use realname::document::SamId;
use realname::reader::wire::Baud;

use crate::lang;

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
    /// What happens at a reader, all day: one line an event, until SIGINT or SIGTERM
    ///
    /// The events: reader_ready, reader_gone, card_read, card_off, fault. With --json each line is a JSON object, and that of
    /// card_read carries what `reader read --json` prints.
    Watch {
        #[command(flatten)]
        port: PortArgs,
        /// A JSON object on each line
        #[arg(long)]
        json: bool,
    },
    /// Wait for a card and read it
    Read {
        #[command(flatten)]
        port: PortArgs,
        /// Give up after this many seconds, the reader's own start included
        #[arg(long, value_name = "SECS", default_value_t = 30)]
        wait: u32,
        /// Ask for fingerprints too
        #[arg(long)]
        fingerprint: bool,
        /// When the card is read until two readings in a row are the same
        #[arg(long, value_enum, value_name = "WHEN", default_value = "until-trusted")]
        confirm: Confirm,
        /// Write the chip's photo block here (a closed format: it needs a licensed decoder)
        #[arg(long, value_name = "FILE")]
        photo_out: Option<PathBuf>,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confirm {
    /// When something speaks against the first reading
    InDoubt,
    /// The same, and on a line that has not earned trust yet: a command's line is always new
    UntilTrusted,
    /// Always, also where the card has to be lifted and put back for it
    Always,
}

#[derive(Debug, Args)]
pub(crate) struct PortArgs {
    /// The serial port, such as /dev/ttyUSB0 or COM3; or usb:0400:c35a, hid:0400:c35a for native USB; or bridge:127.0.0.1:7890
    #[arg(long, value_name = "PATH")]
    pub(crate) port: PathBuf,
    /// Line rate; the usual ones are tried when it isn't given
    #[arg(long, value_name = "N", value_parser = baud)]
    pub(crate) baud: Option<u32>,
}

/// A rate that readers have.
pub(super) fn baud(text: &str) -> Result<u32, String> {
    let rates = Baud::ALL.map(Baud::rate);
    let asked = text.parse().ok().filter(|rate| rates.contains(rate));
    asked.ok_or_else(|| {
        let rates = rates.map(|rate| rate.to_string()).join(", ");
        lang::pick(
            format!("no reader has that rate; expected one of: {rates}"),
            format!("读卡器没有此速率，可选：{rates}"),
        )
    })
}

#[derive(Debug, Args)]
pub(crate) struct EmulatorArgs {
    /// A card description; the next one is laid down when one was read
    #[arg(long = "card", value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) cards: Vec<PathBuf>,
    /// Lift a card that was read and lay it down again after the others; without it the last one stays, as if forgotten
    #[arg(long)]
    pub(crate) again: bool,
    /// Make a symbolic link to the pty here
    #[arg(long, value_name = "PATH")]
    pub(crate) link: Option<PathBuf>,
    /// The SAM id to state
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) sam_id: Option<SamId>,
    /// Send at the line's rate, as a real line does
    #[arg(long)]
    pub(crate) pace: bool,
    /// Faults to play, such as `flip=0.01,drop=0.001`; --help lists them all
    #[arg(long, value_name = "SPEC", long_help = FAULTS)]
    pub(crate) fault: Option<String>,
    /// Seed of the faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// What `--fault` takes: the tables of `reader::transport::fault::LineFaults` and `reader::emulator::Faults`.
const FAULTS: &str = "\
Faults to play: entries separated by commas

Of the line, each with a probability per byte (split, delay: per piece):
  drop=P  flip=P  duplicate=P  insert=P  split=P  delay=P  delay_ms=MS

Of the reader: NAME[=VALUE][@COMMAND][*TIMES], with COMMAND one of reset, status, sam_id, find, select, read, address, management,
baud, rf_frame (any when left out) and TIMES counted from the start (always when left out):
  answer=6A8241  answers this status word, three bytes or the last alone
  mute           doesn't answer
  late=MS        answers late
  cut            stops in the middle of its answer
  garbage        junk with a false frame in it first
  oversize       a preamble with an impossible length first
  neighbour      a frame of each neighbouring protocol first
  preamble       two bytes AA too many first
  double         answers twice
  lie            card data whose lengths don't add up
  units          card data with a code unit that is no text
  disagree       card data whose birth date contradicts the number
  collide        damaged card data whose checksum holds
  lift           loses the card while it answers
  wrong_id       states another SAM id
  strict         a card that was read isn't selected again until it is lifted
  once           a card that was read is neither selected nor read again until it is lifted
  refind         a card that was read is found again as it lies there
  long, short    always answers in the form with, without fingerprints
  nul            pads the card's texts with NUL
  filled         fills the card and chip numbers that are usually zero
  heartbeat=MS   sends AAAA every so often, as some network bridges do
  boot=MS        hears nothing for so long after a host's first byte and after a reset
  needs_reset=24 answers this status word to everything until it is reset
  empty=34       answers this status word to the selection when no card lies there
  restless=MS    finds a card that was laid down, and neither selects nor reads it for so long
  letter=Z       card data with this letter as type flag
  blank, zeros   card data whose text is nothing but spaces, zeros
  unpadded       sends an additional address without its padding
  stranger       another card's intact data before the card's own";
