//! The journal's events of leases: what isn't there yet.

use std::collections::BTreeSet;

use jiff::Timestamp;
use realname_journal::tree::Hash;

use super::desk::LEASES;
use super::item::Item;
use super::{LeaseError, Leases};
use crate::jose::{encode, instant};
use crate::journal::entry::{Entry, Event, Stated};
use crate::kept;

/// Which leases the journal has.
#[derive(Clone, Debug, Default)]
pub struct Leased {
    seen: BTreeSet<(String, String)>,
}

impl Leased {
    /// Takes the next entry of the journal.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        if let Some(lease) = entry.text("lease") {
            self.seen.insert((lease.to_owned(), entry.event().to_owned()));
        }
    }
}

impl Leases<'_> {
    /// What isn't told yet: `lease_granted` (`resource`: the kind, `scenario`, `until`, `record`) and `lease_ended` once it has ended or its time
    /// is over. Which number, port or card it is isn't in them.
    pub fn events(&self, told: &Leased, now: Timestamp) -> Result<Vec<Event>, LeaseError> {
        let mut events = Vec::new();
        kept::each(self.queue, LEASES, |task| {
            let (lease, item) = (encode(&task.key), Item::parse(&task.work.value)?);
            let Some((at, record)) = item.granted else { return Ok(()) };
            let lacks = |kind: &str| !told.seen.contains(&(lease.clone(), kind.to_owned()));
            if lacks("lease_granted") {
                let event = Event::new("lease_granted")
                    .with("lease", Stated::Text(&lease))
                    .with("resource", Stated::Text(item.resource.as_str()))
                    .with("scenario", Stated::Text(&item.scenario))
                    .with("until", Stated::Time(instant(item.until)))
                    .with("record", Stated::Digest(Hash::from_bytes(record)));
                events.push(event.with("time", Stated::Time(instant(at))));
            }
            let over = (item.until <= now.as_second()).then_some(item.until);
            if let Some(at) = item.ended.or(over).filter(|_| lacks("lease_ended")) {
                let event = Event::new("lease_ended").with("lease", Stated::Text(&lease));
                events.push(event.with("time", Stated::Time(instant(at))));
            }
            Ok::<(), LeaseError>(())
        })?;
        Ok(events)
    }
}
