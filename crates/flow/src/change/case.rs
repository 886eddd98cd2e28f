//! A replacement or transfer as it is kept: no name, no card, no value of the six items.

use jiff::{SignedDuration, Timestamp};

use super::{Act, Change, ChangeError, Part};
use crate::cancellation::Account;
use crate::cancellation::case::{Case as Cancellation, bytes, turn};
use crate::confirmation::{LedgerSecret, PhoneNumber};
use crate::jose::{JoseError, Json, encode};
use crate::profile::ReasonCode;
use crate::store::{Put, Store};

/// Records are ours, and small: a sealed snapshot, or one token.
const MAX_RECORD: usize = 256 * 1024;
/// How long after the case's end its steps are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// One demand of the case.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) part: Part,
    pub(super) nonce: String,
    pub(super) demand_hash: String,
}

/// What every step needs to know.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) act: Act,
    pub(super) askings: Vec<Asking>,
    /// The signed snapshot, sealed.
    pub(super) snapshot: String,
    /// What the account was when it was sealed.
    pub(super) fingerprint: [u8; 32],
    /// HMAC of card or taker, of the number, of number and subscription.
    pub(super) change_mac: [u8; 32],
    pub(super) number_mac: [u8; 32],
    pub(super) subscription_mac: [u8; 32],
    /// It was opened for a number that receives nothing, so the demands ask for what the policy then wants.
    pub(super) silent: bool,
    /// The turn whose lease it holds.
    pub(super) turn: u32,
    /// The first second in which no step is taken any more.
    pub(super) over_at: i64,
}

/// A case as it stands in the store.
pub(super) struct Kept {
    pub(super) case: Case,
    /// The signed receipt, once it was committed.
    pub(super) receipt: Option<Vec<u8>>,
}

/// The records of a case. A part of the record's key.
#[derive(Clone, Copy)]
pub(super) enum StepRecord {
    /// The act's row: its answer is the receipt.
    Opened,
    Proof(Part),
    Acknowledged,
    Confirmed,
}

impl StepRecord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Proof(part) => part.as_str(),
            Self::Acknowledged => "acknowledged",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Case {
    pub(super) fn over(&self) -> Timestamp {
        Timestamp::from_second(self.over_at).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn in_time(&self, now: Timestamp) -> Result<(), ChangeError> {
        if now.as_second() >= self.over_at { Err(ReasonCode::ActOver.into()) } else { Ok(()) }
    }

    /// Refuses another account or another change, which is the caller's fault, and a case whose time is over.
    pub(super) fn check(
        &self,
        secret: &LedgerSecret,
        (account, change): (&Account, &Change),
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        if Cancellation::subscription_mac(secret, account) != self.subscription_mac {
            return Err(ChangeError::OtherAccount);
        }
        self.is_of(secret, change)?;
        self.in_time(now)
    }

    pub(super) fn is_of(&self, secret: &LedgerSecret, change: &Change) -> Result<(), ChangeError> {
        if change.act() == self.act && change.mac(secret) == self.change_mac {
            Ok(())
        } else {
            Err(ChangeError::OtherChange)
        }
    }

    pub(super) fn key(&self, secret: &LedgerSecret, step: StepRecord) -> [u8; 32] {
        key(secret, &self.id, step)
    }

    /// Keeps a step's record, once.
    pub(super) fn record(
        &self,
        store: &dyn Store,
        secret: &LedgerSecret,
        step: StepRecord,
        json: &Json,
    ) -> Result<Put, ChangeError> {
        let until = self.over().checked_add(KEPT).unwrap_or(Timestamp::MAX);
        Ok(store.put(super::SPACE, &self.key(secret, step), &json.to_bytes(), until)?)
    }

    /// What a step recorded, when it was taken.
    pub(super) fn step(
        &self,
        store: &dyn Store,
        secret: &LedgerSecret,
        step: StepRecord,
    ) -> Result<Option<Json>, ChangeError> {
        let entry = store.get(super::SPACE, &self.key(secret, step))?;
        entry.map(|entry| parse(&entry.value)).transpose()
    }

    pub(super) fn to_json(&self) -> Json {
        let askings = self.askings.iter().map(|Asking { part, nonce, demand_hash }| {
            Json::object([
                ("part", part.as_str().into()),
                ("nonce", nonce.as_str().into()),
                ("demand_hash", demand_hash.as_str().into()),
            ])
        });
        let turn = (self.turn > 0).then(|| ("turn", i64::from(self.turn).into()));
        let members = [
            ("v", Json::from(1)),
            ("id", self.id.as_str().into()),
            ("act", self.act.as_str().into()),
            ("demands", Json::array(askings)),
            ("snapshot", self.snapshot.as_str().into()),
            ("fingerprint", encode(&self.fingerprint).into()),
            ("change_mac", encode(&self.change_mac).into()),
            ("number_mac", encode(&self.number_mac).into()),
            ("subscription_mac", encode(&self.subscription_mac).into()),
            ("silent", self.silent.into()),
            ("over_at", self.over_at.into()),
        ];
        Json::object(members.into_iter().chain(turn))
    }

    /// The case of that id and number.
    pub(super) fn load(
        store: &dyn Store,
        secret: &LedgerSecret,
        id: &str,
        number: &PhoneNumber,
    ) -> Result<Option<Kept>, ChangeError> {
        let Some(entry) = store.get(super::SPACE, &key(secret, id, StepRecord::Opened))? else {
            return Ok(None);
        };
        let json = parse(&entry.value)?;
        let case = Self::read(&json).map_err(|_| ChangeError::Record)?;
        if Cancellation::number_mac(secret, number) != case.number_mac {
            return Ok(None);
        }
        Ok(Some(Kept { case, receipt: entry.answer }))
    }

    fn read(json: &Json) -> Result<Self, JoseError> {
        let demands = json.member("demands").and_then(Json::as_array).ok_or(JoseError::Member("demands"))?;
        let asking = |json: &Json| {
            Ok(Asking {
                part: Part::from_name(json.text("part")?).ok_or(JoseError::Member("part"))?,
                nonce: json.text("nonce")?.to_owned(),
                demand_hash: json.text("demand_hash")?.to_owned(),
            })
        };
        Ok(Self {
            id: json.text("id")?.to_owned(),
            act: Act::from_name(json.text("act")?).ok_or(JoseError::Member("act"))?,
            askings: demands.iter().map(asking).collect::<Result<_, JoseError>>()?,
            snapshot: json.text("snapshot")?.to_owned(),
            fingerprint: bytes(json, "fingerprint")?,
            change_mac: bytes(json, "change_mac")?,
            number_mac: bytes(json, "number_mac")?,
            subscription_mac: bytes(json, "subscription_mac")?,
            silent: json.member("silent").and_then(Json::as_bool).ok_or(JoseError::Member("silent"))?,
            turn: turn(json)?,
            over_at: json.seconds("over_at")?,
        })
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case")
            .field("id", &self.id)
            .field("act", &self.act)
            .field("over_at", &self.over_at)
            .finish_non_exhaustive()
    }
}

/// A record of this version.
fn parse(value: &[u8]) -> Result<Json, ChangeError> {
    let json = Json::parse(value, MAX_RECORD).map_err(|_| ChangeError::Record)?;
    if json.seconds("v") == Ok(1) { Ok(json) } else { Err(ChangeError::Record) }
}

/// Under the secret, ids of any length make keys of one.
fn key(secret: &LedgerSecret, id: &str, step: StepRecord) -> [u8; 32] {
    secret.mac("change step", &[id.as_bytes(), step.as_str().as_bytes()])
}
