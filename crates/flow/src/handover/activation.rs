//! The end: one activation for each order.

use jiff::Timestamp;

use super::HandoverError;
use crate::demand::demand_hash;
use crate::jose::{JoseError, Json, instant};
use crate::profile::ReasonCode;

/// What an order's row is answered with. Both records stand under the nonces of their demands
/// ([`rely::recorded`](crate::rely::recorded)), as of any demand that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Activation {
    /// When it was recorded, to the second.
    pub at: Timestamp,
    /// The nonce of the sale's demand.
    pub sale: String,
    /// The nonce of the door's demand.
    pub door: String,
    /// base64url SHA-256 of the presentation that was accepted at the sale.
    pub sale_sha256: String,
    /// base64url SHA-256 of the one that was accepted at the door.
    pub door_sha256: String,
}

/// What activating led to.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Activated {
    /// This call activated the order: the number may be switched on.
    Now(Activation),
    /// The order was activated before, on the same answer from the door: nothing happened again.
    Before(Activation),
}

impl Activated {
    /// The activation, whoever recorded it.
    pub fn activation(&self) -> &Activation {
        let (Self::Now(activation) | Self::Before(activation)) = self;
        activation
    }
}

impl Activation {
    /// What a repeat is told: the same answer from the door changes nothing, another one is refused (`order_activated`).
    pub fn again(self, presentation: &str) -> Result<Activated, HandoverError> {
        if self.door_sha256 == demand_hash(presentation.trim_ascii()) {
            return Ok(Activated::Before(self));
        }
        Err(ReasonCode::OrderActivated.into())
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let json = Json::object([
            ("v", Json::from(1)),
            ("at", self.at.as_second().into()),
            ("sale", self.sale.as_str().into()),
            ("door", self.door.as_str().into()),
            ("sale_sha256", self.sale_sha256.as_str().into()),
            ("door_sha256", self.door_sha256.as_str().into()),
        ]);
        json.to_bytes().to_vec()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, HandoverError> {
        let read = || {
            let json = Json::parse(bytes, 4096)?;
            if json.seconds("v")? != 1 {
                return Err(JoseError::Member("v"));
            }
            let text = |name| json.text(name).map(str::to_owned);
            Ok(Self {
                at: instant(json.seconds("at")?),
                sale: text("sale")?,
                door: text("door")?,
                sale_sha256: text("sale_sha256")?,
                door_sha256: text("door_sha256")?,
            })
        };
        read().map_err(|_| HandoverError::Record)
    }
}
