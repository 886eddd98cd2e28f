//! Sessions lie in the store: a restart loses none, each process sees them, and nobody else reads them.

use std::time::Duration;

use realname::store::{List, Space};
use realname_service::{Scope, store_of};
use serde_json::json;

use crate::sessions::{PHOTOS, Page, open, session};
use crate::world::{Answer, Place, photo, sale};

const NAME: &str = "测试甲";
const NUMBER: &str = "119999199001010004";

#[test]
fn a_session_goes_on_after_a_restart_and_at_another_node() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let first = place.start();
    let demand = first.demand(&token);
    let page = Page::open(&first, &token, &demand);
    page.consent();
    page.declare(NAME, NUMBER).is(200);
    page.upload(PHOTOS[0].0, photo(PHOTOS[0].1)).is(200);
    // Another process on the same store, and the same tab there.
    let second = place.start();
    let there = Page::at(&second, page.browser());
    assert_eq!(there.get("").is(200)["steps"], page.get("").is(200)["steps"]);
    there.upload(PHOTOS[1].0, photo(PHOTOS[1].1)).is(200);
    let drawn = there.get(&format!("/captures/{}/annotated", PHOTOS[0].0));
    assert_eq!((drawn.status, drawn.headers["content-type"].as_bytes()), (200, b"image/png".as_slice()));
    let browser = page.browser();
    drop(first);
    drop(second);

    let third = place.start();
    let page = Page::at(&third, browser.clone());
    page.upload(PHOTOS[2].0, photo(PHOTOS[2].1)).is(200);
    let fourth = place.start();
    let there = Page::at(&fourth, page.browser());
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = [&page, &there]
            .map(|page| scope.spawn(|| page.post("/complete", &json!({}))))
            .into_iter()
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(outcomes.iter().any(|outcome| outcome.status == 200), "{outcomes:?}");
    for outcome in &outcomes {
        match outcome.status {
            200 => assert_eq!(outcome.is(200), json!({"result": "attested"})),
            _ => outcome.refused(409, "idempotency_running"),
        }
    }
    drop(fourth);
    drop(third);

    let last = place.start();
    let path = format!("/v1/sessions/{}", browser.0);
    let done = last.call("GET", &path, &token, None).is(200);
    let verdict =
        last.call("POST", "/v1/presentations", &token, Some(json!({"presentation": done["presentation"]})));
    assert_eq!(verdict.is(200)["verdict"], "accepted");
    last.call("GET", &path, &place.token("other", &Scope::ALL), None).refused(404, "not_found");
}

#[test]
fn a_link_that_was_opened_at_one_node_is_used_at_the_other() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let (one, two) = (place.start(), place.start());
    let demand = one.demand(&token);
    let (id, link) = session(&one, &token, &demand);
    let key = [("idempotency-key", "this-browser")];
    let first = open(&one, &id, &link, &key);
    assert_eq!(first.status, 204);
    open(&two, &id, &link, &[]).refused(403, "link_used");
    open(&two, &id, &link, &[("idempotency-key", "another")]).refused(403, "link_used");
    // The answer got lost, and the browser comes to the other node with it: the same cookie, which is kept nowhere.
    let again = open(&two, &id, &link, &key);
    // But for `Max-Age`, which counts down.
    let cookie = |answer: &Answer| {
        let line = answer.headers["set-cookie"].to_str().unwrap();
        line.split_once(';').unwrap().0.to_owned()
    };
    assert_eq!(cookie(&again), cookie(&first));
}

#[test]
fn the_store_holds_nothing_of_a_buyer_that_can_be_read_and_nothing_at_all_afterwards() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start_with(|server| server.with_round(Duration::from_millis(200)));
    let mut short = sale();
    short["ttl"] = json!(60);
    let demand = server.call("POST", "/v1/demands", &token, Some(short.clone())).is(201);
    let page = Page::open(&server, &token, &demand);
    page.consent();
    page.declare(NAME, NUMBER).is(200);
    for (slot, file) in PHOTOS {
        page.upload(slot, photo(file)).is(200);
    }
    let pieces = |id: &str| {
        let list = List { space: Space::new("session_photo"), id };
        store_of(&place.file()).unwrap().tasks(list, None, 100).unwrap().len()
    };
    assert!(pieces(&page.id) >= 3);
    unreadable(&place, &[]);
    assert_eq!(page.post("/complete", &json!({})).is(200)["result"], "attested");
    assert_eq!(pieces(&page.id), 0, "photos go with the decision");
    let done = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);
    unreadable(&place, &[done["presentation"].as_str().unwrap()]);

    // One that isn't finished goes with its demand.
    short["ttl"] = json!(6);
    let demand = server.call("POST", "/v1/demands", &token, Some(short)).is(201);
    let page = Page::open(&server, &token, &demand);
    page.consent();
    page.upload("holder", photo("holder.jpg")).is(200);
    assert!(pieces(&page.id) >= 1);
    let all = List { space: Space::new("session"), id: "all" };
    let is_wiped = || {
        let task = store_of(&place.file()).unwrap().task(all, page.id.as_bytes()).unwrap();
        task.is_none_or(|task| task.work.value.is_empty())
    };
    let wiped = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        is_wiped()
    });
    assert!(wiped && pieces(&page.id) == 0);
    page.get("").refused(410, "session_ended");
}

/// Looks through every file of the store.
fn unreadable(place: &Place, more: &[&str]) {
    let pixels = photo("holder.jpg");
    let (middle, _) = pixels.split_at(pixels.len() / 2).1.split_at(48);
    let canaries = [NAME.as_bytes(), NUMBER.as_bytes(), middle];
    for entry in std::fs::read_dir(place.dir.path().join("store")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for canary in canaries.into_iter().chain(more.iter().map(|text| text.as_bytes())) {
            let found = bytes.windows(canary.len()).any(|window| window == canary);
            assert!(!found, "{} in {}", String::from_utf8_lossy(canary), path.display());
        }
    }
}
