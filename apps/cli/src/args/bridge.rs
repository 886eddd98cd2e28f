//! `bridge`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use realname_bridge::Origin;

use super::LogLevel;

#[derive(Debug, Args)]
pub(crate) struct BridgeArgs {
    /// The card reader: a serial port such as /dev/ttyUSB0 or COM3, usb:0400:c35a, hid:0400:c35a; or auto: the only one there is
    #[arg(long, value_name = "PATH|auto")]
    pub(crate) port: String,
    /// Line rate; the usual ones are tried when it isn't given
    #[arg(long, value_name = "N", value_parser = super::reader::baud)]
    pub(crate) baud: Option<u32>,
    /// Listen here: an address of this machine only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7890")]
    pub(crate) listen: SocketAddr,
    /// Pages of this origin get in: scheme, host and port, such as https://till.example; may be given several times
    #[arg(long = "allow-origin", value_name = "URL")]
    pub(crate) origins: Vec<Origin>,
    /// Programs of this machine get in with the token that stands in this file; without it none does
    #[arg(long, value_name = "FILE")]
    pub(crate) token: Option<PathBuf>,
    /// Answer demands, too: the terminal's configuration (TOML)
    #[arg(long, value_name = "FILE", requires_all = ["trust", "anchor"])]
    pub(crate) config: Option<PathBuf>,
    /// The signed trust list
    #[arg(long, value_name = "FILE", requires = "config")]
    pub(crate) trust: Option<PathBuf>,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE", requires = "config")]
    pub(crate) anchor: Option<PathBuf>,
    /// Whom to ask: dir:FILE, an http(s) address, or config:FILE; may be left out when the configuration names a register
    #[arg(long, value_name = "SPEC", requires = "config")]
    pub(crate) authority: Option<String>,
    /// How much is logged, as lines of JSON on standard error
    #[arg(long, value_enum, default_value_t = LogLevel::Info)]
    pub(crate) log: LogLevel,
}
