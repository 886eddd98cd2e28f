//! A cancellation from another province, step by step. The account comes with each step, read anew by the home's own systems.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::cancellation::{
    Account, Acknowledgement, Beside, CancellationError, Cancelling, HomeSide, Opening, Papers, Stage,
};
use realname::demand::PendingDemand;
use realname::document::Personal;
use realname::profile::Lang;
use realname::rely::{Accepting, Limits};
use realname::store::{Space, Store};
use serde_json::json;

pub(crate) use self::forms::AccountGiven;
use self::forms::{
    CancellationOpened, CancellationRefused, Commit, Committal, Confirm, ConfirmationStep, Identification,
    Identify, NewCancellation, NoticeShown, Read, settled,
};
use super::confirmations::{self, Word};
use super::{order, telling};
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, Path, answer};
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::scope::Scope;
use crate::tokens::Caller;

pub(crate) mod forms;

/// Whose a case is, and the receipt of one that was committed: signed, and without the number.
const SPACE: Space = Space::new("cancellation_case");
/// How long a case is found.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

pub(crate) fn lang(locale: Option<&str>) -> Lang {
    if locale == Some("en") { Lang::En } else { Lang::Zh }
}

/// The account that a step is about: as the caller gives it, or as the home's systems have it.
fn account_of(
    operator: &Operator,
    caller: &Caller,
    given: Option<&AccountGiven>,
    number: Option<&Personal>,
) -> Result<Account, Refusal> {
    match (given, number) {
        (Some(account), None) => {
            caller.may(Scope::Demand)?;
            account.read()
        }
        (None, Some(number)) => {
            let number = number.as_str().parse().map_err(Refusal::PhoneNumber)?;
            operator.accounts()?.find(&number)?.ok_or(Refusal::NotFound)
        }
        _ => Err(Refusal::Members("it has one of `account` and `number`")),
    }
}

/// A case of the caller's own.
struct Own<'a> {
    operator: &'a Operator,
    caller: &'a Caller,
    home: &'a HomeSide,
    id: &'a str,
    now: Timestamp,
}

impl<'a> Own<'a> {
    fn find(operator: &'a Operator, caller: &'a Caller, id: &'a str) -> Result<Self, Refusal> {
        let home = operator.home()?;
        if id.is_empty() || id.len() > 64 {
            return Err(Refusal::NotFound);
        }
        let entry = operator.store.get(SPACE, id.as_bytes())?.ok_or(Refusal::NotFound)?;
        if entry.value.as_slice() != caller.grant.principal.as_bytes() {
            return Err(Refusal::NotFound);
        }
        Ok(Self { operator, caller, home, id, now: now() })
    }

    fn account(&self, given: Option<&AccountGiven>, number: Option<&Personal>) -> Result<Account, Refusal> {
        account_of(self.operator, self.caller, given, number)
    }

    fn stage(&self, account: &Account) -> Result<Stage, Refusal> {
        let stage = self.home.resume(self.operator.store.as_ref(), self.id, account.number())?;
        stage.ok_or(CancellationError::OtherAccount.into())
    }
}

/// Opens a case: seals the six items, and gives the demand for the desk.
#[utoipa::path(
    post, path = "/v1/cancellations", operation_id = "open_cancellation", tag = "cancellations", request_body = NewCancellation,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Open, with the desk's demand", body = CancellationOpened),
        (status = 200, description = "Refused, with reasons", body = CancellationRefused),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]), ("token" = ["desk"]))
)]
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit_any(&app, request, Scope::Demand, Scope::Desk).await?;
    let (wanted, body) = call.json::<NewCancellation>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let (status, told) = app
        .pool
        .run(move || {
            let (now, store, home) = (now(), operator.store.as_ref(), operator.home()?);
            let account = account_of(&operator, &caller, wanted.account.as_ref(), wanted.number.as_ref())?;
            let opening = wanted.opening(caller.may(Scope::Demand).is_err())?;
            let told =
                once.run(store, now, |seed| begin(home, store, &account, &opening, (&caller, seed), now))?;
            let Some(nonce) = told.of["nonce"].as_str() else { return Ok((told.status, told.of)) };
            let kept = PendingDemand::load(store, nonce)?.ok_or(Refusal::Internal)?;
            let opened = CancellationOpened {
                cancellation: told.of["cancellation"].as_str().unwrap_or_default().to_owned(),
                nonce: nonce.to_owned(),
                demand: kept.pending.text().ok_or(Refusal::Internal)?.as_str().to_owned(),
                expires_at: kept.pending.expires_at(),
            };
            Ok((told.status, json!(opened)))
        })
        .await?;
    Ok(answer(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), &told))
}

fn begin(
    home: &HomeSide,
    store: &dyn Store,
    account: &Account,
    opening: &Opening,
    (caller, seed): (&Caller, &Seed),
    now: Timestamp,
) -> Result<Told, Refusal> {
    let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
    let principal = &caller.grant.principal;
    // Case and owner are one step, and named by the seed: whoever was cut off after it finds the case again, and nobody's blocks a number.
    let beside = |case: &str, nonce: &str| {
        let (key, value) = (case.as_bytes().to_vec(), principal.as_bytes().to_vec());
        vec![Beside { space: SPACE, key, value, expires_at: end }, order::owned(nonce, principal, end)]
    };
    let (asked, demand) = match home.open_as(store, account, opening, seed.bits, now, beside) {
        Ok(opened) => opened,
        Err(error) => {
            return Ok(Told { status: 200, of: json!(CancellationRefused::new(settled(error)?)) });
        }
    };
    Ok(Told { status: 201, of: json!({ "cancellation": asked.case(), "nonce": demand.nonce() }) })
}

/// Judges the desk's presentation; when it is the holder's, gives the six items and the notices.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/snapshot", operation_id = "snapshot_cancellation", tag = "cancellations", request_body = Identify,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "identified or refused", body = Identification),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]), ("token" = ["desk"]))
)]
pub(crate) async fn snapshot(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit_any(&app, request, Scope::Demand, Scope::Desk).await?;
    let (came, _) = call.json::<Identify>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app.pool.run(move || identify(&Own::find(&operator, &caller, &id)?, &came)).await?;
    app.take_events();
    Ok(answer(StatusCode::OK, &told))
}

fn identify(own: &Own<'_>, came: &Identify) -> Result<Identification, Refusal> {
    let account = own.account(came.account.as_ref(), came.number.as_ref())?;
    let trust = own.operator.trust(own.now)?;
    let identified = match own.stage(&account)? {
        Stage::Asked(asked) => {
            let store = own.operator.store.as_ref();
            let trusted = (&trust.list, &Limits::default());
            let told = |accepting: &Accepting<'_>| telling::in_journal(own.operator, accepting, own.now);
            match asked.identify_telling(store, &came.presentation, trusted, own.now, told) {
                Ok(identified) => identified,
                Err(Refusal::Cancellation(error)) => {
                    return Ok(Identification::Refused { reasons: settled(error)? });
                }
                Err(other) => return Err(other),
            }
        }
        // The step is asked for a second time, as after an answer that got lost on the way.
        Stage::Identified(identified) => identified,
        _ => return Err(Refusal::NotYet { missing: "the person acknowledged already" }),
    };
    let released = match identified.release(&account, own.now) {
        Ok(released) => released,
        Err(error) => return Ok(Identification::Refused { reasons: settled(error)? }),
    };
    let notices = identified.notices(&account, lang(came.locale.as_deref()));
    let notices = notices.into_iter().map(NoticeShown::new).collect();
    Ok(Identification::Identified { snapshot: released.as_str().to_owned(), notices })
}

/// Records what the person acknowledged and what the number confirmed. Without a grant the number is asked.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/confirm", operation_id = "confirm_cancellation", tag = "cancellations", request_body = Confirm,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "confirmed, waiting or refused", body = ConfirmationStep),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]), ("token" = ["desk"]))
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit_any(&app, request, Scope::Demand, Scope::Desk).await?;
    let (came, _) = call.json::<Confirm>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let own = Own::find(&operator, &caller, &id)?;
            acknowledge(&own, &came, &caller.grant.principal)
        })
        .await?;
    Ok(answer(StatusCode::OK, &told))
}

fn acknowledge(own: &Own<'_>, came: &Confirm, principal: &str) -> Result<ConfirmationStep, Refusal> {
    let account = own.account(came.account.as_ref(), came.number.as_ref())?;
    let store = own.operator.store.as_ref();
    let acknowledged = match own.stage(&account)? {
        Stage::Asked(_) => return Err(Refusal::NotYet { missing: "the person's proof comes first" }),
        Stage::Identified(identified) => {
            let read: Vec<Acknowledgement> =
                came.acknowledged.iter().map(Read::acknowledgement).collect::<Result<_, _>>()?;
            match identified.acknowledge(store, &account, &read, own.now) {
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
    if grant.is_none()
        && let Some(question) = acknowledged.question(&account, lang(came.locale.as_deref()))
    {
        let about = (account.number(), realname::cancellation::CANCEL_SERVICE);
        let lang = lang(came.locale.as_deref());
        match confirmations::put_question(own.operator, question, about, principal, lang, own.now)? {
            Word::Waiting(confirmation) => return Ok(ConfirmationStep::Waiting { confirmation }),
            Word::Granted(grant) => found = Some(grant),
            Word::No(code) => return Ok(ConfirmationStep::refused(code)),
        }
    }
    match acknowledged.confirm(store, &account, grant.or(found.as_deref()), &trust.list, own.now) {
        Ok(_) => Ok(ConfirmationStep::Confirmed),
        Err(error) => Ok(ConfirmationStep::Refused { reasons: settled(error)? }),
    }
}

/// Cancels, once, and signs the receipt that starts the quarantine.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/commit", operation_id = "commit_cancellation", tag = "cancellations", request_body = Commit,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "committed or refused", body = Committal),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]), ("token" = ["desk"]))
)]
pub(crate) async fn commit(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit_any(&app, request, Scope::Demand, Scope::Desk).await?;
    let (came, _) = call.json::<Commit>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app.pool.run(move || finish(&Own::find(&operator, &caller, &id)?, &came)).await?;
    app.take_events();
    Ok(answer(StatusCode::OK, &told))
}

fn finish(own: &Own<'_>, came: &Commit) -> Result<Committal, Refusal> {
    let account = own.account(came.account.as_ref(), came.number.as_ref())?;
    let store = own.operator.store.as_ref();
    let receipt = match own.stage(&account)? {
        Stage::Committed(receipt) => receipt,
        Stage::Confirmed(confirmed) => {
            let told = |cancelling: &Cancelling<'_>| {
                telling::waiting(own.operator.book.iter().map(|_| cancelling.event()))
            };
            match confirmed.commit_telling(store, &account, &Papers::default(), own.now, told) {
                Ok(committed) => committed.receipt().clone(),
                Err(Refusal::Cancellation(error)) => {
                    return Ok(Committal::Refused { reasons: settled(error)? });
                }
                Err(other) => return Err(other),
            }
        }
        _ => return Err(Refusal::NotYet { missing: "proof, notices and confirmation come first" }),
    };
    // What stands here is signed and names no number; after a crash before it, the same step tells it again.
    let _ = store.answer(SPACE, own.id.as_bytes(), receipt.record().as_bytes(), own.now)?;
    Ok(Committal::Committed { receipt: receipt.as_str().to_owned() })
}

/// The receipt of a case that was committed: signed, without the number.
#[utoipa::path(
    get, path = "/v1/cancellations/{id}/receipt", operation_id = "cancellation_receipt", tag = "cancellations",
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "The receipt", body = Committal),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]), ("token" = ["desk"]))
)]
pub(crate) async fn receipt(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let call = Call::admit_any(&app, request, Scope::Demand, Scope::Desk).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let own = Own::find(&operator, &caller, &id)?;
            let entry = operator.store.get(SPACE, own.id.as_bytes())?.ok_or(Refusal::NotFound)?;
            let receipt = entry.answer.ok_or(Refusal::NotYet { missing: "nothing was cancelled yet" })?;
            let receipt = String::from_utf8(receipt).map_err(|_| Refusal::Internal)?;
            Ok(Committal::Committed { receipt })
        })
        .await?;
    Ok(answer(StatusCode::OK, &told))
}
