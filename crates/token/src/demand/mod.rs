//! What a flow asks for: made and kept by the relying party ([`DemandRequest`]), answered by a terminal that trusts the
//! asker ([`VerifiedDemand`]).

mod algorithms;
mod body;
mod dcql;
mod error;
mod explain;
mod pending;
mod request;
mod requirements;
mod transaction;
mod verified;

pub use algorithms::Algorithms;
pub use body::Body;
pub use error::{AnswerError, AskError};
pub use pending::{Kept, PendingDemand};
pub use request::{Demand, DemandRequest, PreparedDemand};
pub use requirements::Requirements;
pub use transaction::{Resource, Transaction};
pub use verified::{AnswerLimits, VerifiedDemand};

use sha2::{Digest, Sha256};

use crate::store::Space;

/// Pending and answered demands, by nonce.
pub const SPACE: Space = Space::new("demand");

/// base64url SHA-256 of a demand's compact form as received: what an answer is bound to.
pub fn demand_hash(compact: &str) -> String {
    crate::jose::encode(&Sha256::digest(compact.as_bytes()))
}
