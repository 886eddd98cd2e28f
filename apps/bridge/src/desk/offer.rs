//! A card that lies there and went to no read: a program that asks as of a reader of its own may have it.
//!
//! What such a program knows is one reader and its card, so each of them is given that picture: it finds the card, selects
//! it, reads it, as often as it likes while it lies there, and nobody else's card is ever found.

use std::sync::Arc;
use std::time::{Duration, Instant};

use realname::document::CardRead;
use realname::reader::wire::{Command, Status, StatusWord};
use zeroize::Zeroizing;

/// How long a card that was found waits for the program that found it, when another asks for it.
const RESERVED: Duration = Duration::from_secs(10);
/// How long the reader is watched for the sake of a card that a program found and didn't read.
const KEPT: Duration = Duration::from_secs(60);

/// The card.
pub(super) struct Offer {
    card: Arc<CardRead>,
    fingerprints: bool,
    owner: Option<(Box<str>, Instant)>,
    /// Its owner has read it.
    given: bool,
}

impl Offer {
    pub(super) fn new(card: Arc<CardRead>, fingerprints: bool) -> Self {
        Self { card, fingerprints, owner: None, given: false }
    }

    /// Whether the program that found it may still read it.
    pub(super) fn waits(&self) -> bool {
        !self.given && self.owner.as_ref().is_some_and(|(_, at)| at.elapsed() < KEPT)
    }

    /// Whether `client` finds it.
    pub(super) fn is_found_by(&mut self, client: &str) -> bool {
        let free = match &self.owner {
            None => true,
            Some((owner, at)) => **owner == *client || at.elapsed() >= RESERVED,
        };
        if self.given || !free {
            return false;
        }
        self.owner = Some((client.into(), Instant::now()));
        true
    }

    fn is_of(&self, client: &str) -> bool {
        self.owner.as_ref().is_some_and(|(owner, _)| **owner == *client)
    }

    /// Whether it has to be read once more for what `command` asks.
    pub(super) fn lacks(&self, client: &str, command: Command) -> bool {
        command == Command::ReadWithFingerprint && self.is_of(client) && !self.fingerprints
    }

    /// The same card, read with its fingerprints. Returns whether it is the same.
    pub(super) fn completed(&mut self, card: CardRead) -> bool {
        let same = self.card.text_block() == card.text_block() && self.card.photo() == card.photo();
        if same {
            (self.card, self.fingerprints) = (Arc::new(card), true);
        }
        same
    }

    /// What its owner is told of it; `None` for anybody else.
    pub(super) fn told(&mut self, client: &str, command: Command) -> Option<Zeroizing<Vec<u8>>> {
        if !self.is_of(client) {
            return None;
        }
        match command {
            Command::Select => Some(body(StatusWord::Done, &[0; 8])),
            Command::ReadWithFingerprint if !self.fingerprints => None,
            _ => {
                self.given |= matches!(command, Command::Read | Command::ReadWithFingerprint);
                self.card.reply_to(command)
            }
        }
    }
}

/// A status and data, as a reader says them.
pub(super) fn body(word: StatusWord, data: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut body = Zeroizing::new(Vec::with_capacity(3 + data.len()));
    body.extend_from_slice(&Status::new(word).encode());
    body.extend_from_slice(data);
    body
}
