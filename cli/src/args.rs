//! The command line, as scripts rely on it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use realname::document::SamId;
use realname::profile::{Check, ClaimName, Env, Locality, Purpose};

/// Proves, with a signature, that a person was checked against a real identity document.
#[derive(Debug, Parser)]
#[command(name = "realname", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Language of the clerk's texts; the default follows the locale.
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A language of the clerk's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 中文
    Zh,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole story on synthetic data, with a reader in software on a real pty
    Demo(DemoArgs),
    /// Card readers: list, probe, read
    #[command(subcommand)]
    Reader(ReaderCommand),
    /// A card reader in software, on a pty
    Emulator(EmulatorArgs),
    /// Signing keys: make one, show its public part
    #[command(subcommand)]
    Key(KeyCommand),
    /// Trust lists and delegations
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Demands: what a flow asks for
    #[command(subcommand)]
    Demand(DemandCommand),
    /// Check a person and answer a demand with a presentation
    Attest(Box<AttestArgs>),
    /// The relying party's decision on a presentation; answers its demand once
    Verify(VerifyArgs),
    /// Show a token's parts, unverified
    Inspect(InspectArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the files that it makes in DIR
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

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
  heartbeat=MS   sends AAAA every so often, as some network bridges do";

/// Algorithms for new keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Alg {
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
    /// P-256 with SHA-256
    #[value(name = "ES256")]
    Es256,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a signing key: PKCS#8 PEM, mode 0600; refuses to overwrite
    New {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Its algorithm
        #[arg(long, value_enum, default_value = "EdDSA")]
        alg: Alg,
    },
    /// Show the public JWK with `kid` and `alg`; with --valid-days that is an anchor file
    Show {
        /// A signing key
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Add `nbf` (now) and `exp` (this many days from now)
        #[arg(long, value_name = "N")]
        valid_days: Option<u32>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Sign a trust list; kids and times are filled in where absent
    Sign {
        /// The anchor's signing key
        #[arg(long, value_name = "KEY")]
        anchor: PathBuf,
        /// The list's payload as JSON
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
        /// Where to write the signed list
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a delegation statement, which can only narrow
    Delegate {
        /// The key that delegates
        #[arg(long, value_name = "KEY")]
        key: PathBuf,
        /// Public JWK of the key that may sign
        #[arg(long, value_name = "JWK")]
        to: PathBuf,
        /// The constraints as JSON
        #[arg(long, value_name = "FILE")]
        constraints: PathBuf,
        /// Life in days, at most 7
        #[arg(long, value_name = "N")]
        days: u32,
        /// Whose power it is: the issuer's URL, or the `sub` of the statement above; the key itself by default
        #[arg(long, value_name = "URL")]
        iss: Option<String>,
        /// Whom it goes to; the key itself by default
        #[arg(long, value_name = "NAME")]
        sub: Option<String>,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DemandCommand {
    /// Make a demand, and remember it in the store
    New(Box<DemandNewArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct DemandNewArgs {
    /// The relying party's signing key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The relying party's URL
    #[arg(long, value_name = "URL")]
    pub(crate) iss: String,
    /// What it is for, such as sim.cancel
    #[arg(long, value_name = "P")]
    pub(crate) purpose: Purpose,
    /// The phone number that is acted on, +86…
    #[arg(long, value_name = "N")]
    pub(crate) number: Option<String>,
    /// A claim to be disclosed; may be given several times
    #[arg(long = "claim", value_name = "C", value_parser = claim)]
    pub(crate) claims: Vec<ClaimName>,
    /// A check that must have passed; may be given several times
    #[arg(long = "check", value_name = "K", value_parser = check)]
    pub(crate) checks: Vec<Check>,
    /// Who it must be: JSON {"name":…, "id_number":…}; kept in the store, never sent
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// Where the person must be checked
    #[arg(long, value_name = "L", value_parser = locality)]
    pub(crate) locality: Option<Locality>,
    /// How old the check may be, in seconds
    #[arg(long, value_name = "SECS")]
    pub(crate) max_age: Option<u32>,
    /// Only this terminal may answer
    #[arg(long, value_name = "ID")]
    pub(crate) terminal: Option<String>,
    /// How long the demand can be answered, in seconds
    #[arg(long, value_name = "SECS", default_value_t = 600)]
    pub(crate) ttl: u32,
    /// Whether it counts
    #[arg(long, value_name = "ENV", value_parser = env, default_value = "production")]
    pub(crate) env: Env,
    /// The relying party's store; made when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// Where to write the demand
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// The demand to answer
    #[arg(long, value_name = "FILE")]
    pub(crate) demand: PathBuf,
    /// The terminal's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The signed trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: PathBuf,
    /// Whom to ask: dir:FILE
    #[arg(long, value_name = "SPEC")]
    pub(crate) authority: String,
    /// The card reader's port
    #[arg(long, value_name = "PATH")]
    pub(crate) port: PathBuf,
    /// The photo taken on the spot
    #[arg(long, value_name = "IMG")]
    pub(crate) live: PathBuf,
    /// The person has agreed: don't ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Where to write the presentation
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The demand that it should answer (the presentation names its nonce anyway)
    #[arg(long, value_name = "FILE", conflicts_with = "nonce")]
    pub(crate) demand: Option<PathBuf>,
    /// The nonce of that demand
    #[arg(long, value_name = "N")]
    pub(crate) nonce: Option<String>,
    /// The signed trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: PathBuf,
    /// The relying party's store
    #[arg(long, value_name = "DIR", required_unless_present = "audit")]
    pub(crate) store: Option<PathBuf>,
    /// Keep the verdict and the token without its disclosures here
    #[arg(long, value_name = "FILE", conflicts_with = "audit")]
    pub(crate) record: Option<PathBuf>,
    /// Judge a kept record as of --at; answers nothing, changes nothing
    #[arg(long, requires = "at")]
    pub(crate) audit: bool,
    /// The time to judge a record at (RFC 3339)
    #[arg(long, value_name = "TIME", requires = "audit")]
    pub(crate) at: Option<jiff::Timestamp>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// The presentation, or with --audit the record
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A presentation, attestation, demand, trust list or delegation
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

fn claim(name: &str) -> Result<ClaimName, String> {
    ClaimName::from_name(name).ok_or_else(|| expected(ClaimName::ALL.map(ClaimName::as_str)))
}

fn check(name: &str) -> Result<Check, String> {
    Check::from_name(name).ok_or_else(|| expected(Check::ALL.map(Check::as_str)))
}

fn locality(name: &str) -> Result<Locality, String> {
    [Locality::Onsite, Locality::Remote]
        .into_iter()
        .find(|locality| locality.as_str() == name)
        .ok_or_else(|| expected(["onsite", "remote"]))
}

fn env(name: &str) -> Result<Env, String> {
    [Env::Production, Env::Test]
        .into_iter()
        .find(|env| env.as_str() == name)
        .ok_or_else(|| expected(["production", "test"]))
}

fn expected<const N: usize>(names: [&str; N]) -> String {
    format!("expected one of: {}", names.join(", "))
}
