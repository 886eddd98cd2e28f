//! Constants of the profile.

use jiff::SignedDuration;

/// `typ` of an issuer JWT.
pub const ATTESTATION_TYP: &str = "dc+sd-jwt";
/// `typ` of a demand.
pub const DEMAND_TYP: &str = "realname-demand+jwt";
/// `typ` of a trust list.
pub const TRUST_LIST_TYP: &str = "jwk-set+jwt";
/// `typ` of a delegation statement.
pub const DELEGATION_TYP: &str = "realname-delegation+jwt";
/// `typ` of a second confirmation's grant.
pub const GRANT_TYP: &str = "realname-grant+jwt";
/// `typ` of the home side's snapshot of a number.
pub const SNAPSHOT_TYP: &str = "realname-snapshot+jwt";
/// `typ` of a cancellation's receipt.
pub const CANCELLATION_TYP: &str = "realname-cancellation+jwt";
/// `typ` of the receipt of a replacement or a transfer.
pub const CHANGE_TYP: &str = "realname-change+jwt";
/// `vct` of an attestation, unless the operator sets its own.
pub const VCT: &str = "urn:realname:attestation:1";
/// `trust_framework` of an attestation.
pub const TRUST_FRAMEWORK: &str = "urn:realname:framework:cn-telecom";
/// The credential format of SD-JWT VC in DCQL.
pub const DCQL_FORMAT: &str = "dc+sd-jwt";

/// Clock skew allowed for `nbf` and `iat` by default. Never for `exp`.
pub const DEFAULT_SKEW: SignedDuration = SignedDuration::from_mins(1);
/// Life of an attestation by default.
pub const DEFAULT_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Longest life of an attestation. There is no status list: keys and delegations are what gets revoked.
pub const MAX_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// Life of a demand by default, and the longest that a terminal answers by default.
pub const DEMAND_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// `max_age` of a high-risk demand by default.
pub const HIGH_RISK_MAX_AGE: SignedDuration = SignedDuration::from_mins(5);
/// Longest life of a delegation statement.
pub const DELEGATION_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Most delegation statements between a listed key and the one that signs.
pub const DELEGATION_LINKS: usize = 2;
/// Digests of an attestation, decoys included: their number says nothing.
pub const DIGESTS: usize = 10;
