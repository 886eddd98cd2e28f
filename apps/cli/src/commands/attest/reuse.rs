//! Used before: the operator's index of what all applicants sent, asked and fed by this terminal. What it finds is for a person to look
//! at; it refuses nobody by itself.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Remote, Signal};
use realname::capture::reuse::{IdentityKey, Kept, Print, ReuseFinding, ReuseIndex, ReuseKind};
use realname::store::SqliteReuse;
use zeroize::Zeroizing;

use crate::commands::photos::slot_name;
use crate::config::Config;
use crate::failure::Failure;
use crate::outside::path as shown;
use crate::shapes::UsedBefore;
use crate::{files, lang};

/// How long a capture stays in the index, in days, unless the configuration says otherwise.
const DAYS: u16 = 180;
/// How many captures that are over one check removes at most.
const TIDIED: u32 = 500;

/// The index that the configuration names.
pub(super) struct Index {
    index: SqliteReuse,
    key: IdentityKey,
    kept: SignedDuration,
}

impl Index {
    /// None where the configuration names none: then nothing is kept, and nothing is said to be new.
    pub(super) fn of(config: &Config) -> Result<Option<Self>, Failure> {
        let (file, key) = match (&config.reuse, &config.reuse_key) {
            (None, None) => return Ok(None),
            (Some(file), Some(key)) => (file, key),
            _ => {
                return Err(Failure::damaged(
                    "config",
                    lang::pick(
                        "`reuse` and `reuse_key` belong together: one of them is missing",
                        "reuse 与 reuse_key 须同时给出：缺少其中之一",
                    ),
                    lang::pick("give both or neither", "请同时给出，或都不给出"),
                ));
            }
        };
        let key = secret(key)?;
        let index = SqliteReuse::open(file).map_err(|error| Failure::from(error).about(&shown(file)))?;
        let days = config.reuse_days.unwrap_or(DAYS);
        Ok(Some(Self { index, key, kept: SignedDuration::from_hours(24 * i64::from(days)) }))
    }

    /// Keeps these photos and tells which of them were here before.
    pub(super) fn seen(&self, remote: &Remote, now: Timestamp) -> Result<Vec<UsedBefore>, Failure> {
        let identity = self.key.identity(remote.declared().number().as_str());
        let photos = remote.triplet().photos();
        let prints = photos.each_ref().map(|photo| Print::of(identity, photo));
        let until = now.saturating_add(self.kept).unwrap_or(Timestamp::MAX);
        // Kept first: of two people who send the same at once at least one is seen.
        self.index.add(&prints.map(|print| Kept { print, until }))?;
        let mut seen = Vec::new();
        for (photo, print) in photos.iter().zip(&prints) {
            let found = self.index.find(print)?;
            let of = |kind| {
                let found: Vec<&ReuseFinding> = found.iter().filter(|one| one.kind == kind).collect();
                let distance = found.iter().filter_map(|one| one.distance).min();
                let captures = found.len();
                (captures > 0).then_some(UsedBefore { slot: photo.slot(), kind, captures, distance })
            };
            seen.extend(ReuseKind::ALL.into_iter().filter_map(of));
        }
        self.index.expire(now, TIDIED)?;
        Ok(seen)
    }
}

/// The signal for the policy: somebody else's photo. Another photo of the same person is what whoever buys again sends.
pub(super) fn signal(seen: &[UsedBefore]) -> Option<Signal> {
    let others = |one: &UsedBefore| one.kind != ReuseKind::SameIdentityOtherPhotos;
    seen.iter().any(others).then_some(Signal::PhotoSeen)
}

/// One finding in words.
pub(super) fn told(seen: &UsedBefore) -> String {
    let kind = match seen.kind {
        ReuseKind::SameFile => lang::pick("somebody else sent this very file", "他人曾提交同一文件"),
        ReuseKind::SamePixels => {
            lang::pick("somebody else sent this picture in another file", "他人曾以另一文件提交同一画面")
        }
        ReuseKind::Near => {
            lang::pick("somebody else sent a photo that is nearly this one", "他人曾提交几乎相同的照片")
        }
        ReuseKind::SameIdentityOtherPhotos => lang::pick(
            "this person was seen with another photo, as whoever buys again is",
            "此人曾提交另一张照片（再次办理时常见）",
        ),
    };
    let look = lang::pick("a person should look; it accuses nobody", "请人工查看；不表示任何人有过错");
    format!("{}: {kind} ({}); {look}", slot_name(seen.slot), seen.captures)
}

/// 32 random bytes as 64 hexadecimal digits.
pub(in crate::commands) fn secret(path: &Path) -> Result<IdentityKey, Failure> {
    files::of_this_user_only(path)?;
    let text = files::read_text(path)?;
    let mut key = Zeroizing::new([0_u8; 32]);
    let digits = text.trim_ascii().as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    let whole = rest.is_empty() && pairs.len() == key.len();
    let read = pairs.iter().zip(key.iter_mut()).all(|(pair, byte)| {
        let digit = |at: u8| char::from(at).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => {
                *byte = high << 4 | low;
                true
            }
            _ => false,
        }
    });
    if whole && read {
        return Ok(IdentityKey::new(*key));
    }
    Err(Failure::damaged(
        "reuse_key",
        format!("{}: {}", shown(path), lang::pick("not 64 hexadecimal digits", "不是 64 位十六进制数字")),
        lang::pick("make it with `openssl rand -hex 32`", "请用 openssl rand -hex 32 生成"),
    ))
}
