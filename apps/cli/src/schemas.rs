//! The schemas of everything that a command prints with `--json`, made from the types that are printed:
//! `UPDATE_DOCS=1 cargo test -p realname-cli --features schema schemas` writes `docs/schemas`. What the program really prints is
//! held against them by `tests/cli`.
#![allow(dead_code)] // The types here only say how values are put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Timestamp;
use realname::appraisal::{Explanation, Refusal};
use realname::authority::Finding;
use realname::capture::{Examination, PlainFile};
use realname::document::{PlainCardRead, SamId};
use realname::profile::{Env, ErrorBody};
use realname::rely::Verdict;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::shapes::{self, journal};

/// What every command prints with `--json` when it fails. Other members belong to the command: `refusal`, `photos`,
/// `examination`.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
struct Failed {
    error: ErrorBody,
}

/// What `verify --json` prints: the relying party's decision, and which order it is about.
#[derive(JsonSchema)]
struct Told {
    #[serde(flatten)]
    verdict: Verdict,
    nonce: Option<String>,
    transaction: Option<shapes::ShownTransaction>,
    env: Option<Env>,
    /// SHA-256 of the issuer-signed JWT, of what was accepted: what journals and later demands call the record.
    record: Option<String>,
    /// With `--earlier`: the digests of what it superseded, itself first.
    #[serde(skip_serializing_if = "Option::is_none")]
    chain: Option<Vec<String>>,
    /// With `--again`: when it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
    /// The record couldn't be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// What `capture check --json` prints: what was measured on three photos.
#[derive(JsonSchema)]
struct Examined {
    #[serde(flatten)]
    examination: Examination,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<PlainFile>>,
    /// The pictures that were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    annotated: Option<Vec<PathBuf>>,
    /// Photos that don't pass are an error as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// What `policy check --json` prints.
#[derive(JsonSchema)]
struct PolicyChecked {
    #[serde(flatten)]
    checked: shapes::CheckedPolicy,
    /// With contradictions.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// What `authority check --json` prints.
#[derive(JsonSchema)]
struct RegisterChecked {
    #[serde(flatten)]
    checked: shapes::CheckedRegister<'static>,
    /// What is wrong, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// What `key new --json` and `key show` print: the public half as a JWK, and with a window what an anchor file is.
#[derive(JsonSchema)]
struct PublicKey {
    kid: String,
    /// `EdDSA` or `ES256`.
    alg: String,
    /// `OKP` or `EC`.
    kty: String,
    /// `Ed25519` or `P-256`.
    crv: String,
    x: String,
    /// Of P-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

/// What `journal ingest --json` prints.
#[derive(JsonSchema)]
struct Ingested {
    #[serde(flatten)]
    found: journal::IngestedStatements<'static>,
    /// The gravest thing that was found; everything else was taken in all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorBody>,
}

/// A line of `reader watch --json`.
#[derive(JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    /// A reader is there, for the first time or again.
    ReaderReady { sam_id: SamId, at: Timestamp },
    /// It has gone.
    ReaderGone { at: Timestamp },
    /// A card was laid down and read.
    CardRead {
        #[serde(flatten)]
        card: Box<PlainCardRead>,
        at: Timestamp,
    },
    /// It was taken away.
    CardOff { at: Timestamp },
    /// A card, the line or the reader made trouble.
    Fault { error: ErrorBody, at: Timestamp },
}

/// What `inspect --json` prints: a token's parts, whatever they are.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
struct Inspected {
    /// Always `false`: anybody can have written it.
    verified: bool,
}

/// File, the commands that print it, and the schema.
fn all() -> Vec<(&'static str, &'static [&'static str], Schema)> {
    vec![
        ("agent-figures", &["agent figures"], of::<shapes::AgentFigures>()),
        ("agent-find", &["agent find"], of::<journal::FoundStrays<'_>>()),
        ("agent-list", &["agent list"], of::<journal::ListedAgents<'_>>()),
        ("agent-measure", &["agent measure"], of::<journal::MeasuredAgent<'_>>()),
        ("annual", &["annual", "annual verify"], of::<journal::AnnualFigures<'_>>()),
        ("attest", &["attest"], of::<shapes::Attested<'_>>()),
        ("authority-check", &["authority check"], of::<RegisterChecked>()),
        ("campaign-close", &["campaign close"], of::<shapes::CampaignClosed>()),
        ("campaign-import", &["campaign import"], of::<shapes::CampaignImported>()),
        ("campaign-new", &["campaign new"], of::<shapes::NewCampaign<'_>>()),
        ("campaign-next", &["campaign next"], of::<shapes::CampaignNext<'_>>()),
        ("campaign-record", &["campaign record"], of::<shapes::CampaignRecorded<'_>>()),
        ("campaign-status", &["campaign status"], of::<shapes::CampaignStatus>()),
        (
            "cancellation-commit",
            &[
                "cancellation commit",
                "cancellation receipt",
                "replacement commit",
                "replacement receipt",
                "transfer commit",
                "transfer receipt",
            ],
            of_service(&["Committal"]),
        ),
        (
            "cancellation-confirm",
            &["cancellation confirm", "replacement confirm", "transfer confirm"],
            of_service(&["ConfirmationStep"]),
        ),
        (
            "cancellation-open",
            &["cancellation open"],
            of_service(&["CancellationOpened", "CancellationRefused"]),
        ),
        ("cancellation-snapshot", &["cancellation snapshot"], of_service(&["Identification"])),
        ("card-read", &["reader read"], of::<PlainCardRead>()),
        (
            "change-snapshot",
            &["replacement snapshot", "transfer snapshot"],
            of_service(&["ChangeIdentification"]),
        ),
        ("replacement-open", &["replacement open"], of_service(&["ReplacementOpened", "ChangeRefused"])),
        ("transfer-open", &["transfer open"], of_service(&["TransferOpened", "ChangeRefused"])),
        ("confirmation-ask", &["confirmation ask"], of_service(&["QuestionShown"])),
        ("confirmation-redeem", &["confirmation redeem"], of_service(&["Redeemed"])),
        ("confirmation-reply", &["confirmation reply"], of_service(&["ReplyOutcome"])),
        ("credit-list", &["credit list"], of::<shapes::CreditList<'_>>()),
        ("credit-take", &["credit take"], of::<shapes::CreditTaken<'_>>()),
        ("delegation", &["trust delegate"], of::<shapes::Delegated<'_>>()),
        ("demand-check", &["demand check"], of::<shapes::CheckedDemand<'_>>()),
        ("demand-new", &["demand new", "campaign demand"], of::<shapes::NewDemand<'_>>()),
        ("error", &[], of::<Failed>()),
        ("capture-forget", &["capture forget"], of::<shapes::Forgotten>()),
        ("examination", &["capture check"], of::<Examined>()),
        // No command prints a finding by itself; it stands inside others' JSON.
        ("finding", &[], of::<Finding>()),
        (
            "handover",
            &["handover sell", "handover accept", "handover door", "handover activate", "handover show"],
            of::<shapes::HandedOver>(),
        ),
        ("inspection", &["inspect"], of::<Inspected>()),
        ("events-told", &["report tell", "lease tell"], of::<shapes::EventsTold>()),
        ("lease-ask", &["lease ask"], of::<shapes::LeaseAsked<'_>>()),
        ("lease-check", &["lease check"], of::<shapes::LeaseUse<'_>>()),
        ("lease-history", &["lease history"], of::<shapes::LeaseHistory<'_>>()),
        ("lease-rest", &["lease rest"], of::<shapes::NumberRests<'_>>()),
        ("lease-step", &["lease grant", "lease end", "lease measure"], of::<shapes::LeaseStep<'_>>()),
        ("papers", &["journal papers"], of::<shapes::PapersMissing>()),
        ("inspection-close", &["inspection close"], of::<journal::ClosedInspection>()),
        ("inspection-draw", &["inspection draw"], of::<journal::DrawnSample<'_>>()),
        ("inspection-judge", &["inspection judge"], of::<journal::JudgedInspection<'_>>()),
        ("journal-append", &["journal append"], of::<journal::AppendedEvents>()),
        ("journal-check-proof", &["journal check-proof"], of::<journal::CheckedProof<'_>>()),
        ("journal-cosign", &["journal cosign"], of::<journal::CosignedJournal>()),
        ("journal-ingest", &["journal ingest"], of::<Ingested>()),
        ("journal-new", &["journal new"], of::<journal::NewJournal<'_>>()),
        ("journal-prove", &["journal prove"], of::<journal::Proved>()),
        ("journal-verify", &["journal verify"], of::<journal::VerifiedJournal<'_>>()),
        ("policies", &["policy list"], of::<shapes::Policies>()),
        ("policy-check", &["policy check"], of::<PolicyChecked>()),
        ("policy-explanation", &["policy explain"], of::<Explanation>()),
        ("ports", &["reader list"], of::<shapes::Ports>()),
        ("probe", &["reader probe"], of::<shapes::Probed>()),
        ("public-key", &["key new", "key show"], of::<PublicKey>()),
        ("record-erase", &["record erase"], of::<shapes::Erased>()),
        ("refusal", &[], of::<Refusal>()),
        ("report-receive", &["report receive"], of::<shapes::ReportReceived<'_>>()),
        ("report-status", &["report status"], of::<shapes::ReportStatus>()),
        (
            "report-step",
            &["report match", "report judge", "report measure", "report answer"],
            of::<shapes::ReportStep<'_>>(),
        ),
        ("rollout-decide", &["rollout decide"], of::<shapes::RolloutDecided<'_>>()),
        ("rollout-weekly", &["rollout weekly"], of::<realname::rollout::Weekly>()),
        ("rules-kept", &["report open", "lease open"], of::<shapes::RulesKept<'_>>()),
        ("sandbox", &["sandbox new"], of::<shapes::NewSandbox<'_>>()),
        ("serve-token", &["serve token new"], of::<shapes::NewServiceToken<'_>>()),
        ("store-expire", &["store expire"], of::<shapes::Expired>()),
        ("trust-list", &["trust sign"], of::<shapes::SignedList<'_>>()),
        ("verdict", &["verify"], of::<Told>()),
        ("watch-event", &["reader watch"], of::<Event>()),
    ]
}

/// The schema of what a type is written as. An object has the members that its type says, and no other.
fn of<T: JsonSchema>() -> Schema {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    RecursiveTransform(closed).transform(&mut schema);
    schema
}

/// The schema of what the service answers: one of those components of its own document.
fn of_service(names: &[&str]) -> Schema {
    const COMPONENTS: &str = "#/components/schemas/";
    fn gather(form: &Value, all: &Value, found: &mut BTreeMap<String, Value>) -> Value {
        match form {
            Value::Object(members) => {
                let inner = members.iter().map(|(name, value)| {
                    let part =
                        value.as_str().filter(|_| name == "$ref").and_then(|at| at.strip_prefix(COMPONENTS));
                    let Some(part) = part else { return (name.clone(), gather(value, all, found)) };
                    if !found.contains_key(part) {
                        found.insert(part.to_owned(), Value::Null);
                        let form = gather(&all[part], all, found);
                        found.insert(part.to_owned(), form);
                    }
                    (name.clone(), Value::from(format!("#/$defs/{part}")))
                });
                Value::Object(inner.collect())
            }
            Value::Array(items) => items.iter().map(|item| gather(item, all, found)).collect(),
            other => other.clone(),
        }
    }
    let document = realname_service::openapi();
    let all = &document["components"]["schemas"];
    let mut found = BTreeMap::new();
    let forms: Vec<Value> = names
        .iter()
        .map(|name| {
            assert!(all[*name].is_object(), "the service's document has no {name}");
            gather(&all[*name], all, &mut found)
        })
        .collect();
    let mut schema = match <[Value; 1]>::try_from(forms) {
        Ok([form]) => form,
        Err(forms) => serde_json::json!({ "oneOf": forms }),
    };
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    if !found.is_empty() {
        schema["$defs"] = serde_json::json!(found);
    }
    assert!(schema.is_object(), "a form is an object");
    let mut schema = Schema::try_from(schema).unwrap_or_default();
    RecursiveTransform(closed).transform(&mut schema);
    schema
}

fn closed(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.contains_key("properties") && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}

#[test]
fn the_written_schemas_are_the_types_own() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let mut names = BTreeSet::new();
    for (name, _, schema) in all() {
        let path = directory.join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON"));
        names.insert(format!("{name}.json"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, text).expect("written");
        } else {
            let written = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                written == text,
                "{name} is behind: UPDATE_DOCS=1 cargo test -p realname-cli --features schema schemas"
            );
        }
    }
    let kept = std::fs::read_dir(directory).expect("a directory").flatten();
    let kept: BTreeSet<String> = kept.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(kept, names, "a schema is left over, or isn't written");
}

#[test]
fn every_command_that_prints_json_has_a_schema() {
    let known: BTreeMap<&str, &str> = all()
        .into_iter()
        .flat_map(|(name, commands, _)| commands.iter().map(move |command| (*command, name)))
        .collect();
    let mut missing = Vec::new();
    look(&crate::args::command(), "", &known, &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}

fn look(command: &clap::Command, path: &str, known: &BTreeMap<&str, &str>, missing: &mut Vec<String>) {
    let prints =
        command.get_arguments().any(|argument| argument.get_id() == "json" && !argument.is_global_set());
    if prints && !command.is_subcommand_required_set() && !known.contains_key(path) {
        missing.push(path.to_owned());
    }
    for below in command.get_subcommands() {
        look(below, format!("{path} {}", below.get_name()).trim(), known, missing);
    }
}
