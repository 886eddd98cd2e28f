//! The terminal's configuration: `attest --config`.

use std::path::{Path, PathBuf};

use realname::document::SamId;
use realname::profile::Env;
use serde::Deserialize;

use crate::failure::Failure;
use crate::files;

/// What a terminal is told once. Relative paths are relative to the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Issuer URL.
    pub(crate) iss: String,
    /// The signing key (PKCS#8 PEM).
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
    /// Where this terminal remembers the trust lists that it has seen; `terminal-store` beside the file when absent.
    store: Option<PathBuf>,
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
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path)?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            Failure::damaged("config", format!("{}: {}", path.display(), error.message()), "see docs/cli.md")
        })?;
        let base = path.parent().unwrap_or(Path::new("."));
        let resolve = |file: &mut PathBuf| {
            if file.is_relative() {
                *file = base.join(&*file);
            }
        };
        resolve(&mut config.key);
        resolve(config.store.get_or_insert_with(|| PathBuf::from("terminal-store")));
        config.authority.as_mut().map(resolve);
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

    /// The enrolled readers, parsed.
    pub(crate) fn enrolled(&self) -> Result<Vec<SamId>, Failure> {
        self.enrolled_sam_ids
            .iter()
            .map(|text| {
                text.parse().map_err(|error| {
                    Failure::damaged(
                        "config",
                        format!("enrolled_sam_ids: {error}"),
                        "correct the configuration",
                    )
                })
            })
            .collect()
    }
}
