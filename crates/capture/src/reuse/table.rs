//! A table from keys to entries: four bytes a slot, the keys themselves stand in the entries.

/// Nothing was ever here.
const EMPTY: u32 = 0;
/// Something was here: whoever looks goes on.
const GONE: u32 = 1;
/// The largest entry that fits a slot beside its tag.
pub(super) const MOST_ENTRIES: usize = (1 << 24) - 2;

/// Open addressing with linear probing: a slot is 24 bits of the entry and 8 of the key's hash, so that a look at another key's
/// slot rarely has to read the entry. At most four of five slots are taken.
pub(super) struct Table {
    slots: Vec<u32>,
    /// Slots that aren't [`EMPTY`].
    taken: usize,
}

impl Table {
    /// Room for `entries` without growing.
    pub(super) fn with_capacity(entries: usize) -> Self {
        Self { slots: vec![EMPTY; slots_for(entries.max(16))], taken: 0 }
    }

    /// The entries whose key this may be, in no order, until `found` says that it has seen enough.
    pub(super) fn look(&self, key: u64, mut found: impl FnMut(u32) -> bool) {
        let hash = mix(key);
        let (mut at, tag) = (self.home(hash), tag(hash));
        loop {
            match self.slots.get(at) {
                None | Some(&EMPTY) => return,
                Some(&slot) if slot & 0xff == tag && slot > 0xff && !found((slot >> 8) - 1) => return,
                Some(_) => at = self.next(at),
            }
        }
    }

    /// Adds an entry. There must be room: see [`has_room`](Self::has_room).
    pub(super) fn add(&mut self, key: u64, entry: u32) {
        let hash = mix(key);
        let mut at = self.home(hash);
        while let Some(slot) = self.slots.get(at).copied() {
            if slot == EMPTY || slot == GONE {
                self.taken += usize::from(slot == EMPTY);
                if let Some(slot) = self.slots.get_mut(at) {
                    *slot = (entry + 1) << 8 | tag(hash);
                }
                return;
            }
            at = self.next(at);
        }
    }

    /// Removes an entry, if it is there.
    pub(super) fn remove(&mut self, key: u64, entry: u32) {
        let hash = mix(key);
        let (mut at, whole) = (self.home(hash), (entry + 1) << 8 | tag(hash));
        while let Some(slot) = self.slots.get(at).copied() {
            if slot == EMPTY {
                return;
            }
            if slot == whole {
                if let Some(slot) = self.slots.get_mut(at) {
                    *slot = GONE;
                }
                return;
            }
            at = self.next(at);
        }
    }

    /// Whether one more goes in without growing.
    pub(super) fn has_room(&self) -> bool {
        (self.taken + 1) * 5 <= self.slots.len() * 4
    }

    fn home(&self, hash: u64) -> usize {
        // The upper half scaled to the table; the lowest byte is the tag.
        (((hash >> 32) * self.slots.len() as u64) >> 32) as usize
    }

    fn next(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }
}

fn slots_for(entries: usize) -> usize {
    entries.saturating_mul(5) / 4 + 8
}

fn tag(hash: u64) -> u32 {
    (hash & 0xff) as u32
}

/// Spreads keys that are alike (the finaliser of SplitMix64).
fn mix(key: u64) -> u64 {
    let mut hash = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
