//! The page's calls: opening the link, agreeing, declaring, the live capture.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use realname::appraisal::{ConsentGiven, Declared};
use realname::document::{CardDate, Personal, ValidUntil};
use realname::jose::{encode, random};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::session::{Opened, Shared, lock};
use super::state::state;
use super::told::SessionState;
use crate::Refusal;
use crate::app::App;
use crate::call::{self, MAX_BODY, answer, peer};
use crate::clock::now;

/// What the link's fragment holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    token: String,
}

/// What the buyer agreed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agreed {
    /// Of exactly what was shown: as the session gives it.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    text_sha256: String,
    /// `true`.
    agreed: bool,
}

/// What the buyer typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredBy {
    #[schema(value_type = String, max_length = 200)]
    name: Personal,
    #[schema(value_type = String, max_length = 50)]
    id_number: Personal,
    /// `2020-01-31`; both dates or none.
    #[schema(value_type = Option<String>, example = "2020-01-31")]
    valid_from: Option<Personal>,
    /// `2020-01-31` or `long_term`.
    #[schema(value_type = Option<String>, example = "long_term")]
    valid_until: Option<Personal>,
}

/// The cookie of a session's page. Without TLS, on this machine alone, browsers take no `__Host-`.
fn cookie_name(app: &App, id: &str) -> String {
    if app.origin.starts_with("https://") {
        format!("__Host-realname-{id}")
    } else {
        format!("realname-{id}")
    }
}

/// Refuses what another site's page sent.
pub(crate) fn same_origin(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let origin = headers.get(header::ORIGIN);
    let fetched = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if origin.is_some_and(|origin| origin.as_bytes() != app.origin.as_bytes())
        || fetched.is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return Err(Refusal::OtherOrigin);
    }
    Ok(())
}

/// The session whose page calls.
pub(crate) fn page_session(
    app: &App,
    id: &str,
    headers: &HeaderMap,
    changes: bool,
) -> Result<Shared, Refusal> {
    same_origin(app, headers)?;
    let name = cookie_name(app, id);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let Some((_, cookie)) = found.find(|(found, _)| *found == name) else { return Err(Refusal::NotThePage) };
    let session = app.sessions.find(id, now())?;
    let mut held = lock(&session);
    if !held.is_page(cookie) {
        return Err(Refusal::NotThePage);
    }
    if let Some(opened) = &mut held.opened {
        // It arrived, so it isn't told again.
        opened.text = None;
    }
    if changes {
        held.must_be_open()?;
    }
    drop(held);
    Ok(session)
}

/// One of the page's calls with a JSON body.
async fn page_call<T: serde::de::DeserializeOwned>(
    app: &App,
    id: &str,
    request: Request,
) -> Result<(Shared, T), Refusal> {
    let (parts, body) = request.into_parts();
    let session = page_session(app, id, &parts.headers, true)?;
    let bytes = call::read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    Ok((session, call::members(&bytes)?))
}

/// Opens the link, once: the browser that does gets the page's cookie.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/open", operation_id = "open_session", tag = "page", request_body = Link,
    params(("id" = String, Path, description = "The session")),
    responses((status = 204, description = "Open; the cookie is set"), (status = "default", response = crate::shown::Error))
)]
pub(crate) async fn open(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    same_origin(&app, &parts.headers)?;
    let bytes = call::read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    let link: Link = call::members(&bytes)?;
    let key = parts.headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    let session = app.sessions.find(&id, now())?;
    let mut session = lock(&session);
    let digest: [u8; 32] = Sha256::digest(link.token.as_bytes()).into();
    if !bool::from(digest.ct_eq(&session.link)) {
        app.rates.guess(peer(&parts.extensions))?;
        return Err(Refusal::LinkUsed);
    }
    let text = match &session.opened {
        None => {
            let text = Zeroizing::new(encode(&random::<32>().map_err(|_| Refusal::Internal)?));
            let cookie = Sha256::digest(text.as_bytes()).into();
            session.opened = Some(Opened { cookie, key, text: Some(text.clone()) });
            text
        }
        // The answer got lost on its way: the same browser, by a key that it alone has, hears it again.
        Some(Opened { key: Some(opener), text: Some(text), .. }) if key.as_ref() == Some(opener) => {
            text.clone()
        }
        Some(_) => return Err(Refusal::LinkUsed),
    };
    let secure = if app.origin.starts_with("https://") { " Secure;" } else { "" };
    let left = session.demand.expires_at().as_second().saturating_sub(now().as_second()).max(1);
    let cookie = format!(
        "{}={}; Path=/; HttpOnly;{secure} SameSite=Strict; Max-Age={left}",
        cookie_name(&app, &id),
        text.as_str()
    );
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let mut value = HeaderValue::from_str(&cookie).map_err(|_| Refusal::Internal)?;
    value.set_sensitive(true);
    response.headers_mut().insert(header::SET_COOKIE, value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Takes the buyer's consent to exactly what was shown.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/consent", operation_id = "consent_session", tag = "page", request_body = Agreed,
    params(("id" = String, Path, description = "The session")),
    responses((status = 200, description = "The session's state", body = SessionState), (status = "default", response = crate::shown::Error))
)]
pub(crate) async fn consent(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (session, Agreed { text_sha256, agreed }) = page_call(&app, &id, request).await?;
    {
        let mut session = lock(&session);
        if text_sha256 != session.text_sha256() {
            return Err(Refusal::OtherText);
        }
        if !agreed {
            return Err(Refusal::Value { member: "agreed", problem: "without consent nothing is checked" });
        }
        let purposes = [session.demand.purpose().clone()];
        let given = ConsentGiven::new(&session.consent_text, purposes, now());
        session.consent = Some(if session.consent_phone_number { given.with_phone_number() } else { given });
    }
    Ok(answer(StatusCode::OK, &state(&session, false)))
}

/// Takes what the buyer typed.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/declared", operation_id = "declare_session", tag = "page", request_body = DeclaredBy,
    params(("id" = String, Path, description = "The session")),
    responses((status = 200, description = "The session's state", body = SessionState), (status = "default", response = crate::shown::Error))
)]
pub(crate) async fn declare(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (session, typed) = page_call::<DeclaredBy>(&app, &id, request).await?;
    {
        let mut session = lock(&session);
        if session.consent.is_none() {
            return Err(Refusal::NotYet { missing: "the consent comes first" });
        }
        session.declared = Some(declared(&typed)?);
    }
    Ok(answer(StatusCode::OK, &state(&session, false)))
}

fn declared(typed: &DeclaredBy) -> Result<Declared, Refusal> {
    let declared = Declared::new(typed.name.as_str(), typed.id_number.as_str())?;
    let malformed = || Refusal::Value {
        member: "valid_until",
        problem: "both dates or none, as 2020-01-31 or long_term",
    };
    match (&typed.valid_from, &typed.valid_until) {
        (None, None) => Ok(declared),
        (Some(from), Some(until)) => {
            let from = day(from.as_str()).ok_or_else(malformed)?;
            let until = match until.as_str() {
                "long_term" => ValidUntil::LongTerm,
                text => ValidUntil::Day(day(text).ok_or_else(malformed)?),
            };
            Ok(declared.with_validity(from, until)?)
        }
        _ => Err(malformed()),
    }
}

/// `2020-01-31`.
fn day(text: &str) -> Option<CardDate> {
    let bytes = text.as_bytes();
    let dashed = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    dashed.then(|| CardDate::parse(&text.replace('-', ""))).flatten()
}

/// No checker of a live capture is installed, so there is no challenge: the check stays `not_run`.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/live", operation_id = "begin_live", tag = "page",
    params(("id" = String, Path, description = "The session")),
    responses((status = "default", response = crate::shown::Error))
)]
pub(crate) async fn live(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    page_session(&app, &id, request.headers(), true)?;
    Err(Refusal::NotSetUp("a live capture"))
}

/// Without a challenge no frame is due.
#[utoipa::path(
    put, path = "/v1/sessions/{id}/live/{n}", operation_id = "upload_live_frame", tag = "page",
    params(("id" = String, Path, description = "The session"), ("n" = u32, Path, description = "The frame, from 0")),
    responses((status = "default", response = crate::shown::Error))
)]
pub(crate) async fn live_frame(
    State(app): State<App>,
    Path((id, _)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    page_session(&app, &id, request.headers(), true)?;
    Err(Refusal::NotSetUp("a live capture"))
}
