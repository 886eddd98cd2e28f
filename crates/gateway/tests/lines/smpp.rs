//! SMPP against two message centres of others': npm's `smpp` and PyPI's `smpp34`.

use std::time::Duration;

use realname_flow::confirmation::{MessengerError, Standing};
use realname_gateway::{Heard, LineState, ReportState, Secret, SmppMessenger, SmppSettings};
use serde_json::json;

use crate::home::{Home, body, code, error, quick};
use crate::peer::Peer;

fn npm(faults: &[&str]) -> Peer {
    let modules = std::env::var("REALNAME_GATEWAY_NPM").expect("REALNAME_GATEWAY_NPM names node_modules");
    Peer::start("node", "smpp_server.cjs", &[&[modules.as_str()], faults].concat())
}

fn smpp34(faults: &[&str]) -> Peer {
    let python =
        std::env::var("REALNAME_GATEWAY_PYTHON").expect("REALNAME_GATEWAY_PYTHON names a Python with smpp34");
    Peer::start(&python, "smpp34_server.py", faults)
}

fn settings(peer: &Peer) -> SmppSettings {
    let mut settings = SmppSettings::new(&peer.address(), "realname", Secret::new("secret"), "10086001");
    settings.line = quick();
    settings.country = Some("86".to_owned());
    settings
}

fn open(home: &Home, peer: &Peer) -> SmppMessenger {
    let messenger = SmppMessenger::open(&settings(peer), Some(home.replies.clone())).unwrap();
    assert!(messenger.wait_open(Duration::from_secs(10)));
    messenger
}

#[test]
#[ignore = "needs node with smpp, Python with smpp34"]
fn a_question_goes_out_and_its_reply_comes_back() {
    for peer in [npm, smpp34] {
        let (home, mut peer) = (Home::new(), peer(&[]));
        let messenger = open(&home, &peer);
        home.ask(&messenger, "vas:1", "测试业务").unwrap();
        let submit = peer.wait("submit");
        assert_eq!(
            (&submit["to"][0], &submit["src"], &submit["coding"]),
            (&json!("8613800000000"), &json!("10086001"), &json!(8))
        );
        let text = submit["text"].as_str().unwrap();
        peer.order(&json!({"deliver": {"from": "8613800000000", "text": code(text)}}));
        peer.wait("deliver_resp");
        home.granted();
        assert!(matches!(home.standing("vas:1"), Standing::Granted(_)));
    }
}

#[test]
#[ignore = "needs node with smpp, Python with smpp34"]
fn long_texts_arrive_whole() {
    for peer in [npm, smpp34] {
        let (home, peer) = (Home::new(), peer(&[]));
        let messenger = open(&home, &peer);
        let challenge = home.challenge("vas:1", &"这是一条很长的业务说明，".repeat(12));
        let wanted = body(&challenge.message());
        challenge.send(&messenger, realname_terms::Lang::Zh).unwrap();
        let mut text = String::new();
        while text.chars().count() < wanted.chars().count() {
            let part = peer.wait("submit");
            assert!(part["header"].as_str().unwrap().starts_with("050003"));
            text += part["text"].as_str().unwrap();
        }
        assert_eq!(text, wanted);
    }
}

#[test]
#[ignore = "needs node with smpp, Python with smpp34"]
fn throttled_is_not_sent_and_refused_wont_be() {
    for peer in [npm, smpp34] {
        let home = Home::new();
        let busy = peer(&["--fault", "busy"]);
        let messenger = open(&home, &busy);
        let failed = home.ask(&messenger, "vas:1", "测试业务").unwrap_err();
        assert_eq!(failed.error, MessengerError::Busy);
        failed.challenge.unwrap().send(&messenger, realname_terms::Lang::Zh).unwrap();
        let refusing = peer(&["--fault", "refuse"]);
        let messenger = open(&home, &refusing);
        let sent = home.ask(&messenger, "vas:2", "测试业务");
        assert_eq!(error(sent), (MessengerError::Refused { status: Some(0x0b) }, true));
    }
}

#[test]
#[ignore = "needs node with smpp"]
fn receipts_parts_and_repeats() {
    let (home, mut peer) = (Home::new(), npm(&["--fault", "repeat"]));
    let messenger = open(&home, &peer);
    home.ask(&messenger, "vas:1", "测试业务").unwrap();
    let submit = peer.wait("submit");
    peer.order(&json!({"report": {"id": submit["id"], "state": "UNDELIV"}}));
    let Heard::Report { message: Some(_), state: ReportState::NotDelivered } = home.hear_report() else {
        panic!("not its report")
    };
    let text = submit["text"].as_str().unwrap();
    let parts = json!({"from": "8613800000000", "text": code(text), "parts": 2, "order": [2, 1]});
    peer.order(&json!({ "deliver": parts }));
    // Each part came twice, under numbers of its own: a network that repeats itself grants nothing twice.
    home.granted();
    assert!(matches!(home.standing("vas:1"), Standing::Granted(_)));
}

#[test]
#[ignore = "needs node with smpp"]
fn a_lost_answer_is_unknown_and_a_break_is_mended() {
    let (home, mut peer) = (Home::new(), npm(&["--fault", "mute"]));
    let messenger = open(&home, &peer);
    assert_eq!(error(home.ask(&messenger, "vas:1", "测试业务")), (MessengerError::Indeterminate, false));
    peer.wait("submit");
    peer.order(&json!({"break": true}));
    peer.wait("bind");
    assert!(messenger.wait_open(Duration::from_secs(5)));
    peer.order(&json!({"test": true}));
    peer.wait("active_test_resp");
    messenger.close();
    peer.wait("terminate");
}

#[test]
#[ignore = "needs node with smpp"]
fn a_wrong_password_is_told_and_a_silent_line_is_given_up() {
    let peer = npm(&["--fault", "silent"]);
    let mut set = settings(&peer);
    set.password = Secret::new("wrong");
    let messenger = SmppMessenger::open(&set, None).unwrap();
    assert_eq!(peer.wait("bind")["right"], false);
    assert!(!messenger.wait_open(Duration::from_millis(500)));
    assert!(matches!(messenger.state(), LineState::Refused { status: 0x0e } | LineState::Opening));
    drop(messenger);
    set.password = Secret::new("secret");
    (set.line.idle_ms, set.line.answer_ms, set.line.tries) = (300, 200, 2);
    let messenger = SmppMessenger::open(&set, None).unwrap();
    assert!(messenger.wait_open(Duration::from_secs(5)));
    peer.wait("active_test");
    peer.wait("hung_up");
    peer.wait("bind");
    assert!(messenger.wait_open(Duration::from_secs(5)));
}

/// Both in one run, on one server: npm's own client, then ours. `REALNAME_GATEWAY_RATE` says how many messages.
#[test]
#[ignore = "a measure; needs node with smpp"]
fn rate_beside_npms_own_client() {
    let Some(messages) =
        std::env::var("REALNAME_GATEWAY_RATE").ok().and_then(|count| count.parse::<u32>().ok())
    else {
        return;
    };
    let threads = 64_u32;
    for window in [16, 64_usize] {
        let peer = npm(&["--fault", "quiet"]);
        let modules = std::env::var("REALNAME_GATEWAY_NPM").unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/gateways/rate_client.cjs");
        let theirs = std::process::Command::new("node")
            .arg(script)
            .args([modules, peer.port.to_string(), messages.to_string(), window.to_string()])
            .output()
            .unwrap();
        let theirs: serde_json::Value = serde_json::from_slice(&theirs.stdout).unwrap();
        let theirs = theirs["per_second"].as_f64().unwrap();

        let home = Home::new();
        let mut set = settings(&peer);
        set.line.window = window;
        set.line.answer_ms = 30_000;
        set.line.patience_ms = 30_000;
        let messenger = SmppMessenger::open(&set, None).unwrap();
        assert!(messenger.wait_open(Duration::from_secs(10)));
        let challenges: Vec<_> = (0..messages)
            .map(|place| {
                let number = format!("+86138{place:08}").parse().unwrap();
                home.challenge_to(number, "vas:1", "测试业务")
            })
            .collect();
        let queue = std::sync::Mutex::new(challenges);
        let began = std::time::Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let Some(challenge) = queue.lock().unwrap().pop() else { return };
                        challenge.send(&messenger, realname_terms::Lang::Zh).unwrap();
                    }
                });
            }
        });
        let ours = f64::from(messages) / began.elapsed().as_secs_f64();
        println!(
            "window {window}: npm's client {theirs:.0} a second, ours {ours:.0}, ratio {:.2}",
            ours / theirs
        );
    }
}
