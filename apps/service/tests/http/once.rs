//! `Idempotency-Key`.

use realname_service::Scope;
use serde_json::json;

use crate::sessions::presentation_for;
use crate::world::{Answer, Place, Running, sale};

fn keyed(server: &Running, path: &str, token: &str, key: &str, body: &serde_json::Value) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
    server.send("POST", path, &headers, Some(("application/json", body.to_string().into_bytes())))
}

#[test]
fn the_same_key_gets_the_same_answer_over_a_restart() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let other = place.token("shop", &Scope::ALL);
    let (first, presentation, accepted) = {
        let server = place.start();
        let first = keyed(&server, "/v1/demands", &token, "order-1", &sale()).is(201);
        assert_eq!(keyed(&server, "/v1/demands", &token, "order-1", &sale()).is(201), first);
        assert_ne!(keyed(&server, "/v1/demands", &token, "order-2", &sale()).is(201), first);
        assert_ne!(
            keyed(&server, "/v1/demands", &other, "order-1", &sale()).is(201),
            first,
            "another token's key"
        );
        let mut changed = sale();
        changed["ttl"] = json!(60);
        keyed(&server, "/v1/demands", &token, "order-1", &changed).refused(409, "idempotency_mismatch");
        for bad in ["", "with space", &"x".repeat(65), "ünicode"] {
            keyed(&server, "/v1/demands", &token, bad, &sale()).refused(400, "idempotency_key");
        }
        let presentation = json!({ "presentation": presentation_for(&server, &token, &first) });
        let accepted = keyed(&server, "/v1/presentations", &token, "answer-1", &presentation).is(200);
        assert_eq!(accepted["verdict"], "accepted");
        (first, presentation, accepted)
    };
    let server = place.start();
    assert_eq!(keyed(&server, "/v1/demands", &token, "order-1", &sale()).is(201), first);
    let mut again = keyed(&server, "/v1/presentations", &token, "answer-1", &presentation).is(200);
    again["age"] = accepted["age"].clone();
    again["trust"] = accepted["trust"].clone();
    assert_eq!(again, accepted, "claims are made again from the body");
    let second = keyed(&server, "/v1/presentations", &token, "answer-2", &presentation).is(200);
    assert_eq!(second["reasons"][0]["code"], "already_answered");
    assert_eq!(
        keyed(&server, "/v1/presentations", &token, "answer-2", &presentation).is(200)["verdict"],
        "refused"
    );
}

#[test]
fn of_many_at_once_one_demand_is_made_and_one_presentation_accepted() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..12).map(|_| scope.spawn(|| keyed(&server, "/v1/demands", &token, "same", &sale()))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let mut nonces = std::collections::BTreeSet::new();
    for answer in &answers {
        match answer.status {
            201 => {
                nonces.insert(answer.is(201)["nonce"].to_string());
            }
            _ => answer.refused(409, "idempotency_running"),
        }
    }
    assert_eq!(nonces.len(), 1);

    let demand = server.demand(&token);
    let body = json!({ "presentation": presentation_for(&server, &token, &demand) });
    let accepted: usize = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..12)
            .map(|_| {
                scope.spawn(|| server.call("POST", "/v1/presentations", &token, Some(body.clone())).is(200))
            })
            .collect();
        calls
            .into_iter()
            .filter(|_| true)
            .map(|call| usize::from(call.join().unwrap()["verdict"] == "accepted"))
            .sum()
    });
    assert_eq!(accepted, 1);
}

#[test]
fn the_log_of_keys_holds_nothing_of_a_person() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = keyed(&server, "/v1/demands", &token, "canary", &sale()).is(201);
    let body = json!({ "presentation": presentation_for(&server, &token, &demand) });
    assert_eq!(keyed(&server, "/v1/presentations", &token, "canary", &body).is(200)["verdict"], "accepted");
    drop(server);
    for entry in std::fs::read_dir(place.dir.path().join("store")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for canary in ["测试甲", "119999199001010004", token.as_str()] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{canary} is in the store");
        }
    }
}
