//! Online checks: from the link to the presentation.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::world::{Answer, Place, Running, photo};

pub(crate) const PHOTOS: [(&str, &str); 3] =
    [("portrait_side", "portrait-side.jpg"), ("emblem_side", "emblem-side.jpg"), ("holder", "holder.jpg")];

/// A browser with the link open.
pub(crate) struct Page<'a> {
    server: &'a Running,
    pub(crate) id: String,
    cookie: String,
}

pub(crate) fn session(server: &Running, token: &str, demand: &Value) -> (String, String) {
    let body = json!({"demand": demand["demand"], "locale": "en", "return": "basket"});
    let made = server.call("POST", "/v1/sessions", token, Some(body)).is(201);
    let (page, link) = made["page"].as_str().unwrap().split_once('#').unwrap();
    assert!(page.starts_with(&format!("{}/s/", server.url)));
    (made["session"].as_str().unwrap().to_owned(), link.to_owned())
}

pub(crate) fn open(server: &Running, id: &str, link: &str, headers: &[(&str, &str)]) -> Answer {
    let body = Some(("application/json", json!({ "token": link }).to_string().into_bytes()));
    server.send("POST", &format!("/v1/sessions/{id}/open"), headers, body)
}

impl<'a> Page<'a> {
    pub(crate) fn open(server: &'a Running, token: &str, demand: &Value) -> Self {
        let (id, link) = session(server, token, demand);
        let opened = open(server, &id, &link, &[]);
        assert_eq!(opened.status, 204, "{}", opened.text);
        let cookie = opened.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        Self { server, id, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub(crate) fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let path = format!("/v1/sessions/{}{path}", self.id);
        self.server.send(method, &path, &[("cookie", &self.cookie)], Some((kind, body)))
    }

    pub(crate) fn send_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        kind: &str,
        body: Vec<u8>,
    ) -> Answer {
        let path = format!("/v1/sessions/{}{path}", self.id);
        let headers = [&[("cookie", self.cookie.as_str())], headers].concat();
        self.server.send(method, &path, &headers, Some((kind, body)))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().into_bytes())
    }

    /// What its browser holds.
    pub(crate) fn browser(&self) -> (String, String) {
        (self.id.clone(), self.cookie.clone())
    }

    /// That browser, at another node.
    pub(crate) fn at(server: &'a Running, (id, cookie): (String, String)) -> Self {
        Self { server, id, cookie }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let path = format!("/v1/sessions/{}{path}", self.id);
        self.server.send("GET", &path, &[("cookie", &self.cookie)], None)
    }

    pub(crate) fn upload(&self, slot: &str, bytes: Vec<u8>) -> Answer {
        self.send("PUT", &format!("/captures/{slot}"), "image/jpeg", bytes)
    }

    pub(crate) fn consent(&self) {
        let state = self.get("").is(200);
        self.post("/consent", &json!({"text_sha256": state["text_sha256"], "agreed": true})).is(200);
    }

    pub(crate) fn declare(&self, name: &str, number: &str) -> Answer {
        self.post("/declared", &json!({"name": name, "id_number": number}))
    }
}

/// The whole check of 测试甲; gives the presentation.
pub(crate) fn presentation_for(server: &Running, token: &str, demand: &Value) -> String {
    let page = Page::open(server, token, demand);
    page.consent();
    page.declare("测试甲", "119999199001010004").is(200);
    for (slot, file) in PHOTOS {
        assert_eq!(page.upload(slot, photo(file)).is(200)["outcome"], "pass");
    }
    assert_eq!(page.post("/complete", &json!({})).is(200), json!({"result": "attested"}));
    let done = server.call("GET", &format!("/v1/sessions/{}", page.id), token, None).is(200);
    assert_eq!(done["state"], "done");
    done["presentation"].as_str().unwrap().to_owned()
}

#[test]
fn a_check_goes_step_by_step_and_the_page_gets_no_presentation() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let page = Page::open(&server, &token, &demand);
    let state = page.get("").is(200);
    assert_eq!((&state["state"], &state["disclosed"]), (&json!("open"), &json!(["name", "id_number"])));
    assert_eq!(state["asker"]["display_name"], "Shop (TEST)");
    page.declare("测试甲", "119999199001010004").refused(409, "step_not_due");
    page.upload("holder", photo("holder.jpg")).refused(409, "step_not_due");
    page.post("/complete", &json!({})).refused(409, "step_not_due");
    page.post("/consent", &json!({"text_sha256": "0".repeat(64), "agreed": true}))
        .refused(422, "consent_other_text");
    page.consent();
    page.declare("测试甲", "119999199001010005").refused(422, "declared_number_check");
    page.declare("测试甲", "119999199001010004").is(200);
    page.upload("live", photo("holder.jpg")).refused(404, "not_found");
    page.upload("holder", b"no photo".to_vec()).refused(422, "photo_format");
    page.upload("holder", vec![0; 20_000_001]).refused(413, "request_too_large");
    page.send("PUT", "/captures/holder", "text/html", photo("holder.jpg")).refused(415, "content_type");

    // Swapped sides are told at once, and again together, before any register is asked.
    let swapped = page.upload("portrait_side", photo("emblem-side.jpg")).is(200);
    assert_ne!(swapped["outcome"], "pass");
    assert!(swapped["faults"][0]["advice"]["zh"].is_string(), "{swapped}");
    page.upload("emblem_side", photo("portrait-side.jpg")).is(200);
    page.upload("holder", photo("holder.jpg")).is(200);
    let refused = page.post("/complete", &json!({})).is(200);
    assert_eq!((&refused["result"], &refused["final"]), (&json!("refused"), &json!(false)), "{refused}");
    let drawn = page.get("/captures/portrait_side/annotated");
    assert_eq!((drawn.status, drawn.headers["content-type"].as_bytes()), (200, b"image/png".as_slice()));

    for (slot, file) in PHOTOS {
        page.upload(slot, photo(file)).is(200);
    }
    assert_eq!(page.post("/complete", &json!({})).is(200)["result"], "attested");
    assert_eq!(page.post("/complete", &json!({})).is(200)["result"], "attested", "told again");
    let state = page.get("").is(200);
    assert_eq!((&state["state"], &state["return"]), (&json!("done"), &json!("https://shop.example/basket")));
    assert!(state.get("presentation").is_none(), "{state}");
    page.upload("holder", photo("holder.jpg")).refused(409, "step_not_due");
}

#[test]
fn a_person_whom_the_register_does_not_know_is_refused_for_good() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = Page::open(&server, &token, &server.demand(&token));
    page.consent();
    page.declare("测试丙", "119999199001010004").is(200);
    for (slot, file) in PHOTOS {
        page.upload(slot, photo(file)).is(200);
    }
    let refused = page.post("/complete", &json!({})).is(200);
    assert_eq!((&refused["result"], &refused["final"]), (&json!("refused"), &json!(true)), "{refused}");
    let state = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);
    assert_eq!(state["state"], "refused");
    assert!(state["refusal"]["human_route"].is_string() && state.get("presentation").is_none());
}

#[test]
fn the_link_opens_once_and_only_its_browser_goes_on() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let (id, link) = session(&server, &token, &demand);
    let path = format!("/v1/sessions/{id}");
    for _ in 0..3 {
        assert_eq!(server.send("GET", &format!("/s/{id}"), &[], None).status, 200, "looking burns nothing");
    }
    open(&server, &id, "guessed", &[]).refused(403, "link_used");
    open(&server, &id, &link, &[("origin", "https://evil.example")]).refused(403, "other_origin");
    open(&server, &id, &link, &[("sec-fetch-site", "cross-site")]).refused(403, "other_origin");
    let own = [("origin", server.url.as_str()), ("idempotency-key", "this-browser")];
    let first = open(&server, &id, &link, &own);
    assert_eq!(first.status, 204);
    let lost = open(&server, &id, &link, &own);
    // But for its age, which may be a second less by now.
    let cookie = |answer: &Answer| {
        let text = answer.headers["set-cookie"].to_str().unwrap();
        text.rsplit_once("Max-Age=").map(|(cookie, _)| cookie.to_owned()).unwrap()
    };
    assert_eq!(cookie(&lost), cookie(&first), "an answer that got lost is told again");
    open(&server, &id, &link, &[]).refused(403, "link_used");
    open(&server, &id, &link, &[("idempotency-key", "another")]).refused(403, "link_used");

    server.send("GET", &path, &[], None).refused(401, "not_the_page");
    let forged = format!("realname-{id}=AAAA");
    server.send("GET", &path, &[("cookie", &forged)], None).refused(401, "not_the_page");
    let cookie = first.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(server.send("GET", &path, &[("cookie", &cookie)], None).status, 200);
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    server.send("GET", &path, &foreign, None).refused(403, "other_origin");
    open(&server, &id, &link, &own).refused(403, "link_used");

    // Another session's page, and another principal's token.
    let page = Page::open(&server, &token, &server.demand(&token));
    server.send("GET", &path, &[("cookie", &page.cookie)], None).refused(401, "not_the_page");
    let other = place.token("other", &Scope::ALL);
    server.call("GET", &path, &other, None).refused(404, "not_found");
    let returned = json!({"demand": demand["demand"], "return": "basket"});
    server.call("POST", "/v1/sessions", &other, Some(returned)).refused(422, "value_refused");
}

#[test]
fn a_session_ends_with_its_demand() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let mut short = crate::world::sale();
    short["ttl"] = json!(2);
    let demand = server.call("POST", "/v1/demands", &token, Some(short)).is(201);
    let page = Page::open(&server, &token, &demand);
    std::thread::sleep(std::time::Duration::from_millis(2_200));
    page.get("").refused(410, "session_ended");
    let path = format!("/v1/sessions/{}", page.id);
    server.call("GET", &path, &token, None).refused(410, "session_ended");
    server.call("GET", "/v1/sessions/never", &token, None).refused(404, "not_found");
    let late = server.call("POST", "/v1/sessions", &token, Some(json!({"demand": demand["demand"]})));
    late.refused(422, "demand_expired");
}

#[test]
fn an_address_has_so_many_sessions_and_photos() {
    let place = Place::new();
    place.configure("[limits]\nsessions_per_address = 2");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let make = || server.call("POST", "/v1/sessions", &token, Some(json!({"demand": demand["demand"]})));
    make().is(201);
    make().is(201);
    make().refused(429, "too_many_requests");
}

/// The trust list was asked when a session was made, and not again an hour later: a stolen key's demand was answered, and a stolen
/// terminal key signed, after the register had been asked and paid.
#[test]
fn a_key_that_was_stolen_since_the_session_began_asks_no_register_and_signs_nothing() {
    for stolen in ["shop.pem", "terminal.pem", "operator.pem"] {
        let place = Place::new();
        let token = place.token("shop", &Scope::ALL);
        let server = place.start_with(|server| server.with_round(std::time::Duration::from_secs(1)));
        let page = Page::open(&server, &token, &server.demand(&token));
        page.consent();
        page.declare("测试甲", "119999199001010004").is(200);
        for (slot, file) in PHOTOS {
            assert_eq!(page.upload(slot, photo(file)).is(200)["outcome"], "pass");
        }
        place.renew_without(stolen);
        let in_force = || server.call("GET", "/v1/trust", &token, None).is(200)["list_seq"] == 2;
        let waited = (0..150).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            in_force()
        });
        assert!(waited, "the list is read again");
        page.post("/complete", &json!({})).refused(422, "key_compromised");
        let shown = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);
        assert!(shown.get("presentation").is_none(), "{stolen}: {shown}");
    }
}
