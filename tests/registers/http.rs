//! The register over HTTP, the blocking client and what stands between them, on loopback.
#![allow(clippy::disallowed_methods)]

use crate::people;
use crate::trial::beside_lateness;

use std::sync::Arc;
use std::time::{Duration, Instant};

use people::{People, question, truth};
use realname::authority::http::{
    CodeMap, HttpAuthority, HttpOptions, MappedJson, Part, Seal, Secret, TlsError, connect,
};
use realname::authority::serve::{
    Register, RegisterFault, RegisterFaults, RegisterOptions, ServeError, ServeOptions, Server,
};
use realname::authority::{Authority, AuthorityError, Finding, Reconciled, Subject};

/// What a question may take where time isn't what is tried: only a machine that does much else at once uses it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the client waits for a register that doesn't answer on purpose.
const HASTE: Duration = Duration::from_millis(400);

fn seal() -> Seal {
    let parts = [Part::Method, Part::Path, Part::Key, Part::Status, Part::BodySha256];
    Seal::new(Secret::new(*b"a secret of the tests"), "x-signature", parts)
}

fn serve(people: &Arc<People>, faults: RegisterFaults, kept_answers: usize) -> Server {
    serve_for(people, faults, kept_answers, PATIENCE)
}

/// A register that gives a connection that time: to answer, or to be silent on purpose.
fn serve_for(
    people: &Arc<People>,
    faults: RegisterFaults,
    kept_answers: usize,
    patience: Duration,
) -> Server {
    let mut register = RegisterOptions::default();
    register.seal = Some(seal());
    register.kept_answers = kept_answers;
    let mut options = ServeOptions::default();
    options.faults = faults;
    options.patience = patience;
    let authority: Arc<dyn Authority> = people.clone();
    Server::start(Register::new(authority, register), "127.0.0.1:0".parse().unwrap(), options).unwrap()
}

fn client(server: &Server) -> HttpAuthority<MappedJson> {
    client_for(server, PATIENCE)
}

/// A client that waits for an answer that long.
fn client_for(server: &Server, per_try: Duration) -> HttpAuthority<MappedJson> {
    let mut options = HttpOptions::default();
    options.reply_seal = Some(seal());
    options.per_try = Some(per_try);
    HttpAuthority::new(MappedJson::new("TEST-http", CodeMap::register()), &server.origin(), options).unwrap()
}

/// What doesn't travel.
fn without_meta(answer: Result<Finding, AuthorityError>) -> Result<Finding, AuthorityError> {
    answer.map(|mut finding| {
        finding.meta.authority = String::new();
        finding.meta.answered_at = jiff::Timestamp::UNIX_EPOCH;
        finding.meta.response_sha256 = None;
        finding
    })
}

#[test]
fn every_answer_arrives_as_it_was_given() {
    let people = Arc::new(People::default());
    let server = serve(&people, RegisterFaults::none(), 100);
    let client = client(&server);
    for index in 0..10 {
        let query = question(index, &format!("q{index}"), PATIENCE);
        let answer = client.ask(&query);
        if let Ok(finding) = &answer {
            assert_eq!(finding.meta.authority, "TEST-http");
            assert!(finding.meta.is_test && finding.meta.response_sha256.is_some());
            assert!(finding.meta.answered_at >= query.now());
        }
        assert_eq!(without_meta(answer), without_meta(truth(index, &query)));
    }
}

#[test]
fn one_key_is_worked_on_once_and_can_be_looked_up() {
    let people = Arc::new(People::default());
    let server = serve(&people, RegisterFaults::none(), 100);
    let client = client(&server);
    let query = question(0, "q-once", PATIENCE);
    assert_eq!(client.reconcile(&query), Ok(Reconciled::NeverArrived));
    let first = client.ask(&query).unwrap();
    let second = client.ask(&query).unwrap();
    assert_eq!(first.meta.response_sha256, second.meta.response_sha256);
    match client.reconcile(&query) {
        Ok(Reconciled::Answered(Ok(finding))) => assert_eq!(finding.subject, Subject::Found),
        other => panic!("{other:?}"),
    }
    assert_eq!(people.asked().get("q-once"), Some(&1));
    let other = question(1, "q-once", PATIENCE);
    assert_eq!(client.ask(&other), Err(AuthorityError::Protocol), "another question with the same key");
}

#[test]
fn what_each_fault_becomes() {
    use AuthorityError::{Indeterminate, Protocol};
    let busy = AuthorityError::Transient { retry_after: Some(Duration::ZERO) };
    for fault in RegisterFault::ALL {
        // A person whom the register has under another name: every wrong reading would be a pass.
        let people = Arc::new(People::default());
        let pass_first = move |number| if number == 0 { None } else { Some(fault) };
        // Only who never gets an answer is in haste: a try that ends because the machine does something else would look like
        // a register that is silent.
        let is_silent =
            matches!(fault, RegisterFault::Deaf | RegisterFault::Silent | RegisterFault::SlowDrip);
        let (held, per_try) =
            if is_silent { (HASTE + Duration::from_millis(200), HASTE) } else { (PATIENCE, PATIENCE) };
        let server = serve_for(&people, RegisterFaults::by(pass_first), 100, held);
        assert!(client(&server).ask(&question(0, "q-yes", PATIENCE)).is_ok());
        let client = client_for(&server, per_try);
        let ((answer, took), machine) = beside_lateness(|| {
            let begin = Instant::now();
            (client.ask(&question(2, "q-no", PATIENCE)), begin.elapsed())
        });
        assert!(took < HASTE + Duration::from_millis(300) + machine, "{fault:?}: {took:?}, {machine:?}");
        let expected = match fault {
            RegisterFault::Deaf
            | RegisterFault::Silent
            | RegisterFault::ResetBefore
            | RegisterFault::ResetAfter => Err(Indeterminate),
            RegisterFault::HalfBody | RegisterFault::SlowDrip | RegisterFault::FailedAfter => {
                Err(Indeterminate)
            }
            RegisterFault::Busy => Err(busy.clone()),
            RegisterFault::DuplicateReply => truth(2, &question(2, "q-no", PATIENCE)).map(|mut finding| {
                finding.meta.reference = None;
                finding
            }),
            _ => Err(Protocol),
        };
        match (answer, expected) {
            (Ok(answer), Ok(expected)) => {
                assert_eq!((answer.subject, answer.attributes), (expected.subject, expected.attributes));
            }
            (answer, expected) => assert_eq!(answer.map(|_| ()), expected.map(|_| ()), "{fault:?}"),
        }
    }
}

#[test]
fn nothing_is_sent_to_nobody() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let dialect = MappedJson::new("TEST-http", CodeMap::register());
    let client = HttpAuthority::new(dialect, &format!("http://{closed}"), HttpOptions::default()).unwrap();
    let answer = client.ask(&question(0, "q", PATIENCE));
    assert_eq!(answer, Err(AuthorityError::Transient { retry_after: None }));
    let late = question(0, "q", Duration::ZERO);
    assert_eq!(client.ask(&late), Err(AuthorityError::Transient { retry_after: None }));
}

#[test]
fn plain_http_is_for_loopback_only() {
    for (origin, expected) in [
        ("http://register.example", TlsError::PlainHttp),
        ("ftp://127.0.0.1", TlsError::Address),
        ("127.0.0.1:80", TlsError::Address),
        ("https://u:p@register.example", TlsError::UserInfo),
        ("", TlsError::Address),
    ] {
        let dialect = MappedJson::new("TEST-http", CodeMap::register());
        let refused = HttpAuthority::new(dialect, origin, HttpOptions::default()).unwrap_err();
        assert_eq!(refused, expected, "{origin}");
    }
    let register = Register::new(Arc::new(People::default()), RegisterOptions::default());
    let refused = Server::start(register, "0.0.0.0:0".parse().unwrap(), ServeOptions::default());
    assert!(matches!(refused, Err(ServeError::BeyondLoopback(_))));
}

#[test]
fn an_unsigned_register_isnt_believed_when_a_signature_is_due() {
    let register = Register::new(Arc::new(People::default()), RegisterOptions::default());
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), ServeOptions::default()).unwrap();
    let answer = client(&server).ask(&question(0, "q", PATIENCE));
    assert_eq!(answer, Err(AuthorityError::Protocol));
}

#[test]
fn connect_makes_a_whole_authority_from_an_address() {
    let people = Arc::new(People::default());
    // The first connection is busy, the second loses the reply after the work: both are made good, at one charge.
    let faults = RegisterFaults::by(|number| match number {
        0 => Some(RegisterFault::Busy),
        1 => Some(RegisterFault::ResetAfter),
        _ => None,
    });
    let authority: Arc<dyn Authority> = people.clone();
    let mut options = ServeOptions::default();
    options.faults = faults;
    let register = Register::new(authority, RegisterOptions::default());
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), options).unwrap();
    let authority = connect(Some(&server.origin()), None).unwrap();
    assert!(authority.is_test());
    let finding = authority.ask(&question(0, "q-conn", PATIENCE)).unwrap();
    assert_eq!(finding.subject, Subject::Found);
    assert_eq!(people.asked().get("q-conn"), Some(&1));
}

#[test]
fn a_configuration_names_where_the_trail_is_kept() {
    let people = Arc::new(People::default());
    let server = serve(&people, RegisterFaults::none(), 10);
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("register.toml");
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "a secret of the tests\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let text = format!(
        "id = \"TEST-register\"\norigin = \"{}\"\naudit = \"trail.jsonl\"\n[reply_seal]\nheader = \"x-signature\"\n\
         parts = [\"method\", \"path\", \"key\", \"status\", \"body_sha256\"]\nfile = \"secret\"\n[seal]\n\
         header = \"x-signature\"\nparts = [\"method\", \"path\", \"key\", \"status\", \"body_sha256\"]\nfile = \"secret\"\n",
        server.origin()
    );
    std::fs::write(&config, &text).unwrap();
    let authority = connect(None, Some(&config)).unwrap();
    let finding = authority.ask(&question(0, "q-kept", PATIENCE)).unwrap();
    let trail = std::fs::read_to_string(directory.path().join("trail.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        trail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[1]["reference"], &lines[1]["billed"]), (2, &"R-0".into(), &true.into()));
    let digest: String =
        finding.meta.response_sha256.unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(lines[1]["response_sha256"], digest);
    // Nowhere to keep it: nobody can be asked.
    std::fs::write(&config, text.replace("trail.jsonl", "nowhere/trail.jsonl")).unwrap();
    assert!(connect(None, Some(&config)).is_err());
}

#[test]
fn the_embedded_register_answers_over_http_as_it_does_in_the_process() {
    use realname::authority::DirectoryAuthority;
    use realname::capture::{Intake, Slot};
    use realname::document::{CardDate, IdNumber, ValidUntil};

    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let directory = Arc::new(DirectoryAuthority::open(&fixtures.join("register.json")).unwrap());
    let authority: Arc<dyn Authority> = directory.clone();
    let register = Register::new(authority, RegisterOptions::default());
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), ServeOptions::default()).unwrap();
    let far = connect(Some(&server.origin()), None).unwrap();
    let now = jiff::Timestamp::now();
    let photo = |name: &str| {
        let bytes = std::fs::read(fixtures.join("portraits").join(name)).unwrap();
        Arc::new(Intake::default().take(Slot::Live, bytes, now).unwrap())
    };
    let (from, until) = (CardDate::parse("20200101").unwrap(), ValidUntil::LongTerm);
    let mut faces = Vec::new();
    for (number, (name, shot)) in
        [("测试甲", "jia-live-1.jpg"), ("测试甲", "bing-live-1.jpg"), ("测试乙", "jia-live-1.jpg")]
            .into_iter()
            .enumerate()
    {
        let query = realname::authority::Query::new(
            name,
            IdNumber::new("119999199001010004"),
            now,
            format!("q-directory-{number}"),
        )
        .with_validity(from, until)
        .with_phone_number("+8613900000001")
        .with_probe(photo(shot))
        .with_liveness()
        .with_deadline(now + Duration::from_secs(30));
        let near = directory.ask(&query).unwrap();
        let far = far.ask(&query).unwrap();
        assert_eq!(
            (far.subject, far.attributes, far.document, far.face, far.liveness),
            (near.subject, near.attributes, near.document, near.face, near.liveness)
        );
        assert!(far.meta.is_test);
        faces.push(far.face);
    }
    assert_eq!(faces.first(), Some(&realname::authority::Face::Same));
    assert_ne!(faces.get(1), Some(&realname::authority::Face::Same));
}

#[test]
fn a_configuration_names_who_is_asked_in_a_dead_registers_place_and_what_is_kept() {
    use realname::profile::Purpose;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let people = Arc::new(People::default());
    let authority: Arc<dyn Authority> = people.clone();
    let register = Register::new(authority, RegisterOptions::default());
    let server = Server::start(register, "127.0.0.1:0".parse().unwrap(), ServeOptions::default()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    };
    write(
        "first.toml",
        format!(
            "id = \"TEST-first\"\norigin = \"http://{closed}\"\naudit = \"trail\"\nfallback = [\"second.toml\"]\n\
             [cache]\nmax_age_seconds = 60\n[limits]\ntries = 1\n"
        ),
    );
    write("second.toml", format!("id = \"TEST-second\"\norigin = \"{}\"\n", server.origin()));
    let authority = connect(None, Some(&directory.path().join("first.toml"))).unwrap();
    let order = |key: &str| question(0, key, PATIENCE).with_consent(Purpose::ServiceOrder, [7; 32]);
    let first = authority.ask(&order("q-order-1")).unwrap();
    assert_eq!((first.meta.authority.as_str(), first.meta.cached_for), ("TEST-second", None));
    let again = authority.ask(&order("q-order-2")).unwrap();
    assert!(again.meta.cached_for.is_some() && again.meta.answers == "q-order-2");
    assert_eq!(people.asked().len(), 1);
    // A person whose tries are used up there isn't asked about anywhere else, and every question is in the trail.
    assert!(authority.ask(&question(9, "q-used-up", PATIENCE)).is_err());
    let trail = std::fs::read_to_string(directory.path().join("trail")).unwrap();
    assert_eq!(trail.lines().count(), 6);
    assert!(trail.contains("\"by\":\"TEST-second\"") && trail.contains("quota.person"), "{trail}");
}
