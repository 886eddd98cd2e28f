//! Who is in a sandbox: a trust authority, an operator, its terminal, and a shop that asks.

use std::path::Path;

use jiff::{Timestamp, ToSpan};
use realname::jose::{Algorithm, Json, SigningKey};
use realname::trust::{Constraints, DelegationRequest, ListBuilder};

use crate::commands::key::public_record;
use crate::commands::specimens;
use crate::failure::Failure;
use crate::{files, lang};

/// Who asks.
pub(super) const SHOP: &str = "https://shop.example";
/// Whose terminal answers.
pub(crate) const OPERATOR: &str = "https://operator.example";
pub(crate) const TERMINAL_ID: &str = "checkout-1";

/// The terminal's configuration. Paths are relative to it, so the sandbox can be moved.
pub(super) const TERMINAL: &str = r#"# A terminal of the sandbox: TEST only.
iss = "https://operator.example"
key = "terminal.pem"
delegation = "terminal.delegation"
terminal = "checkout-1"
agent = "shop-12"
region = "CN-44"
env = "test"
consent_text = "TEST: I agree that my card and my face are checked in order to open or cancel a number."
"#;

/// What a service that relies on the answers needs.
pub(super) const SERVE: &str = r#"# A relying party of the sandbox, as a service: TEST only.
listen = "127.0.0.1:8443"
iss = "https://shop.example"
key = "shop.pem"
trust = "trust.jwt"
anchor = "anchor.json"
store = "store"
env = "test"

# What this service is in an online sale: the terminal that checks the buyer.
[check]
iss = "https://operator.example"
key = "terminal.pem"
delegation = ["terminal.delegation"]
terminal = "checkout-1"
agent = "shop-12"
region = "CN-44"
register = "dir:register.json"

[check.consent]
en = "TEST: I agree that my card and my face are checked in order to open or cancel a number."
zh = "测试：我同意为办理开户或销户核验我的证件和人脸。"

# A live capture in the buyer's session. TEST is no checker: it says `live` of whatever answers the challenge in order and time.
[check.live]
checker = "TEST"

# Second confirmation: what would be sent to numbers is written into a file.
[confirmation]
secret = "confirmation.secret"
lines = "messages.jsonl"

# Where desks' numbers are looked up: here a file, elsewhere the home's own systems.
[accounts]
file = "accounts.json"

# Reports of spam messages; `realname report` judges and answers them in the same store.
[reports]
rules = "report-rules.json"
"#;

/// How fast reports are answered, and how many somebody may send.
pub(super) const REPORT_RULES: &str = r#"{"v": 1, "rules": "spam-2026", "deadline_hours": 120, "burst": 10, "burst_minutes": 60}
"#;

/// What the home's systems have of the sandbox's number.
pub(super) fn accounts() -> String {
    let account = serde_json::json!({
        "number": super::NUMBER, "subscription": "TEST-1", "holder_id": specimens::JIA_NUMBER, "name": specimens::JIA_NAME,
        "package": "TEST 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": 0,
        "reach": "receives",
    });
    format!("{:#}\n", serde_json::Value::Array(vec![account]))
}

/// What the operator lets its terminal say.
const CONSTRAINTS: &str = r#"{"terminal": "checkout-1", "env": "test"}
"#;

/// The keys.
pub(super) struct Parties {
    anchor: SigningKey,
    operator: SigningKey,
    terminal: SigningKey,
    pub(super) shop: SigningKey,
}

impl Parties {
    pub(super) fn make() -> Result<Self, Failure> {
        let key = || SigningKey::generate(Algorithm::EdDsa).map_err(key_trouble);
        Ok(Self { anchor: key()?, operator: key()?, terminal: key()?, shop: key()? })
    }

    /// Writes keys, anchor, list and delegation.
    pub(super) fn write(&self, dir: &Path, now: Timestamp) -> Result<(), Failure> {
        for (name, key) in [
            ("anchor", &self.anchor),
            ("operator", &self.operator),
            ("terminal", &self.terminal),
            ("shop", &self.shop),
        ] {
            let pem = key.to_pem().map_err(key_trouble)?;
            files::write_new_secret(&dir.join(format!("{name}.pem")), pem.as_bytes())?;
            files::write(&dir.join(format!("{name}.jwk")), &public_record(key, None).to_bytes())?;
        }
        let until = now.checked_add((365 * 24).hours()).unwrap_or(Timestamp::MAX);
        let anchor = public_record(&self.anchor, Some((now, until)));
        files::write(&dir.join("anchor.json"), &anchor.to_bytes())?;
        let list = self.list();
        files::write(&dir.join("list.json"), &list.to_bytes())?;
        let draft = ListBuilder::parse(&list.to_bytes()).map_err(key_trouble)?;
        let signed = draft.sign(&self.anchor, now).map_err(key_trouble)?;
        files::write(&dir.join("trust.jwt"), signed.as_str().as_bytes())?;
        let secret = realname::jose::random::<32>().map_err(key_trouble)?;
        let secret = realname::jose::encode(&secret);
        files::write_new_secret(&dir.join("confirmation.secret"), secret.as_bytes())?;
        files::write(&dir.join("constraints.json"), CONSTRAINTS.as_bytes())?;
        let constraints = Constraints::parse(CONSTRAINTS.as_bytes()).map_err(key_trouble)?;
        let week = now.checked_add((7 * 24).hours()).unwrap_or(Timestamp::MAX);
        let statement = DelegationRequest {
            iss: OPERATOR,
            sub: TERMINAL_ID,
            key: self.terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: week,
        }
        .sign(&self.operator)?;
        files::write(&dir.join("terminal.delegation"), statement.as_bytes())
    }

    /// What the trust authority says: who attests, and who may ask for what.
    fn list(&self) -> Json {
        let listed = |key: &SigningKey, iss: &str, more: Vec<(&str, Json)>| {
            let mut record = public_record(key, None);
            if let Json::Object(members) = &mut record {
                members.insert("iss".into(), iss.into());
                members.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
            }
            record
        };
        let asks = vec![
            ("role", Json::from("demand")),
            ("display_name", "Shop (TEST)".into()),
            (
                "purposes",
                Json::array([
                    "sim.activate",
                    "sim.replace",
                    "sim.transfer",
                    "sim.cancel",
                    "service.order",
                    "number.reverify",
                    "delivery.handover",
                ]),
            ),
            ("claims", Json::array(["name", "id_number"])),
        ];
        Json::object([
            ("iss", Json::from("https://trust.example")),
            ("seq", 1.into()),
            (
                "keys",
                Json::Array(vec![
                    listed(&self.operator, OPERATOR, Vec::new()),
                    listed(&self.shop, SHOP, asks),
                ]),
            ),
        ])
    }
}

fn key_trouble(error: impl std::fmt::Display) -> Failure {
    Failure::trouble(
        "key",
        lang::pick(error.to_string(), "无法生成密钥".to_owned()),
        lang::pick(
            "try again; if it stays, the system's randomness is broken",
            "请重试；如仍失败，系统的随机数有问题",
        ),
    )
}
