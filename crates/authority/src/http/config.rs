//! The configuration file: the contract with a register (address, credentials, limits), beside its code map.
#![allow(clippy::disallowed_methods)] // The files that the configuration names are read here.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use realname_terms::others_can_read;
use serde::Deserialize;

use super::{
    Camara, CamaraVersion, CodeMap, CodeMapError, Dialect, Encoding, HttpOptions, MappedJson, Part, Seal,
    Secret, Signature, SignatureError, Tls, TlsError, TokenGrant,
};
use crate::http::secret::SecretPlace;
use crate::http::signature::RawSignature;
use crate::http::token::RawToken;

/// A register's configuration, read from TOML. Paths in it are relative to the file.
#[non_exhaustive]
pub struct Config {
    /// The register's address, when the file has it.
    pub origin: Option<String>,
    /// How it is reached.
    pub http: HttpOptions,
    /// How often a question is tried in all, the first time included.
    pub tries: u32,
    /// How long a question may take in all, tries and look-ups included; the query's own deadline ends it earlier.
    pub deadline: Option<Duration>,
    /// How many questions a second are sent at most.
    pub per_second: Option<NonZeroU32>,
    /// How many questions a natural day (UTC+8) are sent at most.
    pub per_day: Option<NonZeroU32>,
    /// Where every question and its outcome is recorded ([`LineTrail`](crate::compose::LineTrail)).
    pub audit: Option<PathBuf>,
    /// How long a plain "yes" may be given once more ([`Cached`](crate::compose::Cached)).
    pub cache: Option<Duration>,
    /// The configurations of the registers that are asked when this one can't answer, in this order
    /// ([`Fallback`](crate::compose::Fallback)).
    pub fallback: Vec<PathBuf>,
    pub(super) dialect: Box<dyn Dialect>,
}

/// Why a configuration can't be used. Its author corrects it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file that it names, or itself, can't be read.
    #[error("can't read {}", .0.display())]
    Unreadable(PathBuf),
    /// Others can read the file of a secret.
    #[error("{}: others can read this secret", .0.display())]
    SecretReadable(PathBuf),
    /// The audit trail can't be appended to: without it nothing is asked.
    #[error("can't append to the audit trail {}", .0.display())]
    Audit(PathBuf),
    /// It isn't TOML, or has keys that a configuration doesn't have.
    #[error("the authority's configuration isn't understood: {0}")]
    Syntax(String),
    /// The environment has no such variable.
    #[error("the environment has no {0}, which the configuration names as a secret")]
    NoVariable(String),
    /// A secret is given twice, or not at all.
    #[error("{0}: expected either a file or the name of an environment variable")]
    Secret(&'static str),
    /// A secret is empty.
    #[error("{0} is empty")]
    EmptySecret(&'static str),
    /// The id isn't 1 to 200 visible ASCII characters.
    #[error("the authority's id must be 1 to 200 visible ASCII characters")]
    Id,
    /// The code map can't be used.
    #[error(transparent)]
    CodeMap(#[from] CodeMapError),
    /// A real register is to be asked with a map that has rows of second-hand origin.
    #[error(
        "the code map {} has rows with a second-hand source: a real register isn't asked with it. Take them out, or \
         name their source in your contract",
        .0.display()
    )]
    SecondHand(PathBuf),
    /// A register that is asked in another one's place says what only the first one can.
    #[error("{} is asked in another register's place: {what} belongs into the first one's configuration", file.display())]
    InFallback {
        /// The configuration.
        file: PathBuf,
        /// What it says.
        what: &'static str,
    },
    /// A certificate can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The signature can't be used.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    id: String,
    origin: Option<String>,
    /// Absent is a test register.
    #[serde(default)]
    real_register: bool,
    audit: Option<PathBuf>,
    code_map: Option<PathBuf>,
    camara: Option<RawCamara>,
    #[serde(default)]
    tls: RawTls,
    #[serde(default)]
    credentials: Vec<RawCredential>,
    signature: Option<RawSignature>,
    token: Option<RawToken>,
    seal: Option<RawSeal>,
    reply_seal: Option<RawSeal>,
    #[serde(default)]
    limits: RawLimits,
    cache: Option<RawCache>,
    #[serde(default)]
    fallback: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCache {
    max_age_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCamara {
    root: String,
    /// Absent: what any of the known versions says is taken.
    version: Option<CamaraVersion>,
    country_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTls {
    roots: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCredential {
    header: Option<String>,
    query: Option<String>,
    #[serde(default)]
    prefix: String,
    file: Option<PathBuf>,
    env: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeal {
    header: String,
    parts: Vec<Part>,
    separator: Option<String>,
    #[serde(default)]
    encoding: Encoding,
    time_header: Option<String>,
    file: Option<PathBuf>,
    env: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    per_try_ms: Option<u64>,
    deadline_ms: Option<u64>,
    tries: Option<u32>,
    per_second: Option<NonZeroU32>,
    per_day: Option<NonZeroU32>,
}

impl Config {
    /// How often a question is tried when nobody says otherwise.
    pub const DEFAULT_TRIES: u32 = 3;

    /// For the register of this crate (`authority::serve`), without credentials. A test register.
    pub fn register() -> Self {
        Self {
            origin: None,
            http: HttpOptions::default(),
            tries: Self::DEFAULT_TRIES,
            deadline: None,
            per_second: None,
            per_day: None,
            audit: None,
            cache: None,
            fallback: Vec::new(),
            dialect: Box::new(MappedJson::new("TEST-register", CodeMap::register())),
        }
    }

    /// Reads a file, its code map and the secrets that it names.
    ///
    /// # Errors
    /// [`ConfigError`] names what can't be right.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|_| ConfigError::Unreadable(path.to_owned()))?;
        let raw: RawConfig =
            toml::from_str(&text).map_err(|error| ConfigError::Syntax(error.message().to_owned()))?;
        let base = path.parent().unwrap_or(Path::new(""));
        if !(1..=200).contains(&raw.id.len()) || !raw.id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(ConfigError::Id);
        }
        let mut http = HttpOptions { tls: raw.tls.read(base)?, ..HttpOptions::default() };
        for credential in &raw.credentials {
            let value = credential.read(base)?;
            match (&credential.header, &credential.query) {
                (Some(header), None) => http.credentials.push((header.clone(), value)),
                (None, Some(query)) => http.query_credentials.push((query.clone(), value)),
                _ => return Err(ConfigError::Syntax("a credential names either a header or a query".into())),
            }
        }
        http.token = raw.token.as_ref().map(|token| grant(token, base)).transpose()?;
        http.signature = raw.signature.as_ref().map(|signature| signed(signature, base)).transpose()?;
        http.time_header = raw.seal.as_ref().and_then(|seal| seal.time_header.clone());
        http.seal = raw.seal.as_ref().map(|seal| seal.read(base)).transpose()?;
        http.reply_seal = raw.reply_seal.as_ref().map(|seal| seal.read(base)).transpose()?;
        http.per_try = raw.limits.per_try_ms.map(Duration::from_millis);
        Ok(Self {
            dialect: raw.dialect(base)?,
            audit: raw.audit.map(|file| base.join(file)),
            cache: raw.cache.map(|cache| Duration::from_secs(cache.max_age_seconds)),
            fallback: raw.fallback.iter().map(|file| base.join(file)).collect(),
            origin: raw.origin,
            http,
            tries: raw.limits.tries.unwrap_or(Self::DEFAULT_TRIES),
            deadline: raw.limits.deadline_ms.map(Duration::from_millis),
            per_second: raw.limits.per_second,
            per_day: raw.limits.per_day,
        })
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("id", &self.dialect.id())
            .field("is_test", &self.dialect.is_test())
            .field("origin", &self.origin)
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}

impl RawConfig {
    fn dialect(&self, base: &Path) -> Result<Box<dyn Dialect>, ConfigError> {
        let mapped = |map: CodeMap| -> Box<dyn Dialect> {
            let mapped = MappedJson::new(self.id.as_str(), map);
            Box::new(if self.real_register { mapped.for_real_register() } else { mapped })
        };
        match (&self.code_map, &self.camara) {
            (Some(file), None) => {
                let path = base.join(file);
                let text =
                    std::fs::read_to_string(&path).map_err(|_| ConfigError::Unreadable(path.clone()))?;
                let map = CodeMap::parse(&text)?;
                if self.real_register && !map.is_sourced() {
                    return Err(ConfigError::SecondHand(path));
                }
                Ok(mapped(map))
            }
            (None, Some(raw)) => {
                let mut camara = Camara::new(self.id.as_str(), &raw.root);
                if let Some(code) = &raw.country_code {
                    camara = camara.with_country_code(code.as_str());
                }
                if let Some(version) = raw.version {
                    camara = camara.for_version(version);
                }
                Ok(Box::new(if self.real_register { camara.for_real_register() } else { camara }))
            }
            (None, None) => Ok(mapped(CodeMap::register())),
            (Some(_), Some(_)) => Err(ConfigError::Syntax("both code_map and camara are given".into())),
        }
    }
}

impl RawTls {
    fn read(&self, base: &Path) -> Result<Tls, ConfigError> {
        let mut tls = Tls::default();
        if let Some(roots) = &self.roots {
            tls = tls.with_roots(&read(base, roots)?)?;
        }
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let key = Secret::new(read_secret(base, key)?);
                Ok(tls.with_client_certificate(&read(base, certificate)?, &key)?)
            }
            (None, None) => Ok(tls),
            _ => Err(ConfigError::Secret("tls certificate and key")),
        }
    }
}

impl RawCredential {
    fn read(&self, base: &Path) -> Result<Secret, ConfigError> {
        let secret = secret("credentials", base, self.file.as_deref(), self.env.as_deref())?;
        let mut value = self.prefix.clone().into_bytes();
        value.extend_from_slice(secret.expose());
        Ok(Secret::new(value))
    }
}

impl RawSeal {
    fn read(&self, base: &Path) -> Result<Seal, ConfigError> {
        let secret = secret("seal", base, self.file.as_deref(), self.env.as_deref())?;
        let seal = Seal::new(secret, self.header.as_str(), self.parts.clone()).with_encoding(self.encoding);
        Ok(match &self.separator {
            Some(separator) => seal.with_separator(separator.as_str()),
            None => seal,
        })
    }
}

fn grant(raw: &RawToken, base: &Path) -> Result<TokenGrant, ConfigError> {
    let read = |what, place: &SecretPlace| secret(what, base, place.file.as_deref(), place.env.as_deref());
    let (id, key) = (read("token id", &raw.id)?, read("token secret", &raw.secret)?);
    TokenGrant::read(raw, id, key).map_err(|wrong| ConfigError::Syntax(wrong.to_owned()))
}

fn signed(raw: &RawSignature, base: &Path) -> Result<Signature, ConfigError> {
    let read = |what, place: &SecretPlace| secret(what, base, place.file.as_deref(), place.env.as_deref());
    let (id, key) = (read("signature id", &raw.id)?, read("signature secret", &raw.secret)?);
    Ok(Signature::read(raw, id, key)?)
}

/// A secret's text without the line end that editors leave.
fn secret(
    what: &'static str,
    base: &Path,
    file: Option<&Path>,
    variable: Option<&str>,
) -> Result<Secret, ConfigError> {
    let mut bytes = match (file, variable) {
        (Some(file), None) => read_secret(base, file)?,
        (None, Some(name)) => {
            std::env::var(name).map_err(|_| ConfigError::NoVariable(name.to_owned()))?.into_bytes()
        }
        _ => return Err(ConfigError::Secret(what)),
    };
    bytes.truncate(bytes.trim_ascii_end().len());
    if bytes.is_empty() { Err(ConfigError::EmptySecret(what)) } else { Ok(Secret::new(bytes)) }
}

fn read_secret(base: &Path, file: &Path) -> Result<Vec<u8>, ConfigError> {
    let path = base.join(file);
    if others_can_read(&path) { Err(ConfigError::SecretReadable(path)) } else { read(base, file) }
}

fn read(base: &Path, file: &Path) -> Result<Vec<u8>, ConfigError> {
    let path = base.join(file);
    std::fs::read(&path).map_err(|_| ConfigError::Unreadable(path))
}

#[cfg(test)]
mod tests;
