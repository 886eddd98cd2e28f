//! The file: lines, so that any program reads it.

use std::io::{BufRead, Read, Write};

use jiff::Timestamp;

use super::{AnnualError, Figures};
use crate::jose::Json;
use crate::journal::entry::MOST_BYTES;
use crate::journal::note::SignedCheckpoint;
use crate::journal::{Audit, Audited, Reader};

const HEAD: &str = "realname-annual/v1";
/// Longest head: a dozen figures, some with a count for each reason or region.
const MOST_HEAD: usize = 4 * 1024 * 1024;
/// Longest checkpoint: as long as a note may be.
const MOST_CHECKPOINT: u64 = 512 * 1024;

/// A bundle that was found to be what it says.
#[derive(Debug)]
#[non_exhaustive]
pub struct Verified {
    /// Begin of the period.
    pub from: Timestamp,
    /// End of the period.
    pub to: Timestamp,
    /// The figures, each with its name, query and value.
    pub figures: Vec<(&'static str, Json)>,
    /// The journal that they are made of.
    pub audited: Audited,
}

/// Writes the bundle of a period, from a journal that is audited on the way.
pub fn write(
    reader: &Reader,
    audit: &Audit,
    (from, to): (Timestamp, Timestamp),
    out: &mut impl Write,
) -> Result<Vec<(&'static str, Json)>, AnnualError> {
    if from >= to {
        return Err(AnnualError::Period);
    }
    let mut figures = Figures::of(from, to);
    let audited = audit.run_with(reader, |_, entry, _| figures.hear(entry))?;
    let figures = figures.to_json();
    let listed = Json::Array(figures.iter().map(|(_, figure)| figure.clone()).collect());
    let head = Json::object([
        ("figures", listed),
        ("from", from.to_string().into()),
        ("to", to.to_string().into()),
        ("v", 1.into()),
    ]);
    let checkpoint = reader.checkpoint().to_string();
    writeln!(out, "{HEAD}")?;
    out.write_all(&head.to_bytes())?;
    write!(out, "\ncheckpoint {}\n{checkpoint}entries {}\n", checkpoint.len(), audited.size)?;
    let mut written = Ok(());
    reader.each(0, |_, _, bytes| {
        if written.is_ok() {
            written = out.write_all(bytes).and_then(|()| out.write_all(b"\n"));
        }
    })?;
    written?;
    out.flush()?;
    Ok(figures)
}

/// Judges a bundle: the checkpoint's signatures, that the entries are all of its tree, each agent's chain, and every figure.
pub fn verify(bundle: &mut impl BufRead, audit: &Audit) -> Result<Verified, AnnualError> {
    if line(bundle, HEAD.len() + 1)?.as_slice() != HEAD.as_bytes() {
        return Err(AnnualError::Malformed("the first line"));
    }
    let malformed = || AnnualError::Malformed("the head");
    let head = Json::parse(&line(bundle, MOST_HEAD)?, MOST_HEAD).map_err(|_| malformed())?;
    let time =
        |name| head.member(name).and_then(Json::as_str).and_then(|text| text.parse::<Timestamp>().ok());
    let (from, to) = (time("from").ok_or_else(malformed)?, time("to").ok_or_else(malformed)?);
    let said = head.member("figures").and_then(Json::as_array).ok_or_else(malformed)?;
    let checkpoint = checkpoint(bundle)?;
    let count =
        counted(&line(bundle, 64)?, "entries ").ok_or(AnnualError::Malformed("the count of entries"))?;
    let mut figures = Figures::of(from, to);
    let entries = (0..count).map(|_| line(bundle, MOST_BYTES + 1));
    let audited = audit.run_entries(&checkpoint, entries, |_, entry, _| figures.hear(entry))?;
    if !bundle.fill_buf()?.is_empty() {
        return Err(AnnualError::Malformed("the end"));
    }
    let figures = figures.to_json();
    for (place, (name, figure)) in figures.iter().enumerate() {
        if said.get(place) != Some(figure) {
            return Err(AnnualError::Figure { name });
        }
    }
    if said.len() != figures.len() {
        return Err(malformed());
    }
    Ok(Verified { from, to, figures, audited })
}

fn checkpoint(bundle: &mut impl BufRead) -> Result<SignedCheckpoint, AnnualError> {
    let malformed = AnnualError::Malformed("the checkpoint");
    let Some(length) = counted(&line(bundle, 64)?, "checkpoint ").filter(|length| *length <= MOST_CHECKPOINT)
    else {
        return Err(malformed);
    };
    let mut bytes = Vec::new();
    bundle.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(malformed);
    }
    SignedCheckpoint::parse(&bytes).map_err(|_| malformed)
}

fn counted(line: &[u8], begin: &str) -> Option<u64> {
    std::str::from_utf8(line).ok()?.strip_prefix(begin)?.parse().ok()
}

/// A line of at most that many bytes, without its end.
fn line(bundle: &mut impl BufRead, most: usize) -> Result<Vec<u8>, AnnualError> {
    let mut bytes = Vec::new();
    bundle.take(most as u64 + 1).read_until(b'\n', &mut bytes)?;
    if bytes.pop() == Some(b'\n') { Ok(bytes) } else { Err(AnnualError::Malformed("a line")) }
}
