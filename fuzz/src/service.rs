//! The service in which requests are fuzzed: keys of `fixtures/vectors`, SQLite in memory where the system has such a directory.

use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use realname::profile::{ClaimName, Env, Purpose};
use realname::trust::{Anchor, Constraints, DelegationRequest, ListBuilder, ListEntry};
use realname_service::config::Config;
use realname_service::{Local, NewToken, Scope, new_token, store_of};

use crate::key;

/// The number that the home's systems know.
pub const NUMBER: &str = "+8613900000003";
const SHOP: &str = "https://shop.example";
const OPERATOR: &str = "https://operator.example";

/// A service, and a token that may do everything in it.
pub struct Service {
    pub local: Local,
    pub token: String,
    _files: tempfile::TempDir,
}

impl Service {
    pub fn open() -> Self {
        // Thousands of commits a second aren't for a disk.
        let memory = Path::new("/dev/shm");
        let files = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let now = Timestamp::now();
        let day = now.checked_add(SignedDuration::from_hours(24)).unwrap();
        let write = |name: &str, content: &[u8]| {
            let path = files.path().join(name);
            fs::write(&path, content).unwrap();
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        };
        let (anchor, operator, terminal, shop) =
            (key("anchor"), key("operator"), key("terminal"), key("asker"));
        write("shop.pem", shop.to_pem().unwrap().as_bytes());
        write("terminal.pem", terminal.to_pem().unwrap().as_bytes());
        write("anchor.json", &Anchor::to_file(&[Anchor::new(anchor.verifying_key().clone(), now, day)]));
        let claims = [ClaimName::Name, ClaimName::IdNumber];
        let purposes = [
            Purpose::SimActivate,
            Purpose::SimReplace,
            Purpose::SimTransfer,
            Purpose::SimCancel,
            Purpose::ServiceOrder,
            Purpose::DeliveryHandover,
        ];
        let list = ListBuilder::new("https://trust.example")
            .sequence(1)
            .entry(ListEntry::attesting(OPERATOR, operator.verifying_key().clone()))
            .entry(ListEntry::asking(SHOP, shop.verifying_key().clone(), "Shop (TEST)", purposes, claims));
        write("trust.jwt", list.sign(&anchor, now).unwrap().as_str().as_bytes());
        let constraints = Constraints {
            terminal: Some("checkout-1".to_owned()),
            env: Some(Env::Test),
            ..Constraints::default()
        };
        let statement = DelegationRequest {
            iss: OPERATOR,
            sub: "checkout-1",
            key: terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: day,
        };
        write("terminal.delegation", statement.sign(&operator).unwrap().as_bytes());
        write("confirmation.secret", realname::jose::encode(&[9; 32]).as_bytes());
        let account = serde_json::json!([{
            "number": NUMBER, "subscription": "TEST-1", "holder_id": "119999199001010004", "name": "测试甲",
            "package": "TEST 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": 0,
            "reach": "receives",
        }]);
        write("accounts.json", account.to_string().as_bytes());
        write("report-rules.json", RULES.as_bytes());
        write("serve.toml", CONFIG.replace("REGISTER", &register()).as_bytes());
        let file = files.path().join("serve.toml");
        let token = NewToken { name: "fuzz", principal: "shop", scopes: &Scope::ALL, days: 1 };
        let token = new_token(store_of(&file).unwrap().as_ref(), &token, now).unwrap().to_string();
        let local = Local::open(Config::load(&file).unwrap()).unwrap();
        Self { local, token, _files: files }
    }
}

fn register() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/register.json").display().to_string()
}

const RULES: &str = r#"{"v": 1, "rules": "fuzz", "deadline_hours": 120, "burst": 1000, "burst_minutes": 60}"#;

const CONFIG: &str = r#"listen = "127.0.0.1:0"
public = "http://127.0.0.1:8443"
iss = "https://shop.example"
key = "shop.pem"
trust = "trust.jwt"
anchor = "anchor.json"
store = "store"
env = "test"

[check]
iss = "https://operator.example"
key = "terminal.pem"
delegation = ["terminal.delegation"]
terminal = "checkout-1"
register = "dir:REGISTER"
[check.consent]
en = "TEST: I agree."
zh = "测试：我同意。"

[confirmation]
secret = "confirmation.secret"
lines = "messages.jsonl"

[accounts]
file = "accounts.json"

[reports]
rules = "report-rules.json"

[limits]
sessions = 1000000
sessions_per_address = 1000000
guesses_per_minute = 1000000
"#;
