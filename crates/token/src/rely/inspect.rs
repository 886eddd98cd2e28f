//! A token's parts, unverified.

use crate::jose::{JoseError, Json, Unverified};
use crate::sd_jwt::{Combined, Disclosure, SdJwtError};

/// The text is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// Neither a compact JWS nor an SD-JWT.
    #[error("not a token: {0}")]
    Jose(#[from] JoseError),
    /// Not an SD-JWT.
    #[error("not a token: {0}")]
    SdJwt(#[from] SdJwtError),
}

/// A token's parts, as JSON for [`to_visible_json`](realname_terms::to_visible_json): nothing in them is verified, every
/// text in them is a stranger's. `Debug` shows none of it.
#[derive(Clone, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Inspected(Json);

impl std::fmt::Debug for Inspected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspected").finish_non_exhaustive()
    }
}

/// Shows a JWS (demand, trust list, delegation) or a presentation in its parts: `verified` is always `false`, and what it
/// shows may be anybody's invention. Disclosed values are shown: the result is personal data.
pub fn inspect(text: &str) -> Result<Inspected, InspectError> {
    let text = text.trim_ascii();
    if !text.contains('~') {
        return Ok(Inspected(jws(text, vec![("verified", false.into())])?));
    }
    let combined = Combined::parse(text)?;
    let mut disclosures = Vec::new();
    for encoded in combined.disclosures() {
        let disclosure = Disclosure::parse(encoded)?;
        let mut members = vec![("digest", disclosure.digest().into()), ("value", disclosure.value().clone())];
        members.extend(disclosure.name().map(|name| ("name", name.into())));
        disclosures.push(Json::object(members));
    }
    let key_binding = combined.key_binding().map(|kb_jwt| jws(kb_jwt, Vec::new())).transpose()?;
    let members = [
        ("verified", false.into()),
        ("issuer", jws(combined.issuer_jwt(), Vec::new())?),
        ("disclosures", Json::Array(disclosures)),
        ("key_binding", key_binding.unwrap_or(Json::Null)),
    ];
    Ok(Inspected(Json::object(members)))
}

fn jws(compact: &str, mut members: Vec<(&'static str, Json)>) -> Result<Json, JoseError> {
    let jws = Unverified::parse(compact)?;
    let chain = jws.header().member("delegation").and_then(Json::as_array);
    let chain: Option<Result<Vec<Json>, JoseError>> = chain.map(|chain| {
        chain
            .iter()
            .map(|statement| {
                let text = statement.as_str().ok_or(JoseError::Member("delegation"))?;
                let link = Unverified::parse(text)?;
                Ok(Json::object([("header", link.header().clone()), ("payload", link.peek()?.clone())]))
            })
            .collect()
    });
    members.extend([("header", jws.header().clone()), ("payload", jws.peek()?.clone())]);
    if let Some(chain) = chain {
        members.push(("delegation", Json::Array(chain?)));
    }
    Ok(Json::object(members))
}
