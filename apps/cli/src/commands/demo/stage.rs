//! What the story needs: keys, a trust list, a register, photos, and a reader in software.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};
use realname::attest::{Attestor, Terminal};
use realname::jose::{Algorithm, SigningKey};
use realname::profile::{ClaimName, Env, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::store::{MemoryStore, SqliteStore};
use realname::trust::{Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry, TrustList};

use crate::commands::specimens;
use crate::failure::Failure;
use crate::{files, lang, signals};

/// What the person agrees to.
pub(super) const CONSENT: &str =
    "TEST: I agree that my card and my face are checked in order to cancel my number.";

/// Somebody synthetic.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) number: &'static str,
    pub(super) live: &'static str,
    card: &'static str,
}

/// A party with a key.
pub(super) struct Party {
    pub(super) iss: &'static str,
    pub(super) key: SigningKey,
}

/// Everything that stands ready when the story begins.
pub(super) struct Stage {
    dir: PathBuf,
    /// Removes the files in the end; `None` when they are to be kept.
    temporary: Option<tempfile::TempDir>,
    port: PathBuf,
    reader: RunningEmulator,
    pub(super) jia: Person,
    pub(super) bing: Person,
    /// Asks, and relies on the answer.
    pub(super) home: Party,
    /// The desk in the other province, with a delegated key.
    pub(super) attestor: Attestor,
    pub(super) list: TrustList,
    pub(super) list_without_asker: TrustList,
    pub(super) store: SqliteStore,
}

impl Stage {
    /// Makes it all, in `dir` when one is given.
    pub(super) fn set(dir: Option<&Path>) -> Result<Self, Failure> {
        let (dir, temporary) = match dir {
            Some(dir) => (dir.to_owned(), None),
            None => {
                let temporary =
                    tempfile::tempdir().map_err(|error| specimens::unmade(&std::env::temp_dir(), &error))?;
                // Whoever breaks the story off leaves nothing behind either.
                let path = temporary.path().to_owned();
                signals::clean_up_when_ended(move || remove(&path))?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        specimens::write_register(&dir)?;
        let pty = Pty::open().map_err(|error| {
            Failure::trouble("pty", error, lang::pick("check /dev/pts", "请检查 /dev/pts"))
        })?;
        let port = pty.path().to_owned();
        let mut config = EmulatorConfig::default();
        config.pace = true;
        let reader = RunningEmulator::start(Emulator::new(config), pty);

        let now = Timestamp::now();
        let anchor = generate()?;
        let home = Party { iss: "https://home.example", key: generate()? };
        let operator = Party { iss: "https://far.example", key: generate()? };
        let attestor = attestor(&operator, now)?;
        let store = SqliteStore::open_dir(dir.join("store"))?;
        let anchors = [Anchor::new(anchor.verifying_key().clone(), now, day_after(now))];
        files::write(&dir.join("anchor.json"), &Anchor::to_file(&anchors))?;
        // The directory may hold the memory of an earlier demo, so the sequence has to go on.
        let sequence = now.as_millisecond();
        let compact = signed_list(&anchor, sequence, now, &[asker(&home), attester(&operator)])?;
        files::write(&dir.join("trust.jwt"), compact.as_bytes())?;
        let list = TrustList::verify(&compact, &anchors, now, &store)?;
        // The other province has a store, and so a memory for lists, of its own.
        let without = signed_list(&anchor, sequence + 1, now, &[attester(&operator)])?;
        let list_without_asker = TrustList::verify(&without, &anchors, now, &MemoryStore::new())?;
        Ok(Self {
            dir,
            temporary,
            port,
            reader,
            jia: Person {
                name: specimens::JIA_NAME,
                number: specimens::JIA_NUMBER,
                live: specimens::JIA_LIVE,
                card: specimens::JIA,
            },
            bing: Person {
                name: "测试丙",
                number: "119999198505050021",
                live: specimens::BING_LIVE,
                card: specimens::BING,
            },
            home,
            attestor,
            list,
            list_without_asker,
            store,
        })
    }

    /// The port of the reader in software.
    pub(super) fn port(&self) -> String {
        self.port.display().to_string()
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Whether the files stay.
    pub(super) fn is_kept(&self) -> bool {
        self.temporary.is_none()
    }

    /// Lays a card on the reader.
    pub(super) fn place(&self, person: &Person) {
        self.reader.remove();
        if let Ok(card) = Card::from_json(person.card) {
            self.reader.place(card);
        }
    }
}

/// The desk's own key, which may say little and not for long.
fn attestor(operator: &Party, now: Timestamp) -> Result<Attestor, Failure> {
    let key = generate()?;
    let constraints = Constraints {
        purposes: Some(vec![Purpose::SimCancel]),
        terminal: Some("desk-7".to_owned()),
        env: Some(Env::Test),
        ..Constraints::default()
    };
    let statement = DelegationRequest {
        iss: operator.iss,
        sub: "desk-7",
        key: key.verifying_key(),
        constraints: &constraints,
        iat: now,
        exp: day_after(now),
    }
    .sign(&operator.key)?;
    let terminal = Terminal::new("desk-7").with_agent("shop-12").with_region("CN-44");
    Ok(Attestor::new(operator.iss, key, terminal)?.with_delegation(vec![statement])?)
}

fn generate() -> Result<SigningKey, Failure> {
    SigningKey::generate(Algorithm::EdDsa)
        .map_err(|error| Failure::trouble("key", error, lang::pick("try again", "请重试")))
}

fn day_after(now: Timestamp) -> Timestamp {
    now.checked_add(24.hours()).unwrap_or(now)
}

fn asker(party: &Party) -> ListEntry {
    let claims = [ClaimName::Name, ClaimName::IdNumber];
    let key = party.key.verifying_key().clone();
    ListEntry::asking(party.iss, key, "Home Operator (TEST)", [Purpose::SimCancel], claims)
}

fn attester(party: &Party) -> ListEntry {
    ListEntry::attesting(party.iss, party.key.verifying_key().clone())
}

fn signed_list(
    anchor: &SigningKey,
    sequence: i64,
    now: Timestamp,
    keys: &[ListEntry],
) -> Result<String, Failure> {
    let list = ListBuilder::new("https://trust.example").sequence(sequence.unsigned_abs());
    let list = keys.iter().cloned().fold(list, ListBuilder::entry);
    let signed = list
        .sign(anchor, now)
        .map_err(|error| Failure::trouble("key", error, lang::pick("try again", "请重试")))?;
    Ok(signed.as_str().to_owned())
}

/// Until it is gone: the story goes on for a moment, and may make a file meanwhile.
fn remove(directory: &Path) {
    for _ in 0..50 {
        if fs::remove_dir_all(directory).is_ok() || !directory.exists() {
            return;
        }
    }
}
