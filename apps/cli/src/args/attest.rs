//! `attest`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgGroup, Args};
use realname::profile::Locality;

/// Either the person is here, with a card in a reader, or somewhere else, with three photos.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("evidence").required(true).args(["port", "declared"]))]
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
    /// Whom to ask: dir:FILE, an http(s) address, or config:FILE; may be left out when the configuration names a register
    ///
    /// dir:FILE is the embedded TEST register. An address is asked as the configuration's `authority` file says, else as
    /// `realname authority serve` speaks. config:FILE is a register's own configuration. Credentials are in files or in the
    /// environment, never here. Plain http is for this machine only.
    #[arg(long, value_name = "SPEC")]
    pub(crate) authority: Option<String>,
    /// On site: the card reader's port
    #[arg(long, value_name = "PATH", requires = "live", help_heading = "On site")]
    pub(crate) port: Option<PathBuf>,
    /// On site: line rate; the usual ones are tried when it isn't given
    #[arg(long, value_name = "N", requires = "port", value_parser = super::reader::baud, help_heading = "On site")]
    pub(crate) baud: Option<u32>,
    /// On site: give up after this many seconds, the reader's own start included
    #[arg(long, value_name = "SECS", default_value_t = 30, help_heading = "On site")]
    pub(crate) wait: u32,
    /// On site: the photo taken on the spot
    #[arg(long, value_name = "IMG", requires = "port", help_heading = "On site")]
    pub(crate) live: Option<PathBuf>,
    /// Online: what the buyer declared: JSON {"name":…, "id_number":…}, optionally "valid_from" with "valid_until", and "birth_date"
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["portrait", "emblem", "holder"],
        conflicts_with = "live",
        help_heading = "Online"
    )]
    pub(crate) declared: Option<PathBuf>,
    /// At the door without a reader: whoever takes the photos says that the original document was there
    #[arg(long, requires = "declared", help_heading = "Online")]
    pub(crate) original_seen: bool,
    /// Online: write the copies of both sides that may be kept, marked with operator, purpose and date, into this directory
    ///
    /// The configuration's `operator` is the name on them. Their digests go into the attestation, so that a kept copy can be told
    /// from another one. They are made in memory: no unmarked copy is ever a file.
    #[arg(long, value_name = "DIR", requires = "declared", help_heading = "Online")]
    pub(crate) copies: Option<PathBuf>,
    /// Online: the card's portrait side
    #[arg(long, value_name = "IMG", requires = "declared", help_heading = "Online")]
    pub(crate) portrait: Option<PathBuf>,
    /// Online: the card's emblem side
    #[arg(long, value_name = "IMG", requires = "declared", help_heading = "Online")]
    pub(crate) emblem: Option<PathBuf>,
    /// Online: the holder with the card in the hand
    #[arg(long, value_name = "IMG", requires = "declared", help_heading = "Online")]
    pub(crate) holder: Option<PathBuf>,
    /// Online: the buyer's account at the shop: its checks are counted by the hour; the terminal's id by default
    #[arg(
        long,
        value_name = "ID",
        requires = "declared",
        help_heading = "Online",
        allow_hyphen_values = true
    )]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
    /// The person has agreed: don't ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// With --json on site: the card's fields too, as `reader read --json` prints them
    #[arg(long, requires_all = ["json", "port"])]
    pub(crate) with_document: bool,
    /// Where to write the presentation
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Helper programs in place of those that the configuration names. None of them is asked in production: what is real is said in
/// the configuration.
#[derive(Debug, Args)]
pub(crate) struct PluginArgs {
    /// Online: finds faces in the holder's photo
    #[arg(long, value_name = "PROGRAM", help_heading = "Plug-ins")]
    pub(crate) face_finder: Option<PathBuf>,
    /// Online: the weights of the face finder inside this program
    #[arg(long, value_name = "FILE", conflicts_with = "face_finder", help_heading = "Plug-ins")]
    pub(crate) face_model: Option<PathBuf>,
    /// On site: turns the chip's photo block into a picture
    #[arg(long, value_name = "PROGRAM", help_heading = "Plug-ins")]
    pub(crate) photo_decoder: Option<PathBuf>,
    /// On site: compares the live photo with the chip's
    #[arg(long, value_name = "PROGRAM", help_heading = "Plug-ins")]
    pub(crate) face_matcher: Option<PathBuf>,
    /// Judges whether the photo shows a living person
    #[arg(long, value_name = "PROGRAM", help_heading = "Plug-ins")]
    pub(crate) liveness: Option<PathBuf>,
    /// Online: reads the name on the portrait side, for a person to look at where it reads another one
    #[arg(long, value_name = "PROGRAM", requires = "declared", help_heading = "Plug-ins")]
    pub(crate) text_reader: Option<PathBuf>,
}

/// Where the evidence is to come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    /// A card in a reader and a photo taken on the spot.
    OnSite { port: &'a Path, baud: Option<u32>, wait: Duration, live: &'a Path },
    /// What was declared, and the photos of portrait side, emblem side and holder.
    Remote { declared: &'a Path, photos: [&'a Path; 3] },
}

impl Source<'_> {
    pub(crate) fn locality(&self) -> Locality {
        match self {
            Self::OnSite { .. } => Locality::Onsite,
            Self::Remote { .. } => Locality::Remote,
        }
    }
}

impl AttestArgs {
    /// What the arguments' group and requirements leave; `None` can't come from a parsed command line.
    pub(crate) fn source(&self) -> Option<Source<'_>> {
        match (&self.port, &self.live, &self.declared, &self.portrait, &self.emblem, &self.holder) {
            (Some(port), Some(live), None, ..) => {
                let wait = Duration::from_secs(u64::from(self.wait));
                Some(Source::OnSite { port, baud: self.baud, wait, live })
            }
            (None, None, Some(declared), Some(portrait), Some(emblem), Some(holder)) => {
                Some(Source::Remote { declared, photos: [portrait, emblem, holder] })
            }
            _ => None,
        }
    }
}
