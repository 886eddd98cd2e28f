//! Both sides of a token for tests that see the crate as its users do: an anchor, an operator, an asker, and a person who
//! is really checked: a card read from the emulator by the sans-IO session, a photo, the TEST register. All synthetic; the
//! clock stands at [`NOW`].

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, Verified};
use realname::attest::{AttestError, Attestor, Terminal};
use realname::authority::{Authority, DirectoryAuthority, Finding, ScriptedAuthority};
use realname::capture::{Intake, Slot};
use realname::demand::{Demand, DemandRequest, VerifiedDemand};
use realname::document::CardRead;
use realname::jose::{Json, SigningKey, VerifyingKey, sign};
use realname::profile::{Check, Env, Expectation, Purpose, TRUST_LIST_TYP};
use realname::reader::ReadOptions;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig};
use realname::reader::session::SessionConfig;
use realname::rely::{Answer, DemandRef, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};

pub const NOW: i64 = 1_790_000_000;
pub const ISS: &str = "https://operator.example";
pub const ASKER: &str = "https://home.example";
/// The name and the number of the person whom demands expect.
pub const NAME: &str = "测试甲";
pub const NUMBER: &str = "119999199001010004";

/// Somebody with a card and a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Whose number it is.
    Holder,
    /// With a card as genuine.
    Stranger,
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[seed; 32])
}

/// Anchor, operator, asker, and the asker's store.
pub struct World {
    pub anchor: SigningKey,
    pub operator: SigningKey,
    pub asker: SigningKey,
    pub store: MemoryStore,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    pub fn new() -> Self {
        Self { anchor: key(1), operator: key(2), asker: key(3), store: MemoryStore::new() }
    }

    pub fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::new(self.anchor.verifying_key().clone(), at(NOW - 10_000), at(NOW + 1_000_000))]
    }

    pub fn list(&self) -> TrustList {
        TrustList::as_of(&self.compact_list(7), &self.anchors(), at(NOW)).unwrap()
    }

    pub fn compact_list(&self, seq: i64) -> String {
        let operator = entry(self.operator.verifying_key(), ISS, []);
        let purposes = ["sim.cancel", "service.order"];
        sign_list(&self.anchor, &payload(seq, vec![operator, self.asks(&purposes)]))
    }

    /// The asker's entry.
    pub fn asks(&self, purposes: &[&str]) -> Json {
        let more = [
            ("role", "demand".into()),
            ("purposes", Json::array(purposes.iter().copied())),
            ("claims", Json::array(["name", "id_number", "birthdate"])),
            ("display_name", "Home Province (TEST)".into()),
        ];
        entry(self.asker.verifying_key(), ASKER, more)
    }

    pub fn demand(&self, request: &DemandRequest) -> (Demand, VerifiedDemand) {
        let demand = request.issue(ASKER, &self.asker, &self.store, at(NOW)).unwrap();
        let verified = VerifiedDemand::verify(demand.as_str(), &self.list(), at(NOW)).unwrap();
        (demand, verified)
    }

    pub fn present(&self, demand: &VerifiedDemand) -> String {
        present_as(Person::Holder, demand, "pos-1").unwrap()
    }

    pub fn answer(&self, presentation: &str) -> Answer {
        let (asked, limits) = (DemandRef::ByPresentation, Limits::default());
        answer(&self.store, presentation, asked, &self.list(), at(NOW + 30), &limits).unwrap()
    }
}

/// The operator attests a person at that terminal, 20 seconds after the demand.
pub fn present_as(person: Person, demand: &VerifiedDemand, terminal: &str) -> Result<String, AttestError> {
    let attestor = Attestor::new(ISS, key(2), Terminal::new(terminal))?;
    let verified = verified(person, demand.purpose());
    attestor.attest(verified, demand, at(NOW + 20))?.present(demand, at(NOW + 21))
}

/// Signs any payload as a list, whatever is wrong with it: what keepers write goes through
/// [`ListBuilder`](realname::trust::ListBuilder).
pub fn sign_list(anchor: &SigningKey, payload: &Json) -> String {
    sign(anchor, TRUST_LIST_TYP, [], payload).unwrap()
}

/// A listed key.
pub fn entry<const N: usize>(key: &VerifyingKey, iss: &str, more: [(&'static str, Json); N]) -> Json {
    let Json::Object(mut members) = key.to_jwk() else { unreachable!("a key is an object") };
    members.extend([
        ("kid", key.thumbprint().as_str().into()),
        ("alg", key.algorithm().as_str().into()),
        ("nbf", (NOW - 10_000).into()),
        ("exp", (NOW + 1_000_000).into()),
        ("iss", iss.into()),
    ]);
    members.extend(more);
    Json::Object(members)
}

pub fn payload(seq: i64, keys: Vec<Json>) -> Json {
    Json::object([
        ("iss", "https://list.example".into()),
        ("iat", (NOW - 9000).into()),
        ("exp", (NOW + 100_000).into()),
        ("seq", seq.into()),
        ("keys", Json::Array(keys)),
    ])
}

/// A demand of the kind that a province sends before it cancels a number.
pub fn cancel() -> DemandRequest {
    DemandRequest::new(Purpose::SimCancel)
        .number("+8613800000000")
        .text("Cancel this number")
        .check(Check::Chip)
        .check(Check::Registry)
        .expectation(Expectation::new(NAME, NUMBER))
        .env(Env::Test)
}

/// Checks a person 10 seconds after the demand: the card, the face, the register.
pub fn verified(person: Person, purpose: &Purpose) -> Verified {
    let (on_site, finding) = checked(person);
    let consent = ConsentGiven::new("TEST", [purpose.clone()], at(NOW + 10));
    let on_site = OnSite::new(on_site.card().clone(), (**on_site.live()).clone(), consent).unwrap();
    // What the register found is asked once for each person: comparing faces is the slow part.
    let register = ScriptedAuthority::new([Ok(finding.clone())]);
    case(on_site, purpose).decide(&register).unwrap()
}

fn checked(person: Person) -> &'static (OnSite, Finding) {
    static PEOPLE: [OnceLock<(OnSite, Finding)>; 2] = [OnceLock::new(), OnceLock::new()];
    let (cell, card, photo) = match person {
        Person::Holder => (&PEOPLE[0], "cards/resident.json", "portraits/jia-live-1.jpg"),
        Person::Stranger => (&PEOPLE[1], "cards/resident-bing.json", "portraits/bing-live-1.jpg"),
    };
    cell.get_or_init(|| {
        let live = Intake::default().take(Slot::Live, fixture(photo), at(NOW + 10)).unwrap();
        let consent = ConsentGiven::new("TEST", [Purpose::SimCancel], at(NOW + 10));
        let on_site = OnSite::new(read(card), live, consent).unwrap();
        let register = DirectoryAuthority::open(&path("register.json")).unwrap();
        let finding = register.ask(case(on_site.clone(), &Purpose::SimCancel).query()).unwrap();
        (on_site, finding)
    })
}

fn case(on_site: OnSite, purpose: &Purpose) -> Case {
    let request = CaseRequest::new(purpose.clone(), Env::Test, at(NOW + 10));
    Case::open(on_site, &Policy::on_site(), request).unwrap()
}

/// A card of `fixtures`, read by the session as from a line.
fn read(card: &str) -> CardRead {
    let card = String::from_utf8(fixture(card)).unwrap();
    let mut emulator = Emulator::new(EmulatorConfig::default());
    emulator.place(Card::from_json(&card).unwrap());
    let reply = emulator.read_in_virtual_time(SessionConfig::new(), ReadOptions::new(), Instant::now());
    reply.unwrap().read_at(at(NOW + 10))
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}
