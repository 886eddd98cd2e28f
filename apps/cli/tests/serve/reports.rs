//! A report that comes in over HTTP is judged and answered by command, while the service runs; its outcome is fetched over HTTP.

use realname::jose::SigningKey;
use realname::report::{Judged, Outcome};
use serde_json::{Value, json};

use crate::support::ok;
use crate::world::{Place, agent, call};

#[test]
fn what_comes_in_over_http_is_judged_by_command() {
    // By the store's directory, and by the service's configuration.
    judged_by_command(&Place::new(), "store");
    judged_by_command(&Place::new(), "serve.toml");
}

pub(crate) fn judged_by_command(place: &Place, store: &str) {
    let token = place.token_with("report");
    let node = place.start();
    let agent = agent();
    let body = |number: &str| json!({"number": number, "reporter": "+8619900000009", "outlet": "market-3"});
    let send = |number: &str| {
        let (status, made) =
            call(&agent, &node.url, ("POST", "/v1/reports"), &token, None, &body(number)).unwrap();
        assert_eq!(status, 201, "{made}");
        made["report"].as_str().unwrap().to_owned()
    };
    let fetch = |report: &str| {
        let path = format!("/v1/reports/{report}");
        let (status, told) = call(&agent, &node.url, ("GET", &path), &token, None, &Value::Null).unwrap();
        assert_eq!(status, 200, "{told}");
        told
    };
    let (ours, foreign) = (send("+8619900000001"), send("+8619900000002"));
    assert_eq!(fetch(&ours)["state"], "received");

    let (store, key, out) = (place.path(store), place.path("shop.pem"), place.path("outcome.jwt"));
    let step = |step: &str, report: &str, more: &[&str]| {
        let report = format!("--report={report}");
        ok(["report", step, "--store", &store, &report].iter().chain(more));
    };
    let answer = ["--key", &key, "--iss", "https://shop.example", "--out", &out];
    let digest = format!("--record={}", realname::jose::encode(&[9; 32]));
    step("match", &ours, &[&digest, "--agent", "shop-12"]);
    step("judge", &ours, &["--outcome", "held"]);
    step("measure", &ours, &["--measure", "limit_outgoing"]);
    step("answer", &ours, &answer);
    step("match", &foreign, &["--nobody"]);
    step("judge", &foreign, &["--outcome", "not_held"]);
    assert_eq!(fetch(&foreign)["state"], "received", "judged, and not answered yet");
    step("answer", &foreign, &answer);

    let pem = std::fs::read_to_string(&key).unwrap();
    let signer = SigningKey::from_pem(&pem).unwrap();
    for (report, judged) in [(ours, Judged::Held), (foreign, Judged::NotHeld)] {
        let told = fetch(&report);
        let outcome = Outcome::verify(told["outcome"].as_str().unwrap(), signer.verifying_key()).unwrap();
        assert_eq!((told["state"].as_str(), outcome.outcome), (Some("answered"), judged));
        assert_eq!(outcome.report, report);
    }
    let status: Value = serde_json::from_str(&ok(["report", "status", "--store", &store, "--json"])).unwrap();
    assert_eq!(status["states"]["answered"], 2);
}
