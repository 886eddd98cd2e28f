//! `docs/codes.md` lists every stable code with its text in both languages.
//!
//! Its tables of verdicts, appraisals and errors are printed from the code's own tables:
//! `UPDATE_DOCS=1 RUST_TEST_THREADS=1 cargo test --all-features --test house codes` writes them. The others are written by hand and must name
//! every code of the program's own.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use realname::appraisal::Reason;
use realname::profile::{Codes, Entry, Explain, Fault, Lang, ReasonCode};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

type Table = (&'static str, &'static [Entry]);

fn table<E: Codes>() -> Table {
    (E::NAME, E::ENTRIES)
}

/// Whatever explains itself.
fn tables() -> Vec<Table> {
    let mut tables = vec![
        table::<realname::annual::AnnualError>(),
        table::<realname::appraisal::CaseError>(),
        table::<realname::appraisal::Contradiction>(),
        table::<realname::appraisal::DecideError>(),
        table::<realname::appraisal::DeclaredError>(),
        table::<realname::appraisal::EvidenceError>(),
        table::<realname::appraisal::PolicyError>(),
        table::<realname::appraisal::QuotaError>(),
        table::<Reason>(),
        table::<realname::attest::AttestError>(),
        table::<realname::authority::AuthorityError>(),
        table::<realname::authority::RegisterError>(),
        table::<realname::authority::compose::AuditError>(),
        table::<realname::authority::http::CodeMapError>(),
        table::<realname::authority::http::SignatureError>(),
        table::<realname::FormError>(),
        table::<realname::campaign::CallerError>(),
        table::<realname::campaign::CampaignError>(),
        table::<realname::cancellation::CancellationError>(),
        table::<realname::cancellation::StatementRefused>(),
        table::<realname::change::ChangeError>(),
        table::<realname::change::NewCardError>(),
        table::<realname::capture::CaptureError>(),
        table::<realname::capture::Damage>(),
        table::<realname::capture::Examination>(),
        table::<realname::capture::PhotoFault>(),
        table::<realname::capture::SessionError>(),
        table::<realname::capture::WatermarkError>(),
        table::<realname::capture::live::LiveError>(),
        table::<realname::capture::measure::ThresholdsError>(),
        table::<realname::capture::plugin::BadFace>(),
        table::<realname::capture::plugin::FaceFinderError>(),
        table::<realname::capture::plugin::PhotoDecodeError>(),
        table::<realname::capture::reuse::ReuseError>(),
        table::<realname::confirmation::ConfirmationError>(),
        table::<realname::confirmation::MessengerError>(),
        table::<realname::confirmation::NotAsked>(),
        table::<realname::confirmation::PhoneNumberError>(),
        table::<realname::confirmation::QuestionError>(),
        table::<realname::confirmation::Replied>(),
        table::<realname::confirmation::ServiceIdError>(),
        table::<realname::credit::ChargeError>(),
        table::<realname::demand::AnswerError>(),
        table::<realname::demand::AskError>(),
        table::<<realname::document::SamId as std::str::FromStr>::Err>(),
        table::<realname::handover::HandoverError>(),
        table::<realname::inspection::InspectionError>(),
        table::<realname::jose::JoseError>(),
        table::<realname::jose::SignError>(),
        table::<realname::journal::JournalError>(),
        table::<realname::journal::entry::EntryError>(),
        table::<realname::journal::note::NoteError>(),
        table::<realname::journal::terminal::TerminalError>(),
        table::<realname::lease::LeaseError>(),
        table::<realname::profile::PurposeError>(),
        table::<realname::profile::UnknownName>(),
        table::<ReasonCode>(),
        table::<realname::reader::ReaderError>(),
        table::<realname::reader::emulator::CardError>(),
        table::<realname::reader::transport::AddressError>(),
        table::<realname::reader::transport::RecordingError>(),
        table::<realname::reader::transport::TransportError>(),
        table::<realname::reader::transport::fault::ParseFaultError>(),
        table::<realname::reader::wire::BlockError>(),
        table::<realname::reader::wire::ReplyError>(),
        table::<realname::rely::InspectError>(),
        table::<realname::rely::RecordError>(),
        table::<realname::rely::Verdict>(),
        table::<realname::report::ReportError>(),
        table::<realname::sd_jwt::SdJwtError>(),
        table::<realname::standing::StandingError>(),
        table::<realname::store::EngineError>(),
        table::<realname::store::StoreError>(),
        table::<realname::trust::DraftError>(),
        table::<realname::trust::TrustError>(),
    ];
    #[cfg(feature = "http")]
    tables.extend([
        table::<realname::authority::http::ConfigError>(),
        table::<realname::authority::http::ConnectError>(),
        table::<realname::authority::http::Trouble>(),
        table::<realname::authority::http::TlsError>(),
        table::<realname::capture::plugin::CheckerAddressError>(),
        table::<realname::confirmation::GatewayError>(),
    ]);
    #[cfg(feature = "rustface")]
    tables.extend([table::<realname::capture::plugin::WrongModel>()]);
    #[cfg(feature = "gateway")]
    tables.extend([table::<realname::gateway::InboxError>(), table::<realname::gateway::SettingsError>()]);
    #[cfg(all(feature = "gateway", feature = "http"))]
    tables.extend([table::<realname::gateway::CallbackError>()]);
    #[cfg(feature = "pkcs11")]
    tables.extend([
        table::<realname::pkcs11::KeyError>(),
        table::<realname::pkcs11::Pkcs11Error>(),
        table::<realname::pkcs11::UriError>(),
    ]);
    #[cfg(feature = "http-server")]
    tables.extend([table::<realname::authority::serve::ServeError>()]);
    tables
}

/// These say one of their reasons, and have no codes of their own.
const BY_REASON: [&str; 3] = ["GrantRefused", "Refusal", "Refused"];

/// Replaces what stands between the markers of a table, or compares it.
fn check_table(name: &str, rows: &str) {
    let path = root().join("docs/codes.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- begin {name}: printed from the code -->\n");
    let end = format!("<!-- end {name} -->\n");
    let (head, rest) = text.split_once(&begin).expect("the begin marker");
    let (table, tail) = rest.split_once(&end).expect("the end marker");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{head}{begin}{rows}{end}{tail}")).unwrap();
    } else {
        assert_eq!(
            table, rows,
            "docs/codes.md is behind the code: UPDATE_DOCS=1 RUST_TEST_THREADS=1 cargo test --all-features --test house codes"
        );
    }
}

#[test]
fn the_printed_tables_are_the_codes_own() {
    let mut rows = String::from("| code | means | clerk, English | clerk, Chinese |\n|---|---|---|---|\n");
    for code in ReasonCode::ALL {
        let texts = [code.meaning(), code.text(Lang::En), code.text(Lang::Zh)];
        writeln!(rows, "| `{}` | {} |", code.as_str(), texts.join(" | ")).unwrap();
    }
    check_table("verdicts", &rows);

    let mut rows = String::from("| code | clerk, English | clerk, Chinese |\n|---|---|---|\n");
    for reason in Reason::all() {
        let advice = reason.entry().advice;
        writeln!(rows, "| `{}` | {} | {} |", reason.code(), advice.en, advice.zh).unwrap();
    }
    check_table("appraisal", &rows);
}

#[cfg(all(
    feature = "gateway",
    feature = "http",
    feature = "http-server",
    feature = "pkcs11",
    feature = "rustface"
))]
#[test]
fn the_printed_table_of_errors_is_the_codes_own() {
    let own: BTreeSet<&str> =
        [table::<ReasonCode>(), table::<Reason>(), table::<realname::capture::PhotoFault>()]
            .iter()
            .flat_map(|(_, entries)| entries.iter().map(|entry| entry.code))
            .collect();
    let mut said: BTreeMap<&str, Vec<(Entry, Vec<&str>)>> = BTreeMap::new();
    for (name, entries) in tables() {
        for entry in entries.iter().filter(|entry| !own.contains(entry.code)) {
            let same_code = said.entry(entry.code).or_default();
            match same_code.iter_mut().find(|(known, _)| known == entry) {
                Some((_, names)) if !names.contains(&name) => names.push(name),
                Some(_) => {}
                None => same_code.push((*entry, vec![name])),
            }
        }
    }
    let mut rows = String::from(
        "| code | said by | whose fault | next, English | next, Chinese |\n|---|---|---|---|---|\n",
    );
    for (code, entries) in said {
        for (entry, names) in entries {
            let (fault, advice) = (entry.fault, entry.advice);
            writeln!(rows, "| `{code}` | {} | {fault} | {} | {} |", names.join(", "), advice.en, advice.zh)
                .unwrap();
        }
    }
    check_table("errors", &rows);
}

#[test]
fn every_entry_is_snake_case_and_told_in_both_languages() {
    for (name, entries) in tables() {
        for Entry { code, fault, advice } in entries {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{name} {code}"
            );
            assert!(!advice.en.is_empty() && !advice.zh.is_ascii(), "{name} {code}");
            let fine = matches!(*code, "accepted" | "photos_passed" | "granted");
            assert_eq!(*fault == Fault::Nobody, fine, "{name} {code}");
        }
    }
}

/// The register's errors are reasons of a refusal as well. A reason doesn't say whose allowance was used up.
#[test]
fn a_code_of_two_types_says_the_same() {
    let reasons: BTreeMap<_, _> = Reason::ENTRIES.iter().map(|entry| (entry.code, entry)).collect();
    let errors = realname::authority::AuthorityError::ENTRIES;
    for entry in errors {
        let reason = reasons[entry.code];
        assert_eq!(reason.advice, entry.advice);
        assert!(errors.contains(reason), "{entry:?}");
        assert!(entry.fault == reason.fault || entry.code == "authority_quota", "{entry:?}");
    }
}

#[test]
fn every_public_error_of_the_sources_explains_itself() {
    let listed: BTreeSet<&str> = tables().iter().map(|(name, _)| *name).chain(BY_REASON).collect();
    let mut found = 0;
    for file in rust_files(&root().join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        let derived = text.split("thiserror::Error").skip(1).filter_map(|after| {
            after
                .split_once("\npub ")
                .map(|(_, item)| item.split([' ', ';', '(', '{', '<']).nth(1).unwrap_or_default())
        });
        for name in derived {
            found += 1;
            let conditional = cfg!(not(all(
                feature = "gateway",
                feature = "http",
                feature = "http-server",
                feature = "pkcs11",
                feature = "rustface"
            )));
            assert!(
                listed.contains(name) || conditional,
                "{name} of {} has no codes in this list",
                file.display()
            );
        }
    }
    assert!(found > 45, "only {found} errors found: is the test still looking at the right place?");
}

#[test]
fn every_code_of_the_sources_is_listed() {
    let documented = fs::read_to_string(root().join("docs/codes.md")).unwrap();
    let mut codes: BTreeSet<String> =
        tables().iter().flat_map(|(_, entries)| entries.iter().map(|entry| entry.code.to_owned())).collect();
    for file in rust_files(&root().join("apps/cli/src")) {
        let text = fs::read_to_string(file).unwrap();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for constructor in [
            "Failure::refused(",
            "Failure::trouble(",
            "Failure::damaged(",
            "Self::refused(",
            "Self::trouble(",
            "Self::damaged(",
        ] {
            codes.extend(quoted_after(&joined, &format!("{constructor}\"")));
            codes.extend(quoted_after(&joined, &format!("{constructor} \"")));
        }
    }
    assert!(
        codes.len() > 200,
        "only {} codes found: is the test still looking at the right place?",
        codes.len()
    );
    let missing: Vec<_> =
        codes.iter().filter(|code| !documented.contains(&format!("| `{code}` |"))).collect();
    assert!(missing.is_empty(), "docs/codes.md doesn't list {missing:?}");
}

fn quoted_after(text: &str, before: &str) -> Vec<String> {
    let pieces = text.split(before).skip(1);
    pieces.filter_map(|piece| piece.split('"').next()).map(str::to_owned).collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
