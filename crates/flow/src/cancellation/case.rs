//! A cancellation as it is kept: no number, no name, no value of the six items.

use jiff::{SignedDuration, Timestamp};

use super::{Account, CancellationError};
use crate::confirmation::{LedgerSecret, PhoneNumber};
use crate::jose::{JoseError, Json, decode, encode};
use crate::profile::ReasonCode;
use crate::store::{Entry, Put, Store};

/// Records are ours, and small.
const MAX_RECORD: usize = 256 * 1024;
/// How long after its end a case can still be looked up, before the store may drop it.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What every step needs to know of its case.
#[derive(Clone)]
pub(crate) struct Case {
    pub(super) id: String,
    /// The demand that the person's presentation answers.
    pub(super) nonce: String,
    pub(super) demand_hash: String,
    /// The signed snapshot, sealed.
    pub(super) snapshot: String,
    /// What the account was when it was sealed.
    pub(super) fingerprint: [u8; 32],
    /// HMAC of the number, and of number and subscription.
    pub(super) number_mac: [u8; 32],
    pub(super) subscription_mac: [u8; 32],
    pub(super) opened_at: i64,
    /// The first second in which no step is taken any more.
    pub(super) over_at: i64,
    /// Nobody stood at a desk: then the number confirms, or nothing is cancelled.
    pub(super) own_app: bool,
    /// The turn whose lease it holds.
    pub(super) turn: u32,
}

/// The steps that have a record of their own. A part of the record's key that is written and never read, so it needs no
/// [`names!`](realname_terms::names!).
#[derive(Clone, Copy)]
pub(super) enum StepRecord {
    Opened,
    /// A note only: the proof counts since the demand's own answer was recorded.
    Identified,
    Acknowledged,
    Confirmed,
}

impl StepRecord {
    fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Identified => "identified",
            Self::Acknowledged => "acknowledged",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Case {
    pub(crate) fn number_mac(secret: &LedgerSecret, number: &PhoneNumber) -> [u8; 32] {
        secret.mac("cancellation number", &[number.as_str().as_bytes()])
    }

    pub(crate) fn subscription_mac(secret: &LedgerSecret, account: &Account) -> [u8; 32] {
        let parts = [account.number.as_str().as_bytes(), account.subscription.as_bytes()];
        secret.mac("cancellation subscription", &parts)
    }

    /// Refuses another account, which is the caller's fault, and a case whose time is over.
    pub(super) fn check(
        &self,
        secret: &LedgerSecret,
        account: &Account,
        now: Timestamp,
    ) -> Result<(), CancellationError> {
        if Self::subscription_mac(secret, account) != self.subscription_mac {
            return Err(CancellationError::OtherAccount);
        }
        if now.as_second() >= self.over_at {
            return Err(ReasonCode::CancellationOver.into());
        }
        Ok(())
    }

    /// Keeps a step's record, once.
    pub(super) fn record(
        &self,
        store: &dyn Store,
        secret: &LedgerSecret,
        step: StepRecord,
        json: &Json,
    ) -> Result<Put, CancellationError> {
        let key = self.key(secret, step);
        Ok(store.put(super::SPACE, &key, &json.to_bytes(), self.kept_until())?)
    }

    pub(super) fn key(&self, secret: &LedgerSecret, step: StepRecord) -> [u8; 32] {
        step_key(secret, &self.id, step)
    }

    /// Until when its records are kept.
    pub(super) fn kept_until(&self) -> Timestamp {
        let over = Timestamp::from_second(self.over_at).unwrap_or(Timestamp::MAX);
        over.checked_add(KEPT).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn to_json(&self) -> Json {
        let members = [
            ("v", Json::from(1)),
            ("id", self.id.as_str().into()),
            ("nonce", self.nonce.as_str().into()),
            ("demand_hash", self.demand_hash.as_str().into()),
            ("snapshot", self.snapshot.as_str().into()),
            ("fingerprint", encode(&self.fingerprint).into()),
            ("number_mac", encode(&self.number_mac).into()),
            ("subscription_mac", encode(&self.subscription_mac).into()),
            ("opened_at", self.opened_at.into()),
            ("over_at", self.over_at.into()),
        ];
        let turn = (self.turn > 0).then(|| ("turn", i64::from(self.turn).into()));
        Json::object(members.into_iter().chain(self.own_app.then(|| ("own_app", true.into()))).chain(turn))
    }

    pub(super) fn load(
        store: &dyn Store,
        secret: &LedgerSecret,
        id: &str,
    ) -> Result<Option<Self>, CancellationError> {
        let Some(json) = step(store, secret, id, StepRecord::Opened)? else { return Ok(None) };
        let read = || {
            if json.seconds("v")? != 1 {
                return Err(JoseError::Member("v"));
            }
            Ok(Self {
                id: json.text("id")?.to_owned(),
                nonce: json.text("nonce")?.to_owned(),
                demand_hash: json.text("demand_hash")?.to_owned(),
                snapshot: json.text("snapshot")?.to_owned(),
                fingerprint: bytes(&json, "fingerprint")?,
                number_mac: bytes(&json, "number_mac")?,
                subscription_mac: bytes(&json, "subscription_mac")?,
                opened_at: json.seconds("opened_at")?,
                over_at: json.seconds("over_at")?,
                own_app: json.optional_bool("own_app")?.unwrap_or_default(),
                turn: turn(&json)?,
            })
        };
        read().map(Some).map_err(|_| CancellationError::Record)
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("over_at", &self.over_at).finish_non_exhaustive()
    }
}

/// What a step recorded, when it was taken.
pub(super) fn step(
    store: &dyn Store,
    secret: &LedgerSecret,
    id: &str,
    step: StepRecord,
) -> Result<Option<Json>, CancellationError> {
    store.get(super::SPACE, &step_key(secret, id, step))?.map(|entry| parse(&entry)).transpose()
}

pub(super) fn parse(entry: &Entry) -> Result<Json, CancellationError> {
    Json::parse(&entry.value, MAX_RECORD).map_err(|_| CancellationError::Record)
}

/// The case's id is random and could stand as it is; under the secret, ids of any length make keys of one.
fn step_key(secret: &LedgerSecret, id: &str, step: StepRecord) -> [u8; 32] {
    secret.mac("cancellation step", &[id.as_bytes(), step.as_str().as_bytes()])
}

/// Records of before there were turns have none: the first.
pub(crate) fn turn(json: &Json) -> Result<u32, JoseError> {
    let Some(_) = json.member("turn") else { return Ok(0) };
    u32::try_from(json.seconds("turn")?).map_err(|_| JoseError::Member("turn"))
}

pub(crate) fn bytes(json: &Json, name: &'static str) -> Result<[u8; 32], JoseError> {
    decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
}
