//! What the reporter hears: held or not, and on which day.

use jiff::Timestamp;

use super::{Judged, ReportError};
use crate::confirmation::NaturalDay;
use crate::jose::{Json, Signer, Unverified, VerifyingKey, sign};

/// The `typ` of a signed outcome.
pub const OUTCOME_TYP: &str = "realname-report-outcome+jwt";

/// A signed outcome whose signature held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Who judged, as a URL.
    pub iss: String,
    /// Which report.
    pub report: String,
    /// Whether it held.
    pub outcome: Judged,
    /// The natural day on which it was judged.
    pub on: String,
}

/// Signs it. Nothing else is in it: neither number nor measure, or outcomes become a directory of who is whose customer.
pub(super) fn make(
    iss: &str,
    signer: &dyn Signer,
    report: &str,
    judged: Judged,
    at: Timestamp,
) -> Result<String, ReportError> {
    let day = NaturalDay::of(at);
    let payload = Json::object([
        ("iss", iss.into()),
        ("iat", day.begin().as_second().into()),
        ("report", report.into()),
        ("outcome", judged.as_str().into()),
        ("on", day.to_string().into()),
    ]);
    Ok(sign(signer, OUTCOME_TYP, [], &payload)?)
}

impl Outcome {
    /// Verifies one under the operator's key, as any JWT library does.
    pub fn verify(jws: &str, key: &VerifyingKey) -> Result<Self, ReportError> {
        let jws = Unverified::parse(jws.trim_ascii())?.verify(key, OUTCOME_TYP)?;
        let payload = jws.payload();
        let outcome = Judged::from_name(payload.text("outcome")?).ok_or(ReportError::Record)?;
        let text = |name| Ok::<_, ReportError>(payload.text(name)?.to_owned());
        Ok(Self { iss: text("iss")?, report: text("report")?, outcome, on: text("on")? })
    }
}
