//! The JSON that commands print where it isn't a value of the library's own. `docs/schemas` is made from these types.

use std::path::Path;

use jiff::Timestamp;
use realname::capture::Remark;
use realname::demand::{Transaction, VerifiedDemand};
#[cfg(feature = "schema")]
use realname::document::PlainDocument;
use realname::profile::{Check, ClaimName, Env, Locality, Outcome, Purpose};
use realname::reader::Port;
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
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ShownTransaction {
    /// What happens to which number.
    Number {
        /// E.164.
        number: String,
        action: String,
        region: Option<String>,
        /// In the asker's words.
        text: Option<String>,
    },
    /// A shop's order.
    Order {
        id: String,
        /// E.164, where it is known.
        number: Option<String>,
    },
}

impl ShownTransaction {
    pub(crate) fn of(transaction: Option<&Transaction>) -> Option<Self> {
        match transaction? {
            Transaction::Number { number, action, region, text, .. } => Some(Self::Number {
                number: number.as_str().to_owned(),
                action: named(action),
                region: region.as_ref().map(named),
                text: text.as_ref().map(named),
            }),
            Transaction::Order { id, number, .. } => Some(Self::Order {
                id: id.clone(),
                number: number.as_ref().map(|number| number.as_str().to_owned()),
            }),
            _ => None,
        }
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
