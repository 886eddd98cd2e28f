//! What an activation is told as: events of the journal, where one is configured, and those of the principal's webhooks.

use realname::handover::Activating;
use realname::rely::Telling;

use crate::Refusal;
use crate::hook::Event;
use crate::operator::Operator;

/// Everything that is kept in the step that records it. Refuses what an agent or a terminal answered that may not sell by now.
pub(super) fn of<'l>(
    operator: &'l Operator,
    principal: &str,
    activating: &Activating<'_>,
) -> Result<Vec<Telling<'l>>, Refusal> {
    let activation = activating.activation();
    let mut told = Vec::new();
    if let Some(book) = &operator.book {
        for event in activating.events(book.key(activation.at)) {
            book.admit(&event)?;
            told.push(event.telling().map_err(|_| Refusal::Internal)?);
        }
    }
    if let Some(listener) = operator.listener(principal) {
        for nonce in [&activation.sale, &activation.door] {
            let event = Event::answered(nonce, activation.at)?;
            told.push(Telling { list: listener.list(), key: event.key(), work: event.work(true)? });
        }
    }
    Ok(told)
}
