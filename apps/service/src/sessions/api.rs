//! Making a session, and looking at one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::attest::AttestError;
use realname::demand::{AnswerLimits, VerifiedDemand};
use realname::jose::encode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::live_state::Live;
use super::page_calls::PageCall;
use super::session::{Asked, Outcome, Session};
use super::state::state;
use super::told::SessionState;
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, Path, answer};
use crate::clock::now;
use crate::once::Told;
use crate::operator::Operator;
use crate::scope::Scope;

/// The longest life of a demand that is answered here: as long as this service's own.
const LONGEST: SignedDuration = SignedDuration::from_secs(3_600);

/// An online check to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSession {
    /// The signed demand that it answers.
    demand: String,
    /// `en` or `zh`: what the page begins with, and in which language the buyer agrees.
    #[schema(example = "zh")]
    locale: Option<String>,
    /// The name of a registered URL, to which the page leads in the end.
    #[serde(rename = "return")]
    return_to: Option<String>,
    /// The shop's name for the buyer, under which checks are counted.
    #[schema(max_length = 100)]
    account: Option<String>,
}

/// A session that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionMade {
    session: String,
    /// The page's address. What stands behind `#` opens it once.
    page: String,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Begins an online check by this operator.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "make_session", tag = "sessions", request_body = NewSession,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses((status = 201, description = "Made", body = SessionMade), (status = "default", response = crate::shown::Error)),
    security(("token" = ["session"]))
)]
pub(crate) async fn make(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Session).await?;
    let (wanted, body) = call.json::<NewSession>().await?;
    let once = call.once(&app, &body)?;
    let (run, caller, peer) = (app.clone(), Arc::clone(&call.caller), call.peer);
    let made = app
        .pool
        .run(move || {
            let now = now();
            // Judged before anything is kept of it.
            fits(&run.operator, &wanted.demand, now)?;
            let told = once.run(run.operator.store.as_ref(), now, |seed| {
                Ok(Told { status: 201, of: json!({ "session": encode(&seed.bits) }) })
            })?;
            let id = told.of["session"].as_str().ok_or(Refusal::Internal)?.to_owned();
            // What the link holds is made from the caller's token and the id, so it can be told again and is kept nowhere.
            let link = link_of(&caller.secret, &id)?;
            open(&run, &wanted, (id, &link), &caller.grant.principal, peer, now)
        })
        .await?;
    Ok(answer(StatusCode::CREATED, &made))
}

/// As [`make`], for a visitor of the demonstration.
pub(crate) fn open_for(
    app: &App,
    demand: &str,
    zh: bool,
    principal: &str,
    peer: std::net::IpAddr,
) -> Result<SessionMade, Refusal> {
    let wanted = NewSession {
        demand: demand.to_owned(),
        locale: Some(if zh { "zh" } else { "en" }.to_owned()),
        return_to: None,
        account: None,
    };
    let id = realname::jose::random_id().map_err(|_| Refusal::Internal)?;
    let link = encode(&realname::jose::random::<32>().map_err(|_| Refusal::Internal)?);
    open(app, &wanted, (id, &link), principal, peer, now())
}

fn link_of(secret: &str, id: &str) -> Result<String, Refusal> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Refusal::Internal)?;
    mac.update(b"realname session link 1");
    mac.update(id.as_bytes());
    Ok(encode(&mac.finalize().into_bytes()))
}

/// The demand, if this service may and can answer it. What is certain to be refused later is refused now.
pub(super) fn fits(operator: &Operator, demand: &str, now: Timestamp) -> Result<VerifiedDemand, Refusal> {
    let (desk, trust) = (operator.desk()?, operator.trust(now)?);
    let mut limits = AnswerLimits::default();
    limits.max_life = LONGEST;
    let demand = VerifiedDemand::verify_within(demand.trim(), &trust.list, now, limits)?;
    if demand.env() != operator.env {
        return Err(AttestError::Env { expected: operator.env, got: demand.env() }.into());
    }
    if demand.requirements().onsite {
        return Err(AttestError::NotOnsite.into());
    }
    desk.policy(demand.purpose())?;
    desk.attestor.may_answer(&demand, &trust.list, now)?;
    Ok(demand)
}

fn open(
    app: &App,
    wanted: &NewSession,
    (id, link): (String, &str),
    principal: &str,
    peer: std::net::IpAddr,
    now: Timestamp,
) -> Result<SessionMade, Refusal> {
    let demand = fits(&app.operator, &wanted.demand, now)?;
    let zh = match wanted.locale.as_deref() {
        None | Some("zh") => true,
        Some("en") => false,
        Some(_) => return Err(Refusal::Value { member: "locale", problem: "it is en or zh" }),
    };
    let return_url = match wanted.return_to.as_deref() {
        None => None,
        Some(name) => {
            let known =
                app.config.returns.iter().find(|entry| entry.principal == principal && entry.name == name);
            let unknown =
                Refusal::Value { member: "return", problem: "no URL of that name is registered for you" };
            Some(known.ok_or(unknown)?.url.clone())
        }
    };
    let account = wanted.account.clone().unwrap_or_else(|| id.clone());
    if account.len() > 100 {
        return Err(Refusal::Value { member: "account", problem: "it has at most 100 bytes" });
    }
    let expires_at = demand.expires_at();
    let session = Session {
        id: id.clone(),
        principal: principal.to_owned(),
        account: account.into(),
        zh,
        consent_text: Session::text_of(app.operator.desk()?, zh),
        asked: Asked::of(&demand),
        consent_phone_number: app.operator.desk()?.consent.phone_number,
        compact: wanted.demand.trim().into(),
        return_url,
        link: Sha256::digest(link.as_bytes()).into(),
        opened: None,
        consent: None,
        declared: None,
        photos: Default::default(),
        taken: 0,
        live: Live::offered(app.operator.desk()?.live_offer(demand.purpose())),
        outcome: Outcome::Open(None),
    };
    app.sessions.add(&session, peer, now)?;
    Ok(SessionMade { page: format!("{}/s/{id}#{link}", app.origin), session: id, expires_at })
}

/// How a session stands: for whoever made it with what came of it, for its page with what to show.
#[utoipa::path(
    get, path = "/v1/sessions/{id}", operation_id = "session_state", tag = "sessions",
    params(("id" = String, Path, description = "The session")),
    responses((status = 200, description = "Its state", body = SessionState), (status = "default", response = crate::shown::Error)),
    security(("token" = ["session"]), ())
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    if request.headers().contains_key(http::header::AUTHORIZATION) {
        let call = Call::admit(&app, request, Scope::Session).await?;
        let (run, principal) = (app.clone(), call.caller.grant.principal.clone());
        let shown = app.pool.run(move || {
            let session = run.sessions.find(&id, now())?;
            if session.principal == principal { Ok(state(&session, true)) } else { Err(Refusal::NotFound) }
        });
        return Ok(answer(StatusCode::OK, &shown.await?));
    }
    let page = PageCall::of(&app, &id, request.headers())?;
    let session = page.look(&app).await?;
    Ok(answer(StatusCode::OK, &state(&session, false)))
}
