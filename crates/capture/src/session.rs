//! Photos of one session, chained so that none can be swapped for one of another order.

use sha2::{Digest, Sha256};

use super::{Capture, Slot};

/// The photos of one order, in the order in which they came.
///
/// The server starts a session with a nonce of its own. Each photo's link covers the nonce, the link before it, the slot
/// and the file: a photo taken out, put in, exchanged or moved to another order changes every link after it. The buyer's
/// app may compute the links too and send them along ([`admit_linked`](Self::admit_linked)); then a photo can't be
/// exchanged on the way either. A link says nothing about where a camera was.
#[derive(Clone, Debug)]
pub struct CaptureSession {
    nonce: [u8; 16],
    head: [u8; 32],
    captures: Vec<Capture>,
    admitted: u32,
}

/// A photo doesn't belong into this session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The link that came with the photo isn't the next one of this session.
    #[error("the {slot} photo's link doesn't continue this session")]
    WrongLink {
        /// Which photo.
        slot: Slot,
    },
    /// The session has as many photos as it may.
    #[error("the session has {limit} photos already")]
    Full {
        /// How many it may have, retaken ones included.
        limit: u32,
    },
    /// The slot has no place in a session of three photos.
    #[error("an online sale has no {slot} photo")]
    WrongSlot {
        /// Which slot.
        slot: Slot,
    },
    /// A photo is missing.
    #[error("the {slot} photo is missing")]
    Missing {
        /// Which.
        slot: Slot,
    },
}

impl CaptureSession {
    /// Photos that one session may have, retaken ones included.
    pub const LIMIT: u32 = 12;

    /// Starts one. `nonce` is the server's: 128 random bits, used once.
    pub fn new(nonce: [u8; 16]) -> Self {
        let head =
            Sha256::new_with_prefix(b"realname capture session 1").chain_update(nonce).finalize().into();
        Self { nonce, head, captures: Vec::new(), admitted: 0 }
    }

    /// The nonce it was started with.
    pub fn nonce(&self) -> [u8; 16] {
        self.nonce
    }

    /// The link of the last photo: what a record keeps of the session.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// The link that a photo would get: SHA-256 over the link before, the slot's name with its length, and the file's
    /// SHA-256.
    pub fn next_link(&self, slot: Slot, file_sha256: [u8; 32]) -> [u8; 32] {
        let name = slot.as_str().as_bytes();
        Sha256::new_with_prefix(b"realname capture link 1")
            .chain_update(self.head)
            .chain_update((name.len() as u64).to_be_bytes())
            .chain_update(name)
            .chain_update(file_sha256)
            .finalize()
            .into()
    }

    /// Takes a photo into the session. A second one for a slot takes the first one's place; the chain keeps both.
    ///
    /// # Errors
    /// [`SessionError::Full`] and [`SessionError::WrongSlot`].
    pub fn admit(&mut self, capture: Capture) -> Result<(), SessionError> {
        let slot = capture.slot();
        if !Triplet::SLOTS.contains(&slot) {
            return Err(SessionError::WrongSlot { slot });
        }
        if self.admitted == Self::LIMIT {
            return Err(SessionError::Full { limit: Self::LIMIT });
        }
        self.admitted += 1;
        self.head = self.next_link(slot, capture.sha256());
        self.captures.retain(|known| known.slot() != slot);
        self.captures.push(capture);
        Ok(())
    }

    /// As [`admit`](Self::admit), for a photo that came with the link that the buyer's app computed.
    ///
    /// # Errors
    /// Also [`SessionError::WrongLink`]; then nothing changed.
    pub fn admit_linked(&mut self, capture: Capture, link: &[u8; 32]) -> Result<(), SessionError> {
        if self.next_link(capture.slot(), capture.sha256()) != *link {
            return Err(SessionError::WrongLink { slot: capture.slot() });
        }
        self.admit(capture)
    }

    /// The three photos together.
    ///
    /// # Errors
    /// [`SessionError::Missing`].
    pub fn into_triplet(self) -> Result<Triplet, SessionError> {
        let Self { nonce, head, captures, .. } = self;
        let mut captures = captures;
        let mut take = |slot| {
            let at = captures.iter().position(|capture| capture.slot() == slot);
            at.map(|at| captures.swap_remove(at)).ok_or(SessionError::Missing { slot })
        };
        let photos = [take(Slot::PortraitSide)?, take(Slot::EmblemSide)?, take(Slot::Holder)?];
        Ok(Triplet { photos, nonce, head })
    }
}

/// The three photos of an online sale, from one session. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct Triplet {
    photos: [Capture; 3],
    nonce: [u8; 16],
    head: [u8; 32],
}

impl Triplet {
    /// The slots, in order.
    pub const SLOTS: [Slot; 3] = [Slot::PortraitSide, Slot::EmblemSide, Slot::Holder];

    /// The photos, in the order of [`SLOTS`](Self::SLOTS).
    pub fn photos(&self) -> &[Capture; 3] {
        &self.photos
    }

    /// One side: portrait and number.
    pub fn portrait_side(&self) -> &Capture {
        &self.photos[0]
    }

    /// The other side: emblem, authority and validity.
    pub fn emblem_side(&self) -> &Capture {
        &self.photos[1]
    }

    /// The holder with the card.
    pub fn holder(&self) -> &Capture {
        &self.photos[2]
    }

    /// The session's nonce.
    pub fn nonce(&self) -> [u8; 16] {
        self.nonce
    }

    /// The last link of the session's chain.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// Drops and wipes files and pixels; digests and links stay.
    pub fn forget(&mut self) {
        self.photos.iter_mut().for_each(Capture::forget);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Intake;

    #[allow(clippy::disallowed_methods)] // A test reads its fixture.
    fn photo(slot: Slot, name: &str) -> Capture {
        let path = format!("{}/../../fixtures/captures/{name}", env!("CARGO_MANIFEST_DIR"));
        Intake::default().take(slot, std::fs::read(path).unwrap(), jiff::Timestamp::UNIX_EPOCH).unwrap()
    }

    fn three() -> [Capture; 3] {
        [
            photo(Slot::PortraitSide, "baseline.jpg"),
            photo(Slot::EmblemSide, "grey.jpg"),
            photo(Slot::Holder, "exif6.jpg"),
        ]
    }

    fn head(nonce: u8, photos: impl IntoIterator<Item = Capture>) -> [u8; 32] {
        let mut session = CaptureSession::new([nonce; 16]);
        photos.into_iter().for_each(|photo| session.admit(photo).unwrap());
        session.head()
    }

    #[test]
    fn the_chain_covers_nonce_order_slot_and_file() {
        let expected = head(1, three());
        assert_eq!(expected, head(1, three()));
        assert_ne!(expected, head(2, three()), "another order's nonce");
        let [a, b, c] = three();
        assert_ne!(expected, head(1, [b, a, c]), "another order of photos");
        let [a, b, _] = three();
        assert_ne!(expected, head(1, [a, b, photo(Slot::Holder, "exif6.png")]), "another file");
        let [a, b, _] = three();
        assert_ne!(expected, head(1, [a, b]), "one left out");
    }

    #[test]
    fn a_photo_of_another_order_is_told() {
        let mut theirs = CaptureSession::new([2; 16]);
        let mut ours = CaptureSession::new([1; 16]);
        let [portrait, emblem, _] = three();
        let link = theirs.next_link(Slot::PortraitSide, portrait.sha256());
        let refused = ours.admit_linked(portrait.clone(), &link);
        assert_eq!(refused, Err(SessionError::WrongLink { slot: Slot::PortraitSide }));
        theirs.admit_linked(portrait.clone(), &link).unwrap();
        let link = ours.next_link(Slot::PortraitSide, portrait.sha256());
        ours.admit_linked(portrait, &link).unwrap();
        // A link that was right once isn't right again.
        assert!(ours.admit_linked(emblem, &link).is_err());
    }

    #[test]
    fn photos_may_be_taken_again_but_not_for_ever() {
        let mut session = CaptureSession::new([1; 16]);
        session.admit(photo(Slot::PortraitSide, "grey.jpg")).unwrap();
        let before = session.head();
        for photo in three() {
            session.admit(photo).unwrap();
        }
        assert_ne!(session.head(), head(1, three()), "the photo that was replaced stays in the chain");
        assert_ne!(session.head(), before);
        let triplet = session.clone().into_triplet().unwrap();
        assert_eq!(triplet.portrait_side().sha256(), three()[0].sha256());
        while session.admitted < CaptureSession::LIMIT {
            session.admit(photo(Slot::Holder, "grey.jpg")).unwrap();
        }
        let more = session.admit(photo(Slot::Holder, "grey.jpg"));
        assert_eq!(more, Err(SessionError::Full { limit: CaptureSession::LIMIT }));
    }

    #[test]
    fn three_slots_and_no_other() {
        let mut session = CaptureSession::new([1; 16]);
        assert_eq!(
            session.admit(photo(Slot::Live, "grey.jpg")),
            Err(SessionError::WrongSlot { slot: Slot::Live })
        );
        let [portrait, _, holder] = three();
        session.admit(portrait).unwrap();
        session.admit(holder).unwrap();
        let missing = session.into_triplet().unwrap_err();
        assert_eq!(missing, SessionError::Missing { slot: Slot::EmblemSide });
        assert!(realname_terms::Explain::advice(&missing, realname_terms::Lang::Zh).contains("国徽面"));
    }
}
