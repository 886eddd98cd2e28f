//! What the story needs: keys, a trust list, a register, photos, and a reader in software.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};
use realname::attest::{Attestor, Terminal};
use realname::jose::{Algorithm, Json, SigningKey};
use realname::profile::{Env, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::store::{MemoryStore, SqliteStore};
use realname::trust::{Anchor, Constraints, DelegationRequest, TrustList, sign_list};

use crate::commands::key::public_record;
use crate::failure::Failure;
use crate::files;

/// What the person agrees to.
pub(super) const CONSENT: &str =
    "TEST: I agree that my card and my face are checked in order to cancel my number.";

const REGISTER: &[u8] = include_bytes!("../../../../../fixtures/register.json");
const PORTRAITS: [(&str, &[u8]); 7] = [
    ("portraits/jia.jpg", include_bytes!("../../../../../fixtures/portraits/jia.jpg")),
    ("portraits/bing.jpg", include_bytes!("../../../../../fixtures/portraits/bing.jpg")),
    ("portraits/ding.jpg", include_bytes!("../../../../../fixtures/portraits/ding.jpg")),
    ("portraits/wu.jpg", include_bytes!("../../../../../fixtures/portraits/wu.jpg")),
    ("portraits/ji.jpg", include_bytes!("../../../../../fixtures/portraits/ji.jpg")),
    ("portraits/jia-live-1.jpg", include_bytes!("../../../../../fixtures/portraits/jia-live-1.jpg")),
    ("portraits/bing-live-1.jpg", include_bytes!("../../../../../fixtures/portraits/bing-live-1.jpg")),
];

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
                let temporary = tempfile::tempdir().map_err(|error| file_trouble("a directory", error))?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        fs::create_dir_all(dir.join("portraits")).map_err(|error| file_trouble("the directory", error))?;
        files::write(&dir.join("register.json"), REGISTER)?;
        for (name, bytes) in PORTRAITS {
            files::write(&dir.join(name), bytes)?;
        }
        let pty = Pty::open().map_err(|error| Failure::trouble("pty", error, "check /dev/pts"))?;
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
        let anchors =
            [Anchor::new(anchor.verifying_key().clone(), now.as_second(), day_after(now).as_second())];
        files::write(&dir.join("anchor.json"), &anchors[0].to_json().to_bytes())?;
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
                name: "测试甲",
                number: "119999199001010004",
                live: "portraits/jia-live-1.jpg",
                card: include_str!("../../../../../fixtures/cards/resident.json"),
            },
            bing: Person {
                name: "测试丙",
                number: "119999198505050021",
                live: "portraits/bing-live-1.jpg",
                card: include_str!("../../../../../fixtures/cards/resident-bing.json"),
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
        iat: now.as_second(),
        exp: day_after(now).as_second(),
    }
    .sign(&operator.key)?;
    let terminal = Terminal::new("desk-7").agent("shop-12").region("CN-44");
    Ok(Attestor::new(operator.iss, key, terminal)?.with_delegation(vec![statement])?)
}

fn generate() -> Result<SigningKey, Failure> {
    SigningKey::generate(Algorithm::EdDsa).map_err(|error| Failure::trouble("key", error, "try again"))
}

fn day_after(now: Timestamp) -> Timestamp {
    now.checked_add(24.hours()).unwrap_or(now)
}

fn asker(party: &Party) -> Json {
    with_members(
        party,
        [
            ("role", "demand".into()),
            ("display_name", "Home Operator (TEST)".into()),
            ("purposes", Json::array(["sim.cancel"])),
            ("claims", Json::array(["name", "id_number"])),
        ],
    )
}

fn attester(party: &Party) -> Json {
    with_members(party, [])
}

fn with_members<const N: usize>(party: &Party, members: [(&str, Json); N]) -> Json {
    let mut record = public_record(&party.key, None);
    if let Json::Object(object) = &mut record {
        object.insert("iss".into(), party.iss.into());
        object.extend(members.map(|(name, value)| (name.to_owned(), value)));
    }
    record
}

fn signed_list(anchor: &SigningKey, sequence: i64, now: Timestamp, keys: &[Json]) -> Result<String, Failure> {
    let list = Json::object([
        ("iss", "https://trust.example".into()),
        ("seq", sequence.into()),
        ("keys", Json::Array(keys.to_vec())),
    ]);
    let list = realname::trust::complete_list(list, now)?;
    sign_list(anchor, &list).map_err(|error| Failure::trouble("key", error, "try again"))
}

fn file_trouble(what: &str, error: std::io::Error) -> Failure {
    Failure::trouble("file", format!("can't make {what}: {error}"), "check the path and its permissions")
}
