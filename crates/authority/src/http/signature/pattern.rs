//! Texts with slots: `{id}/{scope}`.

use super::SignatureError;

/// What a request's own values put into a text of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// The day in UTC, as `2026-11-29`.
    Date,
    /// The day in UTC, as `20261129`.
    Day,
    /// The moment, in the scheme's form.
    Time,
    /// What no other request has.
    Nonce,
    /// SHA-256 of the body, in hexadecimal.
    BodySha256,
    Label,
    /// The name of our key at the register.
    Id,
    Scope,
    /// The names of the signed headers.
    Headers,
    Signature,
}

impl Slot {
    const ALL: [(&'static str, Self); 10] = [
        ("date", Self::Date),
        ("day", Self::Day),
        ("time", Self::Time),
        ("nonce", Self::Nonce),
        ("body_sha256", Self::BodySha256),
        ("label", Self::Label),
        ("id", Self::Id),
        ("scope", Self::Scope),
        ("headers", Self::Headers),
        ("signature", Self::Signature),
    ];
}

/// A text with any number of slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

impl Pattern {
    /// Reads one that may have these slots. What is in it goes into a header, so it is visible ASCII and spaces.
    pub(super) fn read(place: &'static str, written: &str, slots: &[Slot]) -> Result<Self, SignatureError> {
        let wrong = || SignatureError::Text { place, written: written.to_owned() };
        if written.is_empty() || !written.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(wrong());
        }
        let (mut pieces, mut rest) = (Vec::new(), written);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(wrong)?;
            let known = Slot::ALL.into_iter().find(|(known, slot)| *known == name && slots.contains(slot));
            let (_, slot) = known.ok_or_else(wrong)?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Slot(slot));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        let braces = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains(['{', '}']));
        if pieces.iter().any(braces) { Err(wrong()) } else { Ok(Self(pieces)) }
    }

    /// How often a slot is in it.
    pub(super) fn count(&self, slot: Slot) -> usize {
        self.0.iter().filter(|piece| **piece == Piece::Slot(slot)).count()
    }

    pub(super) fn filled<'a>(&'a self, value: impl Fn(Slot) -> &'a str) -> String {
        let piece = |piece: &'a Piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Slot(slot) => value(*slot),
        };
        self.0.iter().map(piece).collect()
    }
}
