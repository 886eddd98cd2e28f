//! The index of what was used before, in a database: plain tables, so that every engine that speaks SQL this far serves.
//!
//! The 256 bits of a photo's hash are cut into nine bands of 28 bits (four bits are left over): two hashes that differ in at most
//! eight bits are the same in one of them. So a look is nine equal keys in one table, and one comparison for each row they give.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use jiff::Timestamp;
use realname_capture::PerceptualHash;
use realname_capture::reuse::{Identity, MOST_FINDINGS, Print, ReuseError, ReuseFinding, ReuseKind};

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresReuse;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteReuse;

/// Bands of a hash.
const BANDS: i64 = 9;
/// Bits of each.
const WIDTH: usize = 28;
/// Of the rows of one band, so many are compared: who comes after them is found through them.
const CROWD: i64 = 256;

/// The band's number above its bits, as one key.
fn bands(hash: PerceptualHash) -> impl Iterator<Item = i64> {
    let bytes = hash.to_bytes();
    (0..BANDS).map(move |band| {
        let begin = usize::try_from(band).unwrap_or(0) * WIDTH;
        let bits = (begin..begin + WIDTH).fold(0_i64, |bits, at| {
            let byte = bytes.get(at / 8).copied().unwrap_or_default();
            bits << 1 | i64::from(byte >> (7 - at % 8) & 1)
        });
        band << WIDTH | bits
    })
}

/// Days since 1970.
fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(24 * 3_600)
}

/// A row that may be a finding.
struct Row {
    identity: [u8; 8],
    file: [u8; 32],
    pixels: [u8; 32],
    photo: Option<[u8; 32]>,
}

impl Row {
    fn read(
        identity: Vec<u8>,
        file: Vec<u8>,
        pixels: Vec<u8>,
        photo: Option<Vec<u8>>,
    ) -> Result<Self, ReuseError> {
        fn exact<const N: usize>(bytes: Vec<u8>) -> Result<[u8; N], ReuseError> {
            bytes.try_into().map_err(|_| ReuseError::Damaged)
        }
        Ok(Self {
            identity: exact(identity)?,
            file: exact(file)?,
            pixels: exact(pixels)?,
            photo: photo.map(exact).transpose()?,
        })
    }

    /// What it says of a capture, if anything.
    fn judge(&self, print: &Print) -> Option<ReuseFinding> {
        let distance = match (self.photo, print.photo) {
            (Some(kept), Some(photo)) => Some(photo.distance(PerceptualHash::from_bytes(kept))),
            _ => None,
        };
        let near = distance.is_some_and(|distance| distance <= PerceptualHash::CANDIDATE);
        let other = Identity::from_bytes(self.identity);
        let kind = if other == print.identity {
            (distance.is_some() && !near).then_some(ReuseKind::SameIdentityOtherPhotos)
        } else if self.file == print.file {
            Some(ReuseKind::SameFile)
        } else if self.pixels == print.pixels {
            Some(ReuseKind::SamePixels)
        } else {
            near.then_some(ReuseKind::Near)
        };
        kind.map(|kind| ReuseFinding::new(kind, distance, other))
    }
}

/// The findings of all rows, each row once, the gravest first.
fn judge(rows: &[Row], print: &Print) -> Vec<ReuseFinding> {
    let mut found: Vec<ReuseFinding> = rows.iter().filter_map(|row| row.judge(print)).collect();
    found.sort_by_key(|finding| (finding.kind, finding.distance));
    found.truncate(MOST_FINDINGS);
    found
}

fn engine(error: impl std::error::Error + Send + Sync + 'static) -> ReuseError {
    ReuseError::Engine(Arc::new(error))
}
