//! Settings files: the page's own, and wrong ones.
#![allow(clippy::disallowed_methods, reason = "files are read")]

use std::fs;

use realname_gateway::{CmppVersion, GatewaySettings, SettingsError};
use realname_terms::Explain;

const PAGE: &str = include_str!("../../../docs/gateways.md");

fn load(text: &str) -> Result<GatewaySettings, SettingsError> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("gateway.toml"), text).unwrap();
    secret(&dir.path().join("cmpp.secret"), 0o600);
    GatewaySettings::load(&dir.path().join("gateway.toml"))
}

fn secret(path: &std::path::Path, mode: u32) {
    fs::write(path, "CANARY\r\n").unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = mode;
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("gateway.toml"), page()).unwrap();
    secret(&dir.path().join("cmpp.secret"), 0o640);
    let refused = GatewaySettings::load(&dir.path().join("gateway.toml")).unwrap_err();
    assert!(matches!(refused, SettingsError::Readable { .. }), "{refused}");
    assert_eq!(refused.entry().code, "secret_readable");
    assert!(!refused.to_string().contains("CANARY"));
}

fn page() -> &'static str {
    PAGE.split("```toml\n").nth(2).and_then(|rest| rest.split("```").next()).unwrap()
}

#[test]
fn the_pages_example_loads_and_hides_its_secret() {
    let settings = load(page()).unwrap();
    assert!(!format!("{settings:?}").contains("CANARY"));
    let GatewaySettings::Cmpp(cmpp) = settings else { panic!("another protocol") };
    assert_eq!((cmpp.version, cmpp.sp_id.as_str(), cmpp.line.window), (CmppVersion::V3, "900001", 16));
    assert_eq!((cmpp.line.idle_ms, cmpp.line.answer_ms, cmpp.line.tries), (180_000, 60_000, 3));
    assert!(cmpp.proof && cmpp.reports && !cmpp.private_line);
}

#[test]
fn every_default_of_the_page_is_the_codes() {
    let line = realname_gateway::LineTimes::default();
    for (key, value) in [
        ("idle_ms", line.idle_ms),
        ("answer_ms", line.answer_ms),
        ("connect_ms", line.connect_ms),
        ("patience_ms", line.patience_ms),
    ] {
        let row = PAGE.lines().find(|row| row.starts_with(&format!("| `{key}`"))).unwrap();
        let shown = row.split('|').nth(2).unwrap().trim().replace(',', "");
        assert_eq!(shown, value.to_string(), "{key}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let unknown = load(&page().replace("service_id", "service")).unwrap_err();
    assert!(matches!(&unknown, SettingsError::Form { line: 8, .. }), "{unknown}");
    assert_eq!(unknown.entry().code, "gateway_settings");
    let both = format!(
        "{}\n[smpp]\naddress=\"127.0.0.1:1\"\nsystem_id=\"a\"\npassword=\"cmpp.secret\"\nsource=\"1\"\n",
        page()
    );
    assert!(matches!(load(&both), Err(SettingsError::Value { key: "cmpp", .. })));
    assert!(matches!(load("[line]\n"), Err(SettingsError::Value { key: "cmpp", .. })));
    let nowhere = load(&page().replace("cmpp.secret", "elsewhere.secret")).unwrap_err();
    assert!(matches!(nowhere, SettingsError::File { .. }));
    let other = load(&page().replace("\"3.0\"", "\"4.0\"")).unwrap_err();
    assert!(matches!(other, SettingsError::Form { line: 4, .. }), "{other}");
}
