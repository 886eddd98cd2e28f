//! What an acceptance is told as: an event of the journal, where one is configured, and one of the principal's webhooks.

use jiff::Timestamp;
use realname::appraisal::{Policy, Quotas};
use realname::journal::entry::{Event, Stated};
use realname::rely::{Accepting, Telling};

use crate::book::Book;
use crate::operator::Operator;
use crate::{Refusal, hook};

/// Whose numbers are counted: as `realname verify` counts them in the same store.
const COUNTED: &str = "verify";

/// Everything that is kept in the step that records it. Refuses what an agent or a terminal answered that may not sell.
pub(crate) fn of<'l>(
    operator: &'l Operator,
    principal: &str,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Vec<Telling<'l>>, Refusal> {
    let mut told = in_journal(operator, accepting, now)?;
    if let Some(listener) = operator.listener(principal) {
        let event = hook::Event::answered(accepting.nonce, now)?;
        told.push(Telling { list: listener.list(), key: event.key(), work: event.work(true)? });
    }
    Ok(told)
}

/// As [`of`], where no webhook is told.
pub(crate) fn in_journal<'l>(
    operator: &Operator,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Vec<Telling<'l>>, Refusal> {
    let Some(book) = &operator.book else { return Ok(Vec::new()) };
    Ok(vec![verified(operator, book, accepting, now)?])
}

/// Events as the store keeps them for the journal.
pub(crate) fn waiting<'l>(events: impl IntoIterator<Item = Event>) -> Result<Vec<Telling<'l>>, Refusal> {
    let told = events.into_iter().map(|event| event.telling());
    told.collect::<Result<_, _>>().map_err(|_| Refusal::Internal)
}

/// The event `verified`.
fn verified(
    operator: &Operator,
    book: &Book,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Telling<'static>, Refusal> {
    let event = Event::verified(accepting, book.key(now), now);
    book.admit(&event)?;
    let event = match accepting.activates() {
        Some((document, number)) => {
            let quotas = Quotas::of_terminal(operator.store.as_ref(), Policy::on_site().limits())?;
            let (number, end) = (number.as_str(), Timestamp::MAX);
            let reached = quotas.reaches_limit(COUNTED, &document, number, end, now)?;
            event.with("limit_reached", Stated::Flag(reached))
        }
        None => event,
    };
    event.telling().map_err(|_| Refusal::Internal)
}
