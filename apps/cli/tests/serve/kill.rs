//! One process on SQLite, killed again and again under load.

use std::io::Write;

use realname::rely::recorded;
use serde_json::json;

use crate::storm::Storm;
use crate::world::{Desk, Place, agent, call};

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

/// What is told as done on a disk that fills up is there when there is room again; what isn't is told as an error.
#[test]
#[ignore = "needs a small disk, which .ci/run long mounts"]
fn nothing_acknowledged_is_lost_when_the_disk_is_full() {
    let disk = std::env::var("REALNAME_SMALL_DISK").expect("REALNAME_SMALL_DISK names a directory on one");
    let place = Place::new();
    let text = std::fs::read_to_string(place.path("serve.toml")).unwrap();
    let store = format!("{disk}/store");
    std::fs::write(
        place.path("serve.toml"),
        text.replace("store = \"store\"", &format!("store = \"{store}\"")),
    )
    .unwrap();
    let (token, desk) = (place.token(), Desk::new(&place));
    let open = || realname::store::SqliteStore::open_dir(&store).unwrap();
    let presentations: Vec<_> = {
        let store = open();
        (0..120).map(|_| desk.presentation(&store)).collect()
    };
    let agent = agent();
    let (mut told, mut refused) = (Vec::new(), 0);
    let filler = format!("{disk}/filler");
    for round in 0..3 {
        let node = place.start();
        for (at, (nonce, presentation)) in presentations.iter().enumerate().skip(round * 40).take(40) {
            if at % 40 == 10 {
                // Everything that is left, to the last byte.
                let mut file = std::fs::File::create(&filler).unwrap();
                let (large, one) = ([0; 65_536], [0]);
                while file.write_all(&large).is_ok() {}
                while file.write_all(&one).is_ok() {}
            }
            let body = json!({ "presentation": presentation });
            match call(&agent, &node.url, ("POST", "/v1/presentations"), &token, None, &body) {
                Some((200, verdict)) => {
                    assert_eq!(verdict["verdict"], "accepted", "{verdict}");
                    told.push(nonce);
                }
                Some((status, error)) => {
                    assert!(status >= 500, "{status} {error}");
                    let code = error["error"]["code"].as_str().unwrap_or_default();
                    assert!(code.starts_with("store_"), "{error}");
                    refused += 1;
                }
                None => refused += 1,
            }
        }
        std::fs::remove_file(&filler).unwrap();
    }
    println!("{} told as accepted, {refused} refused on a full disk", told.len());
    assert!(refused > 0, "the disk was never full");
    let store = open();
    for nonce in &told {
        assert!(recorded(&store, nonce).unwrap().is_some(), "an answer was lost: {nonce}");
    }
    drop(store);
    // And with room it goes on: each that was told is answered, each that wasn't can be, or was.
    let node = place.start();
    for (nonce, presentation) in &presentations {
        let body = json!({ "presentation": presentation });
        let (status, verdict) =
            call(&agent, &node.url, ("POST", "/v1/presentations"), &token, None, &body).unwrap();
        assert_eq!(status, 200, "{verdict}");
        if told.contains(&nonce) {
            assert_eq!(verdict["reasons"][0]["code"], "already_answered", "accepted twice: {verdict}");
        }
    }
}
