//! The service's configuration: `serve.toml`. Relative paths are relative to the file, unknown keys are an error.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use realname::pkcs11::KeyOpener;
use realname::profile::Env;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::SetupError;

/// `serve.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Where it listens. An address of this machine's alone takes no TLS.
    pub listen: SocketAddr,
    /// Under which origin browsers reach it, e.g. `https://check.example`; made from `listen` when absent.
    pub public: Option<String>,
    /// Who asks: the URL for which the trust list knows `key`.
    pub iss: String,
    /// The key that signs demands: a PEM file that others can't read, or a key in a token (`pkcs11:…`).
    pub key: PathBuf,
    /// The signed trust list. Read again when the file changes.
    pub trust: PathBuf,
    /// The anchors.
    pub anchor: PathBuf,
    /// Where what must happen once is kept.
    pub store: StoreAt,
    /// Whether it counts.
    pub env: Env,
    /// TLS.
    pub tls: Option<Tls>,
    /// How much of everything.
    #[serde(default)]
    pub limits: Limits,
    /// Online checks by this operator: what signs them, and whom they ask.
    pub check: Option<Check>,
    /// Second confirmation: how customers are asked.
    pub confirmation: Option<Confirmation>,
    /// Where accounts are looked up for desks, which know a number alone.
    pub accounts: Option<AccountsAt>,
    /// Reports of spam messages: by which rules they are taken in.
    pub reports: Option<Reports>,
    /// The operator's journal, which events of this service go into.
    pub journal: Option<Journal>,
    /// Where events are told.
    #[serde(default)]
    pub webhook: Vec<Webhook>,
    /// Where browsers return to.
    #[serde(default, rename = "return")]
    pub returns: Vec<Return>,
}

/// `store`: a directory on a local disk, or `[store]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StoreAt {
    /// SQLite in that directory, for one machine.
    Directory(PathBuf),
    /// A PostgreSQL database, for several.
    Postgres(Database),
}

/// `[store]`: a PostgreSQL database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Database {
    /// The file with the address, which may hold a password: `postgres://…` or `host=… user=…`.
    pub postgres: PathBuf,
    /// Whom to believe who the server is (PEM); whom the system believes when absent.
    pub roots: Option<PathBuf>,
    /// A file with 32 random bytes in base64url, the same for every node: what sessions are sealed under. Needed with `[check]`.
    pub secret: Option<PathBuf>,
    /// Connections for steps; a quarter as many more for looking.
    #[serde(default = "eight")]
    pub connections: NonZeroUsize,
}

fn eight() -> NonZeroUsize {
    const EIGHT: NonZeroUsize = NonZeroUsize::new(8).unwrap();
    EIGHT
}

impl<'de> Deserialize<'de> for StoreAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = StoreAt;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a directory, or a table with `postgres`")
            }

            fn visit_str<E>(self, directory: &str) -> Result<StoreAt, E> {
                Ok(StoreAt::Directory(directory.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<StoreAt, A::Error> {
                Database::deserialize(MapAccessDeserializer::new(table)).map(StoreAt::Postgres)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// `[tls]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Tls {
    /// The certificate and those that vouch for it (PEM).
    pub certificate: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
}

/// `[check]`: the terminal that this service is in an online sale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Check {
    /// Issuer URL.
    pub iss: String,
    /// The signing key, as above.
    pub key: PathBuf,
    /// Delegation statements, from the issuer's key down to this one.
    #[serde(default)]
    pub delegation: Vec<PathBuf>,
    /// The terminal's id.
    pub terminal: String,
    /// Who runs it.
    pub agent: Option<String>,
    /// Where it is.
    pub region: Option<String>,
    /// An appraisal policy's file; the built-in one for online sales when absent.
    pub policy: Option<PathBuf>,
    /// `dir:FILE` (the TEST register) or `config:FILE` (docs/authorities.md).
    pub register: String,
    /// What the buyer agrees to.
    pub consent: Consent,
    /// A live capture in the buyer's session: who judges its frames. Absent: there is none.
    pub live: Option<Live>,
}

/// `[check.live]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Live {
    /// `program:FILE`, an HTTPS URL (plain HTTP on this machine only), or `TEST`, which is no checker and only for `env = "test"`.
    pub checker: String,
    /// What the program is called with.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// A file with the URL's `Authorization` header.
    pub authorization: Option<PathBuf>,
    /// Which checker and model it is, for the operator's records; the file or the URL's host when absent.
    pub id: Option<String>,
    /// The operator's word that it was measured on real faces, and is no stand-in. Production asks no other.
    #[serde(default)]
    pub real: bool,
    /// Milliseconds that it has: 100 to 20,000; 10,000 when absent.
    pub limit_ms: Option<u32>,
}

/// `[check.consent]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Consent {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
    /// Whether both say that registers are told the phone number. Absent: they don't, and none is.
    #[serde(default)]
    pub phone_number: bool,
}

/// `[confirmation]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Confirmation {
    /// A file with 32 random bytes in base64url, the same for every process of this relying party.
    pub secret: PathBuf,
    /// Writes messages as lines of JSON into this file: for tests, and for a spool that another program sends from.
    pub lines: Option<PathBuf>,
    /// Posts messages to this URL (docs/confirmation.md).
    pub gateway: Option<String>,
    /// A file with the gateway's `Authorization` header.
    pub authorization: Option<PathBuf>,
    /// Sends messages over an operator's CMPP or SMPP gateway, and takes in the replies: a settings file (docs/gateways.md).
    pub line: Option<PathBuf>,
    /// A voice platform, for questions of the form `voice`.
    pub voice: Option<Voice>,
}

/// `[confirmation.voice]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Voice {
    /// Where questions are posted: an HTTPS URL; plain HTTP on this machine only.
    pub url: String,
    /// A file with the `Authorization` header of those posts.
    pub authorization: Option<PathBuf>,
    /// The file with the secret that its call-backs carry: its text, at least 32 characters.
    pub secret: PathBuf,
}

/// `[accounts]`: a file, or the home's own systems.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountsAt {
    /// A JSON list of accounts, each as `POST /v1/cancellations` takes it; read anew for each step.
    pub file: Option<PathBuf>,
    /// Where `{"number"}` is posted: an HTTPS URL; plain HTTP on this machine only. Answers the account, or 404.
    pub url: Option<String>,
    /// A file with the `Authorization` header of those posts, which others can't read.
    pub authorization: Option<PathBuf>,
}

/// `[reports]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reports {
    /// The rules' file (docs/report.md): the same as for `realname report open`.
    pub rules: PathBuf,
}

/// `[journal]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Journal {
    /// The journal's directory: the standing of agents is read there. Absent: nobody's standing is looked at.
    pub directory: Option<PathBuf>,
    /// The key that signs it, as above. Absent: events wait in the store for another process, which has it.
    pub key: Option<PathBuf>,
    /// The directory with the secrets of the years (`realname journal year`), for keyed digests of persons and numbers.
    pub keys: Option<PathBuf>,
}

/// `[[webhook]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Webhook {
    /// Whose events.
    pub principal: String,
    /// An HTTPS URL; plain HTTP on this machine only.
    pub url: String,
    /// The file with the secret that signs them: its text, at least 32 characters.
    pub secret: PathBuf,
}

/// `[[return]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Return {
    /// Whose.
    pub principal: String,
    /// What a session calls it by.
    pub name: String,
    /// An HTTPS URL; plain HTTP on this machine only.
    pub url: String,
}

/// `[limits]`: each has a default that suits two cores.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// Pieces of blocking work at once.
    pub workers: usize,
    /// How many more wait before `busy` is answered.
    pub queue: usize,
    /// Open connections.
    pub connections: usize,
    /// Requests a second, of one token.
    pub token_per_second: u32,
    /// Requests a second, of one address.
    pub address_per_second: u32,
    /// Refused tokens a minute, of one address, that are told apart from a flood.
    pub guesses_per_minute: u32,
    /// Open sessions, of one address.
    pub sessions_per_address: u32,
    /// Open sessions, of all.
    pub sessions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            workers: cores.saturating_mul(32).min(128),
            queue: 1_024,
            connections: 8_192,
            token_per_second: 20_000,
            address_per_second: 20_000,
            guesses_per_minute: 300,
            sessions_per_address: 200,
            sessions: 2_000,
        }
    }
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// [`SetupError::File`] and [`SetupError::Config`], which names the line.
    pub fn load(path: &Path) -> Result<Self, SetupError> {
        let text = crate::files::read_text(path)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.bytes().filter(|byte| *byte == b'\n').count().saturating_add(1);
            SetupError::Config { path: path.to_owned(), line, problem: error.message().to_owned() }
        })?;
        let base = path.parent().unwrap_or(Path::new(""));
        // A key in a token is no file.
        for file in config.files().filter(|file| !KeyOpener::is_uri(file)) {
            *file = base.join(&*file);
        }
        if let Some(check) = &mut config.check
            && let Some((kind @ ("dir" | "config"), file)) = check.register.split_once(':')
        {
            check.register = format!("{kind}:{}", base.join(file).display());
        }
        if let Some(live) = config.check.as_mut().and_then(|check| check.live.as_mut())
            && let Some(file) = live.checker.strip_prefix("program:")
        {
            live.checker = format!("program:{}", base.join(file).display());
        }
        Ok(config)
    }

    fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            key,
            trust,
            anchor,
            store,
            tls,
            check,
            confirmation,
            accounts,
            reports,
            journal,
            webhook,
            ..
        } = self;
        let tls = tls.iter_mut().flat_map(|tls| [&mut tls.certificate, &mut tls.key]);
        let check = check.iter_mut().flat_map(|check| {
            let live = check.live.iter_mut().flat_map(|live| &mut live.authorization);
            std::iter::once(&mut check.key).chain(&mut check.delegation).chain(&mut check.policy).chain(live)
        });
        let asking = confirmation.iter_mut().flat_map(|asking| {
            let files = std::iter::once(&mut asking.secret).chain(&mut asking.lines);
            let voice = asking
                .voice
                .iter_mut()
                .flat_map(|voice| std::iter::once(&mut voice.secret).chain(&mut voice.authorization));
            files.chain(&mut asking.authorization).chain(&mut asking.line).chain(voice)
        });
        let book = journal.iter_mut().flat_map(|journal| {
            journal.directory.iter_mut().chain(&mut journal.key).chain(&mut journal.keys)
        });
        let rules = reports.iter_mut().map(|reports| &mut reports.rules);
        let secrets = webhook.iter_mut().map(|webhook| &mut webhook.secret);
        let accounts = accounts.iter_mut().flat_map(|at| at.file.iter_mut().chain(&mut at.authorization));
        let (kept, more) = match store {
            StoreAt::Directory(directory) => (directory, [None, None]),
            StoreAt::Postgres(database) => {
                (&mut database.postgres, [database.roots.as_mut(), database.secret.as_mut()])
            }
        };
        let files = [key, trust, anchor, kept].into_iter().chain(more.into_iter().flatten());
        files.chain(tls).chain(check).chain(asking).chain(accounts).chain(rules).chain(book).chain(secrets)
    }

    /// The origin under which browsers reach it, where it isn't said.
    pub(crate) fn origin(&self, bound: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public.clone().unwrap_or_else(|| format!("{scheme}://{bound}"))
    }
}
