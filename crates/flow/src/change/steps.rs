//! The steps between opening and receipt. Each value allows the next step and no other. A refused step may be tried again with something
//! better; a step that was taken is recorded once, whoever calls it again.

use jiff::Timestamp;

use super::case::{Case, StepRecord};
use super::proof::Proof;
use super::{Act, Change, ChangeError, Changes, Part, commit, notice, snapshot};
use crate::cancellation::notice as acknowledging;
use crate::cancellation::snapshot::fingerprint;
use crate::cancellation::{
    Account, Acknowledgement, Committed, Contract, Notice, Reach, Released, grant as confirming,
};
use crate::confirmation::Question;
use crate::jose::Json;
use crate::profile::{Lang, Reason, ReasonCode};
use crate::rely::Limits;
use crate::sd_jwt::Disclosure;
use crate::store::{Put, Store};
use crate::trust::TrustList;

/// The desks were asked; somebody isn't proven yet, and nothing of the account is shown.
#[derive(Clone, Debug)]
#[must_use]
pub struct Opened {
    pub(super) changes: Changes,
    pub(super) case: Case,
}

/// What a proof led to.
#[derive(Debug)]
#[must_use]
#[allow(clippy::exhaustive_enums, reason = "somebody is missing or nobody is")]
pub enum Arrived {
    /// Somebody else's is missing.
    Waiting(Opened),
    /// Everybody is proven.
    Proven(Proven),
}

/// Everybody is proven: the account may be shown to them.
#[must_use]
pub struct Proven {
    pub(super) changes: Changes,
    pub(super) case: Case,
    pub(super) proofs: Vec<Proof>,
}

/// The notices are acknowledged, and nothing stands against the act.
#[derive(Debug)]
#[must_use]
pub struct Acknowledged {
    pub(super) proven: Proven,
    pub(super) record: Json,
}

/// The number itself confirmed, or receives nothing and the policy's other checks passed: what is left is to commit.
#[derive(Debug)]
#[must_use]
pub struct Confirmed {
    pub(super) acknowledged: Acknowledged,
    pub(super) record: Json,
}

impl Opened {
    /// The case's id: what [`Changes::resume`] finds it by.
    pub fn case(&self) -> &str {
        &self.case.id
    }

    /// Judges a presentation that a desk sent, and keeps it. It says itself which part's demand it answers; of a transfer either may be the
    /// first. The one that is kept already may be sent again. Its demand is answered in the commit.
    ///
    /// Refused with the verdict's reasons: another person's card (`holder_mismatch`), one too late (`demand_expired`). Another act's, or
    /// none of this case's: `act_mismatch`. A second one for the same part: `step_done`. The other part's stays.
    pub fn accept(
        &self,
        store: &dyn Store,
        presentation: &str,
        list: &TrustList,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Arrived, ChangeError> {
        let secret = &self.changes.home.secret;
        Proof::take(&self.case, store, secret, (presentation, list, limits), now)?;
        Ok(self.clone().arrived(Proof::all(&self.case, store, secret)?))
    }

    pub(super) fn arrived(self, proofs: Vec<Proof>) -> Arrived {
        if proofs.len() < self.case.askings.len() {
            return Arrived::Waiting(self);
        }
        Arrived::Proven(Proven { changes: self.changes, case: self.case, proofs })
    }

    /// Whose proof is missing.
    pub fn missing(&self, store: &dyn Store) -> Result<Vec<Part>, ChangeError> {
        let proofs = Proof::all(&self.case, store, &self.changes.home.secret)?;
        let came = |part: &Part| proofs.iter().any(|proof| proof.asking.part == *part);
        Ok(self.case.askings.iter().map(|asking| asking.part).filter(|part| !came(part)).collect())
    }
}

impl Proven {
    /// The case's id.
    pub fn case(&self) -> &str {
        &self.case.id
    }

    /// Whose proof that presentation is.
    pub fn part_of(&self, presentation: &str) -> Option<Part> {
        let proof = self.proofs.iter().find(|proof| proof.is_of(presentation))?;
        Some(proof.asking.part)
    }

    /// What the desk of that part is sent. Refused when the account changed since it was sealed.
    pub fn release(
        &self,
        (account, change): (&Account, &Change),
        part: Part,
        now: Timestamp,
    ) -> Result<Released, ChangeError> {
        let disclosures = self.unchanged((account, change), now)?;
        Ok(snapshot::release(&self.case.snapshot, part, &disclosures))
    }

    /// What giver and taker must be told.
    pub fn notices(&self, (account, change): (&Account, &Change), lang: Lang) -> Vec<Notice> {
        notice::notices(account, change, lang)
    }

    /// Records that every notice was acknowledged. Refused: a changed account; of a transfer a contract in force, bills or arrears, which
    /// must be ended and paid first, and a taker who gets no number; a notice that is missing or was of another text.
    pub fn acknowledge(
        &self,
        store: &dyn Store,
        (account, change): (&Account, &Change),
        acknowledgements: &[Acknowledgement],
        now: Timestamp,
    ) -> Result<Acknowledged, ChangeError> {
        self.unchanged((account, change), now)?;
        let mut reasons = stands_against(account, change);
        if !acknowledging::complete(|lang| notice::notices(account, change, lang), acknowledgements) {
            reasons.push(ReasonCode::NoticeMissing.into());
        }
        if !reasons.is_empty() {
            return Err(ChangeError::Refused(reasons));
        }
        let record = Json::object([
            ("v", 1.into()),
            ("at", now.as_second().into()),
            ("notices", acknowledging::to_json(acknowledgements)),
        ]);
        match self.case.record(store, &self.changes.home.secret, StepRecord::Acknowledged, &record)? {
            Put::Stored => Ok(Acknowledged { proven: self.clone(), record }),
            Put::Exists => Err(ReasonCode::StepDone.into()),
        }
    }

    /// The account's disclosures, when it is what was sealed.
    pub(super) fn unchanged(
        &self,
        (account, change): (&Account, &Change),
        now: Timestamp,
    ) -> Result<Vec<Disclosure>, ChangeError> {
        let secret = &self.changes.home.secret;
        self.case.check(secret, (account, change), now)?;
        let disclosures = snapshot::disclosures(secret, &self.case.id, (account, change))?;
        if fingerprint(secret, account, &disclosures) != self.case.fingerprint {
            return Err(ReasonCode::SnapshotStale.into());
        }
        Ok(disclosures)
    }
}

/// What must be settled before a number changes hands. A new card changes nothing that is owed.
fn stands_against(account: &Account, change: &Change) -> Vec<Reason> {
    if change.act() == Act::Replacement {
        return Vec::new();
    }
    let items = account.items();
    let owing = !items.bills.is_free() || !items.arrears.is_free();
    let contract = (items.contract != Contract::None).then_some(ReasonCode::ContractInForce);
    let owing = owing.then_some(ReasonCode::ArrearsOpen);
    [contract, owing, change.refused(account)].into_iter().flatten().map(Reason::from).collect()
}

impl Acknowledged {
    /// The case's id.
    pub fn case(&self) -> &str {
        self.proven.case()
    }

    /// The question for the number itself, to be asked by a [`Confirmer`](crate::confirmation::Confirmer) of the home side. `None` when the
    /// number receives nothing.
    pub fn question(&self, account: &Account, lang: Lang) -> Option<Question> {
        if account.reach() != Reach::Receives {
            return None;
        }
        let act = self.proven.case.act;
        let text = match (act, lang) {
            (Act::Replacement, Lang::Zh) => "您的号码正在异地办理补换卡，办理后本卡将停用",
            (Act::Replacement, Lang::En) => {
                "A new card is being made for your number in another province; this one will stop working"
            }
            (Act::Transfer, Lang::Zh) => "您的号码正在异地办理过户，办理后将归他人所有",
            (Act::Transfer, Lang::En) => {
                "Your number is being transferred to somebody else from another province"
            }
        };
        confirming::question(account, &act.purpose(), text)
    }

    /// Records the second confirmation: the grant, used up for this case, where the number receives; why it doesn't, where the home network
    /// says so and the demands asked for what the policy then wants.
    ///
    /// Refused: a missing grant (`confirmation_missing`); one of another number, service, day or asker; one that another case used
    /// (`grant_used`); a number that fell silent after its demands were made (`snapshot_stale`); a changed account.
    pub fn confirm(
        &self,
        store: &dyn Store,
        (account, change): (&Account, &Change),
        grant: Option<(&str, &TrustList)>,
        now: Timestamp,
    ) -> Result<Confirmed, ChangeError> {
        self.proven.unchanged((account, change), now)?;
        let (home, case) = (&self.proven.changes.home, &self.proven.case);
        let how = match (account.reach(), grant) {
            (_, Some(grant)) => {
                let purpose = case.act.purpose();
                ("grant", confirming::redeem(home, store, account, &purpose, grant, &case.id, now)?)
            }
            (Reach::Receives, None) => return Err(ReasonCode::ConfirmationMissing.into()),
            (_, None) if !case.silent => return Err(ReasonCode::SnapshotStale.into()),
            (reach, None) => ("unreachable", reach.as_str().to_owned()),
        };
        let record = Json::object([("v", 1.into()), ("at", now.as_second().into()), (how.0, how.1.into())]);
        match case.record(store, &home.secret, StepRecord::Confirmed, &record)? {
            Put::Stored => Ok(Confirmed { acknowledged: self.clone(), record }),
            Put::Exists => Err(ReasonCode::StepDone.into()),
        }
    }
}

impl Confirmed {
    /// The case's id.
    pub fn case(&self) -> &str {
        self.acknowledged.case()
    }

    /// Does it: looks once more that nothing changed, judges everybody's record once more by this trust list, and answers the act's row
    /// and the demands of all parts in **one** step, with the signed receipt. Once, whatever number of processes try; a repeat gives the
    /// same receipt. A card serves one replacement, and a subscription ends once, whether by a transfer or a cancellation.
    ///
    /// Refused: a changed account, holder or taker; a number that didn't confirm because it received nothing, and receives now; a proof
    /// whose issuer isn't trusted any more; a demand that was answered elsewhere (`already_answered`); a card that was given out before
    /// (`card_used`); a subscription that ended (`cancellation_done`).
    ///
    /// Switch card or holder in the home side's own systems after this step: when that fails, [`Changes::resume`] gives the same receipt.
    pub fn commit(
        &self,
        store: &dyn Store,
        (account, change): (&Account, &Change),
        (list, limits): (&TrustList, &Limits),
        now: Timestamp,
    ) -> Result<Committed, ChangeError> {
        if let Some(before) = self.before(store, (account, change))? {
            return Ok(before);
        }
        let signed = self.sign((account, change), (list, limits), now)?;
        let answered = signed.record(|all| store.answer_all(all, now))?;
        signed.recorded(answered)
    }

    /// A repeat is told what was done, however late it comes.
    pub(super) fn before(
        &self,
        store: &dyn Store,
        (account, change): (&Account, &Change),
    ) -> Result<Option<Committed>, ChangeError> {
        let proven = &self.acknowledged.proven;
        let secret = &proven.changes.home.secret;
        let done = commit::done(&proven.case, store, secret, (account, change))?;
        Ok(done.map(Committed::Before))
    }

    /// What everybody proved.
    pub(super) fn proofs(&self) -> &[Proof] {
        &self.acknowledged.proven.proofs
    }

    /// Looks once more that nothing changed, and signs.
    pub(super) fn sign<'a>(
        &'a self,
        (account, change): (&'a Account, &'a Change),
        (list, limits): (&TrustList, &Limits),
        now: Timestamp,
    ) -> Result<commit::Signed<'a>, ChangeError> {
        let proven = &self.acknowledged.proven;
        proven.unchanged((account, change), now)?;
        let mut reasons = stands_against(account, change);
        // It received nothing when it was to confirm, and does now: then it has to confirm.
        if account.reach() == Reach::Receives && self.record.member("grant").is_none() {
            reasons.push(ReasonCode::ConfirmationMissing.into());
        }
        let audits = proven.proofs.iter().map(|proof| proof.record.audit(list, limits));
        reasons.extend(audits.flat_map(|verdict| verdict.reasons().to_vec()));
        if !reasons.is_empty() {
            return Err(ChangeError::Refused(reasons));
        }
        let proofs = commit::Proofs {
            proofs: &proven.proofs,
            acknowledged: &self.acknowledged.record,
            confirmed: &self.record,
        };
        commit::sign(&proven.changes.home, &proven.case, &proofs, (account, change), now)
    }
}

impl Clone for Proven {
    fn clone(&self) -> Self {
        Self { changes: self.changes.clone(), case: self.case.clone(), proofs: self.proofs.clone() }
    }
}

impl Clone for Acknowledged {
    fn clone(&self) -> Self {
        Self { proven: self.proven.clone(), record: self.record.clone() }
    }
}

impl std::fmt::Debug for Proven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proven").field("case", &self.case).finish_non_exhaustive()
    }
}
