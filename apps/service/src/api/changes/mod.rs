//! A new card or a new holder for a number, step by step. Account, and card or taker, come with each step, read anew by the home's own systems.

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::cancellation::{Account, Acknowledgement, Beside};
use realname::change::{Act, Arrived, Change, ChangeError, ChangeOpening, Changes, Changing, Proven, Stage};
use realname::demand::PendingDemand;
use realname::document::Personal;
use realname::profile::ReasonCode;
use realname::rely::{Limits, Telling};
use realname::store::{Space, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::forms::{
    ChangeCommit, ChangeConfirm, ChangeIdentification, ChangeProof, ChangeRefused, DemandOf, Step, settled,
};
use super::cancellations::forms::{Committal, ConfirmationStep, NoticeShown, Read};
use super::cancellations::lang;
use super::confirmations::{self, Word};
use super::{order, telling};
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, answer};
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::scope::Scope;
use crate::tokens::Caller;

mod forms;
pub(crate) mod replacements;
pub(crate) mod transfers;

/// Whose a case is, by act and id, and its receipt once it was committed: signed, and without the number.
const SPACE: Space = Space::new("change_case");
/// How long a case is found.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// A case of the caller's own.
struct Own<'a> {
    operator: &'a Operator,
    changes: Changes,
    act: Act,
    id: &'a str,
    principal: &'a str,
    now: Timestamp,
}

impl<'a> Own<'a> {
    fn find(operator: &'a Operator, caller: &'a Caller, act: Act, id: &'a str) -> Result<Self, Refusal> {
        let changes = operator.changes()?;
        if id.is_empty() || id.len() > 64 {
            return Err(Refusal::NotFound);
        }
        let principal = caller.grant.principal.as_str();
        let entry = operator.store.get(SPACE, &place(act, id))?.ok_or(Refusal::NotFound)?;
        if entry.value.as_slice() != principal.as_bytes() {
            return Err(Refusal::NotFound);
        }
        Ok(Self { operator, changes, act, id, principal, now: now() })
    }

    fn stage(&self, (account, change): (&Account, &Change)) -> Result<Stage, Refusal> {
        let whose = (account.number(), change);
        let stage = self.changes.resume(self.operator.store.as_ref(), self.id, whose)?;
        stage.ok_or(ChangeError::OtherAccount.into())
    }
}

fn place(act: Act, id: &str) -> Vec<u8> {
    format!("{act}:{id}").into_bytes()
}

/// Opens a case, and tells of it with the demands of its parts in their order.
async fn open<T, O>(
    app: App,
    request: Request,
    read: impl FnOnce(&T) -> Result<(Account, Change, ChangeOpening), Refusal> + Send + 'static,
    shown: impl FnOnce(String, Vec<DemandOf>) -> Option<O> + Send + 'static,
) -> Result<Response, Refusal>
where
    T: DeserializeOwned + Send + 'static,
    O: Serialize,
{
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<T>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let (status, told) = app
        .pool
        .run(move || {
            let (now, store, changes) = (now(), operator.store.as_ref(), operator.changes()?);
            let (account, change, opening) = read(&wanted)?;
            let whose = (&account, &change);
            let told =
                once.run(store, now, |seed| begin(&changes, store, whose, &opening, (&caller, seed), now))?;
            let Some(id) = told.of["case"].as_str() else { return Ok((told.status, told.of)) };
            let nonces = told.of["nonces"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let demands = nonces.map(|nonce| demand(store, nonce)).collect::<Result<_, _>>()?;
            let opened = shown(id.to_owned(), demands).ok_or(Refusal::Internal)?;
            Ok((told.status, json!(opened)))
        })
        .await?;
    Ok(answer(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), &told))
}

fn begin(
    changes: &Changes,
    store: &dyn Store,
    whose: (&Account, &Change),
    opening: &ChangeOpening,
    (caller, seed): (&Caller, &Seed),
    now: Timestamp,
) -> Result<Told, Refusal> {
    let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
    let principal = &caller.grant.principal;
    // Case and owner are one step, and named by the seed: whoever was cut off after it finds the case again, and nobody's blocks a number.
    let beside = |case: &str, nonces: &[&str]| {
        let (key, value) = (place(whose.1.act(), case), principal.as_bytes().to_vec());
        let case = Beside { space: SPACE, key, value, expires_at: end };
        std::iter::once(case).chain(nonces.iter().map(|nonce| order::owned(nonce, principal, end))).collect()
    };
    let (opened, asked) = match changes.open_as(store, whose, opening, seed.bits, now, beside) {
        Ok(opened) => opened,
        Err(error) => return Ok(Told { status: 200, of: json!(ChangeRefused::new(settled(error)?)) }),
    };
    let nonces: Vec<&str> = asked.iter().map(|asked| asked.demand.nonce()).collect();
    Ok(Told { status: 201, of: json!({ "case": opened.case(), "nonces": nonces }) })
}

fn demand(store: &dyn Store, nonce: &str) -> Result<DemandOf, Refusal> {
    let kept = PendingDemand::load(store, nonce)?.ok_or(Refusal::Internal)?.pending;
    let demand = kept.text().ok_or(Refusal::Internal)?.as_str().to_owned();
    Ok(DemandOf { nonce: nonce.to_owned(), demand, expires_at: kept.expires_at() })
}

/// A step of a case: decode, ask the library, encode.
async fn step<T: DeserializeOwned + Send + 'static, O: Serialize + Send + 'static>(
    (app, act, id): (App, Act, String),
    request: Request,
    take: fn(&Own<'_>, &T) -> Result<O, Refusal>,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (came, _) = call.json::<T>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app.pool.run(move || take(&Own::find(&operator, &caller, act, &id)?, &came)).await?;
    app.take_events();
    Ok(answer(StatusCode::OK, &told))
}

fn prove(own: &Own<'_>, came: &ChangeProof) -> Result<ChangeIdentification, Refusal> {
    let (account, change) = came.whose()?;
    let store = own.operator.store.as_ref();
    let proven = match own.stage((&account, &change))? {
        Stage::Opened(opened) => {
            let trust = own.operator.trust(own.now)?;
            match opened.accept(store, &came.presentation, &trust.list, &Limits::default(), own.now) {
                Ok(Arrived::Proven(proven)) => proven,
                Ok(Arrived::Waiting(opened)) => {
                    let missing = opened.missing(store)?.into_iter().map(|part| part.as_str()).collect();
                    return Ok(ChangeIdentification::Waiting { missing });
                }
                Err(error) => return Ok(ChangeIdentification::Refused { reasons: settled(error)? }),
            }
        }
        // The step is asked for a second time: by the desk that came first, or after an answer that got lost on the way.
        Stage::Proven(proven) => proven,
        _ => return Err(Refusal::NotYet { missing: "the notices were acknowledged already" }),
    };
    show(own, &proven, (&account, &change), came)
}

fn show(
    own: &Own<'_>,
    proven: &Proven,
    whose: (&Account, &Change),
    came: &ChangeProof,
) -> Result<ChangeIdentification, Refusal> {
    let Some(part) = proven.part_of(&came.presentation) else {
        return Ok(ChangeIdentification::Refused { reasons: vec![ReasonCode::StepDone.into()] });
    };
    let released = match proven.release(whose, part, own.now) {
        Ok(released) => released,
        Err(error) => return Ok(ChangeIdentification::Refused { reasons: settled(error)? }),
    };
    let notices = proven.notices(whose, lang(came.locale.as_deref()));
    let notices = notices.into_iter().map(NoticeShown::new).collect();
    Ok(ChangeIdentification::Proven { snapshot: released.as_str().to_owned(), notices })
}

fn confirm(own: &Own<'_>, came: &ChangeConfirm) -> Result<ConfirmationStep, Refusal> {
    let (account, change) = came.whose()?;
    let (whose, store) = ((&account, &change), own.operator.store.as_ref());
    let acknowledged = match own.stage(whose)? {
        Stage::Opened(_) => return Err(Refusal::NotYet { missing: "everybody's proof comes first" }),
        Stage::Proven(proven) => {
            let read: Vec<Acknowledgement> =
                came.acknowledged.iter().map(Read::acknowledgement).collect::<Result<_, _>>()?;
            match proven.acknowledge(store, whose, &read, own.now) {
                Ok(acknowledged) => acknowledged,
                Err(error) => return Ok(ConfirmationStep::Refused { reasons: settled(error)? }),
            }
        }
        Stage::Acknowledged(acknowledged) => acknowledged,
        _ => return Ok(ConfirmationStep::Confirmed),
    };
    let trust = own.operator.trust(own.now)?;
    let grant = came.grant.as_ref().map(Personal::as_str);
    let mut found = None;
    let lang = lang(came.locale.as_deref());
    if grant.is_none()
        && let Some(question) = acknowledged.question(&account, lang)
    {
        let purpose = own.act.purpose();
        let about = (account.number(), purpose.as_str());
        match confirmations::put_question(own.operator, question, about, own.principal, lang, own.now)? {
            Word::Waiting(confirmation) => return Ok(ConfirmationStep::Waiting { confirmation }),
            Word::Granted(grant) => found = Some(grant),
            Word::No(code) => return Ok(ConfirmationStep::refused(code)),
        }
    }
    let grant = grant.or(found.as_deref()).map(|grant| (grant, &trust.list));
    match acknowledged.confirm(store, whose, grant, own.now) {
        Ok(_) => Ok(ConfirmationStep::Confirmed),
        Err(error) => Ok(ConfirmationStep::Refused { reasons: settled(error)? }),
    }
}

fn finish(own: &Own<'_>, came: &ChangeCommit) -> Result<Committal, Refusal> {
    let (account, change) = came.whose()?;
    let (whose, store) = ((&account, &change), own.operator.store.as_ref());
    let receipt = match own.stage(whose)? {
        Stage::Committed(receipt) => receipt,
        Stage::Confirmed(confirmed) => {
            let trust = own.operator.trust(own.now)?;
            let trusted = (&trust.list, &Limits::default());
            let told = |changing: &Changing<'_>| tell(own, changing);
            match confirmed.commit_telling(store, whose, trusted, own.now, told) {
                Ok(committed) => committed.receipt().clone(),
                Err(Refusal::Change(error)) => return Ok(Committal::Refused { reasons: settled(error)? }),
                Err(other) => return Err(other),
            }
        }
        _ => return Err(Refusal::NotYet { missing: "proof, notices and confirmation come first" }),
    };
    // What stands here is signed and names no number; after a crash before it, the same step tells it again.
    let _ = store.answer(SPACE, &place(own.act, own.id), receipt.record().as_bytes(), own.now)?;
    Ok(Committal::Committed { receipt: receipt.as_str().to_owned() })
}

/// The journal's events, where there is one. Refuses the proof of an agent or a terminal that may not sell by now.
fn tell(own: &Own<'_>, changing: &Changing<'_>) -> Result<Vec<Telling<'static>>, Refusal> {
    let Some(book) = &own.operator.book else { return Ok(Vec::new()) };
    let proofs = changing.proofs(book.key(own.now));
    proofs.iter().try_for_each(|event| book.admit(event))?;
    telling::waiting(proofs.into_iter().chain([changing.event()]))
}

/// The receipt of a case that was committed.
async fn receipt((app, act, id): (App, Act, String), request: Request) -> Result<Response, Refusal> {
    let call = Call::admit(&app, request, Scope::Demand).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let own = Own::find(&operator, &caller, act, &id)?;
            let entry = operator.store.get(SPACE, &place(act, own.id))?.ok_or(Refusal::NotFound)?;
            let receipt = entry.answer.ok_or(Refusal::NotYet { missing: "nothing was done yet" })?;
            let receipt = String::from_utf8(receipt).map_err(|_| Refusal::Internal)?;
            Ok(Committal::Committed { receipt })
        })
        .await?;
    Ok(answer(StatusCode::OK, &told))
}
