//! What somebody with a token tries who means no good, or is merely confused: acts of another kind or another principal, halves of a transfer
//! in wrong places, steps out of order and many at once, and values that no system has.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::changes::{CARD, Home, NUMBER, account, taker, with};
use crate::world::Answer;

/// All steps of an act that is there already.
const STEPS: [&str; 3] = ["snapshot", "confirm", "commit"];

fn code(told: &Value) -> &str {
    told["reasons"][0]["code"].as_str().unwrap_or_default()
}

impl Home {
    fn replacement(&self, card: &str) -> (String, Value) {
        let body = json!({"account": account(0, "receives"), "card": card});
        let opened = self.post("/v1/replacements", &body).is(201);
        (opened["replacement"].as_str().unwrap().to_owned(), opened)
    }

    /// As far as the number's word.
    fn confirmed(&self, path: &str, body: &Value, read: &Value) {
        let told = self.post(&format!("{path}/confirm"), &with(body, json!({"acknowledged": read}))).is(200);
        if told["result"] == "waiting" {
            self.granted(&told);
            assert_eq!(self.post(&format!("{path}/confirm"), body).is(200)["result"], "confirmed");
        } else {
            assert_eq!(told["result"], "confirmed", "{told}");
        }
    }
}

fn read(notices: &Value) -> Value {
    let one = |notice: &Value| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]});
    notices.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn an_act_is_its_kinds_and_its_principals() {
    let home = Home::new();
    let card = json!({"account": account(0, "receives"), "card": CARD});
    let whose = json!({"account": account(0, "receives"), "taker": taker("free")});
    let plain = json!({"account": account(0, "receives")});
    let (id, opened) = home.replacement(CARD);
    let proof = |body: &Value, step: &str| match step {
        "snapshot" => with(body, json!({"presentation": home.desk(&opened["holder"], true)})),
        _ => body.clone(),
    };
    for step in STEPS {
        // Under another kind's address the id is nothing's; its own form of body says nothing either.
        for (kind, body) in [("cancellations", &plain), ("transfers", &whose), ("transfers", &card)] {
            home.post(&format!("/v1/{kind}/{id}/{step}"), &proof(body, step)).refused(404, "not_found");
        }
        // Another principal's token finds nothing, though it says all of the account.
        let path = format!("/v1/replacements/{id}/{step}");
        let stranger = home.server.call("POST", &path, &home.other, Some(proof(&card, step)));
        stranger.refused(404, "not_found");
    }
    for kind in ["replacements", "transfers", "cancellations"] {
        let path = format!("/v1/{kind}/{id}/receipt");
        home.server.call("GET", &path, &home.other, None).refused(404, "not_found");
    }
    let nonce = format!("/v1/demands/{}", opened["holder"]["nonce"].as_str().unwrap());
    home.server.call("GET", &nonce, &home.other, None).refused(404, "not_found");
    // Nor does another principal answer its demand: to it there is no such demand, and nothing is used up.
    let presentation = json!({"presentation": home.desk(&opened["holder"], true)});
    let told = home.server.call("POST", "/v1/presentations", &home.other, Some(presentation)).is(200);
    assert_eq!(code(&told), "demand_unknown", "{told}");
    assert_eq!(home.server.call("GET", &nonce, &home.token, None).is(200)["state"], "pending");
    // The same key, path and body with another token is another act: it isn't told what the first was told.
    let keyed = |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "the-same")];
        let mut body = whose.clone();
        body["account"]["number"] = json!("+8613900000009");
        home.server.send(
            "POST",
            "/v1/transfers",
            &headers,
            Some(("application/json", body.to_string().into())),
        )
    };
    let mine = keyed(&home.token).is(201);
    assert_eq!(code(&keyed(&home.other).is(200)), "act_open");
    assert_eq!(keyed(&home.token).is(201), mine);
    let second = home.place.token("home", &Scope::ALL);
    assert_eq!(code(&keyed(&second).is(200)), "act_open", "a key is one token's, also within a principal");
}

#[test]
fn halves_of_a_transfer_stay_in_their_places() {
    let home = Home::new();
    let body = json!({"account": account(1200, "receives"), "taker": taker("free")});
    let opened = home.post("/v1/transfers", &body).is(201);
    let at = |step: &str| format!("/v1/transfers/{}/{step}", opened["transfer"].as_str().unwrap());
    let bring = |presentation: &str| {
        home.post(&at("snapshot"), &with(&body, json!({"presentation": presentation}))).is(200)
    };
    // Each person at the other one's desk.
    let (crossed_giver, crossed_taker) =
        (home.desk(&opened["taker"], true), home.desk(&opened["giver"], false));
    for crossed in [&crossed_giver, &crossed_taker] {
        assert_eq!(code(&bring(crossed)), "holder_mismatch");
    }
    // One half twice isn't both.
    let giver = home.desk(&opened["giver"], true);
    for _ in 0..3 {
        assert_eq!(bring(&giver), json!({"result": "waiting", "missing": ["taker"]}));
    }
    // Two of one half: the first stays.
    assert_eq!(code(&bring(&home.desk(&opened["giver"], true))), "step_done");
    home.post(&at("confirm"), &body).refused(409, "step_not_due");
    home.post(&at("commit"), &body).refused(409, "step_not_due");
    // The other half went to the wrong address: it is used up there, and nothing is transferred by it.
    let half = home.desk(&opened["taker"], false);
    let elsewhere = home.post("/v1/presentations", &json!({"presentation": half})).is(200);
    assert_eq!(elsewhere["verdict"], "accepted", "{elsewhere}");
    assert_eq!(code(&bring(&half)), "already_answered");
    home.post(&at("commit"), &body).refused(409, "step_not_due");
    let nonce = format!("/v1/demands/{}", opened["giver"]["nonce"].as_str().unwrap());
    assert_eq!(home.server.call("GET", &nonce, &home.token, None).is(200)["state"], "pending");
}

#[test]
fn what_changes_on_the_way_is_seen_at_every_step() {
    let home = Home::new();
    let body = json!({"account": account(0, "receives"), "card": CARD});
    let (id, opened) = home.replacement(CARD);
    let path = format!("/v1/replacements/{id}");
    let proof = json!({"presentation": home.desk(&opened["holder"], true)});
    let changed = |member: &str, value: Value| {
        let mut other = body.clone();
        other["account"][member] = value;
        other
    };
    let step = |step: &str, body: &Value| {
        let body = if step == "snapshot" { with(body, proof.clone()) } else { body.clone() };
        home.post(&format!("{path}/{step}"), &body)
    };
    for at in STEPS {
        if at != "snapshot" {
            // Before its turn it is refused whatever it brings; then it is due.
            home.post(&format!("{path}/commit"), &changed("prepaid_fen", json!(7)))
                .refused(409, "step_not_due");
        }
        if at == "commit" {
            home.confirmed(&path, &body, &json!([]));
        }
        for (member, value) in [
            ("name", json!("测试丙")),
            ("holder_id", json!("119999198505050021")),
            ("package", json!("Another")),
            ("contract_until", json!("2027-01-31")),
            ("bills_fen", json!(1)),
            ("prepaid_fen", json!(u32::MAX)),
            ("arrears_fen", json!(1)),
        ] {
            let told = step(at, &changed(member, value)).is(200);
            assert_eq!(
                (&told["result"], code(&told)),
                (&json!("refused"), "snapshot_stale"),
                "{at} {member}: {told}"
            );
        }
        step(at, &changed("subscription", json!("sub-2"))).refused(422, "change_other_account");
        step(at, &changed("number", json!("+8613900000004"))).refused(422, "change_other_account");
        if at == "confirm" {
            // It fell silent after its demand was made, which asked for too little then.
            for reach in ["suspended", "reported_lost", "absent"] {
                let told = step(at, &changed("reach", json!(reach))).is(200);
                assert_eq!(code(&told), "snapshot_stale", "{reach}: {told}");
            }
        } else if at == "snapshot" {
            assert_eq!(step(at, &body).is(200)["result"], "proven");
        }
    }
    // While all that went on the number was this case's.
    assert_eq!(code(&home.post("/v1/replacements", &body).is(200)), "act_open");
    let plain = json!({"account": account(0, "receives")});
    assert_eq!(code(&home.post("/v1/cancellations", &plain).is(200)), "cancellation_open");
    assert_eq!(step("commit", &body).is(200)["result"], "committed");
}

#[test]
fn a_number_is_free_again_with_the_commit() {
    let home = Home::new();
    let cards = [CARD, "89860012345678901235", "89860012345678901236"];
    for (at, card) in cards.iter().enumerate() {
        let body = json!({"account": account(0, "receives"), "card": card});
        let (id, opened) = home.replacement(card);
        let path = format!("/v1/replacements/{id}");
        let plain = json!({"account": account(0, "receives")});
        assert_eq!(code(&home.post("/v1/cancellations", &plain).is(200)), "cancellation_open", "{at}");
        let proof = with(&body, json!({"presentation": home.desk(&opened["holder"], true)}));
        assert_eq!(home.post(&format!("{path}/snapshot"), &proof).is(200)["result"], "proven");
        let told = home.post(&format!("{path}/confirm"), &body).is(200);
        if at > 0 {
            // The day's word served the first case; the rest of it is as it was.
            assert_eq!(code(&told), "grant_used", "{told}");
            break;
        }
        home.granted(&told);
        assert_eq!(home.post(&format!("{path}/confirm"), &body).is(200)["result"], "confirmed");
        let committed = home.post(&format!("{path}/commit"), &body).is(200);
        assert_eq!(committed["result"], "committed", "{committed}");
        // Late repeats find the receipt, and take nothing back.
        assert_eq!(home.post(&format!("{path}/commit"), &body).is(200), committed);
    }
    // The second case is open now, and holds the number as the first did.
    let body = json!({"account": account(0, "receives"), "taker": taker("free")});
    assert_eq!(code(&home.post("/v1/transfers", &body).is(200)), "act_open");
}

#[test]
fn of_eight_at_once_each_step_happens_once() {
    let home = Home::new();
    let eight = |path: &str, body: &Value, key: Option<&str>| -> Vec<Answer> {
        std::thread::scope(|scope| {
            let ask = || match key {
                Some(key) => home.keyed(path, key, body),
                None => home.post(path, body),
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    // Without a key they are eight calls, of which one has the number.
    let body = json!({"account": account(0, "receives"), "taker": taker("free")});
    let mut other = body.clone();
    other["account"]["number"] = json!("+8613900000008");
    let opened = eight("/v1/transfers", &other, None);
    assert_eq!(opened.iter().filter(|answer| answer.status == 201).count(), 1, "{opened:?}");
    assert!(
        opened.iter().filter(|answer| answer.status != 201).all(|answer| code(&answer.is(200)) == "act_open")
    );
    // With one they are one call.
    let opened = eight("/v1/transfers", &body, Some("transfer-1"));
    let made: Vec<Value> =
        opened.iter().filter(|answer| answer.status == 201).map(|answer| answer.is(201)).collect();
    assert!(!made.is_empty() && made.iter().all(|one| *one == made[0]), "{opened:?}");
    let rest = opened.iter().filter(|answer| answer.status != 201);
    rest.for_each(|answer| answer.refused(409, "idempotency_running"));
    let opened = &made[0];
    let path = format!("/v1/transfers/{}", opened["transfer"].as_str().unwrap());
    let halves = [home.desk(&opened["giver"], true), home.desk(&opened["taker"], false)];
    let halves = halves.map(|half| with(&body, json!({"presentation": half})));
    let told: Vec<Value> = std::thread::scope(|scope| {
        let ask = |at: usize| home.post(&format!("{path}/snapshot"), &halves[at % 2]).is(200);
        let threads: Vec<_> = (0..8).map(|at| scope.spawn(move || ask(at))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(told.iter().all(|told| told["result"] == "waiting" || told["result"] == "proven"), "{told:?}");
    let shown = home.post(&format!("{path}/snapshot"), &halves[0]).is(200);
    assert_eq!(shown["result"], "proven");
    let confirm = with(&body, json!({"acknowledged": read(&shown["notices"])}));
    let told: Vec<Value> =
        eight(&format!("{path}/confirm"), &confirm, None).iter().map(|answer| answer.is(200)).collect();
    let fine = |told: &Value| told["result"] == "waiting" || code(told) == "step_done";
    assert!(told.iter().all(fine), "{told:?}");
    let messages = std::fs::read_to_string(home.place.dir.path().join("messages.jsonl")).unwrap();
    assert_eq!(messages.lines().filter(|line| line.contains(NUMBER)).count(), 1, "asked once");
    home.confirmed(&path, &body, &json!([]));
    let told: Vec<Value> =
        eight(&format!("{path}/commit"), &body, None).iter().map(|answer| answer.is(200)).collect();
    assert!(told.iter().all(|one| one["result"] == "committed" && *one == told[0]), "{told:?}");
}

#[test]
fn absurd_values_are_refused_in_words_or_taken() {
    let home = Home::new();
    let long = "長".repeat(20_000);
    let odd = [
        "",
        " ",
        "\u{0}",
        "\u{202e}abc",
        "\u{feff}",
        "\u{1f469}\u{200d}\u{1f9b0}",
        "-1",
        "1e999",
        "null",
        &long,
    ];
    let texts = || odd.iter().map(|text| json!(text));
    let numbers =
        [json!(-1), json!(4_294_967_296u64), json!(1e300), json!(0.5), json!("1"), json!(null), json!([])];
    let days =
        ["9999-12-31", "-009999-01-01", "0000-01-01", "2027-02-30", "2027-01-31T00:00:00Z", "99999-01-01"];
    let tries = |member: &str| -> Vec<Value> {
        match member {
            "bills_fen" | "prepaid_fen" | "arrears_fen" => numbers.to_vec(),
            "contract_until" => days.iter().map(|day| json!(day)).chain(texts()).collect(),
            _ => texts().collect(),
        }
    };
    let kinds = [
        ("/v1/cancellations", json!({}), ""),
        ("/v1/replacements", json!({"card": CARD}), "desk"),
        ("/v1/transfers", json!({"taker": taker("free")}), "taker_desk"),
    ];
    let mut turn = 0;
    // Each on a number of its own: what is taken holds its number.
    let mut ask = |path: &str, mut body: Value, own: bool| {
        turn += 1;
        if own {
            body["account"]["number"] = json!(format!("+86139{turn:08}"));
        }
        let answer = home.post(path, &body);
        assert!(
            answer.status < 500,
            "{path} {}: {}",
            body.to_string().chars().take(300).collect::<String>(),
            answer.text
        );
        assert!(!answer.text.contains('長'), "{path}: what was sent isn't said: {}", answer.text);
        if answer.status >= 400 {
            let code = answer.is(answer.status)["error"]["code"].as_str().unwrap().to_owned();
            answer.refused(answer.status, &code);
        }
    };
    for (path, more, desk) in &kinds {
        let body = with(&json!({"account": account(0, "receives")}), more.clone());
        for member in body["account"].as_object().unwrap().keys() {
            for value in tries(member) {
                let mut odd = body.clone();
                odd["account"][member] = value;
                ask(path, odd, member != "number");
            }
        }
        for member in ["region", "text", "terminal"] {
            for value in texts() {
                let mut odd = body.clone();
                match *desk {
                    "" => odd[member] = value,
                    desk => odd[desk] = json!({ member: value }),
                }
                ask(path, odd, true);
            }
        }
        for checks in [
            json!(vec!["chip"; 9_000]),
            json!(["chip", "triplet"]),
            json!([""]),
            json!([long]),
            json!("chip"),
        ] {
            let mut odd = body.clone();
            match *desk {
                "" => odd["checks"] = checks,
                desk => odd[desk] = json!({ "checks": checks }),
            }
            ask(path, odd, true);
        }
    }
    for member in ["name", "id_number", "admission"] {
        for value in texts() {
            let mut odd = json!({"account": account(0, "receives"), "taker": taker("free")});
            odd["taker"][member] = value;
            ask("/v1/transfers", odd, true);
        }
    }
    for value in texts() {
        ask("/v1/replacements", json!({"account": account(0, "receives"), "card": value}), true);
    }
    // The steps of a case that is there.
    let (id, _) = home.replacement(CARD);
    let body = json!({"account": account(0, "receives"), "card": CARD});
    for value in texts() {
        for (step, more) in [
            ("snapshot", json!({"presentation": value})),
            ("snapshot", json!({"presentation": "x", "locale": value})),
            ("confirm", json!({"grant": value})),
            ("confirm", json!({"acknowledged": [{"kind": value, "text_sha256": value}]})),
        ] {
            ask(&format!("/v1/replacements/{id}/{step}"), with(&body, more), false);
        }
    }
    let many = json!({"acknowledged": vec![json!({"kind": "x", "text_sha256": "y"}); 1_500]});
    ask(&format!("/v1/replacements/{id}/confirm"), with(&body, many), false);
}

#[test]
fn a_desks_token_reaches_its_own_calls_alone() {
    let home = Home::new();
    let desk = home.place.token("home", &[Scope::Desk]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut kept_out = 0;
    for (address, calls) in document["paths"].as_object().unwrap() {
        for (method, call) in calls.as_object().unwrap() {
            let scopes = call["security"].as_array().into_iter().flatten();
            let scopes: Vec<&Value> = scopes.filter_map(|one| one.get("token")?.get(0)).collect();
            let may = scopes.iter().any(|scope| **scope == "desk");
            assert_eq!(may, address.starts_with("/v1/cancellations"), "{method} {address}");
            if scopes.is_empty() || may {
                continue;
            }
            kept_out += 1;
            let path = address.replace("{id}", "x").replace("{nonce}", "x");
            let body = (method != "get").then(|| json!({}));
            home.server.call(&method.to_uppercase(), &path, &desk, body).refused(403, "scope_missing");
        }
    }
    assert!(kept_out > 20, "{kept_out}");
    // Nor does it say what stands in an account, of whatever step, though the case is its principal's.
    let opened = home.post("/v1/cancellations", &json!({"account": account(0, "receives")})).is(201);
    for step in STEPS {
        let path = format!("/v1/cancellations/{}/{step}", opened["cancellation"].as_str().unwrap());
        let body = json!({"account": account(0, "absent"), "presentation": "x"});
        let body = if step == "snapshot" { body } else { json!({"account": account(0, "absent")}) };
        home.server.call("POST", &path, &desk, Some(body)).refused(403, "scope_missing");
    }
}
