//! The pages: static files in the program, under a strict content security policy.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use realname::demand::DemandRequest;
use realname::profile::{Check, ClaimName, Explain as _, Locality, Purpose, ReasonCode};
use serde::Deserialize;
use serde_json::json;

use crate::Refusal;
use crate::api::order;
use crate::app::App;
use crate::call::{self, MAX_BODY, Path, answer, peer};
use crate::clock::now;
use crate::sessions;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The desk's page calls the till's reader service, too, which is on its own machine.
const DESK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http://127.0.0.1:* http://localhost:*; \
                           form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

fn file(kind: &'static str, content: impl Into<Body>) -> Response {
    let mut response = Response::new(content.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(self)"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// The buyer's page. It is the same for every session, and loading it changes nothing.
pub(crate) async fn session() -> Response {
    file("text/html; charset=utf-8", &include_bytes!("page/session.html")[..])
}

/// The page of a desk where numbers of other provinces are cancelled. Without a token it shows nothing.
pub(crate) async fn desk() -> Response {
    let mut response = file("text/html; charset=utf-8", &include_bytes!("page/desk.html")[..]);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DESK_POLICY));
    response
}

/// What clerk and customer are told of each reason.
fn reasons() -> String {
    let texts = ReasonCode::ALL.iter().map(|code| {
        let advice = code.entry().advice;
        (code.as_str().to_owned(), json!({ "en": advice.en, "zh": advice.zh }))
    });
    serde_json::Value::Object(texts.collect()).to_string()
}

/// What stands at `/`.
pub(crate) async fn front(State(app): State<App>) -> Response {
    if app.demo.is_some() {
        return file("text/html; charset=utf-8", &include_bytes!("page/demo.html")[..]);
    }
    file("text/html; charset=utf-8", &include_bytes!("page/front.html")[..])
}

fn script(text: &'static str) -> Response {
    file("text/javascript; charset=utf-8", text)
}

/// Scripts and styles.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "session.js" => script(include_str!("page/session.js")),
        "words.js" => script(include_str!("page/words.js")),
        "desk.js" => script(include_str!("page/desk.js")),
        "desk-words.js" => script(include_str!("page/desk-words.js")),
        "reasons.json" => file("application/json", reasons()),
        "demo.js" => script(include_str!("page/demo.js")),
        "page.css" => file("text/css; charset=utf-8", &include_bytes!("page/page.css")[..]),
        "live.js" => script(include_str!("page/live.js")),
        _ => Refusal::NotFound.into_response(),
    }
}

/// A photo of the demonstration's buyer, for visitors who have no camera. All synthetic.
pub(crate) async fn specimen(State(app): State<App>, Path(name): Path<String>) -> Response {
    if app.demo.is_none() {
        return Refusal::NotFound.into_response();
    }
    match name.as_str() {
        "portrait_side.jpg" => {
            file("image/jpeg", &include_bytes!("../../../fixtures/sale/portrait-side.jpg")[..])
        }
        "emblem_side.jpg" => {
            file("image/jpeg", &include_bytes!("../../../fixtures/sale/emblem-side.jpg")[..])
        }
        "holder.jpg" => file("image/jpeg", &include_bytes!("../../../fixtures/sale/holder.jpg")[..]),
        _ => Refusal::NotFound.into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visit {
    locale: String,
}

/// A sale of the demonstration: as the shop's server, it makes a demand and a session, and gives the visitor the link.
pub(crate) async fn sale(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let principal = visitor(&app)?;
    let (parts, body) = request.into_parts();
    sessions::same_origin(&app, &parts.headers)?;
    let peer = peer(&parts.extensions);
    let bytes = call::read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    let zh = call::members::<Visit>(&bytes)?.locale == "zh";
    let run = app.clone();
    let (nonce, made) = app
        .pool
        .run(move || {
            let operator = &run.operator;
            let now = now();
            let life = SignedDuration::from_mins(10);
            let demand = DemandRequest::new(Purpose::SimActivate)
                .number("+8613900000001")
                .locality(Locality::Remote)
                .claim(ClaimName::Name)
                .claim(ClaimName::IdNumber)
                .check(Check::Triplet)
                .check(Check::Registry)
                .env(operator.env)
                .life(life)
                .issue(&operator.iss, operator.signer.as_ref(), operator.store.as_ref(), now)?;
            let end = now.checked_add(life).map_err(|_| Refusal::Internal)?;
            order::own(operator.store.as_ref(), demand.nonce(), &principal, end)?;
            let made = sessions::open_for(&run, demand.as_str(), zh, &principal, peer)?;
            Ok((demand.nonce().to_owned(), made))
        })
        .await?;
    let mut shown = json!(made);
    shown["nonce"] = json!(nonce);
    Ok(answer(StatusCode::CREATED, &shown))
}

/// What the shop does when the session is done: it takes the presentation and decides on it.
pub(crate) async fn settle(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let principal = visitor(&app)?;
    let run = app.clone();
    let session = app.pool.run(move || run.sessions.find(&id, now())).await?;
    let mut state = json!(sessions::state(&session, true));
    if state["state"] == "done"
        && let Some(presentation) = state["presentation"].as_str().map(str::to_owned)
    {
        let run = app.clone();
        let verdict = app
            .pool
            .run(move || crate::api::presentations::decide_for(&run, &principal, &presentation))
            .await?;
        state["verdict"] = verdict;
    }
    if let Some(state) = state.as_object_mut() {
        state.remove("presentation");
    }
    Ok(answer(StatusCode::OK, &state))
}

fn visitor(app: &App) -> Result<String, Refusal> {
    app.demo.as_ref().map(|demo| demo.principal.clone()).ok_or(Refusal::NotFound)
}
