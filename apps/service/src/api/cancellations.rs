//! A cancellation from another province, step by step. The account comes with each step, read anew by the home's own systems.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::cancellation::{
    Account, Acknowledgement, CancellationError, Contract, HomeSide, Items, NoticeKind, Opening, Reach, Stage,
};
use realname::confirmation::{PhoneNumber, Price};
use realname::demand::PendingDemand;
use realname::document::Personal;
use realname::profile::{Check, Lang};
use realname::rely::Limits;
use realname::store::{Space, Store};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::confirmations;
use super::order;
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, answer};
use crate::clock::now;
use crate::hex::hex;
use crate::once::Told;
use crate::operator::Operator;
use crate::scope::Scope;
use crate::tokens::Caller;

/// Whose a case is, and the receipt of one that was committed: signed, and without the number.
const SPACE: Space = Space::new("cancellation_case");
/// How long a case is found.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// A number's account as the home's systems have it at this moment.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountGiven {
    #[schema(value_type = String)]
    number: Personal,
    /// The home's own name for this customer's having of the number.
    #[schema(max_length = 64)]
    subscription: String,
    /// The identity number that it is registered to.
    #[schema(value_type = String)]
    holder_id: Personal,
    #[schema(value_type = String)]
    name: Personal,
    package: String,
    /// A day, as 2027-01-31, until which a contract is in force.
    #[schema(value_type = Option<String>, format = Date)]
    contract_until: Option<String>,
    bills_fen: u32,
    prepaid_fen: u32,
    arrears_fen: u32,
    /// `receives`, `suspended`, `reported_lost` or `absent`: whether the number still receives messages.
    reach: String,
}

/// A case to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCancellation {
    account: AccountGiven,
    #[serde(default)]
    checks: Vec<String>,
    terminal: Option<String>,
    /// The home's region, as the desk shows it.
    region: Option<String>,
    /// What the person is shown.
    text: Option<String>,
}

/// The desk's presentation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identify {
    account: AccountGiven,
    #[schema(max_length = 65536)]
    presentation: String,
    /// `en` or `zh` (the default): in which language the notices are.
    locale: Option<String>,
}

/// What the person acknowledged, and the number's grant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    account: AccountGiven,
    /// Every notice, once; needn't be repeated.
    #[serde(default)]
    acknowledged: Vec<Read>,
    /// Of the second confirmation. Without it the number is asked.
    #[schema(value_type = Option<String>)]
    grant: Option<Personal>,
    locale: Option<String>,
}

/// A notice that was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Read {
    kind: String,
    /// Of the text that was read, in hexadecimal.
    text_sha256: String,
}

/// To cancel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Commit {
    account: AccountGiven,
}

fn value(member: &'static str, problem: &'static str) -> Refusal {
    Refusal::Value { member, problem }
}

impl AccountGiven {
    fn read(&self) -> Result<Account, Refusal> {
        let number: PhoneNumber = self.number.as_str().parse().map_err(Refusal::PhoneNumber)?;
        let contract = match self.contract_until.as_deref() {
            None => Contract::None,
            Some(day) => {
                let bad = |_| value("contract_until", "it is a day, as 2027-01-31");
                Contract::Until(day.parse().map_err(bad)?)
            }
        };
        let items = Items {
            name: self.name.clone(),
            package: self.package.as_str().into(),
            contract,
            bills: Price::fen(self.bills_fen),
            prepaid: Price::fen(self.prepaid_fen),
            arrears: Price::fen(self.arrears_fen),
        };
        let reach = Reach::from_name(&self.reach).ok_or(value("reach", "it isn't one that is known"))?;
        Ok(Account::new(number, self.subscription.as_str(), self.holder_id.clone(), items, reach)?)
    }
}

fn lang(locale: Option<&str>) -> Lang {
    if locale == Some("en") { Lang::En } else { Lang::Zh }
}

/// A refusal is an answer; anything else isn't.
fn settled(error: CancellationError) -> Result<Value, Refusal> {
    match error {
        CancellationError::Refused(reasons) => Ok(json!({ "result": "refused", "reasons": reasons })),
        error => Err(error.into()),
    }
}

/// A case of the caller's own.
struct Own<'a> {
    operator: &'a Operator,
    home: &'a HomeSide,
    id: &'a str,
    now: Timestamp,
}

impl<'a> Own<'a> {
    fn find(operator: &'a Operator, caller: &Caller, id: &'a str) -> Result<Self, Refusal> {
        let home = operator.home()?;
        if id.is_empty() || id.len() > 64 {
            return Err(Refusal::NotFound);
        }
        let entry = operator.store.get(SPACE, id.as_bytes())?.ok_or(Refusal::NotFound)?;
        if entry.value.as_slice() != caller.grant.principal.as_bytes() {
            return Err(Refusal::NotFound);
        }
        Ok(Self { operator, home, id, now: now() })
    }

    fn stage(&self, account: &Account) -> Result<Stage, Refusal> {
        let stage = self.home.resume(self.operator.store.as_ref(), self.id, account.number())?;
        stage.ok_or(CancellationError::OtherAccount.into())
    }
}

/// Opens a case: seals the six items, and gives the demand for the desk.
#[utoipa::path(
    post, path = "/v1/cancellations", tag = "cancellations", request_body = NewCancellation,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Open, with the desk's demand", body = Object),
        (status = 200, description = "Refused, with reasons", body = Object),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<NewCancellation>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let (status, told) = app
        .pool
        .run(move || {
            let (now, store, home) = (now(), operator.store.as_ref(), operator.home()?);
            let account = wanted.account.read()?;
            let opening = opening(&wanted)?;
            let told = once.run(store, now, |_| begin(home, store, &account, &opening, &caller, now))?;
            let Some(nonce) = told.of["nonce"].as_str() else { return Ok((told.status, told.of)) };
            let kept = PendingDemand::load(store, nonce)?.ok_or(Refusal::Internal)?;
            let mut shown = told.of.clone();
            shown["demand"] = json!(kept.pending.text().ok_or(Refusal::Internal)?.as_str());
            shown["expires_at"] = json!(kept.pending.expires_at());
            Ok((told.status, shown))
        })
        .await?;
    Ok(answer(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), &told))
}

fn opening(wanted: &NewCancellation) -> Result<Opening, Refusal> {
    let known = |name: &String| Check::from_name(name).ok_or(value("checks", "it isn't one that is known"));
    let checks = wanted.checks.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let mut opening = Opening::default().checks(checks);
    if let Some(terminal) = &wanted.terminal {
        opening = opening.terminal(terminal.as_str());
    }
    if let Some(region) = &wanted.region {
        opening = opening.region(region.as_str());
    }
    if let Some(text) = &wanted.text {
        opening = opening.text(text.as_str());
    }
    Ok(opening)
}

fn begin(
    home: &HomeSide,
    store: &dyn Store,
    account: &Account,
    opening: &Opening,
    caller: &Caller,
    now: Timestamp,
) -> Result<Told, Refusal> {
    let (asked, demand) = match home.open(store, account, opening, now) {
        Ok(opened) => opened,
        Err(error) => return Ok(Told { status: 200, of: settled(error)? }),
    };
    let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
    let principal = &caller.grant.principal;
    let _ = store.put(SPACE, asked.case().as_bytes(), principal.as_bytes(), end)?;
    order::own(store, demand.nonce(), principal, end)?;
    Ok(Told { status: 201, of: json!({ "cancellation": asked.case(), "nonce": demand.nonce() }) })
}

/// Judges the desk's presentation; when it is the holder's, gives the six items and the notices.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/snapshot", tag = "cancellations", request_body = Identify,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "identified with `snapshot` and `notices`, or refused", body = Object),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn snapshot(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (came, _) = call.json::<Identify>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app.pool.run(move || identify(&Own::find(&operator, &caller, &id)?, &came)).await?;
    Ok(answer(StatusCode::OK, &told))
}

fn identify(own: &Own<'_>, came: &Identify) -> Result<Value, Refusal> {
    let account = came.account.read()?;
    let trust = own.operator.trust(own.now)?;
    let identified = match own.stage(&account)? {
        Stage::Asked(asked) => {
            let store = own.operator.store.as_ref();
            match asked.identify(store, &came.presentation, &trust.list, &Limits::default(), own.now) {
                Ok(identified) => identified,
                Err(error) => return settled(error),
            }
        }
        // The step is asked for a second time, as after an answer that got lost on the way.
        Stage::Identified(identified) => identified,
        _ => return Err(Refusal::NotYet { missing: "the person acknowledged already" }),
    };
    let released = match identified.release(&account, own.now) {
        Ok(released) => released,
        Err(error) => return settled(error),
    };
    let notices = identified.notices(&account, lang(came.locale.as_deref()));
    let notices: Vec<Value> = notices
        .iter()
        .map(|notice| {
            let digest = hex(&Sha256::digest(notice.text.as_bytes()));
            json!({"kind": notice.kind.as_str(), "text": notice.text, "text_sha256": digest})
        })
        .collect();
    Ok(json!({ "result": "identified", "snapshot": released.as_str(), "notices": notices }))
}

/// Records what the person acknowledged and what the number confirmed. Without a grant the number is asked.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/confirm", tag = "cancellations", request_body = Confirm,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "confirmed, waiting with the `confirmation` to reply to, or refused", body = Object),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
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

fn acknowledge(own: &Own<'_>, came: &Confirm, principal: &str) -> Result<Value, Refusal> {
    let (account, store) = (came.account.read()?, own.operator.store.as_ref());
    let acknowledged = match own.stage(&account)? {
        Stage::Asked(_) => return Err(Refusal::NotYet { missing: "the person's proof comes first" }),
        Stage::Identified(identified) => {
            let read: Vec<Acknowledgement> =
                came.acknowledged.iter().map(acknowledgement).collect::<Result<_, _>>()?;
            match identified.acknowledge(store, &account, &read, own.now) {
                Ok(acknowledged) => acknowledged,
                Err(error) => return settled(error),
            }
        }
        Stage::Acknowledged(acknowledged) => acknowledged,
        _ => return Ok(json!({ "result": "confirmed" })),
    };
    let trust = own.operator.trust(own.now)?;
    let grant = came.grant.as_ref().map(Personal::as_str);
    if grant.is_none()
        && let Some(question) = acknowledged.question(&account, lang(came.locale.as_deref()))
    {
        let about = (account.number(), realname::cancellation::CANCEL_SERVICE);
        let asked = confirmations::put_question(
            own.operator,
            question,
            about,
            principal,
            lang(came.locale.as_deref()),
            own.now,
        )?;
        return Ok(json!({ "result": "waiting", "confirmation": asked }));
    }
    match acknowledged.confirm(store, &account, grant, &trust.list, own.now) {
        Ok(_) => Ok(json!({ "result": "confirmed" })),
        Err(error) => settled(error),
    }
}

fn acknowledgement(read: &Read) -> Result<Acknowledgement, Refusal> {
    let kind = NoticeKind::from_name(&read.kind).ok_or(value("kind", "it isn't one that is known"))?;
    let pairs = read.text_sha256.as_bytes().as_chunks::<2>().0;
    let bytes: Option<Vec<u8>> =
        pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let digest = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let text_sha256 = digest.ok_or(value("text_sha256", "it is 64 digits in hexadecimal"))?;
    Ok(Acknowledgement { kind, text_sha256 })
}

/// Cancels, once, and signs the receipt that starts the quarantine.
#[utoipa::path(
    post, path = "/v1/cancellations/{id}/commit", tag = "cancellations", request_body = Commit,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "committed with the `receipt`, or refused", body = Object),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn commit(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (came, _) = call.json::<Commit>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app.pool.run(move || finish(&Own::find(&operator, &caller, &id)?, &came)).await?;
    Ok(answer(StatusCode::OK, &told))
}

fn finish(own: &Own<'_>, came: &Commit) -> Result<Value, Refusal> {
    let (account, store) = (came.account.read()?, own.operator.store.as_ref());
    let receipt = match own.stage(&account)? {
        Stage::Committed(receipt) => receipt,
        Stage::Confirmed(confirmed) => match confirmed.commit(store, &account, own.now) {
            Ok(committed) => committed.receipt().clone(),
            Err(error) => return settled(error),
        },
        _ => return Err(Refusal::NotYet { missing: "proof, notices and confirmation come first" }),
    };
    // What stands here is signed and names no number; after a crash before it, the same step tells it again.
    let _ = store.answer(SPACE, own.id.as_bytes(), receipt.record().as_bytes(), own.now)?;
    Ok(json!({ "result": "committed", "receipt": receipt.as_str() }))
}

/// The receipt of a case that was committed: signed, without the number.
#[utoipa::path(
    get, path = "/v1/cancellations/{id}/receipt", tag = "cancellations",
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "The receipt", body = Object),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn receipt(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let call = Call::admit(&app, request, Scope::Demand).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let own = Own::find(&operator, &caller, &id)?;
            let entry = operator.store.get(SPACE, own.id.as_bytes())?.ok_or(Refusal::NotFound)?;
            let receipt = entry.answer.ok_or(Refusal::NotYet { missing: "nothing was cancelled yet" })?;
            let receipt = String::from_utf8(receipt).map_err(|_| Refusal::Internal)?;
            Ok(json!({ "result": "committed", "receipt": receipt }))
        })
        .await?;
    Ok(answer(StatusCode::OK, &told))
}
