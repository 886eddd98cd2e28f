//! Constants of the profile.

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
/// `vct` of an attestation, unless the operator sets its own.
pub const VCT: &str = "urn:realname:attestation:1";
/// `trust_framework` of an attestation.
pub const TRUST_FRAMEWORK: &str = "urn:realname:framework:cn-telecom";
/// The credential format of SD-JWT VC in DCQL.
pub const DCQL_FORMAT: &str = "dc+sd-jwt";

/// Clock skew allowed for `nbf` and `iat` by default, in seconds. Never for `exp`.
pub const DEFAULT_SKEW: i64 = 60;
/// Life of an attestation by default, in seconds.
pub const DEFAULT_LIFE: i64 = 15 * 60;
/// Longest life of an attestation, in seconds. There is no status list: keys and delegations are what gets revoked.
pub const MAX_LIFE: i64 = 24 * 60 * 60;
/// Life of a demand by default, and the longest that a terminal answers by default, in seconds.
pub const DEMAND_LIFE: i64 = 10 * 60;
/// `max_age` of a high-risk demand by default, in seconds.
pub const HIGH_RISK_MAX_AGE: i64 = 300;
/// Longest life of a delegation statement, in seconds.
pub const DELEGATION_LIFE: i64 = 7 * 24 * 60 * 60;
/// Most delegation statements between a listed key and the one that signs.
pub const DELEGATION_LINKS: usize = 2;
/// Digests of an attestation, decoys included: their number says nothing.
pub const DIGESTS: usize = 10;
