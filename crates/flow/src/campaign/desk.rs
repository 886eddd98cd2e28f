//! A campaign in its store: taking numbers in, handing calls out, noting what came of them, and asking the holder.

use jiff::{SignedDuration, Timestamp};

use super::item::{Attempt, Item};
use super::{CampaignError, Outcome, Rules, answered};
use crate::confirmation::{LedgerSecret, PhoneNumber};
use crate::demand::{Demand, DemandRequest};
use crate::document::Personal;
use crate::form::is_id;
use crate::jose::{Json, Signer, decode, encode, random};
use crate::kept;
use crate::profile::{Env, Expectation, Purpose};
use crate::store::{List, Put, Queue, Space, Store, Task, Work};
use crate::times::later;

/// Campaigns by name, and each campaign's numbers.
const CAMPAIGNS: List<'static> = List { space: Space::new("campaign"), id: "" };
const NUMBERS: Space = Space::new("campaign_number");

/// How often a change is tried when others change the same.
const TRIES: u32 = 64;

/// The longest line of a list, in bytes.
const MOST_LINE: usize = 4096;

/// How old a check may be that counts as fresh.
const FRESH: SignedDuration = SignedDuration::from_secs(300);

/// A number that is to be verified again.
pub struct Import {
    number: PhoneNumber,
    record: Option<[u8; 32]>,
    holder: Option<Expectation>,
}

impl Import {
    /// A line of a list: `{"number": "+86…", "record": digest, "holder": {"name": …, "id_number": …}}`, the last two together or neither.
    /// `None` for anything else.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let json = Json::parse(line, MOST_LINE).ok()?;
        let known = ["number", "record", "holder"];
        if !json.as_object()?.iter().all(|(name, _)| known.contains(&name.as_str())) {
            return None;
        }
        let number = json.member("number")?.as_str()?.parse().ok()?;
        let digest = |json: &Json| decode(json.as_str()?).ok()?.try_into().ok();
        let holder = |json: &Json| {
            let text = |name| Some(Personal::from(json.member(name)?.as_str()?));
            Some(Expectation::new(text("name")?, text("id_number")?))
        };
        let (record, holder) = match (json.member("record"), json.member("holder")) {
            (Some(record), Some(person)) => (Some(digest(record)?), Some(holder(person)?)),
            (None, None) => (None, None),
            (None, Some(person)) => (None, Some(holder(person)?)),
            // Without the holder's name and number anybody's card could supersede the registration.
            (Some(_), None) => return None,
        };
        Some(Self { number, record, holder })
    }
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import").finish_non_exhaustive()
    }
}

/// A call that is to be made now, by whoever was given it and by nobody else.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// Names the attempt, and the number nowhere else.
    pub attempt: String,
    /// Whom to call.
    pub number: PhoneNumber,
    /// Which attempt it is, from 1.
    pub place: u64,
    /// The end of the window: no call begins after it.
    pub until: Timestamp,
}

/// What is to be called now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Next {
    /// The calls.
    pub calls: Vec<Call>,
    /// Outside the windows: when the next one opens.
    pub opens_at: Option<Timestamp>,
}

/// A campaign in its store.
pub struct Campaign<'a> {
    pub(super) queue: &'a dyn Queue,
    pub(super) id: String,
    pub(super) rules: Rules,
    /// Keys of tasks are made with it. It goes with the campaign's tasks.
    secret: LedgerSecret,
}

impl std::fmt::Debug for Campaign<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Campaign").field("rules", &self.rules.rules).finish_non_exhaustive()
    }
}

impl<'a> Campaign<'a> {
    /// Makes a campaign. The same name with the same rules is the same campaign; says whether it is new.
    pub fn begin(queue: &'a dyn Queue, id: &str, rules: Rules) -> Result<(Self, bool), CampaignError> {
        if !is_id(id) {
            return Err(CampaignError::Name);
        }
        let place = (CAMPAIGNS, id.as_bytes());
        let new = kept::keep(queue, place, &rules, CampaignError::Record)? == Put::Stored;
        let campaign = Self::find(queue, id)?;
        if campaign.rules == rules { Ok((campaign, new)) } else { Err(CampaignError::Exists) }
    }

    /// Finds a campaign.
    pub fn find(queue: &'a dyn Queue, id: &str) -> Result<Self, CampaignError> {
        if !is_id(id) {
            return Err(CampaignError::Unknown);
        }
        let errors = (CampaignError::Unknown, CampaignError::Record);
        let (rules, secret) = kept::find(queue, (CAMPAIGNS, id.as_bytes()), Rules::parse, errors)?;
        Ok(Self { queue, id: id.to_owned(), rules, secret })
    }

    /// Its numbers.
    pub(super) fn list(&self) -> List<'_> {
        List { space: NUMBERS, id: &self.id }
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A number's key: nobody finds the number by it who doesn't hold the store.
    fn key(&self, number: &PhoneNumber) -> [u8; 16] {
        self.secret.salt("campaign", &[self.id.as_bytes(), number.as_str().as_bytes()])
    }

    /// Takes a number in. One that is in the campaign stays as it is, deadline included.
    pub fn import(&self, import: &Import, now: Timestamp) -> Result<Put, CampaignError> {
        let salt = random()?;
        let item = Item {
            number: import.number.clone(),
            record: import.record,
            expected: import.holder.as_ref().map(|holder| holder.salted(salt)),
            deadline: later(now, i64::from(self.rules.deadline_hours) * 3600).as_second(),
            attempts: Vec::new(),
            demands: Vec::new(),
            noticed: None,
            measured: None,
            verified: None,
        };
        let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: Some(now) };
        Ok(self.queue.enlist(self.list(), &self.key(&import.number), &work)?)
    }

    /// Hands out at most `max` calls that are due, each to this caller alone; none outside the windows. Whoever is given one and
    /// says nothing of it has had it: the number is due again in a later window, not in this one.
    pub fn next(&self, store: &dyn Store, now: Timestamp, max: u32) -> Result<Next, CampaignError> {
        let Some((_, until)) = self.rules.window(now) else {
            return Ok(Next { calls: Vec::new(), opens_at: Some(self.rules.opens(now)) });
        };
        let mut calls = Vec::new();
        // Taken, no other caller gets it in this window, whatever becomes of us.
        for task in self.queue.take(self.list(), now, self.rules.again_at(now), max)? {
            let called = self.change_from(task, |item, due| {
                if self.settle(item, store, now)? || item.deadline <= now.as_second() {
                    *due = None;
                    return Ok(None);
                }
                item.attempts.push(Attempt { at: now.as_second(), outcome: None, channel: None });
                Ok(Some((item.number.clone(), item.attempts.len())))
            })?;
            if let (key, Some((number, place))) = called {
                let attempt = format!("{}.{place}", encode(&key));
                calls.push(Call { attempt, number, place: place as u64, until });
            }
        }
        Ok(Next { calls, opens_at: None })
    }

    /// Notes what came of an attempt. The same again changes nothing.
    pub fn record(
        &self,
        attempt: &str,
        outcome: Outcome,
        channel: Option<&str>,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(), CampaignError> {
        let (key, place) = attempt.rsplit_once('.').ok_or(CampaignError::Attempt)?;
        let key = decode(key).map_err(|_| CampaignError::Attempt)?;
        let place: usize = place.parse().map_err(|_| CampaignError::Attempt)?;
        if channel.is_some_and(|channel| !is_id(channel)) {
            return Err(CampaignError::Attempt);
        }
        let found = self.task(&key)?.ok_or(CampaignError::Attempt)?;
        self.change_from(found, |item, due| {
            let noted = place.checked_sub(1).and_then(|place| item.attempts.get_mut(place));
            let attempt = noted.ok_or(CampaignError::Attempt)?;
            if attempt.outcome.is_some_and(|before| before != outcome) {
                return Err(CampaignError::Recorded);
            }
            if attempt.outcome.is_none() {
                attempt.outcome = Some(outcome);
                attempt.channel = channel.map(str::to_owned);
            }
            let enough = item.told() >= self.rules.attempts as usize;
            if self.settle(item, store, now)? || enough || !self.rules.again.contains(&outcome) {
                *due = None;
            }
            Ok(())
        })
        .map(|_| ())
    }

    /// The campaign's own demand for a number, for whoever stands at the desk: `number.reverify`, checked now, of the holder who is
    /// expected, superseding the record that is named.
    pub fn demand(
        &self,
        number: &PhoneNumber,
        asker: (&str, &dyn Signer),
        env: Env,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Demand, CampaignError> {
        let nonce: [u8; 16] = random()?;
        let task = self.task(&self.key(number))?.ok_or(CampaignError::Number)?;
        // Noted before it is made, so that no answer is missed.
        let (_, (record, expected)) = self.change_from(task, |item, _| {
            if item.verified.is_some() {
                return Err(CampaignError::Over);
            }
            item.asks(encode(&nonce));
            Ok((item.record, item.expected))
        })?;
        let mut request = DemandRequest::new(Purpose::NumberReverify)
            .number(number.as_str())
            .env(env)
            .nonce(nonce)
            .after_demand(true)
            .max_age(FRESH);
        if let Some(record) = record {
            request = request.supersedes(record);
        }
        if let Some(expected) = expected {
            request = request.kept_expectation(expected);
        }
        let (iss, signer) = asker;
        Ok(request.issue(iss, signer, store, now)?)
    }

    /// Notes it in the item when one of its demands was answered; says whether it is verified.
    pub(super) fn settle(
        &self,
        item: &mut Item,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<bool, CampaignError> {
        if item.verified.is_none() {
            item.verified = answered::find(&item.demands, store)?.map(|record| (now.as_second(), record));
        }
        Ok(item.verified.is_some())
    }

    pub(super) fn task(&self, key: &[u8]) -> Result<Option<Task>, CampaignError> {
        Ok(self.queue.task(self.list(), key)?)
    }

    /// Changes a number's task, from what it was; when somebody else changed it meanwhile, from what it is now.
    pub(super) fn change_from<T>(
        &self,
        mut task: Task,
        change: impl Fn(&mut Item, &mut Option<Timestamp>) -> Result<T, CampaignError>,
    ) -> Result<(Vec<u8>, T), CampaignError> {
        for _ in 0..TRIES {
            let (mut item, mut due) = (Item::parse(&task.work.value)?, task.work.due_at);
            let found = change(&mut item, &mut due)?;
            let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: due };
            if work == task.work || self.queue.change(self.list(), &task.key, task.revision, &work)? {
                return Ok((task.key, found));
            }
            task = self.task(&task.key)?.ok_or(CampaignError::Record)?;
        }
        Err(CampaignError::Contended)
    }
}
