//! The JSON of the operator's journal: `journal`, `inspection`, `agent`, `annual`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use realname::inspection::{AgentOutcome, Outcome, share};
use realname::journal::note::VerifierKey;
use realname::journal::terminal::Ingested;
use realname::profile::Explain;
use realname::standing::{Change, Standing};
use serde::Serialize;
use serde_json::Value;

shapes! {
    /// What `journal new --json` prints.
    NewJournal<'a> {
        /// The key that it is judged by.
        vkey: String,
        origin: &'a str,
        /// How many entries.
        size: u64,
    }
    /// What `journal append --json` prints.
    AppendedEvents {
        /// How many entries there are now.
        size: u64,
        /// The tree's root, in base64.
        root: String,
        /// The index of the first event.
        first: u64,
    }
    /// What `journal verify --json` prints.
    VerifiedJournal<'a> {
        origin: &'a str,
        size: u64,
        root: String,
        /// How many agents it names.
        agents: usize,
        witnesses: Vec<ShownWitness>,
    }
    /// Who cosigned.
    ShownWitness {
        name: String,
        /// When, as the witness says.
        time: Option<Timestamp>,
    }
    /// What `journal prove --json` prints.
    Proved {
        index: u64,
        size: u64,
    }
    /// What `journal check-proof --json` prints.
    CheckedProof<'a> {
        origin: &'a str,
        size: u64,
        root: String,
        witnesses: Vec<ShownWitness>,
        index: u64,
    }
    /// What `journal cosign --json` prints.
    CosignedJournal {
        size: u64,
        /// How many entries it had when this witness saw it last.
        since: Option<u64>,
        /// The witness' key.
        vkey: String,
        /// Whether the operator's signature was looked at.
        signature_verified: bool,
    }
    /// What `journal ingest --json` prints.
    IngestedStatements<'a> {
        taken: u64,
        /// Those that were taken in before.
        known: u64,
        size: u64,
        gaps: Vec<ShownGap<'a>>,
        forks: Vec<ShownFork<'a>>,
        refused: Vec<RefusedFile<'a>>,
    }
    /// Statements that a terminal holds back.
    ShownGap<'a> {
        terminal: &'a str,
        expected: u64,
        got: u64,
    }
    /// A statement that contradicts another one of that terminal.
    ShownFork<'a> {
        terminal: &'a str,
        terminal_seq: u64,
        /// Its digest, in base64url.
        statement: String,
    }
    /// A file that holds no statement that can be believed.
    RefusedFile<'a> {
        file: &'a str,
        code: &'static str,
    }
    /// What `inspection close --json` prints.
    ClosedInspection {
        /// How many entries were there at the close.
        closed: u64,
        size: u64,
        first: u64,
    }
    /// What `inspection draw --json` prints.
    DrawnSample<'a> {
        inspection: &'a str,
        /// In base64url.
        seed: String,
        first: u64,
        closed: u64,
        /// Out of how many.
        of: u64,
        /// The chance of each, in millionths.
        rate_ppm: u64,
        drawn: Vec<DrawnEntry<'a>>,
    }
    /// An entry that was drawn.
    DrawnEntry<'a> {
        index: u64,
        agent: &'a str,
        /// The digest of the record to produce, in base64url.
        record: String,
    }
    /// What `inspection judge --json` prints.
    JudgedInspection<'a> {
        inspection: &'a str,
        of: u64,
        drawn: usize,
        agents: BTreeMap<&'a str, JudgedAgent>,
        entries: Vec<JudgedEntry>,
    }
    /// How one agent did.
    JudgedAgent {
        /// How many of its entries were drawn.
        n: u64,
        produced: u64,
        missing: u64,
        differs: u64,
        late: u64,
        /// 0 to 1; `null` when nothing was drawn.
        share_produced: Option<f64>,
        /// The interval of 95 %.
        bound_95: Option<[f64; 2]>,
    }
    /// What became of one entry.
    JudgedEntry {
        index: u64,
        outcome: Outcome,
    }
    /// What `agent measure --json` prints.
    MeasuredAgent<'a> {
        agent: &'a str,
        /// Only this terminal of the agent's; `null` when all of it is meant.
        terminal: Option<&'a str>,
        standing: Standing,
        /// The event's place in the journal.
        index: u64,
    }
    /// What `agent list --json` prints.
    ListedAgents<'a> {
        /// Each with its history.
        agents: BTreeMap<&'a str, Vec<ShownChange<'a>>>,
        /// Terminals that something was decided about alone, by agent and terminal.
        terminals: BTreeMap<&'a str, BTreeMap<&'a str, Vec<ShownChange<'a>>>>,
    }
    /// A change of an agent's or a terminal's standing.
    ShownChange<'a> {
        index: u64,
        time: Timestamp,
        standing: Standing,
        rule: Option<&'a str>,
        /// The entries that it rests on.
        grounds: &'a [u64],
        /// A fine.
        amount: Option<u64>,
    }
    /// What `agent find --json` prints.
    FoundStrays<'a> {
        unadmitted: Vec<UnadmittedAgent<'a>>,
        stopped: Vec<StoppedTerminal<'a>>,
        moved_readers: Vec<MovedReader<'a>>,
    }
    /// An agent that sold without being admitted.
    UnadmittedAgent<'a> {
        agent: &'a str,
        outlet: Option<&'a str>,
        /// The first entry.
        first: u64,
        count: u64,
    }
    /// A terminal that sold for an agent that may not.
    StoppedTerminal<'a> {
        terminal: &'a str,
        agent: &'a str,
        first: u64,
        count: u64,
    }
    /// A reader that more than one agent used.
    MovedReader<'a> {
        sam_id: &'a str,
        agents: &'a BTreeSet<String>,
    }
    /// What `annual --json` and `annual verify --json` print.
    AnnualFigures<'a> {
        size: u64,
        from: Timestamp,
        to: Timestamp,
        /// Of `annual verify`.
        #[serde(skip_serializing_if = "Option::is_none")]
        witnesses: Option<Vec<ShownWitness>>,
        /// A count, counts by a value, or several figures: docs/annual.md.
        figures: BTreeMap<&'a str, Value>,
    }
}

impl ShownWitness {
    /// Those whose cosignatures were verified.
    pub(crate) fn of(found: &[(VerifierKey, Option<Timestamp>)]) -> Vec<Self> {
        let shown = found.iter();
        shown.map(|(key, time)| Self { name: key.name().as_str_raw().to_owned(), time: *time }).collect()
    }
}

impl<'a> IngestedStatements<'a> {
    pub(crate) fn of(found: &'a Ingested, size: u64) -> Self {
        let gaps = found.gaps.iter();
        let forks = found.forks.iter();
        let refused = found.refused.iter();
        Self {
            taken: found.taken,
            known: found.known,
            size,
            gaps: gaps
                .map(|gap| ShownGap { terminal: &gap.terminal, expected: gap.expected, got: gap.got })
                .collect(),
            forks: forks
                .map(|fork| ShownFork {
                    terminal: &fork.terminal,
                    terminal_seq: fork.seq,
                    statement: fork.statement.to_base64url(),
                })
                .collect(),
            refused: refused.map(|(file, error)| RefusedFile { file, code: error.code() }).collect(),
        }
    }
}

impl JudgedAgent {
    pub(crate) fn of(outcome: &AgentOutcome) -> Self {
        let bound = share(outcome.produced, outcome.drawn);
        Self {
            n: outcome.drawn,
            produced: outcome.produced,
            missing: outcome.missing,
            differs: outcome.differs,
            late: outcome.late,
            share_produced: bound.map(|(_, found, _)| found),
            bound_95: bound.map(|(low, _, high)| [low, high]),
        }
    }
}

impl<'a> ShownChange<'a> {
    pub(crate) fn of(change: &'a Change) -> Self {
        Self {
            index: change.index,
            time: change.time,
            standing: change.standing,
            rule: change.rule.as_deref(),
            grounds: &change.grounds,
            amount: change.amount,
        }
    }
}
