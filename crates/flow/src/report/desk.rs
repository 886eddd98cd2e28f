//! Reports in their store: each step once.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::item::Item;
use super::{Judged, Match, ReportError, Rules, outcome};
use crate::campaign::Measure;
use crate::confirmation::{LedgerSecret, NaturalDay, PhoneNumber};
use crate::form::is_id;
use crate::jose::{Signer, decode, encode, instant};
use crate::store::{Counted, List, Put, Queue, Space, Store, Task, Work};
use crate::times::later;
use crate::{chart, kept};

/// The desk's own record, the reports, and how many somebody sent lately.
const DESK: List<'static> = List { space: Space::new("report_desk"), id: "" };
pub(super) const REPORTS: List<'static> = List { space: Space::new("report"), id: "" };
const RATE: Space = Space::new("report_rate");

/// How often a change is tried when others change the same.
const TRIES: u32 = 64;

/// What somebody reports.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what a report says")]
pub struct Report<'a> {
    /// The number that the messages came from.
    pub number: &'a PhoneNumber,
    /// Who reports: his own number.
    pub reporter: &'a PhoneNumber,
    /// The outlet that sold it, where he knows it.
    pub outlet: Option<&'a str>,
    /// The batch of a roll-out that he complains about.
    pub batch: Option<&'a str>,
    /// Who took it in, where several do: each has reports, and a reporter's rate, of its own, so that none learns from an answer what another
    /// was told.
    pub by: Option<&'a str>,
}

/// A report that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// Its id.
    pub report: String,
    /// Whether this reporter had reported this number on this natural day before.
    pub again: bool,
    /// Until when it is answered.
    pub deadline: Timestamp,
}

/// How far one report is, as its reporter may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Until when it is answered.
    pub deadline: Timestamp,
    /// The signed outcome, once there is one.
    pub outcome: Option<String>,
}

/// Where all reports stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standings {
    /// How many are in each state.
    pub states: BTreeMap<String, u64>,
    /// Outcomes of those that were judged.
    pub outcomes: BTreeMap<Judged, u64>,
    /// Those without an answer whose deadline has passed, by id.
    pub overdue: Vec<String>,
}

impl Standings {
    /// A picture of it. It names nobody.
    pub fn to_svg(&self, title: &str) -> String {
        let count = |state: &'static str| (state, self.states.get(state).copied().unwrap_or_default());
        let states = ["received", "matched", "judged", "measured", "answered"].map(count);
        let outcomes = Judged::ALL
            .map(|judged| (judged.as_str(), self.outcomes.get(&judged).copied().unwrap_or_default()));
        let overdue = [("overdue", self.overdue.len() as u64)];
        chart::bars(
            title,
            &[("reports", &states), ("outcomes", &outcomes), ("past their deadline", &overdue)],
        )
    }
}

/// The desk that takes reports in.
pub struct Reports<'a> {
    queue: &'a dyn Queue,
    rules: Rules,
    /// Ids are made with it: whoever doesn't hold the store finds no number by a report's id.
    secret: LedgerSecret,
}

impl std::fmt::Debug for Reports<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reports").field("rules", &self.rules.rules).finish_non_exhaustive()
    }
}

impl<'a> Reports<'a> {
    /// Opens a store for reports. With the same rules again it changes nothing.
    pub fn open(queue: &'a dyn Queue, rules: Rules) -> Result<Self, ReportError> {
        let _ = kept::keep(queue, (DESK, b""), &rules, ReportError::Record)?;
        let desk = Self::find(queue)?;
        if desk.rules == rules { Ok(desk) } else { Err(ReportError::Exists) }
    }

    /// Finds the desk of a store.
    pub fn find(queue: &'a dyn Queue) -> Result<Self, ReportError> {
        let errors = (ReportError::Closed, ReportError::Record);
        let (rules, secret) = kept::find(queue, (DESK, b""), Rules::parse, errors)?;
        Ok(Self { queue, rules, secret })
    }

    /// Takes a report in: one a reporter, number and natural day, at whoever takes it in. Whoever sends many at once is slowed, and what he sends counts as much as
    /// anybody's. The number isn't looked up here, so what is told doesn't depend on whose it is.
    pub fn receive(
        &self,
        report: &Report<'_>,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Received, ReportError> {
        if ![report.outlet, report.batch].into_iter().flatten().all(is_id) {
            return Err(ReportError::Id);
        }
        let (reporter, day) = (report.reporter.as_str().as_bytes(), NaturalDay::of(now).to_string());
        let parts = [reporter, report.number.as_str().as_bytes(), day.as_bytes()];
        let by = report.by.map(str::as_bytes);
        let parts: Vec<&[u8]> = parts.into_iter().chain(by).collect();
        let key = self.secret.salt("report", &parts);
        if let Some(task) = self.queue.task(REPORTS, &key)? {
            return received(&task, true);
        }
        let room = later(now, i64::from(self.rules.burst_minutes) * 60);
        let rate: Vec<&[u8]> = std::iter::once(reporter).chain(by).collect();
        let rate = self.secret.mac("reporter", &rate);
        if let Counted::Full(_) = store.count(RATE, &rate, &key, self.rules.burst, room, now)? {
            return Err(ReportError::Slow { until: room });
        }
        let item = Item {
            number: report.number.clone(),
            received: now.as_second(),
            deadline: later(now, i64::from(self.rules.deadline_hours) * 3600).as_second(),
            outlet: report.outlet.map(str::to_owned),
            batch: report.batch.map(str::to_owned),
            matched: None,
            judged: None,
            measured: None,
            answered: None,
        };
        let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: None };
        let again = self.queue.enlist(REPORTS, &key, &work)? == Put::Exists;
        received(&self.queue.task(REPORTS, &key)?.ok_or(ReportError::Record)?, again)
    }

    /// Which number a report is about, for whoever looks whose it is.
    pub fn number(&self, report: &str) -> Result<PhoneNumber, ReportError> {
        Ok(Item::parse(&self.task(report)?.work.value)?.number)
    }

    /// Notes whose number it is.
    pub fn matched(&self, report: &str, whose: &Match) -> Result<(), ReportError> {
        let named = match whose {
            Match::Lease(lease) => Some(lease),
            Match::Subscriber { agent, .. } => agent.as_ref(),
            Match::Nobody => None,
        };
        if !named.is_none_or(|id| is_id(id)) {
            return Err(ReportError::Id);
        }
        self.change(report, |item| once(&mut item.matched, whose.clone(), |before| before == whose))
    }

    /// Notes whether it held. A number that is nobody's here can't.
    pub fn judge(&self, report: &str, judged: Judged, now: Timestamp) -> Result<(), ReportError> {
        self.change(report, |item| {
            match item.matched {
                None => return Err(ReportError::Early { state: item.state() }),
                Some(Match::Nobody) if judged == Judged::Held => return Err(ReportError::Nobody),
                Some(_) => {}
            }
            once(&mut item.judged, (now.as_second(), judged), |before| before.1 == judged)
        })
    }

    /// Notes a measure against a number whose report held.
    pub fn measure(&self, report: &str, measure: Measure, now: Timestamp) -> Result<(), ReportError> {
        self.change(report, |item| match item.judged {
            None => Err(ReportError::Early { state: item.state() }),
            Some((_, Judged::NotHeld)) => Err(ReportError::Nobody),
            Some((_, Judged::Held)) => {
                once(&mut item.measured, (now.as_second(), measure), |before| before.1 == measure)
            }
        })
    }

    /// The signed outcome for the reporter; the same one each time.
    pub fn answer(
        &self,
        report: &str,
        iss: &str,
        signer: &dyn Signer,
        now: Timestamp,
    ) -> Result<String, ReportError> {
        let item = Item::parse(&self.task(report)?.work.value)?;
        let (at, judged) = item.judged.ok_or(ReportError::Early { state: item.state() })?;
        let jws = outcome::make(iss, signer, report, judged, instant(at))?;
        self.change(report, |item| {
            item.answered.get_or_insert((now.as_second(), jws.clone()));
            Ok(())
        })?;
        let item = Item::parse(&self.task(report)?.work.value)?;
        item.answered.map(|(_, jws)| jws).ok_or(ReportError::Record)
    }

    /// How far a report is, for its reporter. The steps before the answer aren't told: how soon a number was looked up, or judged, says
    /// whose it is.
    ///
    /// # Errors
    /// [`ReportError::Unknown`].
    pub fn progress(&self, report: &str) -> Result<Progress, ReportError> {
        let item = Item::parse(&self.task(report)?.work.value)?;
        Ok(Progress { deadline: instant(item.deadline), outcome: item.answered.map(|(_, jws)| jws) })
    }

    /// Where all stand.
    pub fn standings(&self, now: Timestamp) -> Result<Standings, ReportError> {
        let mut standings = Standings::default();
        self.each(|key, item| {
            *standings.states.entry(item.state().to_owned()).or_default() += 1;
            if let Some((_, judged)) = item.judged {
                *standings.outcomes.entry(judged).or_default() += 1;
            }
            if item.answered.is_none() && item.deadline < now.as_second() {
                standings.overdue.push(encode(key));
            }
            Ok(())
        })?;
        Ok(standings)
    }

    pub(super) fn each(
        &self,
        mut show: impl FnMut(&[u8], &Item) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        kept::each(self.queue, REPORTS, |task| show(&task.key, &Item::parse(&task.work.value)?))
    }

    fn task(&self, report: &str) -> Result<Task, ReportError> {
        let key = decode(report).map_err(|_| ReportError::Unknown)?;
        self.queue.task(REPORTS, &key)?.ok_or(ReportError::Unknown)
    }

    fn change(
        &self,
        report: &str,
        change: impl Fn(&mut Item) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        for _ in 0..TRIES {
            let task = self.task(report)?;
            let mut item = Item::parse(&task.work.value)?;
            change(&mut item)?;
            let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: None };
            if work == task.work || self.queue.change(REPORTS, &task.key, task.revision, &work)? {
                return Ok(());
            }
        }
        Err(ReportError::Contended)
    }
}

/// Sets what isn't set yet. The same again changes nothing.
fn once<T>(place: &mut Option<T>, value: T, same: impl Fn(&T) -> bool) -> Result<(), ReportError> {
    match place {
        Some(before) if same(before) => Ok(()),
        Some(_) => Err(ReportError::Recorded),
        None => {
            *place = Some(value);
            Ok(())
        }
    }
}

fn received(task: &Task, again: bool) -> Result<Received, ReportError> {
    let item = Item::parse(&task.work.value)?;
    Ok(Received { report: encode(&task.key), again, deadline: instant(item.deadline) })
}
