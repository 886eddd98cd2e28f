//! Leases in their store: asked, granted once, ended.

use jiff::Timestamp;

use super::item::Item;
use super::{LeaseError, PURPOSE, Resource, Rules};
use crate::confirmation::{LedgerSecret, NaturalDay, PhoneNumber};
use crate::demand::{Demand, DemandRequest};
use crate::document::Personal;
use crate::jose::{Signer, decode, encode, instant, random};
use crate::kept;
use crate::profile::{Env, Expectation, Purpose};
use crate::rely::recorded;
use crate::store::{Counted, List, Put, Queue, Space, Store, Task, Work};
use crate::times::later;

/// The desk's own record, the leases, who has a resource, whom a measure hits, which numbers rest, and how many a holder has.
const DESK: List<'static> = list("lease_desk");
pub(super) const LEASES: List<'static> = list("lease");
pub(super) const RESOURCES: List<'static> = list("lease_resource");
pub(super) const MEASURED: List<'static> = list("lease_measured");
pub(super) const RESTING: List<'static> = list("number_resting");
const HELD: Space = Space::new("lease_held");

/// How often a change is tried when others change the same.
const TRIES: u32 = 64;

const fn list(space: &'static str) -> List<'static> {
    List { space: Space::new(space), id: "" }
}

/// What somebody wants.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked for")]
pub struct Ask<'a> {
    /// What kind.
    pub resource: Resource,
    /// Which one.
    pub id: &'a str,
    /// For what.
    pub scenario: &'a str,
    /// Until when.
    pub until: Timestamp,
    /// Who: his name and the number of his document.
    pub holder: (&'a Personal, &'a Personal),
}

/// The desk that lends.
pub struct Leases<'a> {
    pub(super) queue: &'a dyn Queue,
    pub(super) rules: Rules,
    /// Keys of resources and holders are made with it.
    pub(super) secret: LedgerSecret,
}

impl std::fmt::Debug for Leases<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leases").field("rules", &self.rules.rules).finish_non_exhaustive()
    }
}

impl<'a> Leases<'a> {
    /// Opens a store for leases. With the same rules again it changes nothing.
    pub fn open(queue: &'a dyn Queue, rules: Rules) -> Result<Self, LeaseError> {
        let _ = kept::keep(queue, (DESK, b""), &rules, LeaseError::Record)?;
        let desk = Self::find(queue)?;
        if desk.rules == rules { Ok(desk) } else { Err(LeaseError::Exists) }
    }

    /// Finds the desk of a store.
    pub fn find(queue: &'a dyn Queue) -> Result<Self, LeaseError> {
        let errors = (LeaseError::Closed, LeaseError::Record);
        let (rules, secret) = kept::find(queue, (DESK, b""), Rules::parse, errors)?;
        Ok(Self { queue, rules, secret })
    }

    /// Asks for a lease: what could never be granted is refused at once. Gives the lease's id and its demand, whose transaction is the
    /// very resource.
    pub fn ask(
        &self,
        ask: &Ask<'_>,
        asker: (&str, &dyn Signer),
        env: Env,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(String, Demand), LeaseError> {
        let limit = self.rules.of(ask.resource).ok_or(LeaseError::Kind)?;
        if !limit.scenarios.iter().any(|scenario| scenario == ask.scenario) {
            return Err(LeaseError::Scenario);
        }
        let longest = later(now, i64::from(limit.days) * 86_400);
        if ask.until <= now || ask.until > longest {
            return Err(LeaseError::Term { days: limit.days });
        }
        let (key, nonce): ([u8; 16], [u8; 16]) = (random()?, random()?);
        let (name, id_number) = ask.holder;
        let item = Item {
            resource: ask.resource,
            id: ask.id.into(),
            scenario: ask.scenario.to_owned(),
            until: ask.until.as_second(),
            holder: self.secret.mac("holder", &[id_number.as_str().trim().to_ascii_uppercase().as_bytes()]),
            nonce: encode(&nonce),
            granted: None,
            ended: None,
        };
        self.possible(&item, &key, now)?;
        let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: None };
        let _ = self.queue.enlist(LEASES, &key, &work)?;
        let purpose: Purpose = PURPOSE.parse().map_err(|_| LeaseError::Record)?;
        let request = DemandRequest::new(purpose)
            .lease(ask.resource, ask.id, ask.scenario, ask.until)
            .expectation(Expectation::new(name.clone(), id_number.clone()))
            .after_demand(true)
            .env(env)
            .nonce(nonce);
        let (iss, signer) = asker;
        Ok((encode(&key), request.issue(iss, signer, store, now)?))
    }

    /// Grants a lease whose own demand was answered acceptably in this store: by the holder, for this resource, scenario and time. The
    /// same again changes nothing.
    pub fn grant(&self, lease: &str, store: &dyn Store, now: Timestamp) -> Result<(), LeaseError> {
        let task = self.lease(lease)?;
        let mut item = Item::parse(&task.work.value)?;
        if item.ended.is_some() || item.until <= now.as_second() {
            return Err(LeaseError::Over);
        }
        if item.granted.is_some() {
            return Ok(());
        }
        let record = recorded(store, &item.nonce)?.ok_or(LeaseError::NotAnswered)?;
        let verdict = record.verdict();
        if !verdict.is_accepted() || verdict.purpose().is_none_or(|purpose| purpose.as_str() != PURPOSE) {
            return Err(LeaseError::NotAnswered);
        }
        self.possible(&item, &task.key, now)?;
        let limit = self.rules.of(item.resource).ok_or(LeaseError::Kind)?;
        let held = self.secret.mac("held", &[&item.holder, item.resource.as_str().as_bytes()]);
        if let Counted::Full(_) = store.count(HELD, &held, &task.key, limit.most, instant(item.until), now)? {
            return Err(LeaseError::Full { most: limit.most });
        }
        self.occupy(&item, &task.key, now)?;
        item.granted = Some((now.as_second(), record.digest()));
        self.put(&task, &item)
    }

    /// Ends a lease before its time, or notes that it is over: the resource is free again. The same again changes nothing.
    pub fn end(&self, lease: &str, now: Timestamp) -> Result<(), LeaseError> {
        for _ in 0..TRIES {
            let task = self.lease(lease)?;
            let mut item = Item::parse(&task.work.value)?;
            item.ended = item.ended.or(Some(now.as_second().min(item.until)));
            match self.put(&task, &item) {
                Err(LeaseError::Contended) => {}
                done => return done,
            }
        }
        Err(LeaseError::Contended)
    }

    /// Notes a measure against a lease's holder, or that it was lifted: from now on nothing is lent to him or used by him.
    pub fn measure(&self, lease: &str, stands: bool) -> Result<(), LeaseError> {
        let item = Item::parse(&self.lease(lease)?.work.value)?;
        let state = if stands { "measured" } else { "lifted" };
        self.set(
            MEASURED,
            &item.holder,
            &Work { value: Vec::new().into(), state: state.to_owned(), due_at: None },
        )
    }

    /// Notes that a number was cancelled and rests until the end of that natural day. A later day stays.
    pub fn rest(&self, number: &PhoneNumber, until: NaturalDay) -> Result<(), LeaseError> {
        if self.resting(number.as_str(), until.begin())?.is_some_and(|day| day >= until) {
            return Ok(());
        }
        let value = until.begin().as_second().to_be_bytes().to_vec();
        let key = self.secret.mac("resting", &[number.as_str().as_bytes()]);
        self.set(RESTING, &key, &Work { value: value.into(), state: "resting".to_owned(), due_at: None })
    }

    /// The last natural day on which a number rests, while it does: whoever gives numbers out (`sim.activate`) looks here, too.
    pub fn resting(&self, number: &str, now: Timestamp) -> Result<Option<NaturalDay>, LeaseError> {
        let key = self.secret.mac("resting", &[number.as_bytes()]);
        let Some(task) = self.queue.task(RESTING, &key)? else { return Ok(None) };
        let seconds = task.work.value.as_slice().try_into().map_err(|_| LeaseError::Record)?;
        let day = NaturalDay::of(instant(i64::from_be_bytes(seconds)));
        Ok((NaturalDay::of(now) <= day).then_some(day))
    }

    /// What stands against the lease of that key, whoever has answered: a measure, a number that rests, another lease. Its own place isn't: a
    /// grant that was interrupted has taken it already.
    pub(super) fn possible(&self, item: &Item, own: &[u8], now: Timestamp) -> Result<(), LeaseError> {
        if self.is_measured(item)? {
            return Err(LeaseError::Measured);
        }
        if let Some(day) = self.resting(item.id.as_str(), now)? {
            return Err(LeaseError::Resting { until: day.to_string() });
        }
        match self.holder_of(item.resource, item.id.as_str())? {
            Some((key, other)) if key != own && other.ended.is_none() && other.until > now.as_second() => {
                Err(LeaseError::Taken)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn is_measured(&self, item: &Item) -> Result<bool, LeaseError> {
        Ok(self.queue.task(MEASURED, &item.holder)?.is_some_and(|task| task.work.state == "measured"))
    }

    /// The lease that has a resource, over or not.
    pub(super) fn holder_of(
        &self,
        resource: Resource,
        id: &str,
    ) -> Result<Option<(Vec<u8>, Item)>, LeaseError> {
        let Some(task) = self.queue.task(RESOURCES, &self.resource(resource, id))? else { return Ok(None) };
        let key = task.work.value.to_vec();
        let lease = self.queue.task(LEASES, &key)?.ok_or(LeaseError::Record)?;
        Ok(Some((key, Item::parse(&lease.work.value)?)))
    }

    /// Takes the resource for a lease: of those who try, one.
    pub(super) fn occupy(&self, item: &Item, key: &[u8], now: Timestamp) -> Result<(), LeaseError> {
        let place = self.resource(item.resource, item.id.as_str());
        let work = Work { value: key.to_vec().into(), state: "held".to_owned(), due_at: None };
        if self.queue.enlist(RESOURCES, &place, &work)? == Put::Stored {
            return Ok(());
        }
        for _ in 0..TRIES {
            let held = self.queue.task(RESOURCES, &place)?.ok_or(LeaseError::Record)?;
            if *held.work.value == key {
                return Ok(());
            }
            let other = self.queue.task(LEASES, &held.work.value)?.ok_or(LeaseError::Record)?;
            let other = Item::parse(&other.work.value)?;
            if other.ended.is_none() && other.until > now.as_second() {
                return Err(LeaseError::Taken);
            }
            if self.queue.change(RESOURCES, &place, held.revision, &work)? {
                return Ok(());
            }
        }
        Err(LeaseError::Contended)
    }

    fn resource(&self, resource: Resource, id: &str) -> [u8; 32] {
        self.secret.mac("resource", &[resource.as_str().as_bytes(), id.as_bytes()])
    }

    fn lease(&self, lease: &str) -> Result<Task, LeaseError> {
        let key = decode(lease).map_err(|_| LeaseError::Unknown)?;
        self.queue.task(LEASES, &key)?.ok_or(LeaseError::Unknown)
    }

    fn put(&self, task: &Task, item: &Item) -> Result<(), LeaseError> {
        let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: None };
        if work == task.work || self.queue.change(LEASES, &task.key, task.revision, &work)? {
            return Ok(());
        }
        Err(LeaseError::Contended)
    }

    /// Makes a task say this, whatever it said.
    fn set(&self, list: List<'_>, key: &[u8], work: &Work) -> Result<(), LeaseError> {
        for _ in 0..TRIES {
            if self.queue.enlist(list, key, work)? == Put::Stored {
                return Ok(());
            }
            let task = self.queue.task(list, key)?.ok_or(LeaseError::Record)?;
            if task.work == *work || self.queue.change(list, key, task.revision, work)? {
                return Ok(());
            }
        }
        Err(LeaseError::Contended)
    }
}
