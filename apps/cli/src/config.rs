//! The terminal's configuration: `attest --config`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use realname::appraisal::ConsentGiven;
use realname::document::SamId;
use realname::profile::{Env, Purpose};
use serde::Deserialize;

use crate::failure::Failure;
use crate::files;
use crate::lang;
use crate::outside::path as shown;
use crate::plugins::{Helper, Installed, Judge};

/// What a terminal is told once. Relative paths are relative to the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Issuer URL.
    pub(crate) iss: String,
    /// The signing key: a PEM file that others can't read, or a key in a token (`pkcs11:…`).
    pub(crate) key: PathBuf,
    /// Delegation statements, from the issuer's key down to this one.
    #[serde(default)]
    pub(crate) delegation: OneOrMore,
    /// This terminal's id.
    pub(crate) terminal: String,
    /// The agent who runs it.
    pub(crate) agent: Option<String>,
    /// Where it stands.
    pub(crate) region: Option<String>,
    /// The operator's registered name in Latin letters, as it stands on marked copies.
    pub(crate) operator: Option<String>,
    /// Appraisal policies, by name or by file, at most one for each locality; the built-in ones when absent.
    #[serde(default)]
    pub(crate) policy: OneOrMore,
    /// The configuration of the register that this terminal asks (`docs/authorities.md`).
    pub(crate) authority: Option<PathBuf>,
    /// Whether what it says counts.
    pub(crate) env: Env,
    /// Readers that may speak for this terminal in production.
    #[serde(default)]
    pub(crate) enrolled_sam_ids: Vec<String>,
    /// What the person is shown before they agree.
    pub(crate) consent_text: String,
    /// Whether that text says that registers are told the phone number. Absent: it doesn't, and none is.
    #[serde(default)]
    pub(crate) consent_phone_number: bool,
    /// Finds faces in the holder's photo of an online sale.
    face_finder: Option<Helper>,
    /// The weights of the face finder inside this program, used when no helper is named.
    face_model: Option<PathBuf>,
    /// Turns the chip's photo block into a picture.
    photo_decoder: Option<Helper>,
    /// Compares the live photo with the chip's.
    face_matcher: Option<Judge>,
    /// Judges whether the photo shows a living person.
    liveness: Option<Judge>,
    /// Reads what is printed on the photographed card.
    text_reader: Option<Helper>,
    /// Where this terminal remembers the trust lists that it has seen; `terminal-store` beside the file when absent.
    store: Option<PathBuf>,
    /// The operator's index of what was used before: one SQLite file.
    pub(crate) reuse: Option<PathBuf>,
    /// The key under which that index knows people: a file with 64 hexadecimal digits.
    pub(crate) reuse_key: Option<PathBuf>,
    /// How many days a capture stays in that index.
    pub(crate) reuse_days: Option<u16>,
    /// Where a signed statement of each attestation and refusal is kept until the operator takes it in.
    pub(crate) outbox: Option<PathBuf>,
    /// The operator's public key (a P-256 JWK) to which those statements seal whom they are about.
    pub(crate) seal_to: Option<PathBuf>,
    /// The directory of the file.
    #[serde(skip)]
    pub(crate) directory: PathBuf,
}

/// One path or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    #[default]
    None,
    One(PathBuf),
    More(Vec<PathBuf>),
}

impl OneOrMore {
    pub(crate) fn as_slice(&self) -> &[PathBuf] {
        match self {
            Self::None => &[],
            Self::One(path) => std::slice::from_ref(path),
            Self::More(paths) => paths,
        }
    }
}

impl Config {
    /// What a person who was shown the text agreed to, for this purpose, now.
    pub(crate) fn consent_to(&self, purpose: &Purpose) -> ConsentGiven {
        let given = ConsentGiven::new(&self.consent_text, [purpose.clone()], Timestamp::now());
        if self.consent_phone_number { given.with_phone_number() } else { given }
    }

    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text.as_bytes().iter().take(span.start).filter(|b| **b == b'\n').count());
            let place = line.map(|line| format!(":{}", line.saturating_add(1))).unwrap_or_default();
            Failure::damaged(
                "config",
                format!("{}{place}: {}", shown(path), error.message()),
                lang::pick(
                    "correct the line; docs/cli.md has every key",
                    "请修正该行；docs/cli.md 列出了所有配置项",
                ),
            )
        })?;
        let base = path.parent().unwrap_or(Path::new("."));
        let resolve = |file: &mut PathBuf| {
            if file.is_relative() {
                *file = base.join(&*file);
            }
        };
        if !crate::commands::key::is_uri(&config.key) {
            resolve(&mut config.key);
        }
        resolve(config.store.get_or_insert_with(|| PathBuf::from("terminal-store")));
        config.authority.as_mut().map(resolve);
        config.outbox.as_mut().map(resolve);
        config.reuse.as_mut().map(resolve);
        config.reuse_key.as_mut().map(resolve);
        config.seal_to.as_mut().map(resolve);
        match &mut config.delegation {
            OneOrMore::None => {}
            OneOrMore::One(path) => resolve(path),
            OneOrMore::More(paths) => paths.iter_mut().for_each(resolve),
        }
        base.clone_into(&mut config.directory);
        Ok(config)
    }

    /// The terminal's own store.
    pub(crate) fn store(&self) -> &Path {
        self.store.as_deref().unwrap_or(Path::new("terminal-store"))
    }

    /// The programs that it names, ready to be run.
    pub(crate) fn plugins(&self) -> Result<Installed, Failure> {
        let base = &self.directory;
        let helpers = [&self.face_finder, &self.photo_decoder, &self.text_reader];
        let judges = [&self.face_matcher, &self.liveness];
        Installed::find(base, helpers, judges, self.face_model.as_deref())
    }

    /// The enrolled readers, parsed.
    pub(crate) fn enrolled(&self) -> Result<Vec<SamId>, Failure> {
        self.enrolled_sam_ids
            .iter()
            .map(|text| {
                text.parse().map_err(|error| {
                    Failure::damaged(
                        "config",
                        format!("enrolled_sam_ids: {error}"),
                        lang::pick("correct the configuration", "请修正配置文件"),
                    )
                })
            })
            .collect()
    }
}
