//! What is to be done, and who has to be there.

use std::str::FromStr;

use crate::cancellation::Account;
use crate::confirmation::LedgerSecret;
use crate::document::Personal;
use crate::jose::Json;
use crate::profile::{Expectation, Purpose, ReasonCode};

/// Which act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Act {
    /// Another card for the same holder.
    Replacement,
    /// Another holder.
    Transfer,
}

realname_terms::names! { Act { Replacement = "replacement", Transfer = "transfer" } }

/// Who has to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Part {
    /// Whose number it is, and stays.
    Holder,
    /// Whose number it was.
    Giver,
    /// Whose number it will be.
    Taker,
}

realname_terms::names! { Part { Holder = "holder", Giver = "giver", Taker = "taker" } }

/// What is to be done, as the home side's own system has it. It is given anew for every step and compared with what was opened.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Change {
    /// This card is to be the number's.
    Replacement(NewCard),
    /// This person is to have the number.
    Transfer(Taker),
}

/// A SIM card's own number (ICCID): `89` and 17 or 18 more digits or capital letters. Personal, since it leads to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCard(Personal);

/// The text isn't a card's number. It isn't quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SIM card's number: expected 89 and 17 or 18 more digits or capital letters (ICCID)")]
pub struct NewCardError;

/// Who is to have the number: the name and identity number that they gave, and whether the home side may give them one.
#[derive(Clone, Debug)]
pub struct Taker {
    name: Personal,
    id_number: Personal,
    admission: Admission,
}

/// Whether a person may be given a number, as the home side's own systems say at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "whoever adds one has to say everywhere what it means")]
pub enum Admission {
    /// Nothing stands against it.
    Free,
    /// On a list of those who get no number.
    Barred,
    /// Has as many numbers as one document may have: five, nationwide.
    AtLimit,
}

realname_terms::names! { Admission { Free = "free", Barred = "barred", AtLimit = "at_limit" } }

impl Act {
    /// What the attestations must be for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Replacement => Purpose::SimReplace,
            Self::Transfer => Purpose::SimTransfer,
        }
    }

    /// Who has to be proven.
    pub fn parts(self) -> &'static [Part] {
        match self {
            Self::Replacement => &[Part::Holder],
            Self::Transfer => &[Part::Giver, Part::Taker],
        }
    }
}

impl NewCard {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for NewCard {
    type Err = NewCardError;

    fn from_str(text: &str) -> Result<Self, NewCardError> {
        let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        let fits = (19..=20).contains(&text.len()) && text.starts_with("89") && text.bytes().all(plain);
        if fits { Ok(Self(text.into())) } else { Err(NewCardError) }
    }
}

impl Taker {
    /// Whoever is called so, with that identity number.
    pub fn new(name: impl Into<Personal>, id_number: impl Into<Personal>, admission: Admission) -> Self {
        Self { name: name.into(), id_number: id_number.into(), admission }
    }
}

impl Change {
    /// Which act it is.
    pub fn act(&self) -> Act {
        match self {
            Self::Replacement(_) => Act::Replacement,
            Self::Transfer(_) => Act::Transfer,
        }
    }

    /// Who is expected in that part.
    pub(super) fn expected(&self, account: &Account, part: Part) -> Expectation {
        match (part, self) {
            (Part::Taker, Self::Transfer(taker)) => {
                Expectation::new(taker.name.clone(), taker.id_number.clone())
            }
            _ => account.holder(),
        }
    }

    /// What stands against it from the start, whatever the account owes.
    pub(super) fn refused(&self, account: &Account) -> Option<ReasonCode> {
        let Self::Transfer(taker) = self else { return None };
        // Numbers are compared as presentations are: spelling is folded.
        let holder = Expectation::new("", account.holder_id.clone()).salted([0; 16]);
        if holder.is_met_by("", taker.id_number.as_str()) {
            return Some(ReasonCode::SamePerson);
        }
        match taker.admission {
            Admission::Free => None,
            Admission::Barred => Some(ReasonCode::TakerBarred),
            Admission::AtLimit => Some(ReasonCode::TakerAtLimit),
        }
    }

    /// What the seal has of it beside the account: name and value.
    pub(super) fn sealed(&self) -> (&'static str, Json) {
        match self {
            Self::Replacement(card) => ("card", card.as_str().into()),
            Self::Transfer(taker) => ("taker", taker.name.as_str().into()),
        }
    }

    /// What makes two of them the same. What the home side knows of the taker may change meanwhile.
    pub(super) fn mac(&self, secret: &LedgerSecret) -> [u8; 32] {
        match self {
            Self::Replacement(card) => secret.mac("change card", &[card.as_str().as_bytes()]),
            Self::Transfer(Taker { name, id_number, .. }) => {
                secret.mac("change taker", &[name.as_str().as_bytes(), id_number.as_str().as_bytes()])
            }
        }
    }
}
