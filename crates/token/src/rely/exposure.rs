//! Personal facts stand behind a digest of their own, or nowhere.

use crate::jose::{Json, Texts};
use crate::profile::ClaimName;

/// The name of a member that shows a personal fact in plain sight in an issuer's payload *before* anything is revealed, if
/// there is one: a claim under `verified_claims.claims` that isn't behind a digest, or a personal member beside it.
pub(super) fn exposed_member<S: Texts>(payload: &Json<S>) -> Option<&str> {
    let verified = payload.member("verified_claims");
    let claims = verified.and_then(|verified| verified.member("claims")).and_then(Json::as_object);
    let plain = claims.into_iter().flat_map(|claims| claims.keys()).find(|name| name.as_ref() != "_sd");
    plain
        .map(AsRef::as_ref)
        .or_else(|| verified.and_then(|verified| member_of(verified.member("verification")?, in_evidence)))
        .or_else(|| payload.as_object()?.keys().map(AsRef::as_ref).find(|name| personal(name)))
        .or_else(|| member_of(payload.member("realname")?, personal))
}

/// Members that say who somebody is, besides [`ClaimName`]: OpenID Connect Core 5.1, OIDC4IDA and their like.
fn personal(name: &str) -> bool {
    let known = matches!(
        name,
        "given_name"
            | "family_name"
            | "middle_name"
            | "nickname"
            | "preferred_username"
            | "picture"
            | "email"
            | "phone_number"
            | "place_of_birth"
            | "birth_family_name"
            | "birth_given_name"
            | "msisdn"
            | "also_known_as"
            | "document_number"
            | "personal_number"
            | "derived_claims"
            | "attachments"
    );
    known || ClaimName::from_name(name).is_some()
}

/// Members of `evidence` that would carry a person's data. `name` isn't among them: there it is an organisation's.
fn in_evidence(name: &str) -> bool {
    matches!(
        name,
        "document_number"
            | "serial_number"
            | "personal_number"
            | "derived_claims"
            | "attachments"
            | "id_number"
            | "birthdate"
            | "date_of_expiry"
    )
}

fn member_of<S: Texts>(json: &Json<S>, wanted: fn(&str) -> bool) -> Option<&str> {
    match json {
        Json::Object(members) => members.iter().find_map(|(name, value)| {
            if wanted(name.as_ref()) { Some(name.as_ref()) } else { member_of(value, wanted) }
        }),
        Json::Array(values) => values.iter().find_map(|value| member_of(value, wanted)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_found() {
        let parse = |text: &str| Json::parse(text.as_bytes(), 1000).unwrap();
        for (payload, member) in [
            (r#"{"verified_claims":{"claims":{"_sd":[]}}}"#, None),
            (r#"{"verified_claims":{"claims":{"_sd":[],"name":"x"}}}"#, Some("name")),
            (r#"{"verified_claims":{"claims":{"anything":1}}}"#, Some("anything")),
            (r#"{"iss":"x","birthdate":"y"}"#, Some("birthdate")),
            (r#"{"phone_number":"y"}"#, Some("phone_number")),
            (r#"{"realname":{"terminal":{"id_number":"y"}}}"#, Some("id_number")),
            (
                r#"{"verified_claims":{"verification":{"evidence":[{"document_details":{"document_number":"y"}}]}}}"#,
                Some("document_number"),
            ),
            (
                r#"{"verified_claims":{"verification":{"evidence":[{"record":{"source":{"name":"office"}}}]}}}"#,
                None,
            ),
        ] {
            assert_eq!(exposed_member(&parse(payload)), member, "{payload}");
        }
    }
}
