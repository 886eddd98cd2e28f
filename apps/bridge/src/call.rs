//! A body as JSON with the known members, and an answer.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::refusal::Refusal;

/// The largest body of a call without a photo, in bytes.
pub(crate) const SMALL: usize = 16 * 1024;
/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// Whether it is JSON; its charset may be named.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next().and_then(|value| value.to_str().ok()), values.next()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|part| part.eq_ignore_ascii_case("charset=utf-8"))
}

/// Reads the body: its declared size first, then its type, then the bytes, never more than the limit. No body at all is no
/// members.
pub(crate) async fn json<T: DeserializeOwned + Default>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<T, Refusal> {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let chunked = headers.contains_key(header::TRANSFER_ENCODING);
    if length.is_none_or(|length| length == 0) && !chunked && !headers.contains_key(header::CONTENT_TYPE) {
        return Ok(T::default());
    }
    if length.is_some_and(|length| length > limit) {
        return Err(Refusal::TooLarge { limit });
    }
    if !is_json(headers) {
        return Err(Refusal::ContentType);
    }
    let bytes = tokio::time::timeout(ARRIVAL, collect(body, limit, length.unwrap_or(SMALL)));
    let bytes = bytes.await.map_err(|_| Refusal::Timeout { seconds: ARRIVAL.as_secs() })??;
    let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::Members("it isn't UTF-8"))?;
    // The reader's own words would quote the body.
    serde_json::from_str(text)
        .map_err(|_| Refusal::Members("it isn't JSON, or a member is unknown, doubled, or of the wrong type"))
}

async fn collect(body: Body, limit: usize, expected: usize) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(expected.min(limit)));
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

/// Bytes that are wiped when the last who has them lets them go.
pub(crate) fn wiped<T: AsRef<[u8]> + zeroize::Zeroize + Send + 'static>(bytes: T) -> Bytes {
    struct Owned<T: zeroize::Zeroize>(Zeroizing<T>);
    impl<T: AsRef<[u8]> + zeroize::Zeroize> AsRef<[u8]> for Owned<T> {
        fn as_ref(&self) -> &[u8] {
            self.0.as_ref()
        }
    }
    Bytes::from_owner(Owned(Zeroizing::new(bytes)))
}

/// An answer in JSON, wiped when it is sent.
pub(crate) fn answer(status: StatusCode, text: impl Into<String>) -> Response {
    let mut response = Response::new(Body::from(wiped(text.into())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
