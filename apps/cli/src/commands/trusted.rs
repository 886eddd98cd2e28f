//! What a command trusts: anchors and a signed list, from files.

use std::path::Path;

use jiff::Timestamp;
use realname::jose::Json;
use realname::store::Store;
use realname::trust::{Anchor, TrustList};

use crate::failure::Failure;
use crate::outside::path as shown;
use crate::{files, lang};

/// Verifies a trust list file against an anchor file, and remembers its sequence.
pub(crate) fn list(
    list: &Path,
    anchor: &Path,
    store: &dyn Store,
    now: Timestamp,
) -> Result<TrustList, Failure> {
    let anchors = anchors(anchor)?;
    let compact = files::read_text(list)?;
    Ok(TrustList::verify(&compact, &anchors, now, store)?)
}

/// Reads an anchor file.
pub(crate) fn anchors(path: &Path) -> Result<Vec<Anchor>, Failure> {
    let bytes = files::read(path)?;
    Anchor::parse_all(&bytes).map_err(|error| {
        let (what, next) = told(&bytes);
        Failure::damaged("anchor", format!("{}: {what} ({error})", shown(path)), next)
    })
}

/// What was given in an anchor's place, and what to do about it.
fn told(bytes: &[u8]) -> (&'static str, &'static str) {
    let make = lang::pick(
        "make the anchor file with `realname key show KEY --valid-days N`",
        "请用 realname key show KEY --valid-days N 生成信任锚文件",
    );
    if bytes.starts_with(b"-----BEGIN") {
        return (lang::pick("it is a key file, not an anchor", "这是密钥文件，不是信任锚"), make);
    }
    let json = Json::parse(bytes, bytes.len().saturating_add(1)).ok();
    let one = json.as_ref().map(|json| json.as_array().and_then(|list| list.first()).unwrap_or(json));
    let has = |name| one.is_some_and(|one| one.member(name).is_some());
    if has("d") {
        return (
            lang::pick("it holds a private key", "其中含有私钥"),
            lang::pick(
                "take that key out of use: whoever saw the file has it",
                "请停用该密钥：凡见过此文件的人都可能已取得它",
            ),
        );
    }
    if has("kty") && !(has("nbf") && has("exp")) {
        return (
            lang::pick(
                "a public key without `nbf` and `exp` is no anchor",
                "公钥缺少 nbf 和 exp，不是信任锚",
            ),
            make,
        );
    }
    if bytes.iter().filter(|byte| **byte == b'.').count() == 2 && bytes.starts_with(b"eyJ") {
        return (lang::pick("it is a signed token, not an anchor", "这是已签名的凭证，不是信任锚"), make);
    }
    (lang::pick("it is no anchor file", "不是信任锚文件"), make)
}
