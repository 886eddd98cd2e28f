//! One call, looked at in this order: key, scope, size, type, body.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use realname::jose::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::Refusal;
use crate::app::App;
use crate::once::Once;
use crate::scope::Scope;
use crate::tokens::{Caller, Here};

/// The largest JSON body, in bytes: a token of 64 KiB and what stands around it.
pub(crate) const MAX_BODY: usize = 80 * 1024;

/// What stands in the address. Where that is no text, nothing is under the address, and it is said as for any other; axum's own extractors
/// would answer in words and a form of their own.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let found = axum::extract::Path::from_request_parts(parts, state).await;
        found.map(|axum::extract::Path(found)| Self(found)).map_err(|_| Refusal::NotFound)
    }
}

/// Where the request came from: set by the server for each connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A call whose caller may make it. Nothing of its body was read.
pub(crate) struct Call {
    pub(crate) caller: Arc<Caller>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: IpAddr,
    body: Body,
}

impl Call {
    /// Who calls, and whether they may.
    pub(crate) async fn admit(app: &App, request: Request, scope: Scope) -> Result<Self, Refusal> {
        Self::admit_any(app, request, scope, scope).await
    }

    /// The same for a call that either of two scopes allows.
    pub(crate) async fn admit_any(
        app: &App,
        request: Request,
        scope: Scope,
        or: Scope,
    ) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let peer = peer(&parts.extensions);
        let caller = match parts.extensions.get::<Here>() {
            Some(here) => Caller::here(here, &app.operator.sealing),
            None => app.caller(&parts.headers, peer).await?,
        };
        caller.may(scope).or_else(|refusal| caller.may(or).map_err(|_| refusal))?;
        app.rates.token(&caller.id)?;
        Ok(Self {
            caller: Arc::new(caller),
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers,
            peer,
            body,
        })
    }

    /// The body as JSON with these members and no others, each once.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<(T, Zeroizing<Vec<u8>>), Refusal> {
        let bytes =
            read(&self.headers, std::mem::take(&mut self.body), MAX_BODY, &["application/json"]).await?;
        let value = members(&bytes)?;
        Ok((value, bytes))
    }

    /// The body as bytes of one of these types.
    pub(crate) async fn bytes(
        &mut self,
        limit: usize,
        types: &[&'static str],
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        read(&self.headers, std::mem::take(&mut self.body), limit, types).await
    }

    /// What makes a call that changes something happen once: its header, over the body that was read.
    pub(crate) fn once(&self, app: &App, body: &[u8]) -> Result<Once, Refusal> {
        let (call, place) = ((&self.method, self.path.as_str()), (app.node, &app.running));
        Once::read(&self.headers, &self.caller.secret, call, body, place)
    }

    /// The query's parameter of that name; another name is refused.
    pub(crate) fn parameter(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let Some(query) = self.query.as_deref().filter(|query| !query.is_empty()) else { return Ok(None) };
        match query.split_once('=') {
            Some((found, value)) if found == name && !value.contains(['&', '=']) => Ok(Some(value)),
            _ => Err(Refusal::Parameter),
        }
    }
}

/// The address of the other side.
pub(crate) fn peer(extensions: &http::Extensions) -> IpAddr {
    extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0)
}

/// Whether the content type is that one; its charset may be named.
pub(crate) fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next().and_then(|value| value.to_str().ok()), values.next()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let named = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case(expected));
    named && parts.all(|part| part.eq_ignore_ascii_case("charset=utf-8"))
}

/// Reads a body: its declared size first, then its type, then the bytes, never more than the limit.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    types: &[&'static str],
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > limit as u64) {
        if !headers.contains_key(header::EXPECT) {
            swallow(body, limit).await;
        }
        return Err(Refusal::TooLarge { limit });
    }
    if !types.iter().any(|expected| is_type(headers, expected)) {
        return Err(Refusal::ContentType { expected: types.first().copied().unwrap_or_default() });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(declared.unwrap_or(4096).min(limit as u64) as usize));
    let mut body = Limited::new(body, limit);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    bytes.extend_from_slice(&data);
                }
            }
            Err(error) if error.is::<LengthLimitError>() => return Err(Refusal::TooLarge { limit }),
            Err(_) => return Err(Refusal::Members("it broke off")),
        }
    }
    Ok(bytes)
}

/// Lets some of a body that is too large pass by: who is cut off while sending hears no answer.
async fn swallow(mut body: Body, limit: usize) {
    let mut left = limit.saturating_mul(4);
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
            if left == 0 {
                break;
            }
        }
    };
    // Whoever is slow with it hears nothing, then.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), rest).await;
}

/// Strict JSON into a type that denies unknown members.
pub(crate) fn members<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let json = Json::parse(bytes, MAX_BODY).map_err(Refusal::Json)?;
    if json.as_object().is_none() {
        return Err(Refusal::Members("it isn't an object"));
    }
    // The reader's own words would quote the body.
    serde_json::from_slice(bytes)
        .map_err(|_| Refusal::Members("a member is missing, unknown, or of the wrong type"))
}

/// An answer in JSON.
pub(crate) fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    // Writing values of ours can't fail; if it did, nothing is answered rather than half.
    let Ok(text) = serde_json::to_string(value) else { return Refusal::Internal.into_response() };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
