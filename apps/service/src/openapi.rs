//! `/openapi.json`, made from the code of the calls.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api::changes::{replacements, transfers};
use crate::api::{
    audits, cancellations, confirmations, demands, health, orders, presentations, reports, trust, voice,
};
use crate::call::answer;
use crate::sessions;
use crate::shown::{Action, Error, ErrorParts, ErrorShown};

/// What the calls say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(title = "realname serve", description = "Demands, presentations and online checks over HTTP."),
    paths(
        demands::make,
        demands::state,
        presentations::decide,
        audits::audit,
        cancellations::open,
        cancellations::snapshot,
        cancellations::confirm,
        cancellations::commit,
        cancellations::receipt,
        replacements::open,
        replacements::snapshot,
        replacements::confirm,
        replacements::commit,
        replacements::receipt,
        transfers::open,
        transfers::snapshot,
        transfers::confirm,
        transfers::commit,
        transfers::receipt,
        confirmations::ask,
        confirmations::reply,
        confirmations::redeem,
        orders::open,
        orders::show,
        orders::accept,
        orders::door,
        orders::activate,
        reports::receive,
        reports::show,
        voice::callback,
        trust::trust,
        trust::jwks,
        health::alive,
        health::ready,
        health::metrics,
        sessions::make,
        sessions::show,
        sessions::open,
        sessions::consent,
        sessions::declare,
        sessions::upload,
        sessions::annotated,
        sessions::live,
        sessions::live_frame,
        sessions::complete,
    ),
    components(responses(Error), schemas(ErrorShown, ErrorParts, Action)),
    modifiers(&Token)
)]
pub(crate) struct Document;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Made by `realname serve token new`."))
            .build();
        let platform = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The secret of `[confirmation.voice]`."))
            .build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        components.add_security_scheme("voice", SecurityScheme::Http(platform));
    }
}

/// The forms that the program prints as well, and the names under which they are known here.
const PRINTED: [(&str, &str); 4] = [
    ("Verdict", include_str!("../../../docs/schemas/verdict.json")),
    ("Refusal", include_str!("../../../docs/schemas/refusal.json")),
    ("Examination", include_str!("../../../docs/schemas/examination.json")),
    ("DemandChecked", include_str!("../../../docs/schemas/demand-check.json")),
];

/// The OpenAPI document of the calls, as JSON.
pub fn json() -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    document["info"]["license"] = serde_json::json!({"name": "MIT OR Apache-2.0"});
    let printed = printed();
    let mut wanted = references(&document);
    let mut had = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        let Some(form) = printed.get(&name).filter(|_| had.insert(name.clone())) else { continue };
        wanted.extend(references(form));
        document["components"]["schemas"][&name] = form.clone();
    }
    // A session's refusal says what is wrong with the photos, where taking them again helps.
    let refusal = &mut document["components"]["schemas"]["Refusal"]["properties"];
    refusal["faults"] = serde_json::json!({
        "description": "What is wrong with the photos, where taking them again helps.",
        "type": "array",
        "items": {"$ref": format!("{COMPONENTS}ExaminationDefect")},
    });
    // With `?record=1` the verdict brings what is kept; an audit is about a record, which names no order.
    let verdict = &mut document["components"]["schemas"]["Verdict"];
    verdict["properties"]["record"] =
        serde_json::json!({"description": "What is kept of an acceptance; asked for by `record=1`."});
    if let Some(required) = verdict["required"].as_array_mut() {
        required
            .retain(|member| !["record", "nonce", "transaction", "env"].iter().any(|name| member == name));
    }
    document
}

const COMPONENTS: &str = "#/components/schemas/";

/// Every form of [`PRINTED`] and of what it is made of, by name.
fn printed() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (name, text) in PRINTED {
        // Two forms may have parts of one name.
        let text = text.replace("#/$defs/", &format!("{COMPONENTS}{name}"));
        let mut form: Value = serde_json::from_str(&text).unwrap_or_default();
        let Some(members) = form.as_object_mut() else { continue };
        members.remove("$schema");
        if let Some(Value::Object(parts)) = members.remove("$defs") {
            found.extend(parts.into_iter().map(|(part, form)| (format!("{name}{part}"), form)));
        }
        found.insert(name.to_owned(), form);
    }
    found
}

/// The names of the components that a form is made of.
fn references(form: &Value) -> Vec<String> {
    match form {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(text) if name == "$ref" => {
                    text.strip_prefix(COMPONENTS).map(str::to_owned).into_iter().collect()
                }
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

pub(crate) async fn document() -> Response {
    answer(StatusCode::OK, &json())
}
