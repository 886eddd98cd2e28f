//! Activating where an activation is told elsewhere as well: all is recorded in one step.

use jiff::Timestamp;

use super::steps::Ready;
use super::{Activated, Activation, HandoverError, Order, Sold};
use crate::journal::entry::{Event, Stated};
use crate::journal::keyed::YearKey;
use crate::profile::{DocumentKind, NumberKind};
use crate::rely::{Limits, Record, Telling};
use crate::store::Outbox;
use crate::trust::TrustList;

/// What is told of: an activation that isn't one before it is recorded, so nothing of it is to be told in any other way.
pub struct Activating<'a> {
    pub(super) order: &'a Order,
    pub(super) activation: &'a Activation,
    pub(super) sale: &'a Record,
    pub(super) door: &'a Record,
}

impl Activating<'_> {
    /// What will be recorded.
    pub fn activation(&self) -> &Activation {
        self.activation
    }

    /// The journal's events: `verified` of the sale, which counts as the registration, and `delivered` of the door, with the digest of the
    /// sale's record beside its own. With the year's secret both have keyed digests of person and number.
    pub fn events(&self, key: Option<&YearKey>) -> [Event; 2] {
        let at = Stated::Time(self.activation.at);
        let sold = Event::accepted("verified", &self.activation.sale, self.sale).with("time", at.clone());
        let delivered = Event::accepted("delivered", &self.activation.door, self.door).with("time", at);
        let delivered = delivered.with_fitting("sale", sold.text("record"));
        [sold, delivered].map(|event| match key {
            Some(key) => self.keyed(event, key),
            None => event,
        })
    }

    fn keyed(&self, event: Event, key: &YearKey) -> Event {
        let event = event.with("number_key", Stated::Digest(key.number(self.order.number().as_str())));
        let document = self.order.document();
        // The kind isn't asked for; the form of a citizen's number is enough.
        if document.kind() != NumberKind::Citizen {
            return event;
        }
        let person = key.person(DocumentKind::Resident.as_str(), &document.canonical());
        event.with("person_key", Stated::Digest(person))
    }
}

impl Sold {
    /// As [`activate`](Self::activate), and in the step that records the activation enlists what `tell` makes of it: of any number of
    /// callers, kills and repetitions, one activation is told once. Nothing is enlisted for a refusal or a repetition.
    pub fn activate_telling<'l, E: From<HandoverError>>(
        &self,
        outbox: &dyn Outbox,
        presentation: &str,
        list: &TrustList,
        limits: &Limits,
        now: Timestamp,
        tell: impl FnOnce(&Activating<'_>) -> Result<Vec<Telling<'l>>, E>,
    ) -> Result<Activated, E> {
        let acting = match self.ready(outbox, presentation, (list, limits), now)? {
            Ready::Before(activated) => return Ok(activated),
            Ready::Now(acting) => acting,
        };
        let door = Record::parse(acting.door.answer()).map_err(|_| HandoverError::Record)?;
        let told = tell(&Activating {
            order: self.order(),
            activation: &acting.activation,
            sale: &self.sale.record,
            door: &door,
        })?;
        let tell = Telling::all(&told);
        let answered = acting
            .with_answers(self, |all| outbox.answer_all_telling(all, &tell, now))
            .map_err(HandoverError::from)?;
        Ok(acting.settled(answered, presentation)?)
    }
}

impl std::fmt::Debug for Activating<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activating").field("activation", self.activation).finish_non_exhaustive()
    }
}
