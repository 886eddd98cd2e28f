//! What follows for numbers whose deadline has passed, and for those that were verified.

use std::io;

use jiff::Timestamp;

use super::{Campaign, CampaignError, Measure};
use crate::confirmation::PhoneNumber;
use crate::jose::encode;
use crate::kept;
use crate::store::{Store, Task};
use crate::times::later;

/// What the operator's systems are to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "whoever does it has to know all")]
pub enum Todo {
    /// Tell the holder what will follow, and when.
    Notice(Measure, Timestamp),
    /// Do it.
    Measure(Measure),
    /// Take it back: the holder was verified.
    Lift(Measure),
}

/// Something that is to be done about a number. It may come twice, under one id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Action {
    /// Names it: done once, whatever number of times it comes.
    pub id: String,
    /// About which number.
    pub number: PhoneNumber,
    /// What.
    pub todo: Todo,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closing {
    /// Numbers that were found verified by this run.
    pub verified: u64,
    /// Notices of this run.
    pub noticed: u64,
    /// Measures of this run.
    pub measured: u64,
    /// Measures that this run lifted.
    pub lifted: u64,
    /// Numbers that are neither verified nor measured yet.
    pub open: u64,
}

impl Campaign<'_> {
    /// Goes through all numbers: notes what was verified, gives notice where the deadline has passed, and takes the measure when the
    /// notice's time is over. Each action is told before it is noted, so that none is lost; one whose note was lost comes again.
    pub fn close(
        &self,
        store: &dyn Store,
        now: Timestamp,
        tell: &mut dyn FnMut(&Action) -> io::Result<()>,
    ) -> Result<Closing, CampaignError> {
        let mut closing = Closing::default();
        kept::each(self.queue, self.list(), |task| match task.work.state.as_str() {
            // A number that was verified needs no further step.
            "verified" => Ok(()),
            _ => self.close_one(task, store, now, &mut closing, tell),
        })?;
        Ok(closing)
    }

    fn close_one(
        &self,
        task: Task,
        store: &dyn Store,
        now: Timestamp,
        closing: &mut Closing,
        tell: &mut dyn FnMut(&Action) -> io::Result<()>,
    ) -> Result<(), CampaignError> {
        let (measure, at) = (self.rules.measure, now.as_second());
        let notice = i64::from(self.rules.notice_hours) * 3600;
        let tell = std::cell::RefCell::new(tell);
        let (_, step) = self.change_from(task.clone(), |item, due| {
            let was_measured = item.measured.is_some();
            let todo = if self.settle(item, store, now)? {
                *due = None;
                was_measured.then_some(Todo::Lift(measure))
            } else if was_measured || at < item.deadline {
                None
            } else if let Some(noticed) = item.noticed {
                (at >= noticed.saturating_add(notice)).then(|| {
                    item.measured = Some(at);
                    Todo::Measure(measure)
                })
            } else {
                *due = None;
                item.noticed = Some(at);
                Some(Todo::Notice(measure, later(now, notice)))
            };
            if let Some(todo) = todo {
                let id = format!("{}.{}", encode(&task.key), todo.name());
                let action = Action { id, number: item.number.clone(), todo };
                (tell.borrow_mut())(&action).map_err(CampaignError::Output)?;
            }
            Ok((todo, item.verified.is_some(), item.measured.is_some()))
        })?;
        let (todo, verified, measured) = step;
        closing.verified += u64::from(verified);
        closing.open += u64::from(!verified && !measured);
        match todo {
            Some(Todo::Notice(..)) => closing.noticed += 1,
            Some(Todo::Measure(_)) => closing.measured += 1,
            Some(Todo::Lift(_)) => closing.lifted += 1,
            None => {}
        }
        Ok(())
    }
}

impl Todo {
    /// `notice`, `measure` or `lift`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice(..) => "notice",
            Self::Measure(_) => "measure",
            Self::Lift(_) => "lift",
        }
    }

    /// Which measure it is about.
    pub fn measure(self) -> Measure {
        match self {
            Self::Notice(measure, _) | Self::Measure(measure) | Self::Lift(measure) => measure,
        }
    }
}
