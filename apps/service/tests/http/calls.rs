//! Demands, presentations, audits, and what stands open.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::sessions::presentation_for;
use crate::world::{Place, sale};

#[test]
fn a_shop_asks_is_answered_and_looks_again() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let nonce = demand["nonce"].as_str().unwrap();
    let path = format!("/v1/demands/{nonce}");
    assert_eq!(server.call("GET", &path, &token, None).is(200)["state"], "pending");

    let presentation = presentation_for(&server, &token, &demand);
    let other = place.token("other", &Scope::ALL);
    let body = json!({ "presentation": presentation });
    let stranger = server.call("POST", "/v1/presentations", &other, Some(body.clone())).is(200);
    assert_eq!(
        (&stranger["verdict"], &stranger["reasons"][0]["code"]),
        (&json!("refused"), &json!("demand_unknown"))
    );
    assert_eq!(stranger["transaction"], Value::Null, "another principal's order isn't shown");

    let accepted = server.call("POST", "/v1/presentations?record=1", &token, Some(body.clone())).is(200);
    assert_eq!(accepted["verdict"], "accepted", "{accepted}");
    assert_eq!(accepted["claims"], json!({"name": "测试甲", "id_number": "119999199001010004"}));
    assert_eq!((&accepted["nonce"], &accepted["env"]), (&json!(nonce), &json!("test")));
    assert_eq!(accepted["transaction"]["number"], "+8613900000001");

    let again = server.call("POST", "/v1/presentations", &token, Some(body)).is(200);
    assert_eq!(
        (&again["verdict"], &again["reasons"][0]["code"]),
        (&json!("refused"), &json!("already_answered"))
    );
    let bare = server.send(
        "POST",
        "/v1/presentations",
        &[("authorization", &format!("Bearer {token}"))],
        Some(("application/dc+sd-jwt", presentation.into_bytes())),
    );
    assert_eq!(bare.is(200)["verdict"], "refused");

    let state = server.call("GET", &path, &token, None).is(200);
    assert_eq!((&state["state"], &state["verdict"]["verdict"]), (&json!("answered"), &json!("accepted")));
    assert_eq!(state["verdict"]["claims"], Value::Null, "claims are kept nowhere");
    server.call("GET", &path, &other, None).refused(404, "not_found");

    let at = |time: &str| json!({"record": accepted["record"], "at": time});
    let now = jiff::Timestamp::now().to_string();
    let audit = server.call("POST", "/v1/audits", &token, Some(at(&now))).is(200);
    assert_eq!(audit["verdict"], "accepted", "{audit}");
    server.call("POST", "/v1/audits", &token, Some(at("2020-01-01T00:00:00Z"))).refused(422, "value_refused");
    server
        .call("POST", "/v1/audits", &token, Some(json!({"record": {}, "at": now})))
        .refused(422, "record_malformed");
}

#[test]
fn what_is_refused_is_told_by_status_and_code() {
    let place = Place::new();
    let token = place.token("shop", &[Scope::Demand, Scope::Verify]);
    let narrow = place.token("shop", &[Scope::Verify]);
    let server = place.start();
    let post = |body: Value| server.call("POST", "/v1/demands", &token, Some(body));
    let with = |member: &str, value: Value| {
        let mut body = sale();
        body[member] = value;
        post(body)
    };
    with("ttl", json!(0)).refused(422, "value_refused");
    with("ttl", json!(3601)).refused(422, "value_refused");
    with("ttl", json!(3600)).is(201);
    with("number", json!("13900000001")).refused(422, "ask_number");
    with("purpose", json!("sim.cancel")).refused(422, "ask_expectation_missing");
    with("purpose", json!("sim.fly")).refused(422, "value_refused");
    with("claims", json!(["shoe_size"])).refused(422, "value_refused");
    with("checks", json!(["chip"])).refused(422, "ask_impossible");
    with("expect", json!({"name": "测试甲", "id_number": "1"})).refused(422, "declared_number_form");
    with("extra", json!(1)).refused(400, "body_members");
    with("number", json!(13_900_000_001_u64)).refused(400, "body_members");
    post(json!([])).refused(400, "body_members");

    let bearer = format!("Bearer {token}");
    let raw = |kind: &str, text: &str| {
        server.send(
            "POST",
            "/v1/demands",
            &[("authorization", &bearer)],
            Some((kind, text.as_bytes().to_vec())),
        )
    };
    raw("application/json", r#"{"purpose":"sim.activate","purpose":"sim.activate"}"#)
        .refused(400, "json_duplicate_member");
    raw("application/json", "{").refused(400, "json_malformed");
    raw("", r#"{"purpose":"sim.activate"}"#).refused(415, "content_type");
    raw("text/plain", r#"{"purpose":"sim.activate"}"#).refused(415, "content_type");
    raw("application/json; charset=utf-8", r#"{"purpose":"sim.activate"}"#).is(201);
    raw("text/plain", &"x".repeat(100_000)).refused(413, "request_too_large");

    // In this order: key, scope, size, type, body.
    let nobody = server.send("POST", "/v1/demands", &[], Some(("text/plain", vec![b'x'; 100_000])));
    nobody.refused(401, "no_token");
    assert_eq!(nobody.headers["www-authenticate"], "Bearer");
    server.call("POST", "/v1/demands", "guessed", Some(sale())).refused(401, "token_refused");
    let narrow = format!("Bearer {narrow}");
    let large = Some(("text/plain", vec![b'x'; 100_000]));
    server.send("POST", "/v1/demands", &[("authorization", &narrow)], large).refused(403, "scope_missing");

    server.call("GET", "/v1/nothing", &token, None).refused(404, "not_found");
    server.call("DELETE", "/v1/demands", &token, None).refused(405, "method_not_allowed");
    let long = json!({"presentation": "x".repeat(65_537)});
    server.call("POST", "/v1/presentations", &token, Some(long)).refused(413, "request_too_large");
    let short = json!({"presentation": "x".repeat(65_536)});
    assert_eq!(server.call("POST", "/v1/presentations", &token, Some(short)).is(200)["verdict"], "refused");
    let query = server.call("POST", "/v1/presentations?recrod=1", &token, Some(json!({"presentation": "x"})));
    query.refused(400, "parameter_unknown");
}

#[test]
fn what_stands_open_and_what_does_not() {
    let place = Place::new();
    let metrics = place.token("operator", &[Scope::Metrics]);
    let server = place.start();
    for path in ["/healthz", "/readyz", "/v1/trust", "/v1/jwks", "/openapi.json"] {
        server.send("GET", path, &[], None).is(200);
    }
    assert_eq!(server.send("GET", "/readyz", &[], None).is(200)["ready"], true);
    let keys = server.send("GET", "/v1/jwks", &[], None).is(200)["keys"].clone();
    assert!(keys.as_array().unwrap().iter().all(|key| key.get("d").is_none() && key["kid"].is_string()));
    for path in ["/", "/s/anything"] {
        let page = server.send("GET", path, &[], None);
        assert_eq!(page.status, 200);
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-"), "{policy}");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
    }
    server.send("GET", "/metrics", &[], None).refused(401, "no_token");
    let text = server.call("GET", "/metrics", &metrics, None);
    assert_eq!(text.status, 200);
    assert!(text.text.contains("realname_http_requests_total{"), "{}", text.text);
    assert!(text.text.ends_with("# EOF\n"));
    server.send("GET", "/demo/photos/holder.jpg", &[], None).refused(404, "not_found");
    let sale = Some(("application/json", br#"{"locale":"zh"}"#.to_vec()));
    server.send("POST", "/demo/sale", &[], sale).refused(404, "not_found");
}

#[test]
fn the_document_is_the_one_that_is_checked_in() {
    let place = Place::new();
    let document = place.start().send("GET", "/openapi.json", &[], None).is(200);
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is behind the code: UPDATE_DOCS=1 cargo test -p realname-service"
    );
}
