//! Photos of one session, chained so that none can be swapped for one of another order.

use std::sync::Arc;

use super::{Capture, Chain, Link, Slot};

/// The photos of one order, in the order in which they came.
///
/// They are taken for one demand, whose nonce begins their [`Chain`]. The buyer's app may compute the links too and send
/// them along ([`admit_linked`](Self::admit_linked)); then a photo can't be exchanged on the way either.
#[derive(Clone, Debug)]
pub struct CaptureSession {
    demand_nonce: String,
    chain: Chain,
    captures: Vec<Arc<Capture>>,
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

    /// Starts one for the demand with that nonce, as it stands in the demand. Whoever attests to the photos compares.
    pub fn new(demand_nonce: impl Into<String>) -> Self {
        let demand_nonce = demand_nonce.into();
        Self { chain: Chain::begin(&demand_nonce), demand_nonce, captures: Vec::new() }
    }

    /// The nonce of the demand that it was started for.
    pub fn demand_nonce(&self) -> &str {
        &self.demand_nonce
    }

    /// The photos' chain so far.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The link that a photo would get.
    pub fn next_link(&self, slot: Slot, file_sha256: [u8; 32]) -> [u8; 32] {
        self.chain.next(Link { slot, sha256: file_sha256 })
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
        if self.chain.links().len() >= Self::LIMIT as usize {
            return Err(SessionError::Full { limit: Self::LIMIT });
        }
        self.chain.append(Link { slot, sha256: capture.sha256() });
        self.captures.retain(|known| known.slot() != slot);
        self.captures.push(Arc::new(capture));
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
        let Self { chain, mut captures, .. } = self;
        let mut take = |slot| {
            let at = captures.iter().position(|capture| capture.slot() == slot);
            at.map(|at| captures.swap_remove(at)).ok_or(SessionError::Missing { slot })
        };
        let photos = [take(Slot::PortraitSide)?, take(Slot::EmblemSide)?, take(Slot::Holder)?];
        Ok(Triplet { photos, chain })
    }
}

/// The three photos of an online sale, from one session. There is no other way to make one.
///
/// A clone shares the photos: none of their megabytes is there twice.
#[derive(Clone, Debug)]
pub struct Triplet {
    photos: [Arc<Capture>; 3],
    chain: Chain,
}

impl Triplet {
    /// The slots, in order.
    pub const SLOTS: [Slot; 3] = [Slot::PortraitSide, Slot::EmblemSide, Slot::Holder];

    /// The photos, in the order of [`SLOTS`](Self::SLOTS).
    pub fn photos(&self) -> &[Arc<Capture>; 3] {
        &self.photos
    }

    /// One side: portrait and number.
    pub fn portrait_side(&self) -> &Arc<Capture> {
        &self.photos[0]
    }

    /// The other side: emblem, authority and validity.
    pub fn emblem_side(&self) -> &Arc<Capture> {
        &self.photos[1]
    }

    /// The holder with the card.
    pub fn holder(&self) -> &Arc<Capture> {
        &self.photos[2]
    }

    /// The session's chain, photos that were taken again included.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Drops files and pixels; digests and chain stay. They are wiped as soon as nobody else holds them: a clone of this
    /// triplet, or evidence that was made from it.
    pub fn forget(&mut self) {
        for photo in &mut self.photos {
            match Arc::get_mut(photo) {
                Some(photo) => photo.forget(),
                None => *photo = Arc::new(photo.forgotten()),
            }
        }
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

    const OURS: &str = "BQUFBQUFBQUFBQUFBQUFBQ";
    const THEIRS: &str = "BgYGBgYGBgYGBgYGBgYGBg";

    fn session(photos: impl IntoIterator<Item = Capture>) -> CaptureSession {
        let mut session = CaptureSession::new(OURS);
        photos.into_iter().for_each(|photo| session.admit(photo).unwrap());
        session
    }

    #[test]
    fn a_session_is_bound_to_its_demand() {
        let triplet = session(three()).into_triplet().unwrap();
        assert!(triplet.chain().belongs_to(OURS) && !triplet.chain().belongs_to(THEIRS));
        let slots: Vec<Slot> = triplet.chain().links().iter().map(|link| link.slot).collect();
        assert_eq!(slots, Triplet::SLOTS);
    }

    #[test]
    fn a_clone_shares_the_photos_and_forgetting_leaves_the_others_theirs() {
        let mut triplet = session(three()).into_triplet().unwrap();
        let other = triplet.clone();
        for (one, other) in triplet.photos().iter().zip(other.photos()) {
            assert!(Arc::ptr_eq(one, other));
        }
        triplet.forget();
        assert!(triplet.photos().iter().all(|photo| photo.bytes().is_none() && photo.picture().is_none()));
        assert!(other.photos().iter().all(|photo| photo.bytes().is_some() && photo.picture().is_some()));
        for (one, other) in triplet.photos().iter().zip(other.photos()) {
            assert_eq!((one.sha256(), one.pixels_sha256()), (other.sha256(), other.pixels_sha256()));
        }
        let mut last = other;
        let held = Arc::as_ptr(last.holder());
        last.forget();
        assert_eq!(Arc::as_ptr(last.holder()), held, "the last one wipes in place");
        assert!(last.holder().bytes().is_none());
    }

    #[test]
    fn a_photo_of_another_order_is_told() {
        let mut theirs = CaptureSession::new(THEIRS);
        let mut ours = CaptureSession::new(OURS);
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
        let mut session = CaptureSession::new(OURS);
        session.admit(photo(Slot::PortraitSide, "grey.jpg")).unwrap();
        let before = session.chain().head();
        for photo in three() {
            session.admit(photo).unwrap();
        }
        let head = session.chain().head();
        let without = self::session(three()).chain().head();
        assert!(head != without && head != before, "the photo that was replaced stays in the chain");
        let triplet = session.clone().into_triplet().unwrap();
        assert_eq!(triplet.portrait_side().sha256(), three()[0].sha256());
        while session.chain().links().len() < CaptureSession::LIMIT as usize {
            session.admit(photo(Slot::Holder, "grey.jpg")).unwrap();
        }
        let more = session.admit(photo(Slot::Holder, "grey.jpg"));
        assert_eq!(more, Err(SessionError::Full { limit: CaptureSession::LIMIT }));
    }

    #[test]
    fn three_slots_and_no_other() {
        let mut session = CaptureSession::new(OURS);
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
