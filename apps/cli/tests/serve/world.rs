//! A sandbox, processes of `serve` on its store, and presentations for them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Capture, Intake, Slot};
use realname::demand::{AnswerLimits, DemandRequest, VerifiedDemand};
use realname::document::CardRead;
use realname::jose::SigningKey;
use realname::profile::{Env, Expectation, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::{ReadOptions, Reader};
use realname::store::{MemoryStore, Outbox, SqliteStore};
use realname::trust::{Anchor, TrustList};
use serde_json::Value;

use crate::support::{NAME, NUMBER, fixture, ok, realname};

const SHOP: &str = "https://shop.example";
const OPERATOR: &str = "https://operator.example";
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A sandbox with a service's configuration.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// On SQLite.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        ok(["sandbox", "new", dir.path().join("s").to_str().unwrap()]);
        Self { dir }
    }

    /// On the database of that address.
    #[cfg(feature = "postgres")]
    pub(crate) fn on(address: &str, more: &str) -> Self {
        let place = Self::new();
        let text = fs::read_to_string(place.path("serve.toml")).unwrap();
        let text = text.replace("store = \"store\"\n", "");
        let store =
            format!("\n[store]\npostgres = \"postgres.address\"\nsecret = \"store.secret\"\n{more}\n");
        fs::write(place.path("serve.toml"), text + &store).unwrap();
        place.secret("postgres.address", address);
        place.secret("store.secret", &realname::jose::encode(&[7; 32]));
        place
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join("s").join(name).to_str().unwrap().to_owned()
    }

    /// A file that only its owner reads.
    pub(crate) fn secret(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;

        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn configure(&self, more: &str) {
        let text = fs::read_to_string(self.path("serve.toml")).unwrap();
        fs::write(self.path("serve.toml"), format!("{text}\n{more}\n")).unwrap();
    }

    /// The SQLite store, opened beside the service.
    pub(crate) fn sqlite(&self) -> Arc<dyn Outbox> {
        Arc::new(SqliteStore::open_dir(self.path("store")).unwrap())
    }

    pub(crate) fn migrate(&self) {
        ok(["serve", "migrate", "--config", &self.path("serve.toml")]);
    }

    pub(crate) fn token(&self) -> String {
        self.token_with("demand,verify,session")
    }

    pub(crate) fn token_with(&self, scopes: &str) -> String {
        let args = ["serve", "token", "new", "--config", &self.path("serve.toml"), "--name", "t"];
        let more = ["--principal", "shop", "--scope", scopes, "--days", "1"];
        ok(args.iter().chain(&more)).trim().to_owned()
    }

    pub(crate) fn start(&self) -> Node {
        Node::start(self)
    }
}

/// A process.
pub(crate) struct Node {
    child: Child,
    pub(crate) url: String,
}

impl Node {
    fn start(place: &Place) -> Self {
        Self::launch(place, "serve.toml", &[]).expect("an address")
    }

    /// With another configuration and environment; `None` when it ends before it listens.
    pub(crate) fn launch(place: &Place, config: &str, env: &[(&str, &str)]) -> Option<Self> {
        let args = ["serve", "--config", &place.path(config), "--listen", "127.0.0.1:0", "--log", "error"];
        let mut child = realname(args)
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        match first.trim().strip_prefix("listening on ") {
            Some(url) => Some(Self { child, url: url.to_owned() }),
            None => {
                child.wait().unwrap();
                None
            }
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One answer, or that there was none.
pub(crate) type Came = Option<(u16, Value)>;

/// Calls one of them, with a key for what must happen once.
pub(crate) fn call(
    agent: &ureq::Agent,
    url: &str,
    (method, path): (&str, &str),
    token: &str,
    key: Option<&str>,
    body: &Value,
) -> Came {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}{path}"))
        .header("authorization", format!("Bearer {token}"));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let sent = if method == "GET" {
        agent.run(request.body(()).unwrap())
    } else {
        agent.run(request.header("content-type", "application/json").body(body.to_string()).unwrap())
    };
    let mut answer = sent.ok()?;
    let text = answer.body_mut().read_to_string().ok()?;
    Some((answer.status().as_u16(), serde_json::from_str(&text).ok()?))
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}

/// The person whose number it is, and the other one: card and face.
pub(crate) const HOLDER: (&str, &str) = ("cards/resident.json", "portraits/jia-live-1.jpg");
pub(crate) const TAKER: (&str, &str) = ("cards/resident-bing.json", "portraits/bing-live-1.jpg");

/// Answers demands: a card that was read once, a live photo, the sandbox's terminal.
pub(crate) struct Desk {
    card: CardRead,
    live: Capture,
    register: DirectoryAuthority,
    list: TrustList,
    attestor: Attestor,
    shop: SigningKey,
    policy: Policy,
}

impl Desk {
    pub(crate) fn new(place: &Place) -> Self {
        let text = |name: &str| fs::read_to_string(place.path(name)).unwrap();
        let key = |name: &str| SigningKey::from_pem(&text(name)).unwrap();
        let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
        let card = fs::read_to_string(fixture("cards/resident.json")).unwrap();
        emulator.place(Card::from_json(&card).unwrap());
        let card = Reader::new(line).read_card(&ReadOptions::new()).unwrap();
        let photo = fs::read(fixture("portraits/jia-live-1.jpg")).unwrap();
        let anchors = Anchor::parse_all(text("anchor.json").as_bytes()).unwrap();
        let list =
            TrustList::verify(&text("trust.jwt"), &anchors, Timestamp::now(), &MemoryStore::new()).unwrap();
        let attestor = Attestor::new(OPERATOR, key("terminal.pem"), Terminal::new("checkout-1"))
            .and_then(|desk| desk.with_delegation(vec![text("terminal.delegation").trim().to_owned()]))
            .unwrap();
        Self {
            card,
            live: Intake::default().take(Slot::Live, photo, Timestamp::now()).unwrap(),
            register: DirectoryAuthority::open(&fixture("register.json")).unwrap(),
            list,
            attestor,
            shop: key("shop.pem"),
            policy: Policy::on_site(),
        }
    }

    /// A demand in that store, and what answers it.
    pub(crate) fn presentation(&self, store: &dyn Outbox) -> (String, String) {
        let demand = DemandRequest::new(Purpose::SimCancel)
            .number("+8613900000001")
            .expectation(Expectation::new(NAME, NUMBER))
            .env(Env::Test)
            .terminals_answer(HOUR)
            .life(HOUR)
            .max_age(HOUR)
            // The card was read before.
            .after_demand(false)
            .issue(SHOP, &self.shop, store, Timestamp::now())
            .unwrap();
        let presentation = self.present(demand.as_str(), self.card.clone(), self.live.clone());
        (demand.nonce().to_owned(), presentation)
    }

    /// What answers a demand when a person of that card and face stands there, checked now.
    pub(crate) fn answer(&self, demand: &str, (card, live): (&str, &str)) -> String {
        let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
        emulator.place(Card::from_json(&fs::read_to_string(fixture(card)).unwrap()).unwrap());
        let card = Reader::new(line).read_card(&ReadOptions::new()).unwrap();
        let photo = fs::read(fixture(live)).unwrap();
        let live = Intake::default().take(Slot::Live, photo, Timestamp::now()).unwrap();
        self.present(demand, card, live)
    }

    fn present(&self, demand: &str, card: CardRead, live: Capture) -> String {
        let mut limits = AnswerLimits::default();
        limits.max_life = HOUR;
        let now = Timestamp::now();
        let asked = VerifiedDemand::verify_within(demand, &self.list, now, limits).unwrap();
        let purpose = asked.purpose().clone();
        let consent = ConsentGiven::new("TEST", [purpose.clone()], now);
        let evidence = OnSite::new(card, live, consent).unwrap();
        let case = Case::open(evidence, &self.policy, CaseRequest::new(purpose, Env::Test, now)).unwrap();
        let verified = case.decide(&self.register).unwrap();
        self.attestor.attest(verified, &asked, now).and_then(|made| made.present(&asked, now)).unwrap()
    }
}

/// What a shop asks for that sells a number.
#[cfg(feature = "postgres")]
pub(crate) fn sale() -> Value {
    serde_json::json!({
        "purpose": "sim.activate", "number": "+8613900000001", "claims": ["name", "id_number"],
        "checks": ["triplet", "registry"], "locality": "remote",
    })
}

/// Opens a session's link as a browser does; gives the cookie.
#[cfg(feature = "postgres")]
pub(crate) fn open_link(agent: &ureq::Agent, url: &str, path: &str, link: &str) -> String {
    let body = serde_json::json!({ "token": link }).to_string();
    let request = agent.post(format!("{url}{path}")).header("content-type", "application/json");
    let opened = request.send(body).unwrap();
    assert_eq!(opened.status(), 204);
    opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// A call of the page that must be done.
#[cfg(feature = "postgres")]
pub(crate) fn as_page(
    agent: &ureq::Agent,
    url: &str,
    (method, path): (&str, &str),
    cookie: &str,
    (kind, body): (&str, Vec<u8>),
) -> Value {
    let request =
        ureq::http::Request::builder().method(method).uri(format!("{url}{path}")).header("cookie", cookie);
    let mut came = if method == "GET" {
        agent.run(request.body(()).unwrap()).unwrap()
    } else {
        agent.run(request.header("content-type", kind).body(body).unwrap()).unwrap()
    };
    let text = came.body_mut().read_to_string().unwrap();
    assert_eq!(came.status(), 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}
