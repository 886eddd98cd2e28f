//! The JSON that commands print where it isn't a value of the library's own. `docs/schemas` is made from these types.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use realname::anomaly::Compared;
use realname::campaign::Outcome as CallOutcome;
use realname::capture::reuse::ReuseKind;
use realname::capture::{Remark, Slot};
use realname::demand::{Resource, Transaction, VerifiedDemand};
#[cfg(feature = "schema")]
use realname::document::PlainDocument;
use realname::profile::{Check, ClaimName, Env, Locality, Outcome, Purpose};
use realname::reader::Port;
use realname::rollout::Mode;
use realname::standing::Standing;
use serde::Serialize;
use serde_json::Value;

/// Derives what every shape has.
macro_rules! shapes {
    ($($(#[$about:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$note:meta])* $member:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub(crate) struct $name $(<$life>)? { $($(#[$note])* pub(crate) $member: $type,)* }
    )*};
}

pub(crate) mod journal;

shapes! {
    /// What `policy list --json` prints.
    Policies {
        policies: Vec<KnownPolicy>,
    }
    /// One of the program's policies.
    KnownPolicy {
        /// Its id.
        policy: String,
        version: u32,
        /// What `policy explain` and a configuration call it.
        name: String,
        locality: Locality,
        purposes: Vec<Purpose>,
    }
    /// What `policy check --json` prints; with contradictions there is an `error` beside them.
    CheckedPolicy {
        policy: String,
        version: u32,
        contradictions: Vec<String>,
    }
    /// What `authority check --json` prints; with trouble there is an `error` beside it.
    CheckedRegister<'a> {
        /// The register's id in its configuration.
        id: &'a str,
        /// Whether its answers prove nothing about anybody.
        is_test: bool,
        /// `answered`, `values_refused` or `trouble`.
        result: &'static str,
        /// The HTTP status of its reply, if there was one.
        status: Option<u16>,
        /// How far its clock is ahead of this machine's, in seconds, where it says its time.
        clock_ahead: Option<i64>,
    }
    /// What `campaign new --json` prints.
    NewCampaign<'a> {
        campaign: &'a str,
        /// The rules' id.
        rules: &'a str,
        /// Whether it wasn't there before.
        new: bool,
    }
    /// What `campaign import --json` prints.
    CampaignImported {
        new: u64,
        known: u64,
    }
    /// What `campaign next --json` prints.
    CampaignNext<'a> {
        calls: Vec<CampaignCall<'a>>,
        /// Outside the windows: when the next one opens.
        opens_at: Option<Timestamp>,
    }
    /// A call that is to be made now.
    CampaignCall<'a> {
        attempt: &'a str,
        number: &'a str,
        /// Which attempt it is, from 1.
        place: u64,
        /// The end of the window.
        until: Timestamp,
    }
    /// What `campaign record --json` prints.
    CampaignRecorded<'a> {
        attempt: &'a str,
        outcome: CallOutcome,
    }
    /// What `campaign status --json` prints.
    CampaignStatus {
        numbers: u64,
        due: u64,
        attempted: u64,
        verified: u64,
        /// Of the verified, those that had been measured.
        lifted: u64,
        measured: u64,
        /// Attempts by outcome.
        outcomes: BTreeMap<String, u64>,
        /// Attempts of which nobody said what came of them.
        untold: u64,
    }
    /// What `campaign close --json` prints.
    CampaignClosed {
        verified: u64,
        noticed: u64,
        measured: u64,
        lifted: u64,
        /// Numbers that are neither verified nor measured.
        open: u64,
        /// Events that were appended to the journal.
        events: u64,
    }
    /// What `capture forget --json` prints.
    Forgotten {
        /// How many captures were removed.
        removed: u32,
    }
    /// What `report open --json` and `lease open --json` print.
    RulesKept<'a> {
        /// The rules' id.
        rules: &'a str,
    }
    /// What `report receive --json` prints.
    ReportReceived<'a> {
        report: &'a str,
        /// Whether this reporter had reported this number on this natural day before.
        again: bool,
        deadline: Timestamp,
    }
    /// What a step of a report prints.
    ReportStep<'a> {
        report: &'a str,
        step: &'static str,
    }
    /// What `report status --json` prints.
    ReportStatus {
        states: BTreeMap<String, u64>,
        outcomes: BTreeMap<String, u64>,
        /// Without an answer, their deadline past.
        overdue: Vec<String>,
    }
    /// What `report tell --json` and `lease tell --json` print.
    EventsTold {
        events: u64,
    }
    /// What `lease ask --json` prints.
    LeaseAsked<'a> {
        lease: &'a str,
        /// Names its demand.
        nonce: &'a str,
    }
    /// What a step of a lease prints.
    LeaseStep<'a> {
        lease: &'a str,
        step: &'static str,
    }
    /// What `lease check --json` prints when it may be used.
    LeaseUse<'a> {
        lease: &'a str,
        until: Timestamp,
    }
    /// What `lease rest --json` prints.
    NumberRests<'a> {
        /// The last natural day.
        until: &'a str,
    }
    /// What `lease history --json` prints.
    LeaseHistory<'a> {
        lease: &'a str,
        /// Entries of the journal: index, event, time, and what they say.
        events: Vec<Value>,
    }
    /// What `agent figures --json` prints.
    AgentFigures {
        from: Timestamp,
        /// No longer part of the period.
        to: Timestamp,
        agents: Vec<Compared>,
    }
    /// What `rollout decide --json` prints.
    RolloutDecided<'a> {
        /// The batch that decides; `null` where nothing changes.
        batch: Option<&'a str>,
        mode: Option<Mode>,
    }
    /// What `credit take --json` prints.
    CreditTaken<'a> {
        agent: &'a str,
        points: u64,
        left: u64,
        /// How the agent is to stand; `null` while nothing follows.
        follows: Option<Standing>,
        /// The event.
        index: u64,
    }
    /// What `credit list --json` prints.
    CreditList<'a> {
        /// The rules' id.
        credit: &'a str,
        /// Those of whom something was taken.
        agents: Vec<CreditOf>,
    }
    /// Somebody's credit.
    CreditOf {
        agent: String,
        left: u64,
        follows: Option<Standing>,
        /// The events, by index.
        taken: Vec<u64>,
        /// Of these, those that aren't what the rules make of them.
        wrong: Vec<u64>,
    }
    /// What `journal papers --json` prints.
    PapersMissing {
        receipts: Vec<ReceiptWithout>,
    }
    /// A receipt that lacks papers.
    ReceiptWithout {
        /// The event `cancelled`.
        index: u64,
        /// SHA-256 of the receipt's JWS.
        record: String,
        missing: Vec<String>,
    }
    /// What `demand new --json` prints.
    NewDemand<'a> {
        /// Names the demand: it is answered once.
        nonce: &'a str,
        purpose: &'a str,
        /// Seconds.
        ttl: u32,
        env: Env,
    }
    /// What `demand check --json` prints: who asks, for what. A refused demand shows none of it.
    CheckedDemand<'a> {
        iss: String,
        display_name: String,
        purpose: &'a Purpose,
        number: Option<String>,
        transaction: Option<ShownTransaction>,
        /// What would be disclosed.
        claims: &'a [ClaimName],
        checks: &'a [Check],
        env: Env,
        /// `onsite` when the person has to stand before a terminal.
        locality: Option<&'static str>,
        /// Seconds.
        max_age: Option<i64>,
        terminal: Option<String>,
        nonce: &'a str,
        /// Seconds since 1970.
        issued_at: i64,
        /// Seconds since 1970.
        expires_at: i64,
    }
    /// What `handover …` prints: where an order stands.
    HandedOver {
        order: String,
        /// `opened`, `sold` or `activated`.
        stage: &'static str,
        /// Of the demand that was made now.
        nonce: Option<String>,
        /// After `activate`: whether this call activated it.
        first: Option<bool>,
        /// When it was activated.
        at: Option<Timestamp>,
        /// The nonce of the sale's demand that was answered.
        sale: Option<String>,
        /// The nonce of the door's demand that was answered.
        door: Option<String>,
    }
    /// A shop's order.
    ShownOrder {
        /// `order`.
        r#type: &'static str,
        id: String,
        /// E.164, where it is known.
        number: Option<String>,
    }
    /// What is leased, for what, until when.
    ShownLease {
        /// `lease`.
        r#type: &'static str,
        resource: Resource,
        /// Which one.
        id: String,
        scenario: String,
        until: Timestamp,
    }
    /// What happens to which number.
    ShownNumber {
        /// `number`.
        r#type: &'static str,
        /// E.164.
        number: String,
        action: String,
        region: Option<String>,
        /// In the asker's words.
        text: Option<String>,
    }
    /// A photo that was used before.
    UsedBefore {
        slot: Slot,
        kind: ReuseKind,
        /// How many captures that were.
        captures: usize,
        /// Of photos of persons: the least number of bits of 256 that differ; `null` where none was compared.
        distance: Option<u32>,
    }
    /// What `attest --json` prints.
    Attested<'a> {
        /// `attested`.
        result: &'static str,
        purpose: &'a Purpose,
        locality: Locality,
        disclosed: &'a [ClaimName],
        env: Env,
        checks: Vec<MadeCheck>,
        /// Where the presentation was written.
        out: &'a Path,
        nonce: &'a str,
        transaction: Option<ShownTransaction>,
        /// What the photos have that refuses nothing and that a person should look at.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        remarks: Vec<Remark>,
        /// What the operator's index found: used before by somebody else, for a person to look at. Absent when there is nothing.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        used_before: Vec<UsedBefore>,
        /// With `--with-document`: as `reader read` prints it; `null` for a person who was checked online.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<PlainDocument>"))]
        document: Option<Value>,
        /// With `--with-document`: all else of the reading.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<std::collections::BTreeMap<String, Value>>"))]
        card: Option<Value>,
    }
    /// One check that was made.
    MadeCheck {
        check: Check,
        outcome: Outcome,
    }
    /// What `trust sign --json` prints.
    SignedList<'a> {
        iss: String,
        seq: u64,
        /// Seconds since 1970.
        exp: i64,
        /// How many keys it lists.
        keys: usize,
        /// `kid` of the key that signed it.
        anchor: &'a str,
        /// What is different from the list before; without one every key is new.
        changes: Vec<ChangedKey<'a>>,
    }
    /// A key of a list that isn't as it was.
    ChangedKey<'a> {
        change: &'static str,
        kid: &'a str,
        iss: String,
        /// Seconds since 1970.
        nbf: i64,
        /// Seconds since 1970.
        exp: i64,
        /// Whether something that was signed may be refused by it.
        warning: bool,
    }
    /// What `trust delegate --json` prints.
    Delegated<'a> {
        /// Of the key that may sign from now on.
        kid: &'a str,
        iss: &'a str,
        sub: &'a str,
        /// Seconds since 1970.
        exp: i64,
    }
    /// What `record erase --json` prints.
    Erased {
        /// Whether there was anything to erase.
        erased: bool,
    }
    /// What `store expire --json` prints.
    Expired {
        /// How many entries.
        removed: u64,
        /// Those that ended before.
        before: Timestamp,
    }
    /// What `sandbox new --json` prints.
    NewSandbox<'a> {
        dir: &'a Path,
        nonce: &'a str,
        demand: &'a Path,
    }
    /// What `reader list --json` prints.
    Ports {
        ports: Vec<Port>,
    }
    /// What `serve token new --json` prints.
    NewServiceToken<'a> {
        /// Shown once: the store keeps its digest.
        token: &'a str,
        name: &'a str,
        principal: &'a str,
    }
    /// What `reader probe --json` prints.
    Probed {
        sam_id: String,
        /// Bits per second; `null` where the line has no rate.
        baud: Option<u32>,
    }
}

/// What a demand is about.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum ShownTransaction {
    Number(ShownNumber),
    Lease(ShownLease),
    Order(ShownOrder),
}

impl ShownTransaction {
    pub(crate) fn of(transaction: Option<&Transaction>) -> Option<Self> {
        let (number, action, region, text) = match transaction? {
            Transaction::Number { number, action, region, text, .. } => (number, action, region, text),
            Transaction::Lease { resource, id, scenario, until, .. } => {
                return Some(Self::Lease(ShownLease {
                    r#type: "lease",
                    resource: *resource,
                    id: id.as_str().to_owned(),
                    scenario: named(scenario),
                    until: *until,
                }));
            }
            Transaction::Order { id, number, .. } => {
                return Some(Self::Order(ShownOrder {
                    r#type: "order",
                    id: id.clone(),
                    number: number.as_ref().map(|number| number.as_str().to_owned()),
                }));
            }
            _ => return None,
        };
        Some(Self::Number(ShownNumber {
            r#type: "number",
            number: number.as_str().to_owned(),
            action: named(action),
            region: region.as_ref().map(named),
            text: text.as_ref().map(named),
        }))
    }
}

/// As its JSON is, for a value that is one text.
fn named(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().map(str::to_owned).unwrap_or_default()
}

impl<'a> CheckedDemand<'a> {
    pub(crate) fn of(demand: &'a VerifiedDemand) -> Self {
        let require = demand.requirements();
        let number = demand.transaction().and_then(Transaction::number);
        let number = number.map(|number| number.as_str().to_owned());
        Self {
            iss: demand.iss().to_owned(),
            display_name: named(&demand.display_name()),
            purpose: demand.purpose(),
            number,
            transaction: ShownTransaction::of(demand.transaction()),
            claims: demand.claims(),
            checks: &require.checks,
            env: demand.env(),
            locality: require.onsite.then_some("onsite"),
            max_age: require.max_age.map(|age| age.as_secs()),
            terminal: require.terminal.as_ref().map(named),
            nonce: demand.nonce(),
            issued_at: demand.issued_at().as_second(),
            expires_at: demand.expires_at().as_second(),
        }
    }
}
