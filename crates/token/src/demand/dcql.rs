//! Which claims are asked for: the part of DCQL (OpenID4VP 1.0, section 6) that a demand uses.

use super::AnswerError;
use crate::jose::Json;
use crate::profile::{ClaimName, DCQL_FORMAT};

/// One credential, its claims by path.
pub(super) fn query(vct: &str, claims: &[ClaimName]) -> Json {
    let path = |claim: &ClaimName| {
        let path = ["verified_claims", "claims", claim.as_str()];
        Json::object([("path", Json::array(path))])
    };
    let mut credential = vec![
        ("id", Json::from("realname")),
        ("format", DCQL_FORMAT.into()),
        ("meta", Json::object([("vct_values", Json::array([vct]))])),
    ];
    // An empty list isn't DCQL; no list asks for no withheld claim.
    if !claims.is_empty() {
        credential.push(("claims", Json::Array(claims.iter().map(path).collect())));
    }
    Json::object([("credentials", Json::Array(vec![Json::object(credential)]))])
}

/// Reads one. What would change which claims are meant (sets, values, several credentials, other authorities) refuses the
/// demand; properties that OpenID4VP doesn't have are ignored, as its section 6 wants.
pub(super) fn read(query: &Json) -> Result<(Vec<String>, Vec<ClaimName>), AnswerError> {
    const REFUSED: AnswerError = AnswerError::Member("dcql_query");
    without(query, &["credential_sets"])?;
    let credentials = query.member("credentials").and_then(Json::as_array).ok_or(REFUSED)?;
    let [credential] = credentials else { return Err(REFUSED) };
    without(credential, &["claim_sets", "trusted_authorities"])?;
    let bound = credential.optional_bool("require_cryptographic_holder_binding")?.unwrap_or(true);
    let multiple = credential.optional_bool("multiple")?.unwrap_or(false);
    if credential.text("format")? != DCQL_FORMAT || !bound || multiple {
        return Err(REFUSED);
    }
    let own = |text: &str| Some(text.to_owned());
    let vcts = credential.member("meta").ok_or(REFUSED)?.list("vct_values", own)?;
    let Some(claims) = credential.member("claims") else { return Ok((vcts, Vec::new())) };
    let claims = claims.as_array().ok_or(REFUSED)?;
    // Section 6.1: no claims are asked for by leaving the list out; an empty one isn't allowed.
    if claims.is_empty() {
        return Err(REFUSED);
    }
    let mut names = Vec::new();
    for claim in claims {
        without(claim, &["values"])?;
        let path = claim.list("path", own)?;
        let [top, below, name] = path.as_slice() else { return Err(REFUSED) };
        let name = ClaimName::from_name(name).filter(|_| top == "verified_claims" && below == "claims");
        let name = name.ok_or(REFUSED)?;
        if names.contains(&name) {
            return Err(REFUSED);
        }
        names.push(name);
    }
    Ok((vcts, names))
}

/// Refuses an object that has one of these properties, and what is no object.
fn without(json: &Json, refused: &[&str]) -> Result<(), AnswerError> {
    let members = json.as_object().ok_or(AnswerError::Member("dcql_query"))?;
    if refused.iter().any(|name| members.contains_key(name)) {
        return Err(AnswerError::Member("dcql_query"));
    }
    Ok(())
}
