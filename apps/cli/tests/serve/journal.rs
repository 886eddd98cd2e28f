//! Processes on one store and one journal, killed under load: each acceptance is one event in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use realname::jose::SigningKey;
use realname::journal::{Audit, Journal, Reader};
use realname::rely::recorded;
use realname::store::Outbox;

use crate::storm::Storm;
use crate::support::ok;
use crate::world::{Desk, Place};

/// Gives a service a journal.
pub(crate) fn with_journal(place: &Place) {
    let (dir, key) = (place.path("journal"), place.path("journal.pem"));
    ok(["key", "new", "--out", &key]);
    ok(["journal", "new", "--dir", &dir, "--origin", "operator.example/journal", "--key", &key]);
    place.configure("[journal]\ndirectory = \"journal\"\nkey = \"journal.pem\"");
}

/// Takes what waits, and looks that each acceptance of the store is one event of the journal, and each event an acceptance.
pub(crate) fn each_is_one_event(
    place: &Place,
    store: &dyn Outbox,
    presentations: &[(String, String)],
) -> usize {
    let key = SigningKey::from_pem(&std::fs::read_to_string(place.path("journal.pem")).unwrap()).unwrap();
    let mut journal = Journal::open(place.path("journal"), Arc::new(key)).unwrap();
    journal.take_from(store, Timestamp::now()).unwrap();
    let mut events: BTreeMap<String, usize> = BTreeMap::new();
    let reader = Reader::open(place.path("journal")).unwrap();
    let audit = Audit::new(vec![journal.verifier_key().clone()]);
    audit
        .run_with(&reader, |_, entry, _| {
            assert_eq!(entry.event(), "verified");
            *events.entry(entry.text("nonce").unwrap().to_owned()).or_default() += 1;
        })
        .unwrap();
    for (nonce, _) in presentations {
        let accepted = recorded(store, nonce).unwrap().is_some();
        let told = events.remove(nonce).unwrap_or_default();
        assert_eq!(told, usize::from(accepted), "{nonce}");
    }
    assert!(events.is_empty(), "events of nothing: {events:?}");
    reader.size() as usize
}

#[test]
fn each_acceptance_is_one_event_whoever_is_killed() {
    let kills = std::env::var("REALNAME_KILLS").map_or(8, |text| text.parse().unwrap());
    let place = Place::new();
    with_journal(&place);
    let (store, token, desk) = (place.sqlite(), place.token(), Desk::new(&place));
    let presentations: Vec<_> = (0..kills * 12).map(|_| desk.presentation(store.as_ref())).collect();
    let storm = Storm {
        place: &place,
        store: store.as_ref(),
        token: &token,
        nodes: 2,
        kills,
        presentations: &presentations,
        keyed: usize::MAX,
    };
    let found = storm.run();
    let events = each_is_one_event(&place, store.as_ref(), &presentations);
    println!("SQLite: {found:?}, {events} events");
    assert!(found.kills >= kills && events > 0, "{found:?}");
}
