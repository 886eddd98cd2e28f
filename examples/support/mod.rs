//! What stands ready before the examples begin: in real life an operator, an agent and a trust authority set this up once,
//! with `realname key`, `realname trust sign` and `realname trust delegate`. Everything is synthetic; keys live in memory.
#![allow(dead_code, unreachable_pub)]

use jiff::{SignedDuration, Timestamp};
use realname::attest::{Attestor, Terminal};
use realname::jose::{Algorithm, Json, SigningKey};
use realname::profile::{Env, Purpose};
use realname::reader::Reader;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::trust::{Anchor, Constraints, DelegationRequest, complete_list, sign_list};

pub type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

/// An organisation with a URL and a signing key.
pub struct Party {
    pub iss: &'static str,
    pub key: SigningKey,
}

impl Party {
    pub fn new(iss: &'static str) -> Anyhow<Self> {
        Ok(Self { iss, key: SigningKey::generate(Algorithm::EdDsa)? })
    }

    /// Its entry in a trust list, as one who may sign attestations.
    pub fn attests(&self) -> Json {
        self.entry([])
    }

    /// Its entry in a trust list, as one who may ask for these purposes.
    pub fn asks(&self, name: &str, purposes: &[Purpose]) -> Json {
        self.entry([
            ("role", "demand".into()),
            ("display_name", name.into()),
            ("purposes", Json::array(purposes.iter().map(Purpose::as_str))),
            ("claims", Json::array(["name", "id_number", "document_expiry"])),
        ])
    }

    fn entry<const N: usize>(&self, more: [(&str, Json); N]) -> Json {
        let mut entry = self.key.verifying_key().to_jwk();
        if let Json::Object(members) = &mut entry {
            members.insert("iss".into(), self.iss.into());
            members.extend(more.map(|(name, value)| (name.to_owned(), value)));
        }
        entry
    }
}

/// The trust authority: an anchor that everybody has, and the list that it signs.
pub fn trust_list(keys: &[Json], now: Timestamp) -> Anyhow<(Anchor, String)> {
    let key = SigningKey::generate(Algorithm::EdDsa)?;
    let year = now.as_second() + 365 * 24 * 3600;
    let anchor = Anchor::new(key.verifying_key().clone(), now.as_second(), year);
    let list = Json::object([
        ("iss", "https://trust.example".into()),
        ("seq", 1.into()),
        ("keys", Json::Array(keys.to_vec())),
    ]);
    Ok((anchor, sign_list(&key, &complete_list(list, now)?)?))
}

/// A terminal with a key of its own that the operator delegated for a day: it can say little, and not for long.
pub fn terminal(operator: &Party, id: &str, purpose: Purpose, now: Timestamp) -> Anyhow<Attestor> {
    let key = SigningKey::generate(Algorithm::EdDsa)?;
    let constraints = Constraints {
        purposes: Some(vec![purpose]),
        terminal: Some(id.to_owned()),
        env: Some(Env::Test),
        ..Constraints::default()
    };
    let statement = DelegationRequest {
        iss: operator.iss,
        sub: id,
        key: key.verifying_key(),
        constraints: &constraints,
        iat: now.as_second(),
        exp: (now + SignedDuration::from_hours(24)).as_second(),
    }
    .sign(&operator.key)?;
    let terminal = Terminal::new(id).agent("shop-12");
    Ok(Attestor::new(operator.iss, key, terminal)?.with_delegation(vec![statement])?)
}

/// A reader with this card on it. In a shop: `Reader::open_serial("/dev/ttyUSB0", None)`.
pub fn reader_with(card: &str) -> Anyhow<(RunningEmulator, Reader)> {
    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    emulator.place(Card::from_json(card)?);
    Ok((emulator, Reader::new(line)))
}
