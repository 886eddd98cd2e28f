//! The index in memory: 10^7 captures in under a gibibyte, and a look that doesn't grow with them.
//!
//! Near photos are found by multi-index hashing (Norouzi, Punjani, Fleet 2012): the 256 bits are cut into five bands. Two hashes that
//! differ in at most nine bits differ in at most one bit of some band, so each band is looked up as it is and with each of its
//! bits turned: 261 looks, whatever the size, and every near photo is among what they give.

use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use jiff::Timestamp;

use super::table::{MOST_ENTRIES, Table};
use super::{Identity, Kept, MOST_FINDINGS, Print, ReuseError, ReuseFinding, ReuseIndex, ReuseKind};
use crate::PerceptualHash;

/// Bits of each band.
const BANDS: [usize; 5] = [52, 51, 51, 51, 51];
/// Of captures that share a file, a picture or a band, so many are kept in its table: who comes after them is found through them.
const CROWD: usize = 32;
/// Seconds of a day.
const DAY: i64 = 24 * 3_600;

/// An index in memory, of one process. **It forgets everything when it is dropped.** At most 2^24 - 2 captures.
///
/// Files and pictures are compared by the first 64 bits of their SHA-256.
pub struct MemoryReuse(RwLock<Index>);

struct Index {
    hashes: Vec<[u64; 4]>,
    files: Vec<u64>,
    pixels: Vec<u64>,
    identities: Vec<u64>,
    /// Days since 1970; 0 for an entry that is free.
    until: Vec<u16>,
    free: Vec<u32>,
    bands: [Table; 5],
    by_file: Table,
    by_pixels: Table,
    by_identity: Table,
}

/// No photo of a person: no picture has this hash, because half of a hash's bits are set.
const NO_PHOTO: [u64; 4] = [0; 4];

impl MemoryReuse {
    /// An empty one.
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty one with room for so many captures: about 100 bytes each.
    pub fn with_capacity(captures: usize) -> Self {
        let captures = captures.min(MOST_ENTRIES);
        let table = || Table::with_capacity(captures);
        Self(RwLock::new(Index {
            hashes: Vec::with_capacity(captures),
            files: Vec::with_capacity(captures),
            pixels: Vec::with_capacity(captures),
            identities: Vec::with_capacity(captures),
            until: Vec::with_capacity(captures),
            free: Vec::new(),
            bands: std::array::from_fn(|_| table()),
            by_file: table(),
            by_pixels: table(),
            by_identity: table(),
        }))
    }

    /// How many captures are in it.
    pub fn len(&self) -> Result<usize, ReuseError> {
        let index = self.read()?;
        Ok(index.until.len() - index.free.len())
    }

    /// Whether there is none in it.
    pub fn is_empty(&self) -> Result<bool, ReuseError> {
        Ok(self.len()? == 0)
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, Index>, ReuseError> {
        self.0.read().map_err(|_| ReuseError::Poisoned)
    }

    fn write(&self) -> Result<RwLockWriteGuard<'_, Index>, ReuseError> {
        self.0.write().map_err(|_| ReuseError::Poisoned)
    }
}

impl Default for MemoryReuse {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MemoryReuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryReuse").finish_non_exhaustive()
    }
}

impl ReuseIndex for MemoryReuse {
    fn find(&self, print: &Print) -> Result<Vec<ReuseFinding>, ReuseError> {
        Ok(self.read()?.find(&Short::of(print)))
    }

    fn add(&self, kept: &[Kept]) -> Result<(), ReuseError> {
        let mut index = self.write()?;
        let live = index.until.len() - index.free.len();
        if live + kept.len() > MOST_ENTRIES {
            return Err(ReuseError::Full { capacity: MOST_ENTRIES });
        }
        kept.iter().for_each(|kept| index.add(&Short::of(&kept.print), day(kept.until)));
        Ok(())
    }

    fn erase(&self, identity: Identity) -> Result<u32, ReuseError> {
        let mut index = self.write()?;
        let short = first_half(&identity.to_bytes());
        let mut own = Vec::new();
        index.by_identity.look(short, |entry| {
            if index.identities.get(entry as usize) == Some(&short) {
                own.push(entry);
            }
            true
        });
        own.iter().for_each(|entry| index.remove(*entry));
        Ok(u32::try_from(own.len()).unwrap_or(u32::MAX))
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, ReuseError> {
        let mut index = self.write()?;
        let before = day(before);
        let over = index.until.iter().enumerate().filter(|(_, until)| (1..before).contains(*until));
        let over: Vec<u32> = over.filter_map(|(at, _)| u32::try_from(at).ok()).take(max as usize).collect();
        over.iter().for_each(|entry| index.remove(*entry));
        Ok(u32::try_from(over.len()).unwrap_or(u32::MAX))
    }
}

/// A capture as this index keeps it.
struct Short {
    identity: u64,
    file: u64,
    pixels: u64,
    photo: [u64; 4],
}

impl Short {
    fn of(print: &Print) -> Self {
        Self {
            identity: first_half(&print.identity.to_bytes()),
            file: first_half(&print.file),
            pixels: first_half(&print.pixels),
            photo: print.photo.map_or(NO_PHOTO, words),
        }
    }
}

impl Index {
    fn find(&self, print: &Short) -> Vec<ReuseFinding> {
        let mut found = Found::default();
        let other = |entry: u32| self.identities.get(entry as usize).filter(|who| **who != print.identity);
        self.by_file.look(print.file, |entry| {
            if let Some(who) = other(entry).filter(|_| self.files.get(entry as usize) == Some(&print.file)) {
                found.add(entry, ReuseKind::SameFile, self.between(entry, print), *who);
            }
            found.has_room()
        });
        self.by_pixels.look(print.pixels, |entry| {
            if let Some(who) = other(entry).filter(|_| self.pixels.get(entry as usize) == Some(&print.pixels))
            {
                found.add(entry, ReuseKind::SamePixels, self.between(entry, print), *who);
            }
            found.has_room()
        });
        if print.photo == NO_PHOTO {
            return found.sorted();
        }
        self.near(&print.photo, |entry, distance| {
            if let Some(who) = other(entry) {
                found.add(entry, ReuseKind::Near, Some(distance), *who);
            }
            found.has_room()
        });
        self.by_identity.look(print.identity, |entry| {
            let own = self.identities.get(entry as usize) == Some(&print.identity);
            if let Some(distance) = self.between(entry, print)
                && own
                && distance > PerceptualHash::CANDIDATE
            {
                found.add(entry, ReuseKind::SameIdentityOtherPhotos, Some(distance), print.identity);
            }
            found.has_room()
        });
        found.sorted()
    }

    /// Bits that differ, where both are photos of persons.
    fn between(&self, entry: u32, print: &Short) -> Option<u32> {
        let hash = self.hashes.get(entry as usize)?;
        (*hash != NO_PHOTO && print.photo != NO_PHOTO).then(|| distance(hash, &print.photo))
    }

    /// Each entry whose photo is near, perhaps several times.
    fn near(&self, photo: &[u64; 4], mut found: impl FnMut(u32, u32) -> bool) {
        let mut begin = 0;
        for (table, width) in self.bands.iter().zip(BANDS) {
            let band = bits(photo, begin, width);
            begin += width;
            for turned in std::iter::once(0).chain((0..width).map(|bit| 1 << bit)) {
                let mut enough = false;
                table.look(band ^ turned, |entry| {
                    let Some(hash) = self.hashes.get(entry as usize) else { return true };
                    let apart = distance(hash, photo);
                    enough = apart <= PerceptualHash::CANDIDATE && !found(entry, apart);
                    !enough
                });
                if enough {
                    return;
                }
            }
        }
    }

    fn add(&mut self, print: &Short, until: u16) {
        let entry = match self.free.pop() {
            Some(entry) => entry,
            None => {
                reserve(&mut self.hashes);
                reserve(&mut self.files);
                reserve(&mut self.pixels);
                reserve(&mut self.identities);
                reserve(&mut self.until);
                self.hashes.push(NO_PHOTO);
                self.files.push(0);
                self.pixels.push(0);
                self.identities.push(0);
                self.until.push(0);
                u32::try_from(self.until.len() - 1).unwrap_or(u32::MAX)
            }
        };
        let at = entry as usize;
        set(&mut self.hashes, at, print.photo);
        set(&mut self.files, at, print.file);
        set(&mut self.pixels, at, print.pixels);
        set(&mut self.identities, at, print.identity);
        set(&mut self.until, at, until);
        self.make_room(entry);
        add(&mut self.by_file, print.file, entry, CROWD, |entry| self.files.get(entry) == Some(&print.file));
        add(&mut self.by_pixels, print.pixels, entry, CROWD, |entry| {
            self.pixels.get(entry) == Some(&print.pixels)
        });
        // All of a person's, because all are erased.
        self.by_identity.add(print.identity, entry);
        if print.photo == NO_PHOTO {
            return;
        }
        let mut begin = 0;
        for (table, width) in self.bands.iter_mut().zip(BANDS) {
            let band = bits(&print.photo, begin, width);
            let hashes = &self.hashes;
            add(table, band, entry, CROWD, |entry| {
                hashes.get(entry).is_some_and(|hash| bits(hash, begin, width) == band)
            });
            begin += width;
        }
    }

    fn remove(&mut self, entry: u32) {
        let at = entry as usize;
        let (Some(file), Some(pixels), Some(identity), Some(hash)) = (
            self.files.get(at).copied(),
            self.pixels.get(at).copied(),
            self.identities.get(at).copied(),
            self.hashes.get(at).copied(),
        ) else {
            return;
        };
        self.by_file.remove(file, entry);
        self.by_pixels.remove(pixels, entry);
        self.by_identity.remove(identity, entry);
        let mut begin = 0;
        for (table, width) in self.bands.iter_mut().zip(BANDS) {
            if hash != NO_PHOTO {
                table.remove(bits(&hash, begin, width), entry);
            }
            begin += width;
        }
        set(&mut self.hashes, at, NO_PHOTO);
        set(&mut self.files, at, 0);
        set(&mut self.pixels, at, 0);
        set(&mut self.identities, at, 0);
        set(&mut self.until, at, 0);
        self.free.push(entry);
    }

    /// Makes a table anew that is full of entries or of what they left; without `newest`, which is about to be added.
    fn make_room(&mut self, newest: u32) {
        let entries = self.until.len();
        let Self { hashes, files, pixels, identities, until, bands, by_file, by_pixels, by_identity, .. } =
            self;
        let live =
            |entry: &u32| *entry != newest && until.get(*entry as usize).is_some_and(|until| *until != 0);
        let all = || (0..entries).filter_map(|at| u32::try_from(at).ok()).filter(live);
        for (table, keys, most) in
            [(by_file, files, CROWD), (by_pixels, pixels, CROWD), (by_identity, identities, usize::MAX)]
        {
            if !table.has_room() {
                *table = Table::with_capacity(entries + entries / 4);
                for entry in all() {
                    let key = keys.get(entry as usize).copied().unwrap_or_default();
                    add(table, key, entry, most, |other| keys.get(other) == Some(&key));
                }
            }
        }
        let mut begin = 0;
        for (table, width) in bands.iter_mut().zip(BANDS) {
            if !table.has_room() {
                *table = Table::with_capacity(entries + entries / 4);
                let band = |at: usize| {
                    hashes.get(at).filter(|hash| **hash != NO_PHOTO).map(|hash| bits(hash, begin, width))
                };
                for entry in all() {
                    if let Some(key) = band(entry as usize) {
                        add(table, key, entry, CROWD, |other| band(other) == Some(key));
                    }
                }
            }
            begin += width;
        }
    }
}

/// Adds an entry unless a crowd of the same key is there.
fn add(table: &mut Table, key: u64, entry: u32, most: usize, same: impl Fn(usize) -> bool) {
    let mut crowd = 0;
    if most == usize::MAX {
        return table.add(key, entry);
    }
    table.look(key, |other| {
        crowd += usize::from(same(other as usize));
        crowd < most
    });
    if crowd < most {
        table.add(key, entry);
    }
}

/// What was found, each entry once.
#[derive(Default)]
struct Found {
    entries: Vec<u32>,
    findings: Vec<ReuseFinding>,
}

impl Found {
    fn add(&mut self, entry: u32, kind: ReuseKind, distance: Option<u32>, who: u64) {
        if self.has_room() && !self.entries.contains(&entry) {
            self.entries.push(entry);
            let other = Identity::from_bytes(who.to_be_bytes());
            self.findings.push(ReuseFinding::new(kind, distance, other));
        }
    }

    fn has_room(&self) -> bool {
        self.findings.len() < MOST_FINDINGS
    }

    fn sorted(mut self) -> Vec<ReuseFinding> {
        self.findings.sort_by_key(|finding| (finding.kind, finding.distance));
        self.findings
    }
}

fn words(hash: PerceptualHash) -> [u64; 4] {
    let bytes = hash.to_bytes();
    std::array::from_fn(|word| first_half(&bytes[8 * word..]))
}

/// The first eight bytes.
fn first_half(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn distance(a: &[u64; 4], b: &[u64; 4]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// `width` bits from `begin` on, at most 63.
fn bits(hash: &[u64; 4], begin: usize, width: usize) -> u64 {
    let (word, shift) = (begin / 64, begin % 64);
    let low = hash.get(word).map_or(0, |low| low >> shift);
    let high = if shift == 0 { 0 } else { hash.get(word + 1).map_or(0, |high| high << (64 - shift)) };
    (low | high) & ((1 << width) - 1)
}

/// Days since 1970, from 1 on.
fn day(time: Timestamp) -> u16 {
    u16::try_from((time.as_second() / DAY).clamp(1, i64::from(u16::MAX))).unwrap_or(u16::MAX)
}

/// A quarter more instead of twice as much.
fn reserve<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 16);
    }
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}
