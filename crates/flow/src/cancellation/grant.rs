//! The question to the number itself, and the grant that it gave.

use jiff::Timestamp;

use super::{Account, CancellationError, HomeSide};
use crate::confirmation::{Order, Price, Question, Redemption, ServiceId, UnverifiedGrant, Uses};
use crate::profile::{Purpose, ReasonCode};
use crate::store::Store;
use crate::trust::TrustList;

/// Asks whether that may be done with the number. The service has the purpose's name; a fixed text and a fixed name can't be refused.
pub(crate) fn question(account: &Account, purpose: &Purpose, text: &str) -> Option<Question> {
    let question = Question::new(account.number.clone(), service(purpose)?, Price::FREE, text).ok()?;
    Some(question.purpose(purpose.clone()).uses(Uses::Once))
}

/// Verifies a grant and uses it up for this case. Gives its id.
pub(crate) fn redeem(
    home: &HomeSide,
    store: &dyn Store,
    account: &Account,
    purpose: &Purpose,
    (grant, list): (&str, &TrustList),
    case: &str,
    now: Timestamp,
) -> Result<String, CancellationError> {
    let service = service(purpose).ok_or(CancellationError::Record)?;
    let order =
        Order::new(account.number.clone(), service, Price::FREE).purpose(purpose.clone()).env(home.env);
    let refused =
        |reasons: Vec<ReasonCode>| CancellationError::Refused(reasons.into_iter().map(Into::into).collect());
    let grant = UnverifiedGrant::parse(grant)
        .and_then(|grant| grant.verify(list, &order, now))
        .map_err(|error| refused(error.reasons))?;
    // Another relying party's question told the customer of something else, and a grant for many uses was for no
    // act of this kind.
    if grant.iss() != home.iss || grant.uses() != Uses::Once {
        return Err(ReasonCode::GrantOtherService.into());
    }
    let id = grant.id().to_owned();
    match grant.redeem(store, case, now)? {
        Redemption::Refused(code) => Err(code.into()),
        Redemption::Now | Redemption::Before => Ok(id),
    }
}

fn service(purpose: &Purpose) -> Option<ServiceId> {
    purpose.as_str().parse().ok()
}
