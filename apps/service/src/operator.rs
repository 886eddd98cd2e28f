//! What the configuration names, loaded: keys, anchors, the trust list in force, the store, the register.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use realname::cancellation::HomeSide;
use realname::change::Changes;
use realname::confirmation::{Confirmer, HttpGateway, LedgerSecret, LineMessenger, Messenger};
use realname::gateway::{Gateway, GatewaySettings, Replies, Secret, VoicePlatform};
use realname::jose::{Json, Signer, decode};
use realname::profile::Env;
use realname::report::{Reports, Rules};
use realname::store::{Housekeeping, Outbox, Store};
use realname::trust::{Anchor, TrustError, TrustList};
use zeroize::Zeroizing;

use crate::accounts::Accounts;
use crate::asker::{Asker, Both};
use crate::book::Book;
use crate::config::{Config, Confirmation, Voice};
use crate::desk::Desk;
use crate::files::{read, read_secret, read_text};
use crate::hook::{Event, Listener};
use crate::{Refusal, SetupError, kept, keys};

/// Everything that the configuration names.
pub(crate) struct Operator {
    pub(crate) iss: String,
    pub(crate) env: Env,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) store: Arc<dyn Outbox>,
    pub(crate) desk: Option<Desk>,
    asker: Option<Asker>,
    home: Option<HomeSide>,
    accounts: Option<Accounts>,
    takes_reports: bool,
    /// The journal, where there is one.
    pub(crate) book: Option<Book>,
    /// The public halves of the keys that this service signs with, as JWKs.
    pub(crate) public_keys: Vec<serde_json::Value>,
    pub(crate) housekeeping: Housekeeping,
    /// What sessions are sealed under.
    pub(crate) sealing: Zeroizing<[u8; 32]>,
    pub(crate) listeners: Vec<Arc<Listener>>,
    anchors: Vec<Anchor>,
    trust_file: PathBuf,
    trust: RwLock<Arc<Trust>>,
}

/// The trust list, as text and as read.
pub(crate) struct Trust {
    pub(crate) text: String,
    pub(crate) list: TrustList,
}

impl Operator {
    /// Loads it all. A trust list that isn't in force is an error here.
    pub(crate) fn load(config: &mut Config, now: Timestamp) -> Result<Self, SetupError> {
        let store = kept::open(&config.store)?;
        let sealing = kept::sealing(&config.store, config.check.is_some())?;
        let anchors = Anchor::parse_all(&read(&config.anchor)?)?;
        let signer = keys::load(&config.key)?;
        let asker = config
            .confirmation
            .as_ref()
            .map(|asking| asker(asking, config, &signer, store.clone()))
            .transpose()?;
        let trust = read_trust(&config.trust, &anchors, now, store.as_ref())?;
        let mut public_keys = vec![public_key(&*signer)];
        let desk = match config.check.take() {
            None => None,
            Some(check) => {
                let key = keys::load(&check.key)?;
                public_keys.push(public_key(&*key));
                Some(Desk::open(check, key, config.env)?)
            }
        };
        let home = asker.as_ref().map(|asker| {
            HomeSide::new(config.iss.as_str(), signer.clone(), asker.secret()).with_env(config.env)
        });
        if let Some(reports) = &config.reports {
            let path = reports.rules.clone();
            let rules = Rules::parse(&read(&path)?).map_err(|source| SetupError::Rules { path, source })?;
            Reports::open(store.as_ref(), rules)?;
        }
        Ok(Self {
            iss: config.iss.clone(),
            env: config.env,
            signer,
            store,
            desk,
            home,
            takes_reports: config.reports.is_some(),
            book: config.journal.as_ref().map(Book::load).transpose()?,
            asker,
            accounts: config.accounts.as_ref().map(Accounts::load).transpose()?,
            public_keys,
            housekeeping: Housekeeping::new(),
            sealing,
            listeners: Listener::load_all(&config.webhook)?.into_iter().map(Arc::new).collect(),
            anchors,
            trust_file: config.trust.clone(),
            trust: RwLock::new(Arc::new(trust)),
        })
    }

    /// The trust list in force.
    pub(crate) fn trust(&self, now: Timestamp) -> Result<Arc<Trust>, Refusal> {
        let trust = Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner));
        if now < trust.list.expires_at() { Ok(trust) } else { Err(Refusal::Trust(TrustError::ListExpired)) }
    }

    /// Reads the list's file again; says whether another one is in force now. One that is refused changes nothing.
    pub(crate) fn renew(&self, now: Timestamp) -> Result<bool, SetupError> {
        let text = read_text(&self.trust_file)?;
        let known = self.trust.read().unwrap_or_else(PoisonError::into_inner).text == text.trim();
        if known {
            return Ok(false);
        }
        let trust = read_trust(&self.trust_file, &self.anchors, now, self.store.as_ref())?;
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        Ok(true)
    }

    /// Keeps an event for that principal's webhooks, before what it tells of.
    pub(crate) fn tell(&self, principal: &str, event: &Event) -> Result<(), Refusal> {
        self.listener(principal).map_or(Ok(()), |listener| listener.keep(self.store.as_ref(), event))
    }

    /// Has what was kept for that principal told.
    pub(crate) fn wake(&self, principal: &str) {
        self.listener(principal).inspect(|listener| listener.wake());
    }

    /// The webhooks of that principal, if there are any.
    pub(crate) fn listener(&self, principal: &str) -> Option<&Listener> {
        self.listeners.iter().find(|listener| listener.principal == principal).map(AsRef::as_ref)
    }

    /// The terminal for online checks.
    pub(crate) fn desk(&self) -> Result<&Desk, Refusal> {
        self.desk.as_ref().ok_or(Refusal::NotSetUp("online checks"))
    }

    /// Who asks customers.
    pub(crate) fn asker(&self) -> Result<&Asker, Refusal> {
        self.asker.as_ref().ok_or(Refusal::NotSetUp("second confirmation"))
    }

    /// The desk that takes reports in.
    pub(crate) fn reports(&self) -> Result<Reports<'_>, Refusal> {
        if self.takes_reports {
            Ok(Reports::find(self.store.as_ref())?)
        } else {
            Err(Refusal::NotSetUp("reports"))
        }
    }

    /// The home side of cancellations. It needs a second confirmation, so it is set up with that.
    pub(crate) fn home(&self) -> Result<&HomeSide, Refusal> {
        self.home.as_ref().ok_or(Refusal::NotSetUp("cancellation"))
    }

    /// Where accounts are looked up for desks.
    pub(crate) fn accounts(&self) -> Result<&Accounts, Refusal> {
        self.accounts.as_ref().ok_or(Refusal::NotSetUp("looking accounts up"))
    }

    /// The home side of replacements and transfers, set up as that of cancellations.
    pub(crate) fn changes(&self) -> Result<Changes, Refusal> {
        let home = self.home.clone().ok_or(Refusal::NotSetUp("replacement and transfer"))?;
        Ok(Changes::new(home))
    }

    /// The anchors, for audits.
    pub(crate) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }
}

fn read_trust(
    file: &Path,
    anchors: &[Anchor],
    now: Timestamp,
    store: &dyn Store,
) -> Result<Trust, SetupError> {
    let text = read_text(file)?.trim().to_owned();
    let list = TrustList::verify(&text, anchors, now, store)?;
    Ok(Trust { text, list })
}

fn asker(
    asking: &Confirmation,
    config: &Config,
    signer: &Arc<dyn Signer>,
    store: Arc<dyn Outbox>,
) -> Result<Asker, SetupError> {
    let text = Zeroizing::new(read_secret(&asking.secret)?);
    let secret = decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let secret = Zeroizing::new(secret.ok_or(SetupError::Value {
        key: "confirmation.secret",
        problem: "the file holds 32 random bytes in base64url",
    })?);
    let refused = |_| SetupError::Value {
        key: "iss",
        problem: "it is a URL of at most 255 printable ASCII characters",
    };
    let confirmer = Confirmer::new(config.iss.as_str(), signer.clone(), LedgerSecret::new(*secret));
    let confirmer = Arc::new(confirmer.map_err(refused)?.with_env(config.env));
    let texts: Option<Box<dyn Messenger>> = match (&asking.lines, &asking.gateway, &asking.line) {
        (None, None, Some(path)) => {
            let settings = GatewaySettings::load(path)?;
            // What a reply led to is found by whoever asks how the question stands.
            let replies = Replies::new("line", store, Arc::clone(&confirmer), &secret);
            Some(Box::new(Gateway::open(&settings, Some(Arc::new(replies)))?))
        }
        (Some(path), None, None) => {
            let lines = LineMessenger::file(path);
            Some(Box::new(lines.map_err(|source| SetupError::File { path: path.clone(), source })?))
        }
        (None, Some(url), None) => {
            let gateway = HttpGateway::new(url, Duration::from_secs(10))?;
            Some(Box::new(match &asking.authorization {
                Some(path) => gateway.with_authorization(read_secret(path)?.trim())?,
                None => gateway,
            }))
        }
        (None, None, None) => None,
        _ => return Err(ways()),
    };
    let voice = asking.voice.as_ref().map(voice).transpose()?.map(Arc::new);
    let messenger: Box<dyn Messenger> = match (texts, &voice) {
        (texts, Some(voice)) => Box::new(Both { texts, voice: Arc::clone(voice) }),
        (Some(texts), None) => texts,
        (None, None) => return Err(ways()),
    };
    Ok(Asker { confirmer, messenger, voice, secret })
}

fn ways() -> SetupError {
    SetupError::Value {
        key: "confirmation",
        problem: "it has one of `lines`, `gateway` and `line`, or a `voice`, or both",
    }
}

/// The platform that asks by telephone. A secret that is empty, or short enough to guess, is none.
fn voice(voice: &Voice) -> Result<VoicePlatform, SetupError> {
    let secret = Zeroizing::new(read_secret(&voice.secret)?);
    let secret = secret.trim();
    if secret.len() < 32 {
        return Err(SetupError::Value {
            key: "confirmation.voice.secret",
            problem: "the file holds at least 32 characters",
        });
    }
    let platform = VoicePlatform::new(&voice.url, Secret::new(secret), Duration::from_secs(10))?;
    Ok(match &voice.authorization {
        Some(path) => platform.with_authorization(read_secret(path)?.trim())?,
        None => platform,
    })
}

/// The public JWK with `kid` and `alg`.
fn public_key(key: &dyn Signer) -> serde_json::Value {
    let mut jwk = key.verifying_key().to_jwk();
    if let Json::Object(members) = &mut jwk {
        members.insert("kid".into(), key.kid().as_str().into());
        members.insert("alg".into(), key.algorithm().as_str().into());
    }
    serde_json::to_value(&jwk).unwrap_or_default()
}
