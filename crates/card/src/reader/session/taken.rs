//! A card's data: as one reply gave it, and as a finished reading hands it out.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{CardMark, Line};
use crate::document::{
    CardRead, CardReadParts, CardText, Document, Fingerprint, Flag, LinkStats, Origin, PhotoBlock, SamId,
};
use crate::reader::wire::layout::Decoded;
use crate::reader::wire::{CardBlocks, FINGERPRINT_LENGTH, Reply, Status, StatusWord};

/// One complete reading: the reply's bytes, what they say, and the additional addresses.
pub(super) struct Taken {
    pub(super) data: Zeroizing<Vec<u8>>,
    pub(super) decoded: Decoded,
    pub(super) addresses: Vec<CardText>,
    /// The additional addresses were asked for in vain.
    pub(super) address_unread: bool,
}

impl Taken {
    pub(super) fn agrees(&self, other: &Self) -> bool {
        self.data == other.data
            && self.addresses == other.addresses
            && self.address_unread == other.address_unread
    }

    pub(super) fn mark(&self) -> CardMark {
        CardMark::of(&self.data)
    }

    /// `None` without a SAM id, which no session reaches this point without.
    pub(super) fn into_reply(self, confirmed: bool, line: &Line<'_>) -> Option<CardReply> {
        let reply = Reply { status: Status::new(StatusWord::Done), data: &self.data };
        let CardBlocks { text, photo, fingerprints } = reply.card().ok()?;
        let mark = self.mark();
        let mut document = self.decoded.document;
        if self.address_unread {
            document.note(Flag::AdditionalAddressUnread);
        }
        Some(CardReply {
            text: Zeroizing::new(text.to_vec()),
            photo: PhotoBlock::new(photo),
            fingerprints: fingerprints.chunks(FINGERPRINT_LENGTH).map(Fingerprint::new).collect(),
            document,
            mark,
            additional_addresses: self.addresses,
            sam_id: line.link.sam_id()?,
            origin: line.origin,
            link: LinkStats { confirmed, ..line.stats() },
        })
    }
}

/// A card that was read, before the caller's clock has been asked for the time.
#[derive(Clone)]
pub struct CardReply {
    document: Document,
    text: Zeroizing<Vec<u8>>,
    photo: PhotoBlock,
    fingerprints: Vec<Fingerprint>,
    additional_addresses: Vec<CardText>,
    sam_id: SamId,
    origin: Origin,
    link: LinkStats,
    mark: CardMark,
}

impl CardReply {
    /// Tells this card from another.
    pub fn mark(&self) -> CardMark {
        self.mark
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.link.confirmed
    }

    /// The reading, complete with the time when its reply was complete.
    pub fn read_at(self, read_at: Timestamp) -> CardRead {
        let Self { document, text, photo, fingerprints, additional_addresses, sam_id, origin, link, .. } =
            self;
        CardRead::from_session(CardReadParts {
            document,
            text,
            photo,
            fingerprints,
            additional_addresses,
            sam_id,
            origin,
            read_at,
            link,
        })
    }
}

impl std::fmt::Debug for CardReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardReply").field("document", &self.document).finish_non_exhaustive()
    }
}
