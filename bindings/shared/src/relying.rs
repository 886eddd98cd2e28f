//! The relying side: demands, trust, verdicts, audits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use realname::demand::{DemandRequest, Kept, PendingDemand, Transaction};
use realname::jose::{Signer, SigningKey};
use realname::pkcs11::{KeyUri, Pin, Pkcs11Error, TokenSigner};
use realname::profile::{Check, ClaimName, Env, Expectation, Locality, Purpose};
use realname::rely::{self, Answer, Answering, DemandRef, Judged, Limits, Record, Verdict};
use realname::store::{Housekeeping, PostgresStore, SqliteStore, Store as Ledger};
use realname::trust::{Anchor, TrustList};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{Failure, Status, Told};

/// How long what is over is kept, as the command line keeps it.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What must happen once: a directory on this machine, or a PostgreSQL server.
pub struct Store {
    ledger: Box<dyn Ledger>,
    id: u64,
    /// When it was last kept, in seconds: a program that stays open does it once a minute.
    kept: AtomicI64,
}

impl Store {
    /// Opens a store: a `postgres://` URL, whose tables must be there (`store_missing` else), or a directory, which is made when it
    /// is absent.
    ///
    /// # Errors
    /// The store's.
    pub fn open(place: &str) -> Result<Self, Failure> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let url = place.starts_with("postgres://") || place.starts_with("postgresql://");
        let ledger: Box<dyn Ledger> = if url {
            Box::new(PostgresStore::connect(place).map_err(|error| Failure::of(&error))?)
        } else {
            Box::new(SqliteStore::open_dir(place).map_err(|error| Failure::of(&error))?)
        };
        Ok(Self { ledger, id: NEXT.fetch_add(1, Ordering::Relaxed), kept: AtomicI64::new(0) })
    }

    pub(crate) fn ledger(&self) -> &dyn Ledger {
        self.ledger.as_ref()
    }

    /// Removes what ended long ago, a little at a time; trouble with that isn't the caller's trouble.
    fn keep_house(&self, now: Timestamp) {
        let second = now.as_second();
        if second.saturating_sub(self.kept.load(Ordering::Relaxed)) < 60 {
            return;
        }
        self.kept.store(second, Ordering::Relaxed);
        let _ = Housekeeping::new().keep(KEPT).run(self.ledger(), now);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// A trust list with the anchors that it must be signed by.
pub struct Trust {
    compact: String,
    anchors: Vec<Anchor>,
    list: Arc<TrustList>,
    /// By store: each has remembered this list's sequence.
    remembered: Mutex<HashMap<u64, Arc<TrustList>>>,
}

impl Trust {
    /// Verifies a list (compact form) against anchors (JSON). Nothing is remembered before the first answer, whose store
    /// refuses a list older than one it has seen.
    ///
    /// # Errors
    /// When anchors or list are damaged, or the list isn't to be trusted now.
    pub fn load(list: &str, anchors: &str) -> Result<Self, Failure> {
        let anchors = Anchor::parse_all(anchors.as_bytes()).map_err(|error| Failure::of(&error))?;
        let compact = list.trim().to_owned();
        let list =
            TrustList::as_of(&compact, &anchors, Timestamp::now()).map_err(|error| Failure::of(&error))?;
        Ok(Self { compact, anchors, list: Arc::new(list), remembered: Mutex::default() })
    }

    /// Who keeps it, its sequence and its anchor, as a verdict's `trust` has them.
    pub fn sequence(&self) -> u64 {
        self.list.sequence()
    }

    pub(crate) fn verified(
        &self,
        store: &dyn Ledger,
        now: Timestamp,
    ) -> Result<TrustList, realname::trust::TrustError> {
        TrustList::verify(&self.compact, &self.anchors, now, store)
    }

    /// The list, once this store has it among those that it remembers.
    fn in_store(&self, store: &Store, now: Timestamp) -> Result<Arc<TrustList>, realname::trust::TrustError> {
        let known = |trust: &Self| {
            trust.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&store.id).cloned()
        };
        if let Some(list) = known(self) {
            return Ok(list);
        }
        let list = Arc::new(self.verified(store.ledger(), now)?);
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).insert(store.id, list.clone());
        Ok(list)
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust").field("sequence", &self.sequence()).finish_non_exhaustive()
    }
}

/// What is asked: the members are the options of `demand new`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    iss: String,
    purpose: String,
    number: Option<String>,
    action: Option<String>,
    region: Option<String>,
    text: Option<String>,
    #[serde(default)]
    claims: Vec<String>,
    #[serde(default)]
    checks: Vec<String>,
    expect: Option<Expect>,
    locality: Option<String>,
    max_age: Option<u32>,
    terminal: Option<String>,
    ttl: Option<u32>,
    env: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    name: realname::document::Personal,
    id_number: realname::document::Personal,
}

/// A demand that was made and is remembered.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, clippy::exhaustive_structs, reason = "a plain value")]
pub struct Issued {
    pub jwt: String,
    pub nonce: String,
    /// What `demand new --json` prints, and `demand`.
    pub json: Told,
}

/// Signs a demand and remembers it. `key`: PKCS#8 PEM text, a file's path, or `pkcs11:…`.
///
/// # Errors
/// When the key or the request can't be used, or the store fails.
pub fn demand(store: &Store, key: &str, request: &str) -> Result<Issued, Failure> {
    let signer = signing_key(key)?;
    // The parser's own message would quote a person's name.
    let asking: Asking = serde_json::from_str(request).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::argument(&format!("the request, line {line}, column {column}: not JSON, a member unknown, missing or of the wrong type"))
    })?;
    let word = |what: &str, text: &str| Failure::argument(&format!("{what}: there is no {text}"));
    let purpose: Purpose = asking.purpose.parse().map_err(|_| word("purpose", &asking.purpose))?;
    let env = match asking.env.as_deref() {
        None => Env::Production,
        Some(name) => Env::from_name(name).ok_or_else(|| word("env", name))?,
    };
    let ttl = asking.ttl.unwrap_or(600);
    let mut made = DemandRequest::new(purpose).env(env).life(SignedDuration::from_secs(ttl.into()));
    for name in &asking.claims {
        made = made.claim(ClaimName::from_name(name).ok_or_else(|| word("claims", name))?);
    }
    for name in &asking.checks {
        made = made.check(Check::from_name(name).ok_or_else(|| word("checks", name))?);
    }
    if let Some(name) = &asking.locality {
        made = made.locality(Locality::from_name(name).ok_or_else(|| word("locality", name))?);
    }
    if let Some(number) = asking.number {
        made = made.number(number);
    }
    if let Some(action) = asking.action {
        made = made.action(action);
    }
    if let Some(region) = asking.region {
        made = made.region(region);
    }
    if let Some(text) = asking.text {
        made = made.text(text);
    }
    if let Some(expect) = asking.expect {
        // A number with a wrong check character is nobody's: the true holder would be refused as another person.
        realname::appraisal::Declared::new(expect.name.as_str(), expect.id_number.as_str())
            .map_err(|error| Failure::of(&error))?;
        made = made.expectation(Expectation::new(expect.name, expect.id_number));
    }
    if let Some(seconds) = asking.max_age {
        made = made.max_age(SignedDuration::from_secs(seconds.into()));
    }
    if let Some(id) = asking.terminal {
        made = made.terminal(id);
    }
    let now = Timestamp::now();
    let issued =
        made.issue(&asking.iss, signer.as_ref(), store.ledger(), now).map_err(|error| Failure::of(&error))?;
    store.keep_house(now);
    let (jwt, nonce) = (issued.as_str().to_owned(), issued.nonce().to_owned());
    let json =
        json!({"nonce": nonce, "purpose": asking.purpose, "ttl": ttl, "env": env, "demand": jwt}).into();
    Ok(Issued { jwt, nonce, json })
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The compact form holds the phone number.
        f.debug_struct("Issued").field("nonce", &self.nonce).finish_non_exhaustive()
    }
}

/// A key from its text or its file, or in its token: `pkcs11:…`, with the variables that the command line has for it.
pub(crate) fn signing_key(key: &str) -> Result<Box<dyn Signer>, Failure> {
    if is_in_token(key) {
        let module = std::env::var_os("REALNAME_PKCS11_MODULE").map(std::path::PathBuf::from);
        let pin = Pin::in_environment("REALNAME_PKCS11_PIN");
        let opened = KeyUri::parse(key).map_err(Pkcs11Error::from);
        return match opened.and_then(|uri| TokenSigner::open(&uri, module.as_deref(), pin)) {
            Ok(signer) => Ok(Box::new(signer)),
            Err(error) => Err(Failure::of(&error)),
        };
    }
    let pem = if key.trim_start().starts_with("-----BEGIN") {
        Zeroizing::new(key.to_owned())
    } else {
        let path = std::path::Path::new(key);
        Zeroizing::new(std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?)
    };
    match SigningKey::from_pem(&pem) {
        Ok(key) => Ok(Box::new(key)),
        Err(error) => Err(Failure::of(&error)),
    }
}

/// Whether it names a key in a token, and no file.
pub(crate) fn is_in_token(key: &str) -> bool {
    key.starts_with(KeyUri::SCHEME)
}

/// Decides on a presentation and records an acceptance. Without a nonce the demand that the presentation names is meant.
///
/// # Errors
/// The store's: then nothing was decided. A refusal is a verdict, not an error.
pub fn answer(
    store: &Store,
    trust: &Trust,
    presentation: &str,
    nonce: Option<&str>,
) -> Result<Decided, Failure> {
    let now = Timestamp::now();
    let presentation = presentation.trim();
    let asked = nonce.map_or(DemandRef::ByPresentation, DemandRef::Nonce);
    // Read once, and looked up once: what was asked is told beside the verdict.
    let parsed = Answering::parse(presentation, asked);
    let named = match &parsed {
        Ok(answering) => Some(answering.nonce().to_owned()),
        Err(_) => nonce.map(str::to_owned),
    };
    let kept = match named.as_deref() {
        Some(nonce) => PendingDemand::load(store.ledger(), nonce).map_err(|error| Failure::of(&error))?,
        None => None,
    };
    let order = Order::of(named, kept.as_ref());
    let verdict = match (trust.in_store(store, now), parsed) {
        (Ok(list), Ok(answering)) => match answering.judge(kept, &list, now, &Limits::default()) {
            Judged::Settled(answer) => answer.verdict,
            Judged::Acceptable(recording) => {
                let answered = recording.record(store.ledger(), now).map_err(|error| Failure::of(&error))?;
                recording.recorded(answered).verdict
            }
        },
        (Ok(_), Err(refused)) => Answer::from(refused).verdict,
        // A trust list that is refused is a refusal of everything that rests on it.
        (Err(error), _) => match error.reason() {
            Some(code) => Verdict::refused(code),
            None => return Err(Failure::of(&error)),
        },
    };
    store.keep_house(now);
    Ok(Decided { verdict, order })
}

/// A decision, and which order it is about: a flow with many open demands has to know.
#[derive(Debug)]
pub struct Decided {
    verdict: Verdict,
    order: Order,
}

#[derive(Debug)]
struct Order {
    nonce: Option<String>,
    /// It may name a person's number.
    transaction: Told,
    env: Option<Env>,
}

impl Order {
    fn of(nonce: Option<String>, kept: Option<&Kept>) -> Self {
        let pending = kept.map(|kept| &kept.pending);
        let transaction = transaction_json(pending.and_then(|pending| pending.transaction())).into();
        Self { nonce, transaction, env: pending.map(|pending| pending.env()) }
    }
}

impl Decided {
    /// The decision.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Which order it is about.
    pub fn nonce(&self) -> Option<&str> {
        self.order.nonce.as_deref()
    }

    /// What was disclosed, when it is accepted.
    ///
    /// # Errors
    /// Never, for values of this library.
    pub fn claims(&self) -> Result<Option<Told>, Failure> {
        self.verdict.claims().map(Told::of).transpose().map_err(|_| Failure::internal())
    }

    /// What `verify --json` prints.
    ///
    /// # Errors
    /// Never, for values of this library.
    pub fn told(&self) -> Result<Told, Failure> {
        let mut value = Told::of(&self.verdict).map_err(|_| Failure::internal())?;
        value["nonce"] = json!(self.order.nonce);
        value["transaction"] = (*self.order.transaction).clone();
        value["env"] = json!(self.order.env);
        Ok(value)
    }
}

pub(crate) fn transaction_json(transaction: Option<&Transaction>) -> Value {
    match transaction {
        Some(Transaction::Number { number, action, region, text, .. }) => json!({
            "type": "number", "number": number.as_str(), "action": action, "region": region, "text": text,
        }),
        Some(Transaction::Order { id, number, .. }) => json!({
            "type": "order", "id": id, "number": number.as_ref().map(|number| number.as_str()),
        }),
        Some(Transaction::Lease { resource, id, scenario, until, .. }) => json!({
            "type": "lease", "resource": resource, "id": id.as_str(), "scenario": scenario, "until": until,
        }),
        _ => Value::Null,
    }
}

/// The record that a store keeps of an accepted answer: what `verify --record` writes. `None` when nothing was accepted.
///
/// # Errors
/// The store's.
pub fn recorded_json(store: &Store, nonce: &str) -> Result<Option<Vec<u8>>, Failure> {
    let record = rely::recorded(store.ledger(), nonce).map_err(|error| Failure::of(&error))?;
    Ok(record.map(|record| record.to_bytes()))
}

/// Judges a kept record as of a time (seconds since 1970), as `verify --audit --json` does. Answers nothing, changes nothing.
///
/// # Errors
/// When the record or the anchors are damaged, or the record was made after that time.
pub fn audit(list: &str, anchors: &str, record: &[u8], at: i64) -> Result<Decided, Failure> {
    let at = Timestamp::from_second(at).map_err(|_| Failure::argument("the time is out of range"))?;
    let record = Record::parse(record).map_err(|error| Failure::of(&error))?;
    if record.accepted_at().is_some_and(|accepted| accepted > at) {
        return Err(Failure::new(
            Status::Refused,
            "record_later",
            [
                "the record was made after the time that it is judged at",
                "该记录的形成时间晚于所指定的审计时间",
            ],
            ["give a later time", "请提供更晚的时间"],
        ));
    }
    let anchors = Anchor::parse_all(anchors.as_bytes()).map_err(|error| Failure::of(&error))?;
    let verdict = match TrustList::as_of(list.trim(), &anchors, at) {
        Ok(list) => record.audit(&list, &Limits::default()),
        Err(error) => match error.reason() {
            Some(code) => Verdict::refused(code),
            None => return Err(Failure::of(&error)),
        },
    };
    Ok(Decided { verdict, order: Order { nonce: None, transaction: Value::Null.into(), env: None } })
}

/// A refusal by its first reason, as an error tells it.
pub fn refusal(verdict: &Verdict) -> Failure {
    let code = verdict.reasons().first().map(|reason| reason.code.as_str()).unwrap_or_default();
    let entry = realname::profile::Explain::entry(verdict);
    let zh = entry.advice.zh.split(['，', '。']).next().unwrap_or_default();
    let next = [entry.advice.en, entry.advice.zh];
    Failure::new(Status::Refused, code, [&format!("the presentation is refused ({code})"), zh], next)
}
