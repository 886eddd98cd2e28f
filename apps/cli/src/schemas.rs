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

use crate::shapes;

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
        ("attest", &["attest"], of::<shapes::Attested<'_>>()),
        ("authority-check", &["authority check"], of::<RegisterChecked>()),
        ("card-read", &["reader read"], of::<PlainCardRead>()),
        ("delegation", &["trust delegate"], of::<shapes::Delegated<'_>>()),
        ("demand-check", &["demand check"], of::<shapes::CheckedDemand<'_>>()),
        ("demand-new", &["demand new"], of::<shapes::NewDemand<'_>>()),
        ("error", &[], of::<Failed>()),
        ("examination", &["capture check"], of::<Examined>()),
        // Inside a refusal's details and an authority's answer, by the library alone.
        ("finding", &[], of::<Finding>()),
        (
            "handover",
            &["handover sell", "handover accept", "handover door", "handover activate", "handover show"],
            of::<shapes::HandedOver>(),
        ),
        ("inspection", &["inspect"], of::<Inspected>()),
        ("policies", &["policy list"], of::<shapes::Policies>()),
        ("policy-check", &["policy check"], of::<PolicyChecked>()),
        ("policy-explanation", &["policy explain"], of::<Explanation>()),
        ("ports", &["reader list"], of::<shapes::Ports>()),
        ("probe", &["reader probe"], of::<shapes::Probed>()),
        ("record-erase", &["record erase"], of::<shapes::Erased>()),
        ("refusal", &[], of::<Refusal>()),
        ("sandbox", &["sandbox new"], of::<shapes::NewSandbox<'_>>()),
        ("store-expire", &["store expire"], of::<shapes::Expired>()),
        ("trust-list", &["trust sign"], of::<shapes::SignedList<'_>>()),
        ("verdict", &["verify"], of::<Told>()),
        ("watch-event", &["reader watch"], of::<Event>()),
    ]
}

/// Commands whose JSON has no schema yet. Nothing new belongs here.
const WITHOUT: &[&str] = &[
    "agent find",
    "agent list",
    "agent measure",
    "annual verify",
    "inspection close",
    "inspection draw",
    "inspection judge",
    "journal append",
    "journal check-proof",
    "journal cosign",
    "journal ingest",
    "journal new",
    "journal prove",
    "journal verify",
    "key new",
    "key show",
    "serve token new",
];

/// The schema of what a type is written as. An object has the members that its type says, and no other.
fn of<T: JsonSchema>() -> Schema {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
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
    missing.retain(|command| !WITHOUT.contains(&command.as_str()));
    assert!(missing.is_empty(), "{missing:?}");
}

fn look(command: &clap::Command, path: &str, known: &BTreeMap<&str, &str>, missing: &mut Vec<String>) {
    let prints =
        command.get_arguments().any(|argument| argument.get_id() == "json" && !argument.is_global_set());
    if prints && command.get_subcommands().next().is_none() && !known.contains_key(path) {
        missing.push(path.to_owned());
    }
    for below in command.get_subcommands() {
        look(below, format!("{path} {}", below.get_name()).trim(), known, missing);
    }
}
