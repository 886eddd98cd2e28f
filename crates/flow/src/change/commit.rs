//! The one step that can't be taken back.

use jiff::Timestamp;

use super::case::{Case, StepRecord};
use super::proof::Proof;
use super::{Act, CARDS, Change, ChangeError, receipt};
use crate::cancellation::{self, Account, Committed, HomeSide, Receipt, snapshot};
use crate::confirmation::{LedgerSecret, NaturalDay};
use crate::jose::{self, Json, encode, random_id};
use crate::profile::{CHANGE_TYP, ReasonCode};
use crate::sd_jwt::{Disclosure, conceal};
use crate::store::{Answered, AnsweredAll, Answering, Claim, Store, StoreError};

/// What the steps before left, and the receipt binds.
pub(super) struct Proofs<'a> {
    pub(super) proofs: &'a [Proof],
    pub(super) acknowledged: &'a Json,
    pub(super) confirmed: &'a Json,
}

/// The receipt, when it was done before.
pub(super) fn done(
    case: &Case,
    store: &dyn Store,
    secret: &LedgerSecret,
    (account, change): (&Account, &Change),
) -> Result<Option<Receipt>, ChangeError> {
    let kept = Case::load(store, secret, &case.id, account.number())?;
    let Some(receipt) = kept.and_then(|kept| kept.receipt) else { return Ok(None) };
    case.is_of(secret, change)?;
    receipt::restore(secret, &receipt, &case.id, (account.number(), change)).map(Some)
}

/// A receipt that was signed, and counts once it is recorded with the answers to all demands: all of it or nothing.
pub(super) struct Signed<'a> {
    home: &'a HomeSide,
    case: &'a Case,
    proofs: &'a [Proof],
    whose: (&'a Account, &'a Change),
    disclosures: Vec<Disclosure>,
    jws: String,
}

/// Signs the receipt.
pub(super) fn sign<'a>(
    home: &'a HomeSide,
    case: &'a Case,
    proofs: &Proofs<'a>,
    (account, change): (&'a Account, &'a Change),
    now: Timestamp,
) -> Result<Signed<'a>, ChangeError> {
    let disclosures = receipt::disclosures(&home.secret, &case.id, (account.number(), change))?;
    let proven = proofs.proofs.iter().map(|Proof { asking, record, .. }| {
        let sha256 = record.presentation_sha256().ok_or(ChangeError::Record)?;
        Ok(Json::object([
            ("part", asking.part.as_str().into()),
            ("demand_hash", asking.demand_hash.as_str().into()),
            ("presentation_sha256", sha256.into()),
        ]))
    });
    let proven: Vec<Json> = proven.collect::<Result<_, ChangeError>>()?;
    let mut members = vec![
        ("iss", Json::from(home.iss.as_str())),
        ("jti", random_id()?.into()),
        ("iat", now.as_second().into()),
        ("env", home.env.as_str().into()),
        ("case", case.id.as_str().into()),
        ("act", case.act.as_str().into()),
        ("changed_on", NaturalDay::of(now).to_string().into()),
        ("snapshot", encode(&snapshot::digest(&case.snapshot)).into()),
        ("proofs", Json::Array(proven)),
        ("_sd_alg", "sha-256".into()),
        ("_sd", conceal(&disclosures, disclosures.len())?),
    ];
    for (of, name) in
        [(proofs.confirmed, "grant"), (proofs.confirmed, "unreachable"), (proofs.acknowledged, "notices")]
    {
        members.extend(of.member(name).map(|how| (name, how.clone())));
    }
    let jws = jose::sign(&*home.signer, CHANGE_TYP, [], &Json::object(members))?;
    Ok(Signed { home, case, proofs: proofs.proofs, whose: (account, change), disclosures, jws })
}

impl Signed<'_> {
    /// The receipt without its disclosures.
    pub(super) fn receipt(&self) -> &str {
        &self.jws
    }

    /// Takes the step that `record` is in a store.
    pub(super) fn record(
        &self,
        record: impl FnOnce(&[Answering<'_>]) -> Result<AnsweredAll, StoreError>,
    ) -> Result<AnsweredAll, ChangeError> {
        let Self { home, case, jws, proofs, .. } = self;
        // A transfer ends the giver's having of the number, under the very key that a cancellation would: of the two, one happens.
        let ended =
            Json::object([("v", 1.into()), ("case", case.id.as_str().into()), ("receipt", "".into())])
                .to_bytes();
        let claim = match case.act {
            Act::Transfer => Claim { space: cancellation::SPACE, key: &case.subscription_mac, by: &ended },
            Act::Replacement => Claim { space: CARDS, key: &case.change_mac, by: case.id.as_bytes() },
        };
        let key = case.key(&home.secret, StepRecord::Opened);
        // The number stays with its holder, so what was leased on it is given back here. A transfer leaves nothing to lease.
        let turns_end = home.turns_end((&case.subscription_mac, case.turn));
        let given_back = Claim { space: cancellation::SPACE, key: &turns_end, by: case.id.as_bytes() };
        let given_back = (case.act == Act::Replacement).then_some(given_back);
        let row = Answering { space: super::SPACE, key: &key, answer: jws.as_bytes(), claim: Some(claim) };
        let demands = proofs.iter().map(|Proof { asking, bytes, .. }| Answering {
            space: crate::demand::SPACE,
            key: asking.nonce.as_bytes(),
            answer: bytes,
            claim: given_back,
        });
        let all: Vec<Answering<'_>> = std::iter::once(row).chain(demands).collect();
        Ok(record(&all)?)
    }

    /// What it means that it was recorded, or why it wasn't.
    pub(super) fn recorded(self, answered: AnsweredAll) -> Result<Committed, ChangeError> {
        match answered {
            AnsweredAll::Recorded => Ok(Committed::Now(Receipt::with(self.jws, &self.disclosures))),
            AnsweredAll::Not { index: 0, found: Answered::Already(done) } => {
                let whose = (self.whose.0.number(), self.whose.1);
                let receipt = receipt::restore(&self.home.secret, &done, &self.case.id, whose)?;
                Ok(Committed::Before(receipt))
            }
            AnsweredAll::Not { index, found } => Err(why(self.case.act, index, &found).into()),
        }
    }
}

fn why(act: Act, index: usize, found: &Answered) -> ReasonCode {
    match (index, found) {
        (0, Answered::Claimed) if act == Act::Replacement => ReasonCode::CardUsed,
        (0, Answered::Claimed) => ReasonCode::CancellationDone,
        (_, Answered::Already(_)) => ReasonCode::AlreadyAnswered,
        // Another act ended the turn: this one's lease had run out meanwhile.
        (_, Answered::Expired | Answered::Claimed) => ReasonCode::ActOver,
        (_, Answered::Recorded | Answered::Unknown) => ReasonCode::DemandUnknown,
    }
}
