//! `capture`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum CaptureCommand {
    /// What the three photos of an online sale show: figures, thresholds, and what the buyer does next
    ///
    /// Exit code 0 when every figure passes. 1 when one fails or can't be decided (`inconclusive` is no pass). 4 when a file
    /// is damaged or no picture that is taken: JPEG, PNG, WebP. No register is asked, and nothing is kept.
    Check(CaptureCheckArgs),
    /// Remove a person's captures from the index of what was used before, or all that are over
    ///
    /// At a person's word, or when their record must go. Exit code 0 also when nothing of them was there: `removed` tells how many
    /// captures went. Whether somebody was known isn't told in any other way.
    Forget(CaptureForgetArgs),
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["person", "expired"]))]
pub(crate) struct CaptureForgetArgs {
    /// The index: the file that `reuse` names in a terminal's configuration
    #[arg(long, value_name = "FILE")]
    pub(crate) index: PathBuf,
    /// The key under which the index knows people: the file that `reuse_key` names
    #[arg(long, value_name = "FILE", requires = "person")]
    pub(crate) key: Option<PathBuf>,
    /// Whose captures go: the file of `attest --declared`
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) person: Option<PathBuf>,
    /// Those whose last day (UTC) is over, whosever they are
    #[arg(long)]
    pub(crate) expired: bool,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CaptureCheckArgs {
    /// The card's portrait side
    #[arg(long, value_name = "IMG")]
    pub(crate) portrait: PathBuf,
    /// The card's emblem side
    #[arg(long, value_name = "IMG")]
    pub(crate) emblem: PathBuf,
    /// The holder with the card in the hand
    #[arg(long, value_name = "IMG")]
    pub(crate) holder: PathBuf,
    /// Compare the number printed on the portrait side with this one: another one fails, one that can't be read is no pass
    #[arg(long, value_name = "N", conflicts_with = "declared")]
    pub(crate) number: Option<String>,
    /// Compare number and dates on the card with what was declared: the file of `attest --declared`
    #[arg(long, value_name = "FILE")]
    pub(crate) declared: Option<PathBuf>,
    /// A face detector, run as a helper program: without one nothing is measured on the holder's face
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) face_finder: Option<PathBuf>,
    /// The weights of the face finder inside this program: model/seeta_fd_frontal_v1.0.bin of the package rustface 0.1.7
    #[arg(long, value_name = "FILE", conflicts_with = "face_finder")]
    pub(crate) face_model: Option<PathBuf>,
    /// A text recogniser, run as a helper program: reads the declared name on the portrait side
    #[arg(long, value_name = "PROGRAM", requires = "declared")]
    pub(crate) text_reader: Option<PathBuf>,
    /// Draw what was found on copies of the photos, DIR/SLOT.png; DIR is made when absent, no file is overwritten
    #[arg(long, value_name = "DIR")]
    pub(crate) annotate: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
