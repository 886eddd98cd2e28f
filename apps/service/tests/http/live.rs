//! The live capture: what answers a challenge, what doesn't, and what it does to the decision.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use realname::store::{List, Space};
use realname_service::{Scope, store_of};
use serde_json::{Value, json};

use crate::sessions::{PHOTOS, Page};
use crate::world::{Answer, Place, Running, photo};

const TEST: &str = "checker = \"TEST\"";

/// A place whose policy takes nothing but a live capture for liveness.
fn place(live: &str) -> Place {
    let place = Place::new();
    let online = include_str!("../../../../crates/issue/src/appraisal/policies/cn-telecom-online.toml");
    let strict = online.replacen("[[rule]]", "[[rule]]\nlive_capture = true", 1);
    std::fs::write(place.dir.path().join("policy.toml"), strict).unwrap();
    let text = std::fs::read_to_string(place.file()).unwrap();
    let text = text.replacen("terminal = ", "policy = \"policy.toml\"\nterminal = ", 1);
    std::fs::write(place.file(), text).unwrap();
    place.configure(&format!("[check.live]\n{live}"));
    place
}

/// A frame as a page sends it: a bright head somewhere before a grey wall.
fn frame(at: u32, grain: u32) -> Vec<u8> {
    let (width, height) = (320, 240);
    let pixels: Vec<u8> = (0..width * height)
        .map(|index: u32| {
            let (x, y) = (index % width, index / width);
            let inside = x.abs_diff(at) < 30 && y.abs_diff(height / 2) < 40;
            (if inside { 190 } else { 80 }) + ((x * 7 + y * 13) % 3 * grain) as u8
        })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

fn moved(n: usize) -> Vec<u8> {
    frame(60 + 25 * n as u32, 1)
}

/// A challenge, and the moment at which it came.
struct Challenge {
    id: String,
    due: Vec<u64>,
    came: Instant,
    /// The page's clock is two hours off, which doesn't matter.
    zero: Timestamp,
}

impl Challenge {
    fn begin(page: &Page<'_>) -> Self {
        let told = page.post("/live", &json!({})).is(200);
        let came = Instant::now();
        let prompts = told["prompts"].as_array().unwrap();
        assert!((5..=7).contains(&prompts.len()));
        assert_eq!((&prompts[0]["n"], &prompts[0]["prompt"]), (&json!(0), &json!("look_straight")));
        let due: Vec<u64> = prompts.iter().map(|prompt| prompt["after_ms"].as_u64().unwrap()).collect();
        assert!(told["expires_in_ms"].as_u64().unwrap() > *due.last().unwrap());
        assert_eq!(told["tolerance_ms"], 600);
        let zero = Timestamp::now().checked_add(SignedDuration::from_hours(2)).unwrap();
        Self { id: told["challenge"].as_str().unwrap().to_owned(), due, came, zero }
    }

    fn time(&self, n: usize, off: i64) -> String {
        let ms = i64::try_from(self.due[n]).unwrap() + off;
        format!("{:.3}", self.zero.checked_add(SignedDuration::from_millis(ms)).unwrap())
    }

    fn wait(&self, n: usize) {
        let due = Duration::from_millis(self.due[n]);
        std::thread::sleep(due.saturating_sub(self.came.elapsed()));
    }

    /// Frame `n` in time.
    fn answer(&self, page: &Page<'_>, n: usize, bytes: Vec<u8>) -> Answer {
        self.wait(n);
        put(page, n, &[("capture-time", &self.time(n, 15 * n as i64))], bytes)
    }
}

fn put(page: &Page<'_>, n: usize, headers: &[(&str, &str)], bytes: Vec<u8>) -> Answer {
    page.send_with("PUT", &format!("/live/{n}"), headers, "image/png", bytes)
}

fn ready<'a>(server: &'a Running, token: &str) -> Page<'a> {
    ready_for(server, token, &server.demand(token))
}

/// Everything but the live capture.
pub(crate) fn ready_for<'a>(server: &'a Running, token: &str, demand: &Value) -> Page<'a> {
    let page = Page::open(server, token, demand);
    page.consent();
    page.declare("测试甲", "119999199001010004").is(200);
    for (slot, file) in PHOTOS {
        page.upload(slot, photo(file)).is(200);
    }
    page
}

/// A live capture as it is meant.
pub(crate) fn whole(page: &Page<'_>) {
    let challenge = Challenge::begin(page);
    for n in 0..challenge.due.len() {
        let taken = challenge.answer(page, n, moved(n)).is(200);
        let last = n + 1 == challenge.due.len();
        assert_eq!(taken, json!({"n": n, "of": challenge.due.len(), "complete": last}));
    }
    assert_eq!(page.get("").is(200)["steps"]["live"], "taken");
}

#[test]
fn a_whole_capture_is_what_a_strict_policy_takes() {
    let place = place(TEST);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = ready(&server, &token);
    let state = page.get("").is(200);
    assert_eq!((&state["live"], &state["steps"]["live"]), (&json!("required"), &json!("not_run")));
    page.post("/complete", &json!({})).refused(409, "step_not_due");
    whole(&page);
    assert_eq!(page.post("/complete", &json!({})).is(200), json!({"result": "attested"}));
    let done = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);
    let evidence = &done["live_capture"];
    assert_eq!(evidence["head"].as_str().unwrap().len(), 64);
    assert!((5..=7).contains(&evidence["frames"].as_array().unwrap().len()));
    assert!(page.get("").is(200).get("live_capture").is_none());
    let body = json!({"presentation": done["presentation"]});
    let verdict = server.call("POST", "/v1/presentations", &token, Some(body)).is(200);
    assert_eq!(verdict["verdict"], "accepted");
    let checks = verdict["checks"].as_array().unwrap();
    let live = checks.iter().find(|check| check["check"] == "liveness").unwrap();
    assert_eq!(live["outcome"], "pass", "{verdict}");
    // The frames' bytes went with the decision.
    let list = List { space: Space::new("session_photo"), id: &page.id };
    assert_eq!(store_of(&place.file()).unwrap().tasks(list, None, 100).unwrap().len(), 0);
    page.post("/live", &json!({})).refused(409, "step_not_due");
}

#[test]
fn frames_that_do_not_answer_the_challenge_are_refused() {
    let place = place(TEST);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = Page::open(&server, &token, &server.demand(&token));
    page.post("/live", &json!({})).refused(409, "step_not_due");
    page.consent();
    let now = Timestamp::now().to_string();
    put(&page, 0, &[("capture-time", &now)], moved(0)).refused(409, "step_not_due");

    let challenge = Challenge::begin(&page);
    let time = challenge.time(0, 0);
    // Form first.
    put(&page, 0, &[], moved(0)).refused(400, "header_malformed");
    put(&page, 0, &[("capture-time", "noon")], moved(0)).refused(400, "header_malformed");
    put(&page, 0, &[("capture-time", &time)], vec![0; 500_001]).refused(413, "request_too_large");
    put(&page, 0, &[("capture-time", &time)], b"no photo".to_vec()).refused(422, "photo_format");
    let path = "/live/0";
    let headers = [("capture-time", time.as_str())];
    page.send_with("PUT", path, &headers, "text/html", moved(0)).refused(415, "content_type");
    page.send_with("PUT", "/live/first", &headers, "image/png", moved(0)).refused(404, "not_found");
    // Before anything could have been asked.
    if challenge.came.elapsed() < Duration::from_millis(challenge.due[1] - 700) {
        put(&page, 1, &[("capture-time", &time)], moved(1)).refused(422, "live_wrong_order");
    }
    challenge.answer(&page, 0, moved(0)).is(200);
    // Sent again because its answer got lost; and in another frame's place.
    assert_eq!(put(&page, 0, &[("capture-time", &time)], moved(0)).is(200)["n"], 0);
    challenge.answer(&page, 1, moved(0)).refused(422, "live_double");
    challenge.answer(&page, 1, frame(60, 2)).refused(422, "live_still");
    challenge.answer(&page, 2, moved(2)).refused(422, "live_wrong_order");
    for off in [-700, 700] {
        put(&page, 1, &[("capture-time", &challenge.time(1, off))], moved(1)).refused(422, "live_wrong_time");
    }
    let other = [("capture-time", challenge.time(1, 0)), ("live-challenge", "0".repeat(32))];
    let other: Vec<_> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    put(&page, 1, &other, moved(1)).refused(422, "live_other_challenge");
    // None of that changed anything.
    challenge.answer(&page, 1, moved(1)).is(200);
    assert_eq!(page.get("").is(200)["steps"]["live"], "begun");

    // A second challenge voids the frames, and another one's don't continue it.
    let second = Challenge::begin(&page);
    assert_ne!((&second.id, &second.due), (&challenge.id, &challenge.due));
    let old = challenge.time(2, 0);
    put(&page, 2, &[("capture-time", &old)], moved(2)).refused(422, "live_wrong_order");
    let old = [("capture-time", old.as_str()), ("live-challenge", challenge.id.as_str())];
    put(&page, 0, &old, moved(0)).refused(422, "live_other_challenge");
    // Nobody had the time to be asked anything.
    let early = second.time(0, 0);
    if second.due[0] > 900 && second.came.elapsed() < Duration::from_millis(second.due[0] - 800) {
        put(&page, 0, &[("capture-time", &early)], moved(0)).refused(422, "live_wrong_time");
    }
    second.answer(&page, 0, moved(0)).is(200);
}

#[test]
fn a_recording_of_another_session_is_out_of_its_time() {
    let place = place(TEST);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let (one, two) = (ready(&server, &token), ready(&server, &token));
    let recorded = Challenge::begin(&one);
    let times: Vec<String> = (0..recorded.due.len()).map(|n| recorded.time(n, 0)).collect();
    let challenge = Challenge::begin(&two);
    // Under its own name it is another challenge's; without, the prompts come at other times.
    let named = [("capture-time", times[0].as_str()), ("live-challenge", recorded.id.as_str())];
    challenge.wait(0);
    put(&two, 0, &named, moved(0)).refused(422, "live_other_challenge");
    let codes: Vec<u16> = (0..recorded.due.len().min(challenge.due.len()))
        .map(|n| {
            challenge.wait(n);
            put(&two, n, &[("capture-time", &times[n])], moved(n)).status
        })
        .collect();
    let same = |n: usize| (recorded.due[n] - recorded.due[0]).abs_diff(challenge.due[n] - challenge.due[0]);
    let fits = (0..codes.len()).all(|n| same(n) <= 600);
    let all = codes.len() == challenge.due.len() && codes.iter().all(|code| *code == 200);
    assert_eq!(all, fits && codes.len() == challenge.due.len(), "{codes:?}");
    assert_eq!(two.get("").is(200)["steps"]["live"] == "taken", all);
}

#[test]
fn a_restart_and_another_node_go_on() {
    let place = place(TEST);
    let token = place.token("shop", &Scope::ALL);
    let (first, second) = (place.start(), place.start());
    let page = ready(&first, &token);
    let there = Page::at(&second, page.browser());
    let challenge = Challenge::begin(&page);
    challenge.answer(&page, 0, moved(0)).is(200);
    challenge.answer(&there, 1, moved(0)).refused(422, "live_double");
    challenge.answer(&there, 1, moved(1)).is(200);
    let browser = page.browser();
    drop(first);
    for n in 2..challenge.due.len() {
        challenge.answer(&there, n, moved(n)).is(200);
    }
    drop(second);
    let third = place.start();
    let page = Page::at(&third, browser);
    assert_eq!(page.get("").is(200)["steps"]["live"], "taken");
    assert_eq!(page.post("/complete", &json!({})).is(200), json!({"result": "attested"}));
}

#[test]
fn without_a_checker_there_is_no_challenge() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = ready(&server, &token);
    let state = page.get("").is(200);
    assert_eq!((&state["live"], &state["steps"]["live"]), (&json!("none"), &json!("not_run")));
    page.post("/live", &json!({})).refused(422, "not_set_up");
    let now = Timestamp::now().to_string();
    put(&page, 0, &[("capture-time", &now)], moved(0)).refused(422, "not_set_up");
}

#[cfg(unix)]
fn what_the_checker_says_decides(script: &str, outcome: &str) {
    let helper =
        format!("checker = \"program:/bin/sh\"\narguments = [\"-c\", \"/bin/cat > /dev/null; {script}\"]");
    let place = place(&helper);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = ready(&server, &token);
    whole(&page);
    let told = page.post("/complete", &json!({})).is(200);
    assert_eq!((&told["result"], &told["final"]), (&json!("refused"), &json!(false)), "{told}");
    let checks = told["refusal"]["checks"].as_array().unwrap();
    let live = checks.iter().find(|check| check["check"] == "liveness").unwrap();
    assert_eq!((&live["outcome"], &live["blocking"]), (&json!(outcome), &json!(true)), "{live}");
    let shown = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);
    assert!(shown.get("presentation").is_none(), "{shown}");
}

// Each its own test: a capture takes the seconds that its prompts ask for.
#[cfg(unix)]
#[test]
fn a_checker_that_sees_a_spoof_decides() {
    what_the_checker_says_decides("echo spoof 0.1 0.5", "fail");
}

#[cfg(unix)]
#[test]
fn a_checker_that_fails_has_not_looked() {
    what_the_checker_says_decides("exit 1", "not_run");
}

#[cfg(unix)]
#[test]
fn a_checker_in_doubt_decides_nothing() {
    what_the_checker_says_decides("echo inconclusive 0.5 0.5", "inconclusive");
}

#[test]
fn a_session_gets_so_many_challenges() {
    let place = place(TEST);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let page = Page::open(&server, &token, &server.demand(&token));
    page.consent();
    for _ in 0..12 {
        page.post("/live", &json!({})).is(200);
    }
    page.post("/live", &json!({})).refused(429, "too_many_requests");
    let mut refused: Value = Value::Null;
    for _ in 0..151 {
        let now = Timestamp::now().to_string();
        let answer = put(&page, 3, &[("capture-time", &now)], moved(0));
        if answer.status == 429 {
            refused = answer.is(429);
            break;
        }
        assert_eq!(answer.status, 422, "{}", answer.text);
    }
    assert_eq!(refused["error"]["code"], "too_many_requests");
}

#[test]
fn a_stand_in_is_refused_where_it_counts() {
    for live in [TEST, "checker = \"program:/bin/true\"", "checker = \"http://far.example/\"\nreal = true"] {
        let place = place(live);
        let text = std::fs::read_to_string(place.file()).unwrap();
        std::fs::write(place.file(), text.replace("env = \"test\"", "env = \"production\"")).unwrap();
        let refused = realname_service::check(&place.file());
        assert!(refused.is_err(), "{live}");
    }
    for live in ["checker = \"no\"", "checker = \"program:nowhere\"", "checker = \"TEST\"\nlimit_ms = 5"] {
        assert!(realname_service::check(&place(live).file()).is_err(), "{live}");
    }
    assert!(realname_service::check(&place(TEST).file()).is_ok());
}
