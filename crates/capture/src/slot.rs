//! What a photo is meant to show.

/// The place of a photo in a session. Never "front" or "back": the card standard and the industry call opposite sides
/// "front".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The side of the card with the holder's portrait and number.
    PortraitSide,
    /// The side of the card with the national emblem, the authority and the validity.
    EmblemSide,
    /// The holder, holding the card.
    Holder,
    /// The person, photographed on the spot.
    Live,
}

realname_terms::names! {
    Slot {
        PortraitSide = "portrait_side",
        EmblemSide = "emblem_side",
        Holder = "holder",
        Live = "live",
    }
}
