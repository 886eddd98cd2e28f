//! What the home side's systems know of a number.

use jiff::civil::Date;

use super::CancellationError;
use crate::confirmation::{PhoneNumber, Price};
use crate::document::Personal;
use crate::profile::{Expectation, OutsideText};

/// A number's account as the home side's systems have it at this moment. Read anew for every step.
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) number: PhoneNumber,
    pub(crate) subscription: String,
    pub(crate) holder_id: Personal,
    pub(crate) items: Items,
    pub(crate) reach: Reach,
}

/// The six items that another province can't ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    /// The customer's name.
    pub name: Personal,
    /// The package.
    pub package: OutsideText,
    /// A contract plan.
    pub contract: Contract,
    /// Charges that aren't billed yet.
    pub bills: Price,
    /// What was paid in advance and is paid back.
    pub prepaid: Price,
    /// What is owed.
    pub arrears: Price,
}

/// Whether the number is bound by a contract plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Contract {
    /// None, or ended.
    None,
    /// In force until the end of that day.
    Until(Date),
}

/// Whether the number still receives messages, as the home network says: a desk's word for it would let a thief skip the
/// second confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// It does, so it must confirm.
    Receives,
    /// Suspended by the operator.
    Suspended,
    /// Reported lost.
    ReportedLost,
    /// Not seen by the network for long.
    Absent,
}

realname_terms::names! {
    Reach {
        Receives = "receives",
        Suspended = "suspended",
        ReportedLost = "reported_lost",
        Absent = "absent",
    }
}

impl Account {
    /// An account. `subscription` is the home side's own name, 1 to 64 printable ASCII characters, for this customer's
    /// having of the number: when the number is given to somebody else later, it is another one. `holder_id` is the
    /// identity number that the subscription is registered to.
    pub fn new(
        number: PhoneNumber,
        subscription: impl Into<String>,
        holder_id: impl Into<Personal>,
        items: Items,
        reach: Reach,
    ) -> Result<Self, CancellationError> {
        let subscription = subscription.into();
        let fits =
            (1..=64).contains(&subscription.len()) && subscription.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            return Err(CancellationError::Subscription);
        }
        Ok(Self { number, subscription, holder_id: holder_id.into(), items, reach })
    }

    /// The number.
    pub fn number(&self) -> &PhoneNumber {
        &self.number
    }

    /// The six items.
    pub fn items(&self) -> &Items {
        &self.items
    }

    /// Whether it receives messages.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Whose number it is: what a presentation's holder is compared with.
    pub(crate) fn holder(&self) -> Expectation {
        Expectation::new(self.items.name.clone(), self.holder_id.clone())
    }
}
