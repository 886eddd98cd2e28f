//! The page's calls: opening the link, agreeing, declaring.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use realname::appraisal::Declared;
use realname::document::{CardDate, Personal, ValidUntil};
use realname::jose::random;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::seal::Key;
use super::session::{Opened, Session};
use super::state::state;
use super::told::SessionState;
use crate::Refusal;
use crate::app::App;
use crate::call::{self, MAX_BODY, Path, answer, peer};
use crate::clock::now;

/// What is sealed with what the buyer typed.
const DECLARED: &[u8] = b"declared";

/// What the link's fragment holds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    #[schema(value_type = String)]
    token: Personal,
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
#[derive(Deserialize, Serialize, ToSchema)]
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

/// A call of a session's page: which session, and the cookie that came along.
#[derive(Clone)]
pub(crate) struct PageCall {
    pub(super) id: String,
    pub(super) cookie: Zeroizing<String>,
}

impl PageCall {
    /// What the headers say. Nothing of the session was looked at.
    pub(crate) fn of(app: &App, id: &str, headers: &HeaderMap) -> Result<Self, Refusal> {
        same_origin(app, headers)?;
        let name = cookie_name(app, id);
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut found =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let Some((_, cookie)) = found.find(|(found, _)| *found == name) else {
            return Err(Refusal::NotThePage);
        };
        Ok(Self { id: id.to_owned(), cookie: Zeroizing::new(cookie.to_owned()) })
    }

    /// The session, if the cookie is its page's.
    pub(crate) async fn look(&self, app: &App) -> Result<Session, Refusal> {
        let (page, run) = (self.clone(), app.clone());
        app.pool.run(move || page.session(&run, now())).await
    }

    /// As [`look`](Self::look), when the session can still be changed.
    pub(super) async fn look_open(&self, app: &App) -> Result<Session, Refusal> {
        let session = self.look(app).await?;
        session.must_be_open(now())?;
        Ok(session)
    }

    /// The session. To be called on a blocking thread.
    pub(super) fn session(&self, app: &App, now: Timestamp) -> Result<Session, Refusal> {
        let session = app.sessions.find(&self.id, now)?;
        if !session.is_page(&self.cookie) {
            return Err(Refusal::NotThePage);
        }
        if session.opened.as_ref().is_some_and(|opened| opened.used) {
            return Ok(session);
        }
        // The cookie arrived, so it isn't told again.
        let used = app.sessions.change(&self.id, now, |session| {
            if let Some(opened) = &mut session.opened {
                opened.used = true;
            }
            Ok(())
        });
        used.map(|(session, ())| session)
    }

    /// Changes the session, which is open.
    async fn change(
        &self,
        app: &App,
        mut change: impl FnMut(&mut Session) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<Session, Refusal> {
        let (page, run) = (self.clone(), app.clone());
        app.pool
            .run(move || {
                let now = now();
                let changed = run.sessions.change(&page.id, now, |session| {
                    session.must_be_open(now)?;
                    change(session)
                });
                changed.map(|(session, ())| session)
            })
            .await
    }
}

/// One of the page's calls with a JSON body.
async fn page_call<T: serde::de::DeserializeOwned>(
    app: &App,
    id: &str,
    request: Request,
) -> Result<(PageCall, T), Refusal> {
    let (parts, body) = request.into_parts();
    let page = PageCall::of(app, id, &parts.headers)?;
    page.look_open(app).await?;
    let bytes = call::read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    Ok((page, call::members(&bytes)?))
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
    let (run, asked) = (app.clone(), id.clone());
    let opened = app.pool.run(move || open_link(&run, &asked, link.token.as_str(), key.as_deref(), now()));
    let Some((text, end)) = opened.await? else {
        app.rates.guess(peer(&parts.extensions))?;
        return Err(Refusal::LinkUsed);
    };
    let secure = if app.origin.starts_with("https://") { " Secure;" } else { "" };
    let left = end.as_second().saturating_sub(now().as_second()).max(1);
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

/// The cookie and the session's end; `None` for a link that is another's.
fn open_link(
    app: &App,
    id: &str,
    link: &str,
    key: Option<&str>,
    now: Timestamp,
) -> Result<Option<(Zeroizing<String>, Timestamp)>, Refusal> {
    let session = app.sessions.find(id, now)?;
    let digest: [u8; 32] = Sha256::digest(link.as_bytes()).into();
    if !bool::from(digest.ct_eq(&session.link)) {
        return Ok(None);
    }
    let salt = random::<32>().map_err(|_| Refusal::Internal)?;
    let opened = app.sessions.change(id, now, |session| match &session.opened {
        None => {
            let (opened, text) = Opened::new(link, key, salt);
            session.opened = Some(opened);
            Ok(text)
        }
        // The answer got lost on its way: the same browser, by a key that it alone has, hears it again.
        Some(opened) => opened.again(link, key).ok_or(Refusal::LinkUsed),
    });
    opened.map(|(session, text)| Some((text, session.asked.end)))
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
    let (page, Agreed { text_sha256, agreed }) = page_call(&app, &id, request).await?;
    let session = page.change(&app, move |session| {
        if text_sha256 != session.text_sha256() {
            return Err(Refusal::OtherText);
        }
        if !agreed {
            return Err(Refusal::Value { member: "agreed", problem: "without consent nothing is checked" });
        }
        session.consent = Some(now());
        Ok(())
    });
    Ok(answer(StatusCode::OK, &state(&session.await?, false)))
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
    let (page, typed) = page_call::<DeclaredBy>(&app, &id, request).await?;
    let key = app.sessions.page_key(&page.id, &page.cookie);
    let session = page.change(&app, move |session| {
        if session.consent.is_none() {
            return Err(Refusal::NotYet { missing: "the consent comes first" });
        }
        declared(&typed)?;
        let plain = Zeroizing::new(serde_json::to_vec(&typed).map_err(|_| Refusal::Internal)?);
        session.declared = Some(key.seal(&plain, DECLARED)?.to_vec());
        Ok(())
    });
    Ok(answer(StatusCode::OK, &state(&session.await?, false)))
}

/// What the buyer typed, out of a session that its page's key opens.
pub(super) fn typed(session: &Session, key: &Key) -> Result<Declared, Refusal> {
    let sealed = session.declared.as_deref().ok_or(Refusal::Internal)?;
    let plain = key.open(sealed, DECLARED).ok_or(Refusal::Ended)?;
    declared(&serde_json::from_slice(&plain).map_err(|_| Refusal::Internal)?)
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
