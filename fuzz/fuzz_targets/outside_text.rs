//! Any text from outside: what is shown holds nothing that a screen obeys or hides, whoever wrote it and wherever it stands;
//! plain text is shown as it is; JSON for a screen is the same value to every reader. A demand or a list that is accepted
//! shows nothing that needed an escape but joiners.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::demand::VerifiedDemand;
use realname::jose::{Json, Unverified, sign};
use realname::profile::{MAX_SHOWN, Outside, OutsideText, is_id, is_safe, is_visible, to_visible_json};
use realname::trust::{Role, TrustList};
use realname_fuzz::{anchors, key, list, now};

const DEMAND: &str = include_str!("../../fixtures/vectors/context/demand-1.txt");
const LIST: &str = include_str!("../../fixtures/vectors/context/list-1.txt");

fn payload(compact: &str) -> Json {
    Unverified::parse(compact.trim_ascii()).unwrap().peek().unwrap().clone()
}

fn assert_shown(text: Outside<'_>) {
    for shown in [text.to_string(), format!("{text:?}"), format!("{:>9}", text.to_owned_text())] {
        assert!(shown.chars().all(is_visible), "{shown:?}");
    }
    assert_eq!(text.is_plain(), text.to_string() == text.as_str_raw());
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let outside = Outside::new(text);
    assert_shown(outside);
    assert_eq!(OutsideText::from(text).as_outside(), outside);
    assert!(!is_id(text) || is_safe(text, 64) && outside.is_plain() && text.is_ascii());
    let json = serde_json::json!({ text: [text, outside] });
    let shown = to_visible_json(&json).unwrap();
    assert!(shown.chars().all(|c| c == '\n' || is_visible(c)), "{shown:?}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), json);

    // In a demand that is signed by an asker who is listed.
    for member in ["text", "action", "region"] {
        let Json::Object(mut members) = payload(DEMAND) else { return };
        let Some(Json::Object(transaction)) = members.get_mut("transaction") else { return };
        transaction.insert(member.into(), text.into());
        let Ok(compact) = sign(&key("asker"), "realname-demand+jwt", [], &Json::Object(members)) else {
            return;
        };
        if let Ok(demand) = VerifiedDemand::verify(&compact, list(), now()) {
            assert!(is_safe(text, MAX_SHOWN) && !text.chars().any(char::is_control));
            assert_shown(demand.display_name());
            assert!(demand.transaction().is_some());
        }
    }
    // As an asker's name in a list.
    let Json::Object(mut members) = payload(LIST) else { return };
    let Some(Json::Array(keys)) = members.get_mut("keys") else { return };
    let Some(Json::Object(asker)) = keys.get_mut(2) else { return };
    asker.insert("display_name".into(), text.into());
    let Ok(compact) = sign(&key("anchor"), "jwk-set+jwt", [], &Json::Object(members)) else { return };
    if let Ok(read) = TrustList::as_of(&compact, anchors(), now()) {
        for record in read.keys() {
            if let Role::Demand { display_name, .. } = record.role() {
                assert!(is_safe(display_name.as_str_raw(), 200));
                assert_shown(display_name.as_outside());
            }
        }
    }
});
