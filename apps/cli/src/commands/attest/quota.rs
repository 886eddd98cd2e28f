//! What the policy limits by the hour is counted in the terminal's store, before the register is asked.

use jiff::Timestamp;
use realname::appraisal::{Evidence, Policy, QuotaError, Quotas, Signal};
use realname::profile::Locality;
use realname::store::Store;

use crate::failure::Failure;
use crate::lang;

/// Counts one check, of the reader on site and of the buyer's account online; refuses the one that is too many. Gives the
/// signals that the counts make.
pub(super) fn count(
    store: &dyn Store,
    policy: &Policy,
    evidence: &Evidence,
    account: &str,
) -> Result<Vec<Signal>, Failure> {
    // A second try for the same demand asks the register once more, so it is another check.
    let check = realname::jose::random_id().map_err(|_| QuotaError::NoRandomness)?;
    let counted = Quotas::of_terminal(store, policy.limits())
        .and_then(|quotas| quotas.count_evidence(evidence, account, &check, Timestamp::now()));
    counted.map_err(|error| match error {
        QuotaError::TooManyChecks { .. } => {
            Failure::from(error).advising(if evidence.locality() == Locality::Onsite {
                lang::pick(
                    "wait until the next hour; if the shop made fewer checks, report that somebody else uses its reader",
                    "请于下一小时再试；如门店并未核验这么多次，请上报：可能有人冒用其读卡器",
                )
            } else {
                lang::pick(
                    "wait until the next hour; give each buyer's account with --account",
                    "请于下一小时再试；请用 --account 提供各买家的账号",
                )
            })
        }
        error => error.into(),
    })
}
