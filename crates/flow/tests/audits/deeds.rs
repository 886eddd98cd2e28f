//! A year of small operators, month by month: two terminals each, whose statements the operator takes in, and what one party of them does
//! behind the others' backs. It knows nothing of who looks.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname_flow::inspection::{Role, Secret, Terms};
use realname_journal::Journal;
use realname_journal::entry::{Event, Stated};
use realname_journal::terminal::{Ingest, Outbox, Seen, StatementDraft};
use realname_journal::tree::Hash;
use realname_token::jose::SigningKey;
use realname_token::trust::{Constraints, DelegationRequest};

use crate::dice::Dice;

pub const ORIGIN: &str = "operator.example/journal";
pub const INSPECTION: &str = "2026-q4";
/// The months in which both commit, and in which the period is closed.
pub const COMMIT: i64 = 7;
pub const CLOSE: i64 = 9;
pub const MONTHS: i64 = 12;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Nothing.
    Plain,
    /// Honest: a terminal has no line for two months, and hands everything over then.
    NoLine,
    /// Honest: an outbox was copied in part, and the rest comes a month later.
    PartCopied,
    /// Fraud: a statement is taken out of the outbox before it is handed over.
    HeldBack,
    /// Fraud: one that was handed over is signed anew, to say something else.
    SignedAnew,
    /// Fraud: the newest statements, which nobody has seen, are thrown away, and the next ones take their numbers.
    ThrownAway,
    /// Fraud: an entry is taken out of a journal that others have seen, and all is signed anew.
    TakenOut,
    /// Fraud: such an entry is changed.
    Changed,
    /// Fraud: the journal is put back to an older state, and gone on from there.
    PutBack,
    /// Fraud: what was written since anybody looked is written otherwise.
    Unseen,
    /// Fraud: the operator commits to a lower rate than was agreed.
    OtherTerms,
    /// Fraud: the operator commits when it knows what happened in the period.
    LateCommit,
    /// Fraud: the period is closed before its end.
    ClosedEarly,
    /// Fraud: the operator reveals other bytes, with which it likes the draw.
    OtherBytes,
    /// Fraud: the operator doesn't reveal.
    Silent,
    /// Fraud: of a third of its sales an agent has kept no record.
    NotKept,
}

pub const HONEST: [Way; 3] = [Way::Plain, Way::NoLine, Way::PartCopied];
pub const FRAUDS: [Way; 13] = [
    Way::HeldBack,
    Way::SignedAnew,
    Way::ThrownAway,
    Way::TakenOut,
    Way::Changed,
    Way::PutBack,
    Way::Unseen,
    Way::OtherTerms,
    Way::LateCommit,
    Way::ClosedEarly,
    Way::OtherBytes,
    Way::Silent,
    Way::NotKept,
];

pub fn moment(month: i64) -> Timestamp {
    let begin: Timestamp = "2026-01-01T00:00:00+08:00".parse().unwrap();
    begin + SignedDuration::from_hours(month * 30 * 24)
}

/// What was agreed about the inspection.
pub fn agreed(rate_ppm: u64) -> Terms {
    Terms::new(ORIGIN, INSPECTION, 0, moment(CLOSE), [], rate_ppm).unwrap()
}

pub struct Operator {
    dir: tempfile::TempDir,
    way: Way,
    /// When the deed is done.
    pub deed: i64,
    dice: Dice,
    seed: [u8; 32],
    journal: Option<Journal>,
    secret: Secret,
    /// Records that the agents kept.
    kept: BTreeSet<Hash>,
    /// Files that were put aside, to come back.
    aside: Option<(PathBuf, Vec<u8>)>,
}

impl Operator {
    pub fn new(way: Way, dice: &mut Dice) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut dice = Dice::new(dice.below(u64::MAX));
        let seed = dice.bytes();
        let key = Arc::new(SigningKey::from_ed25519_seed(&seed));
        let journal = Journal::create(dir.path().join("journal"), key, ORIGIN).unwrap();
        let deed = 2 + dice.below(4) as i64;
        let secret = Secret::from_bytes(dice.bytes());
        // Who changes an entry has a record that fits.
        let (kept, aside) = (BTreeSet::from([another()]), None);
        Self { dir, way, deed, dice, seed, journal: Some(journal), secret, kept, aside }
    }

    /// Where everybody reads it.
    pub fn directory(&self) -> PathBuf {
        self.dir.path().join("journal")
    }

    pub fn journal(&mut self) -> &mut Journal {
        self.journal.as_mut().unwrap()
    }

    fn outbox(&self, terminal: u64) -> PathBuf {
        self.dir.path().join(format!("outboxes/desk-{terminal}"))
    }

    fn statement(&self, terminal: u64, seq: u64) -> PathBuf {
        self.outbox(terminal).join(format!("{seq:012}.jwt"))
    }

    fn newest(&self, terminal: u64) -> u64 {
        (1..).take_while(|seq| self.statement(terminal, *seq).exists()).last().unwrap_or(0)
    }

    /// A month of sales, what is done behind the others' backs, and what the operator takes in.
    pub fn month(&mut self, month: i64) {
        let now = moment(month);
        let before = [self.newest(1), self.newest(2)];
        for terminal in [1, 2] {
            for _ in 0..3 + self.dice.below(3) {
                self.sell(terminal, now);
            }
        }
        if let Some((path, bytes)) = self.aside.take() {
            fs::write(path, bytes).unwrap();
        }
        if month == self.deed {
            self.at_the_terminal(before[0], now);
        }
        // A terminal without a line is somewhere else for two months.
        let far = self.dir.path().join("far");
        let away = self.way == Way::NoLine && (month == self.deed || month == self.deed + 1);
        if away {
            fs::rename(self.outbox(1), &far).unwrap();
        }
        let outboxes = self.dir.path().join("outboxes");
        // Something that is missing is an event of the journal: what everybody reads there is what counts.
        let journal = self.journal.as_mut().unwrap();
        Ingest::read(&outboxes, None).unwrap().into_journal(journal, now).unwrap();
        if away {
            fs::rename(&far, self.outbox(1)).unwrap();
        }
        if month == self.deed {
            self.in_the_journal(now);
        }
    }

    fn sell(&mut self, terminal: u64, now: Timestamp) {
        let (name, agent) = (format!("desk-{terminal}"), format!("shop-{terminal}"));
        let record = Hash::from_bytes(self.dice.bytes());
        if self.way != Way::NotKept || self.dice.below(3) > 0 {
            self.kept.insert(record);
        }
        let draft = StatementDraft {
            iss: "https://far.example",
            terminal: &name,
            agent: Some(&agent),
            region: Some("CN-44"),
            event: "attested",
            purpose: "sim.activate",
            env: "test",
            nonce: "AAAAAAAAAAAAAAAAAAAAAA",
            record: Some(record),
            reasons: Vec::new(),
            seen: Seen::default(),
        };
        let own = SigningKey::from_ed25519_seed(&[40 + terminal as u8; 32]);
        let constraints = Constraints { terminal: Some(name.clone()), ..Constraints::default() };
        let delegation = DelegationRequest {
            iss: "https://far.example",
            sub: &name,
            key: own.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: now + SignedDuration::from_hours(48),
        };
        let chain = [delegation.sign(&SigningKey::from_ed25519_seed(&[4; 32])).unwrap()];
        fs::create_dir_all(self.outbox(terminal)).unwrap();
        let outbox = Outbox::open(self.outbox(terminal)).unwrap();
        outbox.push(&draft, &own, &chain, now).unwrap();
    }

    /// `known` is the newest statement that was handed over.
    fn at_the_terminal(&mut self, known: u64, now: Timestamp) {
        let middle = self.statement(1, known + 2);
        match self.way {
            Way::HeldBack => fs::remove_file(middle).unwrap(),
            Way::PartCopied => {
                self.aside = Some((middle.clone(), fs::read(&middle).unwrap()));
                fs::remove_file(middle).unwrap();
            }
            // From the last that was handed over on, the chain is made anew.
            Way::SignedAnew | Way::ThrownAway => {
                let from = if self.way == Way::SignedAnew { known } else { known + 2 };
                let newest = self.newest(1);
                (from..=newest).for_each(|seq| fs::remove_file(self.statement(1, seq)).unwrap());
                self.sell(1, now);
            }
            _ => {}
        }
    }

    fn in_the_journal(&mut self, now: Timestamp) {
        let size = self.journal().size();
        // Of a month before, and of this one, which nobody has seen yet.
        let (old, new) = (self.dice.below(6), size - 1);
        match self.way {
            Way::TakenOut => self.write_anew(now, |index, event| (index != old).then_some(event)),
            Way::Changed => self.write_anew(now, |index, event| Some(changed(index == old, event))),
            Way::Unseen => self.write_anew(now, |index, event| Some(changed(index == new, event))),
            Way::PutBack => self.write_anew(now, |index, event| (index < 4).then_some(event)),
            _ => {}
        }
    }

    /// Another history, under the same key.
    fn write_anew(&mut self, now: Timestamp, mut keep: impl FnMut(u64, Event) -> Option<Event>) {
        let mut events = Vec::new();
        let reader = self.journal().reader().unwrap();
        reader
            .each(0, |index, _, bytes| {
                let mut members: serde_json::Value = serde_json::from_slice(bytes).unwrap();
                for chained in ["agent_seq", "agent_prev"] {
                    members.as_object_mut().unwrap().remove(chained);
                }
                let event = Event::parse(members.to_string().as_bytes()).unwrap();
                events.extend(keep(index, event));
            })
            .unwrap();
        self.journal = None;
        fs::remove_dir_all(self.directory()).unwrap();
        let key = Arc::new(SigningKey::from_ed25519_seed(&self.seed));
        let mut journal = Journal::create(self.directory(), key, ORIGIN).unwrap();
        journal.append(events, now).unwrap();
        self.journal = Some(journal);
    }

    /// The operator's commitment, and in the end its close; `rate_ppm` was agreed.
    pub fn inspection(&mut self, month: i64, rate_ppm: u64) {
        let lower = agreed(rate_ppm / 10);
        let terms = if self.way == Way::OtherTerms { lower } else { agreed(rate_ppm) };
        let early = self.way == Way::ClosedEarly;
        let late = self.way == Way::LateCommit;
        let closes = if early { CLOSE - 1 } else { CLOSE };
        if month == closes {
            let size = self.journal().size();
            let closed = Event::new("inspection_closed").with("inspection", Stated::Text(INSPECTION));
            self.append(closed.with("size", Stated::Count(size)), month);
        }
        if month == if late { CLOSE } else { COMMIT } {
            let committed = terms.commit(Role::Operator, &self.secret, None).unwrap();
            self.append(committed, month);
        }
    }

    /// What the operator says its bytes were.
    pub fn reveal(&mut self, month: i64) {
        if self.way == Way::OtherBytes {
            self.secret = Secret::from_bytes(self.dice.bytes());
        }
        if self.way != Way::Silent {
            let revealed = self.secret.reveal(Role::Operator, INSPECTION);
            self.append(revealed, month);
        }
    }

    pub fn append(&mut self, event: Event, month: i64) {
        self.journal().append(vec![event], moment(month)).unwrap();
    }

    /// What the agents hand in for such an entry: a line, or nothing.
    pub fn produce(&self, index: u64, record: &Hash, at: Timestamp) -> Option<String> {
        let record = self.kept.get(record)?.to_base64url();
        Some(serde_json::json!({ "index": index, "record": record, "at": at.to_string() }).to_string())
    }
}

fn changed(is_it: bool, event: Event) -> Event {
    if is_it { event.with("record", Stated::Digest(another())) } else { event }
}

/// What a changed entry says.
fn another() -> Hash {
    Hash::of(b"another")
}
