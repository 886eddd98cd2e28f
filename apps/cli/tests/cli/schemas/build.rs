//! The schemas, made from the library's own names: a name that is added there is in them, a member that is added anywhere
//! must be added here.

use realname::capture::measure::Measure;
use realname::capture::{PhotoFault, Slot};
use realname::document::{Flag, Origin};
use realname::profile::{
    Check, ClaimName, DocumentKind, Env, Locality, NumberCheck, Outcome, ReasonCode, Sex,
};
use serde_json::{Map, Value, json};

/// Name and schema of each value that the program prints.
pub fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("card-read", titled("What `reader read --json` prints: a reading.", card_read())),
        ("error", titled("What every command prints with --json when it fails.", error())),
        (
            "examination",
            titled("What `capture check --json` prints: what was measured on three photos.", examination()),
        ),
        ("finding", titled("A register's answer, normalised.", finding())),
        ("ports", titled("What `reader list --json` prints.", ports())),
        (
            "refusal",
            titled("The `refusal` of `attest --json`: every check, why, and what to do next.", refusal()),
        ),
        ("verdict", titled("What `verify --json` prints: the relying party's decision.", verdict())),
    ]
}

fn titled(title: &str, mut schema: Value) -> Value {
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = title.into();
    schema
}

/// An object with these members and no other.
fn object<const R: usize, const O: usize>(
    required: [(&str, Value); R],
    optional: [(&str, Value); O],
) -> Value {
    let names: Vec<&str> = required.iter().map(|(name, _)| *name).collect();
    let mut properties = Map::new();
    for (name, schema) in required.iter().chain(&optional) {
        properties.insert((*name).to_owned(), schema.clone());
    }
    json!({"type": "object", "properties": properties, "required": names, "additionalProperties": false})
}

fn list(of: Value) -> Value {
    json!({"type": "array", "items": of})
}

fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    json!({"enum": names.into_iter().collect::<Vec<_>>()})
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "number"})
}

fn boolean() -> Value {
    json!({"type": "boolean"})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn sha256() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
}

fn code() -> Value {
    json!({"type": "string", "pattern": "^[a-z0-9_]+$"})
}

fn outcome() -> Value {
    one_of(Outcome::NAMES)
}

fn slot() -> Value {
    one_of(Slot::NAMES)
}

/// Other members belong to the command: `refusal`, `photos`, `examination`.
fn error() -> Value {
    json!({"type": "object", "properties": {"error": error_body()}, "required": ["error"]})
}

fn error_body() -> Value {
    object([("code", code()), ("message", text()), ("action", text())], [])
}

fn card_read() -> Value {
    let date = || or_null(json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}));
    let until = || or_null(json!({"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2}|long_term)$"}));
    let maybe = || or_null(text());
    let document = object(
        [
            ("kind", one_of(DocumentKind::NAMES)),
            ("name", maybe()),
            ("english_name", maybe()),
            ("sex", one_of(Sex::NAMES)),
            ("ethnic_group", or_null(object([("code", text()), ("name", maybe())], []))),
            ("birth_date", date()),
            ("address", maybe()),
            ("number", maybe()),
            ("authority", maybe()),
            ("valid_from", date()),
            ("valid_until", until()),
            ("nationality", maybe()),
            ("travel_permit_number", maybe()),
            ("issue_count", or_null(count())),
            ("former_number", maybe()),
        ],
        [("authority_code", text()), ("card_version", text()), ("renewals", count())],
    );
    let print =
        object([("finger", count()), ("quality", count()), ("enrolment", count()), ("length", count())], []);
    object(
        [
            ("document", document),
            ("number_check", one_of(NumberCheck::NAMES)),
            ("flags", list(one_of(Flag::NAMES))),
            ("additional_address", maybe()),
            (
                "sam_id",
                json!({"type": "string", "pattern": "^[0-9]{2,5}\\.[0-9]{2,5}-[0-9]{8,10}-[0-9]{10}-[0-9]{10}$"}),
            ),
            ("origin", one_of(Origin::NAMES)),
            ("photo", object([("format", one_of(["wlt"])), ("length", count()), ("sha256", sha256())], [])),
            ("fingerprints", list(print)),
            ("link", object([("discarded_bytes", count()), ("retries", count())], [])),
            ("confirmed", boolean()),
        ],
        [],
    )
}

fn ports() -> Value {
    let maybe = || or_null(text());
    let id = || json!({"type": "string", "pattern": "^[0-9a-f]{4}$"});
    let usb = object(
        [
            ("vid", id()),
            ("pid", id()),
            ("serial_number", maybe()),
            ("manufacturer", maybe()),
            ("product", maybe()),
        ],
        [],
    );
    let guess = one_of(realname::reader::Guess::NAMES);
    object([("ports", list(object([("port", text()), ("guess", guess)], [("usb", usb)])))], [])
}

fn verdict() -> Value {
    let reason = object(
        [("code", one_of(ReasonCode::ALL.iter().map(|code| code.as_str())))],
        [("check", one_of(Check::NAMES)), ("claim", one_of(ClaimName::NAMES))],
    );
    let check = object([("check", one_of(Check::NAMES)), ("outcome", outcome())], [("time", time())]);
    let claims = ClaimName::NAMES.map(|name| {
        let value = match ClaimName::from_name(name).expect("a name") {
            ClaimName::Address => object([("formatted", text())], []),
            ClaimName::Nationalities => list(text()),
            ClaimName::Name
            | ClaimName::Birthdate
            | ClaimName::Gender
            | ClaimName::IdNumber
            | ClaimName::IdType
            | ClaimName::DocumentExpiry => text(),
        };
        (name, value)
    });
    let trust =
        object([("anchor", text()), ("list_seq", count()), ("list_age", json!({"type": "integer"}))], []);
    object(
        [
            ("verdict", one_of(["accepted", "refused"])),
            ("reasons", list(reason)),
            ("purpose", or_null(text())),
            ("locality", or_null(one_of(Locality::NAMES))),
            ("checks", list(check)),
            ("claims", or_null(object([], claims))),
            ("trust", or_null(trust)),
            ("age", or_null(json!({"type": "integer"}))),
            ("issuer", or_null(text())),
            ("terminal", or_null(text())),
        ],
        // What was recorded when the demand was answered before.
        [
            ("recorded", json!({"type": "object"})),
            ("remarks", list(object([("code", code())], []))),
            // Which order was answered.
            ("nonce", or_null(text())),
            ("transaction", or_null(json!({"type": "object"}))),
            ("env", or_null(one_of(Env::NAMES))),
        ],
    )
}

fn advice() -> Value {
    object([("en", text()), ("zh", text())], [])
}

fn refusal() -> Value {
    let reason = || one_of(realname::appraisal::Reason::all().map(|reason| reason.code()));
    let report = object(
        [
            ("check", one_of(Check::NAMES)),
            ("outcome", outcome()),
            ("required", boolean()),
            ("blocking", boolean()),
            ("reasons", list(reason())),
        ],
        [("time", time())],
    );
    object(
        [
            ("purpose", text()),
            ("env", one_of(Env::NAMES)),
            ("policy", object([("id", text()), ("version", count())], [])),
            ("overall", one_of([Outcome::Inconclusive, Outcome::NotRun, Outcome::Fail].map(Outcome::as_str))),
            ("reasons", list(reason())),
            ("checks", list(report)),
            ("action", advice()),
            ("retry", boolean()),
            ("human_route", text()),
        ],
        [
            ("acting", one_of(realname::appraisal::Relation::NAMES)),
            ("paper", one_of(realname::appraisal::PaperDocument::NAMES)),
        ],
    )
}

fn examination() -> Value {
    let point = || object([("x", number()), ("y", number())], []);
    let view = || one_of(["portrait_side", "emblem_side", "holder", "unclear"]);
    let threshold = object(
        [("better", one_of(["higher", "lower"])), ("pass", number()), ("fail", number()), ("source", text())],
        [],
    );
    let figure = object(
        [("measure", one_of(Measure::NAMES)), ("threshold", threshold), ("outcome", outcome())],
        [("measured", number())],
    );
    let pose = object([("ratio", number()), ("tilt", number()), ("skew", number())], []);
    let layout = object(
        [
            ("portrait_side", number()),
            ("emblem_side", number()),
            ("mirrored", number()),
            ("upside_down", boolean()),
        ],
        [],
    );
    let card = object(
        [
            ("quad", list(point())),
            ("outline", number()),
            ("share", number()),
            ("cut_off", number()),
            ("pose", pose),
            ("rotation", number()),
            ("pixels_across", number()),
            ("layout", layout),
        ],
        [],
    );
    let face = object([("bounds", list(number()))], [("eyes", list(point()))]);
    let faces = json!({"anyOf": [
        one_of(["not_looked_for"]), object([("found", list(face))], []), object([("failed", text())], []),
    ]});
    let photo = object(
        [
            ("slot", slot()),
            ("view", view()),
            ("card", or_null(card)),
            ("person", or_null(json!({"type": "object"}))),
            ("faces", faces),
            ("figures", list(figure.clone())),
        ],
        [],
    );
    let arrangement = object(
        [("kind", one_of(["as_sent", "swapped", "misplaced", "unclear"]))],
        [("first", slot()), ("second", slot()), ("slot", slot()), ("view", view())],
    );
    let likeness = object([("whole", number()), ("parts", number()), ("cropped_to", number())], []);
    let pair = object([("slots", list(slot())), ("likeness", or_null(likeness))], []);
    let together =
        object([("arrangement", arrangement), ("pairs", list(pair)), ("figures", list(figure))], []);
    let fault = object(
        [
            ("code", one_of(PhotoFault::ALL.iter().map(|fault| fault.code()))),
            ("outcome", outcome()),
            ("slots", list(slot())),
            ("advice", advice()),
        ],
        [],
    );
    let remark = one_of(["cameras_differ", "software_differs", "times_apart", "some_without_camera"]);
    let file = object(
        [
            ("slot", slot()),
            ("format", one_of(["JPEG", "PNG", "WebP"])),
            ("width", count()),
            ("height", count()),
            ("notes", list(one_of(["trailing_bytes", "progressive", "name_disagrees"]))),
        ],
        [],
    );
    object(
        [
            ("outcome", outcome()),
            ("faults", list(fault)),
            ("remarks", list(remark)),
            ("photos", list(photo)),
            ("together", or_null(together)),
            ("thresholds", object([("id", text()), ("version", count())], [])),
        ],
        [
            ("face_finder", or_null(object([("id", text()), ("is_test", boolean())], []))),
            ("files", list(file)),
            ("annotated", list(text())),
            // Photos that don't pass are an error as well.
            ("error", error_body()),
        ],
    )
}

fn finding() -> Value {
    let word = || json!({"type": "string", "pattern": "^[a-z_]+(\\.[a-z_]+)?$"});
    let attributes = object(
        [
            ("name", word()),
            ("id_number", word()),
            ("valid_from", word()),
            ("valid_until", word()),
            ("phone_number", word()),
        ],
        [],
    );
    let meta = object(
        [
            ("authority", text()),
            ("is_test", boolean()),
            ("answers", text()),
            ("reference", or_null(text())),
            ("answered_at", time()),
            ("billed", or_null(boolean())),
            ("response_sha256", or_null(sha256())),
            ("cached_for", or_null(count())),
        ],
        [],
    );
    object(
        [
            ("subject", word()),
            ("attributes", attributes),
            ("document", word()),
            ("face", word()),
            ("liveness", word()),
            ("meta", meta),
        ],
        [],
    )
}
