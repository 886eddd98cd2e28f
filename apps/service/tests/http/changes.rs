//! A new card and a new holder for a number over HTTP, with readers in software at the desks.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::cancellations::present_as;
use crate::journal::{entries, with_journal};
use crate::world::{Answer, Place, Running};

pub(crate) const NUMBER: &str = "+8613900000003";
pub(crate) const CARD: &str = "89860012345678901234";

/// A service, and who calls it.
pub(crate) struct Home {
    pub(crate) place: Place,
    pub(crate) server: Running,
    pub(crate) token: String,
    pub(crate) other: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let place = Place::new();
        let secret = realname::jose::encode(&[9; 32]);
        place.secret("confirmation.secret", &secret);
        place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"");
        with_journal(&place, true);
        let (token, other) = (place.token("home", &Scope::ALL), place.token("other", &Scope::ALL));
        let server = place.start();
        Self { place, server, token, other }
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.server.call("POST", path, &self.token, Some(body.clone()))
    }

    #[track_caller]
    pub(crate) fn keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
        let body = ("application/json", body.to_string().into_bytes());
        self.server.send("POST", path, &headers, Some(body))
    }

    /// What a desk makes of a demand: of whose number it is, or of the other one.
    pub(crate) fn desk(&self, demand: &Value, holder: bool) -> String {
        let (card, live) = if holder {
            ("cards/resident.json", "portraits/jia-live-1.jpg")
        } else {
            ("cards/resident-bing.json", "portraits/bing-live-1.jpg")
        };
        present_as(&self.place, demand["demand"].as_str().unwrap(), card, live)
    }

    /// The journal's events, their kinds and nonces, of which there are as many as that.
    fn told(&self, count: usize) -> Vec<(String, Value)> {
        let told = entries(&self.place, count);
        assert!(!json!(told).to_string().contains("13900000003"));
        let text = |entry: &Value| entry["event"].as_str().unwrap().to_owned();
        told.iter().map(|entry| (text(entry), entry["nonce"].clone())).collect()
    }

    /// The number says yes.
    pub(crate) fn granted(&self, waiting: &Value) -> Value {
        assert_eq!(waiting["result"], "waiting", "{waiting}");
        let messages = std::fs::read_to_string(self.place.dir.path().join("messages.jsonl")).unwrap();
        let message: Value = serde_json::from_str(messages.lines().last().unwrap()).unwrap();
        let path = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
        let granted = self.post(&path, &json!({"number": NUMBER, "text": message["reply"]})).is(200);
        assert_eq!(granted["result"], "granted", "{granted}");
        granted["grant"].clone()
    }
}

pub(crate) fn account(prepaid: u32, reach: &str) -> Value {
    json!({
        "number": NUMBER, "subscription": "sub-1", "holder_id": "119999199001010004", "name": "测试甲",
        "package": "Synthetic 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": prepaid,
        "arrears_fen": 0, "reach": reach,
    })
}

pub(crate) fn taker(admission: &str) -> Value {
    json!({"name": "测试丙", "id_number": "119999198505050021", "admission": admission})
}

/// A body with more members.
pub(crate) fn with(body: &Value, more: Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_card_is_replaced_once_by_its_holder_and_its_own_word() {
    let home = Home::new();
    let body = json!({"account": account(0, "receives"), "card": CARD});
    let desk = with(&body, json!({"desk": {"checks": ["chip", "registry"], "text": "A new card"}}));
    let opened = home.keyed("/v1/replacements", "card-1", &desk).is(201);
    assert_eq!(home.keyed("/v1/replacements", "card-1", &desk).is(201), opened, "once");
    home.keyed("/v1/replacements", "card-1", &body).refused(409, "idempotency_mismatch");
    let twice = home.post("/v1/replacements", &body).is(200);
    assert_eq!(twice["reasons"][0]["code"], "act_open", "{twice}");
    let id = opened["replacement"].as_str().unwrap();
    let at = |step: &str| format!("/v1/replacements/{id}/{step}");
    home.post(&at("commit"), &body).refused(409, "step_not_due");
    home.post(&at("confirm"), &body).refused(409, "step_not_due");

    let presentation = home.desk(&opened["holder"], true);
    let proof = with(&body, json!({ "presentation": presentation }));
    home.server.call("POST", &at("snapshot"), &home.other, Some(proof.clone())).refused(404, "not_found");
    home.post(&format!("/v1/transfers/{id}/snapshot"), &proof).refused(404, "not_found");
    let stranger = with(&body, json!({"presentation": home.desk(&opened["holder"], false)}));
    let no = home.post(&at("snapshot"), &stranger).is(200);
    assert_eq!(no["reasons"][0]["code"], "holder_mismatch", "{no}");
    let proven = home.post(&at("snapshot"), &proof).is(200);
    assert_eq!((&proven["result"], &proven["notices"]), (&json!("proven"), &json!([])), "{proven}");
    assert_eq!(home.post(&at("snapshot"), &proof).is(200), proven, "told again");

    let waiting = home.post(&at("confirm"), &body).is(200);
    let confirm = with(&body, json!({"grant": home.granted(&waiting)}));
    for _ in 0..2 {
        assert_eq!(home.post(&at("confirm"), &confirm).is(200), json!({"result": "confirmed"}));
    }
    home.server.call("GET", &at("receipt"), &home.token, None).refused(409, "step_not_due");
    let other_card = json!({"account": account(0, "receives"), "card": "89860012345678901235"});
    home.post(&at("commit"), &other_card).refused(422, "change_other");
    let stale = json!({"account": account(1, "receives"), "card": CARD});
    let stale = home.post(&at("commit"), &stale).is(200);
    assert_eq!(stale["reasons"][0]["code"], "snapshot_stale", "{stale}");
    let committed = home.post(&at("commit"), &body).is(200);
    assert_eq!(committed["result"], "committed", "{committed}");
    assert_eq!(home.post(&at("commit"), &body).is(200), committed, "once");
    let receipt = home.server.call("GET", &at("receipt"), &home.token, None).is(200)["receipt"].clone();
    assert!(committed["receipt"].as_str().unwrap().starts_with(receipt.as_str().unwrap()));
    home.server.call("GET", &at("receipt"), &home.other, None).refused(404, "not_found");
    // The demand was answered by it.
    let path = format!("/v1/demands/{}", opened["holder"]["nonce"].as_str().unwrap());
    assert_eq!(home.server.call("GET", &path, &home.token, None).is(200)["state"], "answered");
    let nonce = &opened["holder"]["nonce"];
    assert_eq!(home.told(2), [("verified".into(), nonce.clone()), ("replaced".into(), nonce.clone())]);
}

#[test]
fn a_number_is_transferred_by_both_and_once() {
    let home = Home::new();
    let body = json!({"account": account(1200, "receives"), "taker": taker("free")});
    let opened = home.post("/v1/transfers", &body).is(201);
    let id = opened["transfer"].as_str().unwrap().to_owned();
    let at = |step: &str| format!("/v1/transfers/{id}/{step}");
    let proof = |of: &str, holder| with(&body, json!({"presentation": home.desk(&opened[of], holder)}));
    let (giver, taker_first) = (proof("giver", true), proof("taker", false));
    // The taker comes first, and knows nothing yet.
    let waiting = home.post(&at("snapshot"), &taker_first).is(200);
    assert_eq!(waiting, json!({"result": "waiting", "missing": ["giver"]}));
    let wrong = home.post(&at("snapshot"), &proof("giver", false)).is(200);
    assert_eq!(wrong["reasons"][0]["code"], "holder_mismatch", "{wrong}");
    let to_giver = home.post(&at("snapshot"), &giver).is(200);
    let to_taker = home.post(&at("snapshot"), &taker_first).is(200);
    assert_eq!((&to_giver["result"], &to_taker["result"]), (&json!("proven"), &json!("proven")));
    assert_ne!(to_giver["snapshot"], to_taker["snapshot"], "each desk is shown its own");

    let read: Vec<Value> = to_giver["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    let less = home.post(&at("confirm"), &with(&body, json!({"acknowledged": read[..2]}))).is(200);
    assert_eq!(less["reasons"][0]["code"], "notice_missing", "{less}");
    let waiting = home.post(&at("confirm"), &with(&body, json!({ "acknowledged": read }))).is(200);
    // The number said yes: whoever asks again needn't bring its grant.
    home.granted(&waiting);
    let confirmed = home.post(&at("confirm"), &body).is(200);
    assert_eq!(confirmed, json!({"result": "confirmed"}));

    let barred = json!({"account": account(1200, "receives"), "taker": taker("barred")});
    let no = home.post(&at("commit"), &barred).is(200);
    assert_eq!(no["reasons"][0]["code"], "taker_barred", "{no}");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| home.post(&at("commit"), &body).is(200))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(answers[0]["result"], "committed", "{answers:?}");
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    for of in ["giver", "taker"] {
        let path = format!("/v1/demands/{}", opened[of]["nonce"].as_str().unwrap());
        assert_eq!(home.server.call("GET", &path, &home.token, None).is(200)["state"], "answered");
    }
    let again = home.post("/v1/transfers", &body).is(200);
    assert_eq!(again["reasons"][0]["code"], "cancellation_done");
    let cancel = home.post("/v1/cancellations", &json!({"account": account(1200, "receives")})).is(200);
    assert_eq!(cancel["reasons"][0]["code"], "cancellation_done");

    // Of eight who committed, one did: two proofs and the act, each told once.
    let mut told = home.told(3);
    told.sort_by_key(|(event, nonce)| (event == "transferred", nonce != &opened["giver"]["nonce"]));
    let (giver, taker) = (opened["giver"]["nonce"].clone(), opened["taker"]["nonce"].clone());
    let first = told[2].1.clone();
    assert!([&giver, &taker].contains(&&first), "{told:?}");
    let verified = |nonce| ("verified".to_owned(), nonce);
    assert_eq!(told, [verified(giver), verified(taker), ("transferred".to_owned(), first)]);
}

#[test]
fn what_makes_no_sense_is_said() {
    let home = Home::new();
    let account = account(0, "receives");
    let bad = json!({"account": account, "card": "1"});
    home.post("/v1/replacements", &bad).refused(422, "new_card");
    let both = json!({"account": account, "card": CARD, "taker": taker("free")});
    home.post("/v1/replacements", &both).refused(400, "body_members");
    let odd = json!({"account": account, "taker": taker("perhaps")});
    home.post("/v1/transfers", &odd).refused(422, "value_refused");
    let own = json!({
        "account": account,
        "taker": {"name": "测试甲", "id_number": "119999199001010004", "admission": "free"},
    });
    let same = home.post("/v1/transfers", &own).is(200);
    assert_eq!(same["reasons"][0]["code"], "same_person", "{same}");
    home.post("/v1/replacements/never/commit", &json!({"account": account, "card": CARD}))
        .refused(404, "not_found");
    let opened = home.post("/v1/transfers", &json!({"account": account, "taker": taker("free")})).is(201);
    let path = format!("/v1/transfers/{}/commit", opened["transfer"].as_str().unwrap());
    home.post(&path, &json!({ "account": account })).refused(400, "body_members");
    home.post(&path, &json!({"account": account, "card": CARD})).refused(422, "change_other");
    let scoped = home.place.token("verifier", &[Scope::Verify]);
    let call = home.server.call("POST", "/v1/transfers", &scoped, Some(json!({})));
    call.refused(403, "scope_missing");
}
