//! The steps between opening and receipt. Each value allows the next step and no other. A refused step may be tried again
//! with something better; a step that was taken is recorded once, whoever calls it again.

use jiff::Timestamp;

use super::case::{Case, StepRecord};
use super::snapshot::{Released, disclosures, fingerprint};
use super::{
    Account, Acknowledgement, CancellationError, Committed, Contract, HomeSide, Notice, Papers, Reach,
    commit, grant, notice,
};
use crate::confirmation::Question;
use crate::jose::Json;
use crate::profile::{Lang, Purpose, ReasonCode};
use crate::rely::{self, Limits};
use crate::sd_jwt::Disclosure;
use crate::store::{Put, Putting, Store};
use crate::trust::TrustList;

/// The service that a second confirmation of a cancellation is for.
pub const CANCEL_SERVICE: &str = "sim.cancel";

/// The desk was asked; the person isn't proven yet, and nothing of the account is shown.
#[derive(Clone, Debug)]
#[must_use]
pub struct Asked {
    pub(super) home: HomeSide,
    pub(super) case: Case,
}

/// The person is proven to be the holder: the account may be shown to them.
#[derive(Clone, Debug)]
#[must_use]
pub struct Identified {
    pub(super) home: HomeSide,
    pub(super) case: Case,
    pub(super) presentation_sha256: String,
}

/// The person acknowledged every notice, and nothing stands against the cancellation.
#[derive(Clone, Debug)]
#[must_use]
pub struct Acknowledged {
    identified: Identified,
    record: Json,
}

/// The number itself confirmed, or receives nothing any more: what is left is to commit.
#[derive(Debug)]
#[must_use]
pub struct Confirmed {
    acknowledged: Acknowledged,
    record: Json,
}

impl Asked {
    pub(super) fn new(home: HomeSide, case: Case) -> Self {
        Self { home, case }
    }

    /// The case's id: what [`HomeSide::resume`] finds it by.
    pub fn case(&self) -> &str {
        &self.case.id
    }

    /// Judges the presentation that the desk sent. It must answer this case's own demand, and is accepted once.
    ///
    /// Refused with the verdict's reasons: another person's card, however genuine (`holder_mismatch`), another case's
    /// presentation, one too late, one that was accepted before.
    pub fn identify(
        &self,
        store: &dyn Store,
        presentation: &str,
        list: &TrustList,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Identified, CancellationError> {
        let asked = self.demand(now)?;
        let answer = rely::answer(store, presentation, asked, list, now, limits)?;
        self.identified(store, answer)
    }

    /// The demand that is to be answered, while the case isn't over.
    pub(super) fn demand(&self, now: Timestamp) -> Result<rely::DemandRef<'_>, CancellationError> {
        if now.as_second() >= self.case.over_at {
            return Err(ReasonCode::CancellationOver.into());
        }
        Ok(rely::DemandRef::Nonce(&self.case.nonce))
    }

    /// What an answer to it means.
    pub(super) fn identified(
        &self,
        store: &dyn Store,
        answer: rely::Answer,
    ) -> Result<Identified, CancellationError> {
        match answer.record {
            Some(record) if answer.verdict.is_accepted() => {
                let presentation = record.presentation_sha256().ok_or(CancellationError::Record)?;
                let identified = Identified::new(self.clone(), presentation);
                // The demand's record ends with the demand, the case's with the case. Losing this one to a crash loses
                // nothing: `resume` looks at both.
                let note = Json::object([("presentation_sha256", presentation.into())]);
                let _ = self.case.record(store, &self.home.secret, StepRecord::Identified, &note)?;
                Ok(identified)
            }
            _ => Err(CancellationError::Refused(answer.verdict.reasons().to_vec())),
        }
    }
}

impl Identified {
    pub(super) fn new(asked: Asked, presentation_sha256: &str) -> Self {
        Self { home: asked.home, case: asked.case, presentation_sha256: presentation_sha256.to_owned() }
    }

    /// The case's id.
    pub fn case(&self) -> &str {
        &self.case.id
    }

    /// The six items, to be sent to the desk. Refused when the account changed since it was sealed.
    pub fn release(&self, account: &Account, now: Timestamp) -> Result<Released, CancellationError> {
        Ok(Released::new(&self.case.snapshot, &self.unchanged(account, now)?))
    }

    /// What the person must be told.
    pub fn notices(&self, account: &Account, lang: Lang) -> Vec<Notice> {
        notice::notices(account, lang)
    }

    /// Records that the person acknowledged every notice. Refused: a changed account; a contract in force, bills or
    /// arrears, which must be ended and paid first; a notice that is missing or was of another text.
    pub fn acknowledge(
        &self,
        store: &dyn Store,
        account: &Account,
        acknowledgements: &[Acknowledgement],
        now: Timestamp,
    ) -> Result<Acknowledged, CancellationError> {
        self.unchanged(account, now)?;
        let items = &account.items;
        let owing = !items.bills.is_free() || !items.arrears.is_free();
        let reasons: Vec<_> = [
            (items.contract != Contract::None, ReasonCode::ContractInForce),
            (owing, ReasonCode::ArrearsOpen),
            (
                !notice::complete(|lang| notice::notices(account, lang), acknowledgements),
                ReasonCode::NoticeMissing,
            ),
        ]
        .into_iter()
        .filter_map(|(stands, code)| stands.then_some(code.into()))
        .collect();
        if !reasons.is_empty() {
            return Err(CancellationError::Refused(reasons));
        }
        let record =
            Json::object([("at", now.as_second().into()), ("notices", notice::to_json(acknowledgements))]);
        match self.case.record(store, &self.home.secret, StepRecord::Acknowledged, &record)? {
            Put::Stored => Ok(Acknowledged::new(self.clone(), record)),
            _ => Err(ReasonCode::StepDone.into()),
        }
    }

    /// The account's disclosures, when it is what was sealed.
    fn unchanged(&self, account: &Account, now: Timestamp) -> Result<Vec<Disclosure>, CancellationError> {
        self.case.check(&self.home.secret, account, now)?;
        let disclosures = disclosures(&self.home.secret, &self.case.id, account)?;
        if fingerprint(&self.home.secret, account, &disclosures) != self.case.fingerprint {
            return Err(ReasonCode::SnapshotStale.into());
        }
        Ok(disclosures)
    }
}

impl Acknowledged {
    pub(super) fn new(identified: Identified, record: Json) -> Self {
        Self { identified, record }
    }

    /// The case's id.
    pub fn case(&self) -> &str {
        self.identified.case()
    }

    /// The question for the number itself, to be asked by a [`Confirmer`](crate::confirmation::Confirmer) of the home
    /// side. `None` when the number receives nothing.
    pub fn question(&self, account: &Account, lang: Lang) -> Option<Question> {
        if account.reach != Reach::Receives {
            return None;
        }
        let text = match (lang, self.identified.case.own_app) {
            (Lang::Zh, false) => "您的号码正在异地办理销户，90天后可能分配给他人",
            (Lang::Zh, true) => "您的号码正在网上办理销户，90天后可能分配给他人",
            (Lang::En, false) => {
                "Your number is being cancelled from another province and may be given to somebody else after 90 days"
            }
            (Lang::En, true) => {
                "Your number is being cancelled online and may be given to somebody else after 90 days"
            }
        };
        grant::question(account, &Purpose::SimCancel, text)
    }

    /// Records the second confirmation: the grant, used up for this case, where the number receives; that it doesn't, and
    /// why, where the home network says so.
    ///
    /// Refused: a missing grant (`confirmation_missing`), in the owner's own app always; one of another number, service, day or asker; one that another
    /// case used (`grant_used`); a changed account.
    pub fn confirm(
        &self,
        store: &dyn Store,
        account: &Account,
        grant: Option<&str>,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Confirmed, CancellationError> {
        self.identified.unchanged(account, now)?;
        let (home, case) = (&self.identified.home, &self.identified.case);
        let how = match (account.reach, grant) {
            (Reach::Receives, None) => return Err(ReasonCode::ConfirmationMissing.into()),
            (_, None) if case.own_app => return Err(ReasonCode::ConfirmationMissing.into()),
            (_, Some(grant)) => (
                "grant",
                grant::redeem(home, store, account, &Purpose::SimCancel, (grant, list), &case.id, now)?,
            ),
            (reach, None) => ("unreachable", reach.as_str().to_owned()),
        };
        let record = Json::object([("at", now.as_second().into()), (how.0, how.1.into())]);
        match case.record(store, &home.secret, StepRecord::Confirmed, &record)? {
            Put::Stored => Ok(Confirmed::new(self.clone(), record)),
            _ => Err(ReasonCode::StepDone.into()),
        }
    }
}

impl Confirmed {
    pub(super) fn new(acknowledged: Acknowledged, record: Json) -> Self {
        Self { acknowledged, record }
    }

    /// The case's id.
    pub fn case(&self) -> &str {
        self.acknowledged.case()
    }

    /// Cancels: looks once more that nothing changed, and signs the receipt that starts the 90 days. Recorded once per
    /// subscription, whatever number of cases and processes try.
    ///
    /// Refused: a changed account or holder; a number that didn't confirm because it received nothing, and receives now.
    ///
    /// Call it where the home side's own systems can't change in between: read the account, commit, and remove the number
    /// in one transaction of theirs. When that transaction fails after this step, [`HomeSide::resume`] gives the same
    /// receipt again, and the removal is repeated.
    pub fn commit(
        &self,
        store: &dyn Store,
        account: &Account,
        now: Timestamp,
    ) -> Result<Committed, CancellationError> {
        self.commit_with(store, account, &Papers::default(), now)
    }

    /// As [`commit`](Self::commit), with a receipt that binds the digests of papers that are there by now. Of a case that was committed
    /// before it is the earlier receipt, with the papers of then.
    pub fn commit_with(
        &self,
        store: &dyn Store,
        account: &Account,
        papers: &Papers,
        now: Timestamp,
    ) -> Result<Committed, CancellationError> {
        let signed = self.sign(account, papers, now)?;
        let Putting { space, key, value, expires_at } = signed.putting();
        let put = store.put(space, key, value, expires_at)?;
        signed.recorded(put, store)
    }

    /// The demand that the person answered.
    pub(super) fn nonce(&self) -> &str {
        &self.acknowledged.identified.case.nonce
    }

    /// Looks once more that nothing changed, and signs.
    pub(super) fn sign<'a>(
        &'a self,
        account: &'a Account,
        papers: &Papers,
        now: Timestamp,
    ) -> Result<commit::Signed<'a>, CancellationError> {
        let identified = &self.acknowledged.identified;
        identified.unchanged(account, now)?;
        // It received nothing when it was to confirm, and does now: then it has to confirm.
        if account.reach == Reach::Receives && self.record.member("grant").is_none() {
            return Err(ReasonCode::ConfirmationMissing.into());
        }
        let proofs = commit::Proofs {
            presentation_sha256: &identified.presentation_sha256,
            acknowledged: &self.acknowledged.record,
            confirmed: &self.record,
            papers,
        };
        commit::sign(&identified.home, &identified.case, &proofs, account, now)
    }
}
