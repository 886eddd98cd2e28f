//! A relying party with its service, an operator's terminal, and a person who is checked: all of it synthetic.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::{Authority, DirectoryAuthority, Finding, ScriptedAuthority};
use realname::capture::{Capture, Intake, Slot};
use realname::demand::VerifiedDemand;
use realname::document::CardRead;
use realname::jose::{Algorithm, SigningKey};
use realname::profile::{ClaimName, Env, Purpose};
use realname::reader::ReadOptions;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig};
use realname::reader::session::SessionConfig;
use realname::store::MemoryStore;
use realname::trust::{Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry, TrustList};
use serde_json::{Value, json};

use crate::load::{self, Call};
use crate::process::Process;

const SHOP: &str = "https://shop.example";
const OPERATOR: &str = "https://operator.example";
const TERMINAL: &str = "counter-1";
/// Whose number is to be cancelled.
pub(crate) const NAME: &str = "测试甲";
pub(crate) const NUMBER: &str = "119999199001010004";

/// The files of a service, and the keys of those around it.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    program: PathBuf,
    pub(crate) token: String,
    attestor: Attestor,
    pub(crate) list: TrustList,
}

/// A demand and its answer.
pub(crate) struct Pair {
    pub(crate) demand: String,
    pub(crate) presentation: String,
}

impl World {
    /// In a directory beside the program, so that the store is on the disk that holds `target`.
    pub(crate) fn new(program: &Path) -> Self {
        let dir = tempfile::tempdir_in(program.parent().expect("a directory")).expect("a directory");
        let key = || SigningKey::generate(Algorithm::EdDsa).expect("randomness");
        let (anchor, operator, terminal, shop) = (key(), key(), key(), key());
        let now = Timestamp::now();
        let day = now + SignedDuration::from_hours(24);
        let write = |name: &str, text: &[u8]| secret(&dir.path().join(name), text);
        write("shop.pem", shop.to_pem().expect("PEM").as_bytes());
        write("terminal.pem", terminal.to_pem().expect("PEM").as_bytes());
        let anchors = [Anchor::new(anchor.verifying_key().clone(), now, day)];
        write("anchor.json", &Anchor::to_file(&anchors));
        let claims = [ClaimName::Name, ClaimName::IdNumber];
        let purposes = [Purpose::SimCancel, Purpose::SimActivate];
        let list = ListBuilder::new("https://trust.example")
            .sequence(1)
            .entry(ListEntry::attesting(OPERATOR, operator.verifying_key().clone()))
            .entry(ListEntry::asking(SHOP, shop.verifying_key().clone(), "Shop (TEST)", purposes, claims))
            .sign(&anchor, now)
            .expect("a list");
        write("trust.jwt", list.as_str().as_bytes());
        let constraints = Constraints {
            terminal: Some(TERMINAL.to_owned()),
            env: Some(Env::Test),
            ..Constraints::default()
        };
        let delegated = DelegationRequest {
            iss: OPERATOR,
            sub: TERMINAL,
            key: terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: day,
        };
        let delegated = delegated.sign(&operator).expect("a delegation");
        write("terminal.delegation", delegated.as_bytes());
        let list = TrustList::verify(list.as_str(), &anchors, now, &MemoryStore::new()).expect("a list");
        let attestor = Attestor::new(OPERATOR, terminal, Terminal::new(TERMINAL))
            .and_then(|attestor| attestor.with_delegation(vec![delegated]))
            .expect("a terminal");
        let relying = format!(
            "listen = \"127.0.0.1:0\"\niss = \"{SHOP}\"\nkey = \"shop.pem\"\ntrust = \"trust.jwt\"\nanchor = \"anchor.json\"\n\
             store = \"store\"\nenv = \"test\"\n"
        );
        write("serve.toml", relying.as_bytes());
        let register = fixtures().join("register.json");
        let checks = format!(
            "[check]\niss = \"{OPERATOR}\"\nkey = \"terminal.pem\"\ndelegation = [\"terminal.delegation\"]\n\
             terminal = \"{TERMINAL}\"\nregister = \"dir:{}\"\n[check.consent]\nen = \"TEST: I agree.\"\nzh = \"测试：我同意。\"\n",
            register.display()
        );
        write("check.toml", (relying + &checks).as_bytes());
        let mut world = Self { dir, program: program.to_owned(), token: String::new(), attestor, list };
        world.token = world.new_token();
        secret(&world.path("token"), world.token.as_bytes());
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn new_token(&self) -> String {
        let config = self.path("serve.toml");
        let made = Command::new(&self.program)
            .args(["serve", "token", "new", "--name", "bench", "--principal", "shop", "--days", "1"])
            .args(["--scope", "demand,verify,session", "--config"])
            .arg(config)
            .output()
            .expect("the program runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        String::from_utf8(made.stdout).expect("text").trim().to_owned()
    }

    /// The service, with its log as it is by default.
    pub(crate) fn serve(&self, config: &str) -> Process {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--config"]).arg(self.path(config));
        Process::start(&mut command, &self.path("serve.log"))
    }

    /// Demands, made by the service as a shop makes them, and their answers: the card is read and the register asked once, after
    /// that; each answer is appraised and signed.
    pub(crate) fn pairs(&self, count: usize, connections: usize) -> Vec<Pair> {
        let wanted = json!({
            "purpose": "sim.cancel", "number": "+8613900000001", "claims": ["name", "id_number"],
            "checks": ["chip", "registry"], "expect": {"name": NAME, "id_number": NUMBER},
        });
        let demands: Vec<String> = {
            let server = self.serve("serve.toml");
            let call = Call { address: &server.address, path: "/v1/demands", token: &self.token };
            let (made, _) = load::post(&call, &vec![Bytes::from(wanted.to_string()); count], connections);
            made.iter().map(|answer| text(&json(answer.status, 201, &answer.body)["demand"])).collect()
        };
        let now = Timestamp::now();
        let person = Person::checked(now);
        let half = demands.len().div_ceil(2).max(1);
        std::thread::scope(|scope| {
            let parts: Vec<_> = demands
                .chunks(half)
                .map(|part| {
                    let person = &person;
                    scope.spawn(move || {
                        part.iter().map(|demand| self.answer(demand, person)).collect::<Vec<_>>()
                    })
                })
                .collect();
            parts.into_iter().flat_map(|part| part.join().expect("answers")).collect()
        })
    }

    fn answer(&self, demand: &str, person: &Person) -> Pair {
        let now = Timestamp::now();
        let asked = VerifiedDemand::verify(demand, &self.list, now).expect("a demand");
        let register = ScriptedAuthority::new([Ok(person.finding.clone())]);
        let verified = person.case(now).decide(&register).expect("checked");
        let attestation = self.attestor.attest(verified, &asked, now).expect("attested");
        let presentation = attestation.present(&asked, now).expect("presented");
        Pair { demand: demand.to_owned(), presentation }
    }
}

/// Somebody who stands at the counter: a card that was read, a photo, and what the register says.
struct Person {
    card: CardRead,
    live: Capture,
    finding: Finding,
}

impl Person {
    fn checked(now: Timestamp) -> Self {
        let card = Card::from_json(&String::from_utf8(fixture("cards/resident.json")).expect("text"))
            .expect("a card");
        let mut emulator = Emulator::new(EmulatorConfig::default());
        emulator.place(card);
        let read = emulator.read_in_virtual_time(SessionConfig::new(), ReadOptions::new(), Instant::now());
        let card = read.expect("a reading").read_at(now);
        let live =
            Intake::default().take(Slot::Live, fixture("portraits/jia-live-1.jpg"), now).expect("a photo");
        let register = fixtures().join("register.json");
        let register = DirectoryAuthority::open(&register).expect("a register");
        let asking = case(&card, &live, now);
        let finding = register.ask(asking.query()).expect("a finding");
        Self { card, live, finding }
    }

    fn case(&self, now: Timestamp) -> Case {
        case(&self.card, &self.live, now)
    }
}

fn case(card: &CardRead, live: &Capture, now: Timestamp) -> Case {
    let consent = ConsentGiven::new("TEST", [Purpose::SimCancel], now);
    let evidence = OnSite::new(card.clone(), live.clone(), consent).expect("evidence");
    let request = CaseRequest::new(Purpose::SimCancel, Env::Test, now);
    Case::open(evidence, &Policy::on_site(), request).expect("a case")
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).expect("a fixture")
}

/// A file that only its owner reads, as keys have to be.
pub(crate) fn secret(path: &Path, text: &[u8]) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("its mode");
}

/// The JSON of an answer that must have that status.
pub(crate) fn json(status: u16, wanted: u16, body: &[u8]) -> Value {
    assert_eq!(status, wanted, "{}", String::from_utf8_lossy(body));
    serde_json::from_slice(body).expect("JSON")
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
