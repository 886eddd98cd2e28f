//! One process on SQLite, killed again and again under load.

use crate::storm::Storm;
use crate::world::{Desk, Place};

#[test]
fn nothing_acknowledged_is_lost_when_it_is_killed() {
    // `.ci/run long` asks for 500.
    let kills = std::env::var("REALNAME_KILLS").map_or(12, |text| text.parse().unwrap());
    let place = Place::new();
    let (store, token, desk) = (place.sqlite(), place.token(), Desk::new(&place));
    let presentations: Vec<_> = (0..kills * 12).map(|_| desk.presentation(store.as_ref())).collect();
    let storm = Storm {
        place: &place,
        store: store.as_ref(),
        token: &token,
        nodes: 1,
        kills,
        presentations: &presentations,
        keyed: if kills < 100 { usize::MAX } else { 4 },
    };
    let found = storm.run();
    println!("SQLite: {found:?}");
    assert!(found.kills >= kills && found.tries > presentations.len(), "no kill hit a request: {found:?}");
}
