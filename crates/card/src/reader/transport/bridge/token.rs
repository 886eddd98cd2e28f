//! Where a program finds the token of the bridge.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::TransportError;

/// What names the token's file.
const NAME: &str = "REALNAME_BRIDGE_TOKEN";

/// What stands in the file.
pub(super) fn read(address: &str) -> Result<Zeroizing<String>, TransportError> {
    let text = std::fs::read_to_string(file()).map(Zeroizing::new);
    text.map_err(|_| TransportError::TokenRefused { address: address.into() })
}

fn file() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(file) = set(NAME) {
        return file;
    }
    let home = set("HOME").map(|home| home.join(".config"));
    let place = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or(home).unwrap_or_default();
    place.join("realname").join("bridge-token")
}
