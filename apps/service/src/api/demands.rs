//! Demands: made, and looked up.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::appraisal::Declared;
use realname::demand::{AskError, DemandRequest, PendingDemand};
use realname::document::Personal;
use realname::jose::encode;
use realname::profile::{Check, ClaimName, Expectation, Locality, Purpose};
use realname::rely::Record;
use realname::store::Store;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::order::{self, Order};
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, Path, answer};
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::scope::Scope;

/// The longest life of a demand, in seconds.
const LONGEST: i64 = 3_600;

/// What to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDemand {
    /// What it is for, e.g. `sim.activate`.
    purpose: String,
    /// The phone number that it is about (E.164).
    #[schema(value_type = Option<String>, pattern = r"^\+[0-9]{5,15}$", example = "+8613900000001")]
    number: Option<Personal>,
    /// What must be disclosed, e.g. `name`.
    #[serde(default)]
    claims: Vec<String>,
    /// What must have been checked, e.g. `registry`.
    #[serde(default)]
    checks: Vec<String>,
    /// Whom it must be; never sent, compared with what is disclosed. A high-risk purpose needs it.
    expect: Option<Expected>,
    /// `remote` or `onsite`.
    locality: Option<String>,
    /// The longest time between check and answer, in seconds.
    #[schema(minimum = 1, maximum = 31_536_000)]
    max_age: Option<u32>,
    /// Only this terminal may answer.
    terminal: Option<String>,
    /// How long it may be answered, in seconds; 600 unless said.
    #[schema(minimum = 1, maximum = 3600)]
    ttl: Option<i64>,
}

/// Whom it must be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[schema(value_type = String, max_length = 200)]
    name: Personal,
    #[schema(value_type = String, max_length = 50)]
    id_number: Personal,
}

/// A demand that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemandMade {
    /// The signed demand, to be given to whoever checks the person.
    demand: String,
    /// What an answer names it by.
    nonce: String,
    /// The first second in which it can't be answered.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// What became of a demand.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemandState {
    /// `pending`, `answered` or `expired`.
    state: &'static str,
    nonce: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// As `verify --json`, without claims; once it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verdict: Option<Value>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    accepted_at: Option<Timestamp>,
}

/// Makes a demand and remembers it until it is answered.
#[utoipa::path(
    post, path = "/v1/demands", operation_id = "make_demand", tag = "relying party", request_body = NewDemand,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses((status = 201, description = "Made", body = DemandMade), (status = "default", response = crate::shown::Error)),
    security(("token" = ["demand"]))
)]
pub(crate) async fn make(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<NewDemand>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let made = app
        .pool
        .run(move || {
            let request = request_of(wanted, &operator)?;
            let now = now();
            let principal = &caller.grant.principal;
            let told = once
                .run(operator.store.as_ref(), now, |seed| issue(&operator, &request, principal, seed, now))?;
            let nonce = told.of["nonce"].as_str().ok_or(Refusal::Internal)?;
            made(operator.store.as_ref(), nonce)
        })
        .await?;
    Ok(answer(StatusCode::CREATED, &made))
}

/// What the library is asked to make. Whatever it can't be is refused here or there; nothing is repaired.
fn request_of(wanted: NewDemand, operator: &Operator) -> Result<(DemandRequest, SignedDuration), Refusal> {
    fn of<T>(text: &str, member: &'static str, from: impl Fn(&str) -> Option<T>) -> Result<T, Refusal> {
        from(text).ok_or(Refusal::Value { member, problem: "it isn't one that is known" })
    }
    let ttl = wanted.ttl.unwrap_or(600);
    if !(1..=LONGEST).contains(&ttl) {
        return Err(Refusal::Value { member: "ttl", problem: "a demand lives from 1 to 3600 seconds" });
    }
    let life = SignedDuration::from_secs(ttl);
    let purpose: Purpose = of(&wanted.purpose, "purpose", |text| text.parse().ok())?;
    let mut request = DemandRequest::new(purpose)
        .env(operator.env)
        .terminals_answer(SignedDuration::from_secs(LONGEST))
        .life(life);
    for claim in &wanted.claims {
        request = request.claim(of(claim, "claims", ClaimName::from_name)?);
    }
    for check in &wanted.checks {
        request = request.check(of(check, "checks", Check::from_name)?);
    }
    if let Some(number) = wanted.number {
        request = request.number(number);
    }
    if let Some(Expected { name, id_number }) = wanted.expect {
        // A number with a wrong check character is nobody's: the true holder would be refused as another person.
        Declared::new(name.as_str(), id_number.as_str())?;
        request = request.expectation(Expectation::new(name, id_number));
    }
    if let Some(locality) = &wanted.locality {
        request = request.locality(of(locality, "locality", Locality::from_name)?);
    }
    if let Some(seconds) = wanted.max_age {
        request = request.max_age(SignedDuration::from_secs(seconds.into()));
    }
    if let Some(terminal) = wanted.terminal {
        request = request.terminal(terminal);
    }
    Ok((request, life))
}

/// Signs and keeps the demand that the seed names.
fn issue(
    operator: &Operator,
    (request, life): &(DemandRequest, SignedDuration),
    principal: &str,
    seed: &Seed,
    now: Timestamp,
) -> Result<Told, Refusal> {
    let nonce = encode(&seed.bits);
    let store = operator.store.as_ref();
    order::own(store, &nonce, principal, now.checked_add(*life).unwrap_or(Timestamp::MAX))?;
    match request.clone().nonce(seed.bits).issue(&operator.iss, operator.signer.as_ref(), store, now) {
        // The nonce is taken when an earlier call made this very demand and was cut off before it could answer.
        Ok(_) | Err(AskError::NonceTaken) => Ok(Told { status: 201, of: json!({ "nonce": nonce }) }),
        Err(error) => Err(error.into()),
    }
}

fn made(store: &dyn Store, nonce: &str) -> Result<DemandMade, Refusal> {
    let kept = PendingDemand::load(store, nonce)?.ok_or(Refusal::Internal)?;
    let demand = kept.pending.text().ok_or(Refusal::Internal)?.as_str().to_owned();
    Ok(DemandMade { demand, nonce: nonce.to_owned(), expires_at: kept.pending.expires_at() })
}

/// What became of a demand of one's own.
#[utoipa::path(
    get, path = "/v1/demands/{nonce}", operation_id = "demand_state", tag = "relying party",
    params(("nonce" = String, Path, description = "The demand's nonce")),
    responses((status = 200, description = "Its state", body = DemandState), (status = "default", response = crate::shown::Error)),
    security(("token" = ["demand"]))
)]
pub(crate) async fn state(
    State(app): State<App>,
    Path(nonce): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let call = Call::admit(&app, request, Scope::Demand).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let state = app
        .pool
        .run(move || {
            let store = operator.store.as_ref();
            let kept = order::find(store, &nonce, &caller.grant.principal)?.ok_or(Refusal::NotFound)?;
            let record = kept.answer.as_deref().map(Record::parse).transpose()?;
            let state = match &record {
                Some(_) => "answered",
                None if kept.pending.expires_at() <= now() => "expired",
                None => "pending",
            };
            let verdict = record.as_ref().map(|record| {
                let mut verdict = json!(record.verdict());
                Order::of(Some(&nonce), Some(&kept.pending)).tell(&mut verdict);
                verdict
            });
            let expires_at = kept.pending.expires_at();
            let accepted_at = record.and_then(|record| record.accepted_at());
            Ok(DemandState { state, nonce, expires_at, verdict, accepted_at })
        })
        .await?;
    Ok(answer(StatusCode::OK, &state))
}
