//! Taking in what terminals signed: each statement once, and what is missing or contradicts itself as an event of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use realname_terms::DEFAULT_SKEW;
use realname_token::trust::TrustList;

use super::before::sold_after_refusal;
use super::{Opener, Statement, TerminalError, outbox};
use crate::entry::{Event, Stated};
use crate::files::Disk;
use crate::tree::Hash;
use crate::{Journal, JournalError};

/// Statements that are missing: `expected` is the first of them, `got` the next that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "a gap is these three")]
pub struct Gap {
    /// Whose chain.
    pub terminal: String,
    /// The first that is missing.
    pub expected: u64,
    /// The next that is there.
    pub got: u64,
}

/// A statement that contradicts another of its terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "a fork is these three")]
pub struct Fork {
    /// Whose chain.
    pub terminal: String,
    /// At which number.
    pub seq: u64,
    /// The digest of the second statement, which wasn't taken.
    pub statement: Hash,
}

/// What came of it. What is missing or forked is told again each time that it is looked at, and is one event.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Ingested {
    /// Statements that were taken in now.
    pub taken: u64,
    /// Statements that were in the journal already.
    pub known: u64,
    /// What is missing in the chains of the terminals that were looked at.
    pub gaps: Vec<Gap>,
    /// What contradicts.
    pub forks: Vec<Fork>,
    /// Files that hold no statement that can be believed.
    pub refused: Vec<(String, TerminalError)>,
}

/// The statements of one or several outboxes, verified, and not yet in the journal.
#[derive(Debug, Default)]
pub struct Ingest {
    /// Each with its file's name.
    statements: Vec<(String, Statement)>,
    refused: Vec<(String, TerminalError)>,
    opener: Option<Opener>,
}

/// What is known of a terminal's statement: its digest, and that of the one before it.
type Known = BTreeMap<u64, (Hash, Option<Hash>)>;

impl Ingest {
    /// Reads an outbox, or a directory of outboxes. With a trust list keys are judged, else only chains are.
    pub fn read(directory: &Path, list: Option<&TrustList>) -> Result<Self, TerminalError> {
        Self::read_opening(directory, list, None)
    }

    /// As [`read`](Self::read), and opens what statements seal: entries of sales get `person_key` and `photo_key`.
    pub fn read_opening(
        directory: &Path,
        list: Option<&TrustList>,
        opener: Option<Opener>,
    ) -> Result<Self, TerminalError> {
        if !directory.is_dir() {
            return Err(TerminalError::Missing);
        }
        let mut ingest = Self { opener, ..Self::default() };
        ingest.read_one(directory, "", list)?;
        for name in crate::files::Files::names(&Disk::new(directory), "")? {
            let below = directory.join(&name);
            if below.is_dir() {
                ingest.read_one(&below, &format!("{name}/"), list)?;
            }
        }
        ingest.statements.sort_by(|(_, one), (_, other)| {
            (one.terminal(), one.seq()).cmp(&(other.terminal(), other.seq()))
        });
        Ok(ingest)
    }

    fn read_one(
        &mut self,
        directory: &Path,
        begin: &str,
        list: Option<&TrustList>,
    ) -> Result<(), TerminalError> {
        for (name, bytes) in outbox::statements(&Disk::new(directory))? {
            let text = std::str::from_utf8(&bytes).map_err(|_| realname_token::jose::JoseError::NotUtf8);
            let judged = text.map_err(Into::into).and_then(|text| {
                let statement = Statement::verify(text, list)?;
                event(&statement, self.opener.as_ref())?.check()?;
                Ok::<_, TerminalError>(statement)
            });
            match judged {
                Ok(statement) => self.statements.push((format!("{begin}{name}"), statement)),
                Err(error) => self.refused.push((format!("{begin}{name}"), error)),
            }
        }
        Ok(())
    }

    /// Puts them into the journal and signs it. A second run with the same statements changes nothing.
    /// What is dated in the future waits, with all that its terminal signed behind it: an entry of next year is in no figure of this one.
    pub fn into_journal(mut self, journal: &mut Journal, now: Timestamp) -> Result<Ingested, JournalError> {
        self.hold_back(now);
        // Events that an earlier run left waiting count as known.
        journal.integrate()?;
        let terminals: BTreeSet<&str> =
            self.statements.iter().map(|(_, statement)| statement.terminal()).collect();
        let (mut known, told) = known(journal, &terminals)?;
        let mut found = Ingested { refused: self.refused, ..Ingested::default() };
        let mut events = Vec::new();
        for (_, statement) in &self.statements {
            let chain = known.entry(statement.terminal().to_owned()).or_default();
            match place(chain, statement) {
                Place::Known => found.known += 1,
                Place::Next => {
                    chain.insert(statement.seq(), (statement.digest(), statement.prev()));
                    // It was read as well before.
                    events.extend(event(statement, self.opener.as_ref()).ok());
                    found.taken += 1;
                }
                Place::Forked => found.forks.push(Fork {
                    terminal: statement.terminal().to_owned(),
                    seq: statement.seq(),
                    statement: statement.digest(),
                }),
            }
        }
        for (terminal, chain) in &known {
            found.gaps.extend(gaps(terminal, chain));
        }
        let charges = found.gaps.iter().map(gap_event).chain(found.forks.iter().map(fork_event));
        let taken = self.statements.iter().map(|(_, statement)| statement);
        let taken = taken.filter(|statement| {
            let chain = known.get(statement.terminal());
            chain
                .and_then(|chain| chain.get(&statement.seq()))
                .is_some_and(|known| known.0 == statement.digest())
        });
        let before = self.opener.as_ref().map(|opener| sold_after_refusal(taken, opener)).unwrap_or_default();
        let charges = charges.chain(before.iter().map(|sale| before_event(sale)));
        events.extend(charges.filter(|(charge, _)| !told.contains(charge)).map(|(_, event)| event));
        if !events.is_empty() {
            journal.append(events, now)?;
        }
        Ok(found)
    }

    fn hold_back(&mut self, now: Timestamp) {
        let (mut kept, mut ahead) = (Vec::new(), BTreeSet::new());
        for (file, statement) in std::mem::take(&mut self.statements) {
            if ahead.contains(statement.terminal()) {
                continue;
            }
            if statement.time() <= now.saturating_add(DEFAULT_SKEW).unwrap_or(now) {
                kept.push((file, statement));
                continue;
            }
            ahead.insert(statement.terminal().to_owned());
            self.refused.push((file, TerminalError::FromFuture));
        }
        self.statements = kept;
    }
}

enum Place {
    Known,
    Next,
    Forked,
}

/// Where a statement stands among those that are known of its terminal.
fn place(chain: &Known, statement: &Statement) -> Place {
    let (seq, digest) = (statement.seq(), statement.digest());
    if let Some((known, _)) = chain.get(&seq) {
        return if *known == digest { Place::Known } else { Place::Forked };
    }
    let before = seq.checked_sub(1).and_then(|before| chain.get(&before));
    let fits_before = before.is_none_or(|(before, _)| statement.prev() == Some(*before));
    let fits_after = chain.get(&(seq + 1)).is_none_or(|(_, prev)| *prev == Some(digest));
    if fits_before && fits_after { Place::Next } else { Place::Forked }
}

/// A charge that is made once: kind, terminal, and the two things that tell it from others.
type Charge = (&'static str, String, u64, String);

fn gap_event(gap: &Gap) -> (Charge, Event) {
    let event = Event::new("terminal_gap")
        .with("terminal", Stated::Text(&gap.terminal))
        .with("expected", Stated::Count(gap.expected))
        .with("got", Stated::Count(gap.got));
    (("terminal_gap", gap.terminal.clone(), gap.expected, gap.got.to_string()), event)
}

fn fork_event(fork: &Fork) -> (Charge, Event) {
    let event = Event::new("terminal_forked")
        .with("terminal", Stated::Text(&fork.terminal))
        .with("expected", Stated::Count(fork.seq))
        .with("statement", Stated::Digest(fork.statement));
    (("terminal_forked", fork.terminal.clone(), fork.seq, fork.statement.to_base64url()), event)
}

/// Dated as the sale is, whose figures it belongs to.
fn before_event(sale: &Statement) -> (Charge, Event) {
    let mut event = Event::new("refused_before")
        .with("terminal", Stated::Text(sale.terminal()))
        .with("time", Stated::Time(sale.time()));
    for member in ["agent", "record"] {
        if let Some(text) = sale.text(member) {
            event = event.with(member, Stated::Text(text));
        }
    }
    let record = sale.text("record").unwrap_or_default().to_owned();
    (("refused_before", sale.terminal().to_owned(), 0, record), event)
}

fn gaps(terminal: &str, chain: &Known) -> Vec<Gap> {
    let mut expected = 1;
    let mut gaps = Vec::new();
    for seq in chain.keys().copied() {
        if seq > expected {
            gaps.push(Gap { terminal: terminal.to_owned(), expected, got: seq });
        }
        expected = seq + 1;
    }
    gaps
}

/// What the journal has of those terminals.
fn known(
    journal: &Journal,
    terminals: &BTreeSet<&str>,
) -> Result<(BTreeMap<String, Known>, BTreeSet<Charge>), JournalError> {
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut told = BTreeSet::new();
    journal.reader()?.each(0, |_, entry, _| {
        let Some(terminal) = entry.text("terminal").filter(|terminal| terminals.contains(terminal)) else {
            return;
        };
        match (entry.event(), entry.count("terminal_seq"), entry.digest("statement")) {
            ("terminal_gap", ..) => {
                let got = entry.count("got").unwrap_or_default().to_string();
                told.insert((
                    "terminal_gap",
                    terminal.to_owned(),
                    entry.count("expected").unwrap_or_default(),
                    got,
                ));
            }
            ("terminal_forked", _, Some(statement)) => {
                let at = entry.count("expected").unwrap_or_default();
                told.insert(("terminal_forked", terminal.to_owned(), at, statement.to_base64url()));
            }
            ("refused_before", ..) => {
                let record = entry.text("record").unwrap_or_default().to_owned();
                told.insert(("refused_before", terminal.to_owned(), 0, record));
            }
            (_, Some(seq), Some(statement)) => {
                let link = (statement, entry.digest("terminal_prev"));
                known.entry(terminal.to_owned()).or_default().insert(seq, link);
            }
            _ => {}
        }
    })?;
    Ok((known, told))
}

/// The event of a statement. Whom an operator refused isn't in it.
fn event(statement: &Statement, opener: Option<&Opener>) -> Result<Event, TerminalError> {
    let mut event = Event::new(statement.text("event").unwrap_or_default())
        .with("terminal", Stated::Text(statement.terminal()))
        .with("terminal_seq", Stated::Count(statement.seq()))
        .with("terminal_prev", Stated::Link(statement.prev()))
        .with("terminal_key", Stated::Text(statement.key()))
        .with("statement", Stated::Digest(statement.digest()))
        .with("time", Stated::Time(statement.time()));
    for member in ["agent", "region", "purpose", "env", "nonce", "record", "sam_id", "outcome"] {
        if let Some(text) = statement.text(member) {
            event = event.with(member, Stated::Text(text));
        }
    }
    for member in ["confirmed", "human_route"] {
        if let Some(flag) = statement.flag(member) {
            event = event.with(member, Stated::Flag(flag));
        }
    }
    let (person, photo) = opener.map(|opener| opener.keys_of(statement)).transpose()?.unwrap_or_default();
    if statement.text("event") == Some("attested") {
        for (member, key) in [("person_key", person), ("photo_key", photo)] {
            if let Some(key) = key {
                event = event.with(member, Stated::Digest(key));
            }
        }
    }
    let reasons = statement.reasons();
    Ok(if reasons.is_empty() { event } else { event.with("reasons", Stated::Ids(&reasons)) })
}
