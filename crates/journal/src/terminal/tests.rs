use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname_terms::Explain;
use realname_token::jose::{Algorithm, SigningKey};
use realname_token::trust::{Constraints, DelegationRequest};

use super::*;
use crate::files::Files;
use crate::files::mortal::{End, Mortal};
use crate::keyed::{YearKey, YearKeys};
use crate::tree::Hash;
use crate::{Journal, Reader};

fn now() -> Timestamp {
    "2026-11-29T08:00:00Z".parse().unwrap()
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[number; 32])
}

fn draft(terminal: &str) -> StatementDraft<'_> {
    StatementDraft {
        iss: "https://far.example",
        terminal,
        agent: Some("shop-12"),
        region: Some("CN-44"),
        event: "attested",
        purpose: "sim.activate",
        env: "test",
        nonce: "AAAAAAAAAAAAAAAAAAAAAA",
        record: Some(crate::tree::Hash::of(b"record")),
        reasons: Vec::new(),
        seen: Seen::default(),
    }
}

fn delegation(terminal: &str) -> Vec<String> {
    let constraints = Constraints { terminal: Some(terminal.to_owned()), ..Constraints::default() };
    let own = key(5);
    let request = DelegationRequest {
        iss: "https://far.example",
        sub: "https://far.example/till",
        key: own.verifying_key(),
        constraints: &constraints,
        iat: now(),
        exp: now() + SignedDuration::from_hours(48),
    };
    vec![request.sign(&key(4)).unwrap()]
}

/// An outbox with so many statements.
fn filled(directory: &Path, terminal: &str, count: u64) {
    let outbox = Outbox::open(directory).unwrap();
    let chain = delegation(terminal);
    for _ in 0..count {
        outbox.push(&draft(terminal), &key(5), &chain, now()).unwrap();
    }
}

fn statement(seq: u64) -> String {
    format!("{seq:012}.jwt")
}

struct Desk {
    dir: tempfile::TempDir,
    journal: Journal,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal =
            Journal::create(dir.path().join("journal"), Arc::new(key(1)), "operator.example/journal")
                .unwrap();
        Self { dir, journal }
    }

    fn outbox(&self) -> std::path::PathBuf {
        self.dir.path().join("outbox")
    }

    fn ingest(&mut self) -> Ingested {
        Ingest::read(&self.outbox(), None).unwrap().into_journal(&mut self.journal, now()).unwrap()
    }

    fn events(&self) -> Vec<String> {
        let mut events = Vec::new();
        let reader = Reader::open(self.dir.path().join("journal")).unwrap();
        reader.each(0, |_, entry, _| events.push(entry.event().to_owned())).unwrap();
        events
    }
}

#[test]
fn statements_are_taken_in_once_and_in_order() {
    let mut desk = Desk::new();
    filled(&desk.outbox(), "desk-7", 3);
    let first = desk.ingest();
    assert_eq!(
        (first.taken, first.known, first.gaps.len(), first.forks.len(), first.refused.len()),
        (3, 0, 0, 0, 0)
    );
    filled(&desk.outbox(), "desk-7", 2);
    let second = desk.ingest();
    assert_eq!((second.taken, second.known), (2, 3));
    let size = desk.journal.size();
    assert_eq!(desk.ingest().known, 5);
    assert_eq!((desk.journal.size(), size), (5, 5), "a rerun changes nothing");
    let reader = Reader::open(desk.dir.path().join("journal")).unwrap();
    let entry = reader.entry(4).unwrap();
    let entry = crate::entry::Entry::parse(&entry).unwrap();
    assert_eq!(
        (entry.agent(), entry.count("terminal_seq"), entry.count("agent_seq")),
        (Some("shop-12"), Some(5), Some(5))
    );
    assert_eq!(entry.text("terminal_key"), Some(key(5).verifying_key().thumbprint().as_str()));
}

#[test]
fn a_statement_held_back_is_a_gap_and_one_event() {
    let mut desk = Desk::new();
    filled(&desk.outbox(), "desk-7", 5);
    let held = fs::read(desk.outbox().join(statement(3))).unwrap();
    fs::remove_file(desk.outbox().join(statement(3))).unwrap();
    for _ in 0..2 {
        let found = desk.ingest();
        assert_eq!(found.gaps, [Gap { terminal: "desk-7".into(), expected: 3, got: 4 }]);
        assert_eq!(desk.events().iter().filter(|event| *event == "terminal_gap").count(), 1);
    }
    // It comes late, and fits.
    fs::write(desk.outbox().join(statement(3)), held).unwrap();
    let found = desk.ingest();
    assert_eq!((found.taken, found.gaps.len(), found.forks.len()), (1, 0, 0));
}

#[test]
fn two_statements_of_one_number_are_a_fork_and_one_event() {
    let mut desk = Desk::new();
    filled(&desk.outbox(), "desk-7", 3);
    desk.ingest();
    // The terminal goes back to its second statement and writes another third one.
    fs::remove_file(desk.outbox().join(statement(3))).unwrap();
    let outbox = Outbox::open(desk.outbox()).unwrap();
    let refused =
        StatementDraft { event: "refused", record: None, reasons: vec!["face_mismatch"], ..draft("desk-7") };
    assert_eq!(outbox.push(&refused, &key(5), &delegation("desk-7"), now()).unwrap(), 3);
    for _ in 0..2 {
        let found = desk.ingest();
        assert_eq!((found.forks.len(), found.forks[0].seq, found.taken), (1, 3, 0));
        assert_eq!(desk.events().iter().filter(|event| *event == "terminal_forked").count(), 1);
    }
    // A statement that comes late and isn't the one that its successor names.
    let mut desk = Desk::new();
    filled(&desk.outbox(), "desk-7", 4);
    fs::remove_file(desk.outbox().join(statement(2))).unwrap();
    fs::remove_file(desk.outbox().join(statement(3))).unwrap();
    desk.ingest();
    let outbox = Outbox::open(desk.outbox()).unwrap();
    fs::remove_file(desk.outbox().join(statement(4))).unwrap();
    outbox.push(&draft("desk-7"), &key(5), &delegation("desk-7"), now()).unwrap();
    outbox.push(&refused, &key(5), &delegation("desk-7"), now()).unwrap();
    let found = desk.ingest();
    assert_eq!((found.taken, found.forks.len()), (1, 1), "{found:?}");
}

#[test]
fn what_cant_be_believed_is_named_and_the_rest_taken() {
    let mut desk = Desk::new();
    filled(&desk.outbox().join("a"), "desk-7", 2);
    filled(&desk.outbox().join("b"), "desk-8", 2);
    let path = desk.outbox().join("a").join(statement(2));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(".eyJ", ".eyK")).unwrap();
    let found = desk.ingest();
    assert_eq!((found.taken, found.refused.len()), (3, 1));
    assert_eq!(found.refused[0].0, format!("a/{}", statement(2)));
    // A terminal's key speaks for that terminal only, and without a delegation nobody knows whose key it is.
    let outbox = Outbox::open(desk.outbox().join("c")).unwrap();
    outbox.push(&draft("desk-9"), &key(5), &delegation("desk-7"), now()).unwrap();
    let found = desk.ingest();
    assert!(
        found.refused.iter().any(|(_, error)| matches!(error, TerminalError::OtherTerminal)),
        "{found:?}"
    );
    let outbox = Outbox::open(desk.outbox().join("d")).unwrap();
    outbox.push(&draft("desk-6"), &key(5), &[], now()).unwrap();
    assert!(desk.ingest().refused.iter().any(|(_, error)| matches!(error, TerminalError::KeyUnknown)));
    // An agent whose id looks like a telephone number holds up nobody else.
    let outbox = Outbox::open(desk.outbox().join("f")).unwrap();
    let named = StatementDraft { agent: Some("13900000000"), ..draft("desk-7") };
    outbox.push(&named, &key(5), &delegation("desk-7"), now()).unwrap();
    assert!(desk.ingest().refused.iter().any(|(_, error)| matches!(error, TerminalError::Entry(_))));
    let p256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let outbox = Outbox::open(desk.outbox().join("e")).unwrap();
    outbox.push(&draft("desk-7"), &p256, &delegation("desk-7"), now()).unwrap();
    assert!(desk.ingest().refused.iter().any(|(_, error)| matches!(error, TerminalError::Statement(_))));
}

/// The outbox is stopped after every byte: the next statement goes on behind the last that was told as written.
#[test]
fn an_outbox_killed_anywhere_goes_on() {
    let begin = Mortal::new();
    let push = |files: &Mortal| {
        let outbox = Outbox::over(Arc::new(files.clone()))?;
        outbox.push(&draft("desk-7"), &key(5), &[], now())
    };
    push(&begin).unwrap();
    let whole = begin.after(End::Kill);
    whole.live(u64::MAX / 2);
    push(&whole).unwrap();
    for life in 0..=whole.spent(u64::MAX / 2) {
        let files = begin.after(End::Kill);
        files.live(life);
        let told = push(&files).is_ok();
        for end in [End::Kill, End::Power] {
            let files = files.after(end);
            let next = push(&files).unwrap();
            assert!(next == 3 || (next == 2 && !told), "{life} {end:?}: {next}");
            let bytes = files.read(&statement(next)).unwrap().unwrap();
            assert!(realname_token::jose::Unverified::parse(std::str::from_utf8(&bytes).unwrap()).is_ok());
        }
    }
}

#[test]
fn an_outbox_has_one_writer_and_one_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let first = Outbox::open(directory.path()).unwrap();
    assert!(matches!(Outbox::open(directory.path()), Err(TerminalError::InUse)));
    first.push(&draft("desk-7"), &key(5), &[], now()).unwrap();
    assert!(matches!(first.push(&draft("desk-8"), &key(5), &[], now()), Err(TerminalError::Damaged)));
    fs::write(directory.path().join(statement(1)), "torn").unwrap();
    assert!(matches!(first.push(&draft("desk-7"), &key(5), &[], now()), Err(TerminalError::Damaged)));
}

/// A statement dated next year is refused. It used to be taken in and counted in no year's figures.
#[test]
fn a_statement_of_tomorrow_waits_with_all_behind_it_and_is_no_gap() {
    let mut desk = Desk::new();
    filled(&desk.outbox(), "desk-7", 2);
    let outbox = Outbox::open(desk.outbox()).unwrap();
    for ahead in [SignedDuration::from_secs(61), SignedDuration::from_secs(0)] {
        outbox.push(&draft("desk-7"), &key(5), &delegation("desk-7"), now() + ahead).unwrap();
    }
    drop(outbox);
    filled(&desk.outbox().join("other"), "desk-8", 1);
    let found = desk.ingest();
    let names: Vec<_> = found.refused.iter().map(|(file, error)| (file.clone(), error.code())).collect();
    assert_eq!(names, [(statement(3), "statement_from_future")]);
    assert_eq!(
        (found.taken, found.gaps.len(), found.forks.len()),
        (3, 0, 0),
        "the other terminal's is taken"
    );
    // Its time comes.
    let ingest = Ingest::read(&desk.outbox(), None).unwrap();
    let found = ingest.into_journal(&mut desk.journal, now() + SignedDuration::from_secs(1)).unwrap();
    assert_eq!((found.taken, found.refused.len(), found.gaps.len()), (2, 0, 0));
}

/// A mistyped name is an error. It used to count as an empty outbox.
#[test]
fn what_is_no_directory_is_no_outbox() {
    let desk = Desk::new();
    let read = |path: &Path| Ingest::read(path, None).map(|_| ()).unwrap_err().code();
    assert_eq!(read(&desk.dir.path().join("outbocks")), "outbox_missing");
    fs::write(desk.dir.path().join("file"), "").unwrap();
    assert_eq!(read(&desk.dir.path().join("file")), "outbox_missing");
}

/// What a terminal saw goes into the figures' members, whom it saw under the year's secret only, and whom it refused nowhere.
#[test]
fn who_was_sealed_is_a_keyed_digest_of_a_sale_and_nothing_of_a_refusal() {
    let (mut desk, pem) = (Desk::new(), p256_key());
    let to = SealTo::new(SigningKey::from_pem(&pem).unwrap().verifying_key()).unwrap();
    let own = YearKey::new([9; 32]);
    let keys = YearKeys::default().with(YearKeys::year_of(now()), own.clone());
    let state =
        |terminal: &'static str, agent: &'static str, event: &'static str, person: &str, minute: i64| {
            let outbox = Outbox::open(desk_outbox(&desk, terminal)).unwrap();
            let sealed = Sealed {
                kind: "resident_id".into(),
                number: zeroize::Zeroizing::new(person.to_owned()),
                photo: Some(Hash::of(b"photo")),
            };
            let seen = Seen {
                sam_id: Some("05.03-20221123-0000000001-0000000002"),
                confirmed: Some(false),
                human_route: Some(event == "refused"),
                outcome: Some(if event == "refused" { "inconclusive" } else { "pass" }),
                sealed: Some(to.seal(&sealed).unwrap()),
            };
            let record =
                (event == "attested").then(|| Hash::of(format!("{terminal} {person} {minute}").as_bytes()));
            let draft = StatementDraft { event, record, seen, agent: Some(agent), ..draft(terminal) };
            let at = now() + SignedDuration::from_mins(minute);
            outbox.push(&draft, &key(5), &delegation(terminal), at).unwrap();
        };
    const REFUSED: &str = "119999199001010004";
    state("desk-1", "strict", "refused", REFUSED, 0);
    state("desk-2", "easy", "attested", REFUSED, 2);
    state("desk-2", "easy", "attested", "119999198505050021", 2);
    state("desk-1", "strict", "attested", REFUSED, 3);
    // The seller's outbox comes first, the refusal later: it is told all the same, and once.
    let later = now() + SignedDuration::from_hours(1);
    let mut take = |one: &str| {
        let opener = Opener { with: OpenWith::from_pem(&pem).unwrap(), keys: keys.clone() };
        let directory = if one.is_empty() { desk.outbox() } else { desk_outbox(&desk, one) };
        let ingest = Ingest::read_opening(&directory, None, Some(opener)).unwrap();
        ingest.into_journal(&mut desk.journal, later).unwrap()
    };
    assert_eq!(take("desk-2").taken, 2);
    assert_eq!(take("").taken, 2);
    assert_eq!(take("").taken, 0);
    let events = lines(&desk);
    let told: Vec<&String> = events.iter().filter(|event| event.contains("refused_before")).collect();
    assert_eq!(told.len(), 1, "{events:#?}");
    assert!(told[0].contains("\"agent\":\"easy\"") && told[0].contains("record"), "{told:?}");
    let person = own.person("resident_id", REFUSED).to_base64url();
    let with_person = |event: &&String| event.contains(&person);
    assert_eq!(events.iter().filter(with_person).count(), 2, "both sales, and not the refusal");
    assert!(events.iter().filter(with_person).all(|event| event.contains("\"event\":\"attested\"")));
    let refusal = events.iter().find(|event| event.contains("\"event\":\"refused\"")).unwrap();
    for member in
        ["\"human_route\":true", "\"outcome\":\"inconclusive\"", "\"confirmed\":false", "\"sam_id\":"]
    {
        assert!(refusal.contains(member), "{refusal}");
    }
    assert!(!refusal.contains("person_key") && !refusal.contains("photo_key"));
    assert!(
        !events.concat().contains(REFUSED) && !events.concat().contains(&Hash::of(b"photo").to_base64url())
    );
}

/// With another key nothing is taken in as if nobody had been sealed; a year whose secret is gone joins nothing.
#[test]
fn a_seal_of_another_operator_is_refused_and_a_destroyed_secret_writes_none() {
    let (mut desk, pem) = (Desk::new(), p256_key());
    let to = SealTo::new(SigningKey::from_pem(&pem).unwrap().verifying_key()).unwrap();
    let sealed =
        Sealed { kind: "resident_id".into(), number: zeroize::Zeroizing::new("1".into()), photo: None };
    let seen = Seen { sealed: Some(to.seal(&sealed).unwrap()), ..Seen::default() };
    let outbox = Outbox::open(desk.outbox()).unwrap();
    outbox.push(&StatementDraft { seen, ..draft("desk-7") }, &key(5), &delegation("desk-7"), now()).unwrap();
    let mut take = |pem: &str| {
        let opener = Opener { with: OpenWith::from_pem(pem).unwrap(), keys: YearKeys::default() };
        let ingest = Ingest::read_opening(&desk.outbox(), None, Some(opener)).unwrap();
        ingest.into_journal(&mut desk.journal, now()).unwrap()
    };
    let other = take(&p256_key());
    assert!(matches!(other.refused[..], [(_, TerminalError::Sealed)]) && other.taken == 0);
    assert_eq!(take(&pem).taken, 1);
    assert!(!lines(&desk).concat().contains("person_key"));
}

fn desk_outbox(desk: &Desk, terminal: &str) -> std::path::PathBuf {
    desk.outbox().join(terminal)
}

fn p256_key() -> String {
    let key = SigningKey::generate(realname_token::jose::Algorithm::Es256).unwrap();
    key.to_pem().unwrap().to_string()
}

/// Every entry as it stands.
fn lines(desk: &Desk) -> Vec<String> {
    let mut lines = Vec::new();
    let reader = Reader::open(desk.dir.path().join("journal")).unwrap();
    reader.each(0, |_, _, bytes| lines.push(String::from_utf8(bytes.to_vec()).unwrap())).unwrap();
    lines
}
