//! CMPP against the simulated gateway, and everything that it can do wrong.

use std::time::{Duration, Instant};

use realname_flow::confirmation::{MessengerError, Replied, Standing};
use realname_gateway::{
    CmppMessenger, CmppSettings, CmppVersion, Heard, LineState, ReportState, Secret, SettingsError,
};
use serde_json::json;

use crate::home::{Home, body, code, error, quick, service};
use crate::peer::Peer;

const LONG: &str = "这是一条很长的业务说明，";

fn gateway(arguments: &[&str]) -> Peer {
    Peer::start("python3", "ismg.py", arguments)
}

fn settings(peer: &Peer, version: CmppVersion) -> CmppSettings {
    let secret = Secret::new("shared secret");
    let mut settings = CmppSettings::new(&peer.address(), version, "900001", secret, "10086001");
    settings.service_id = "CONFIRM".to_owned();
    settings.line = quick();
    settings
}

fn open(home: &Home, settings: &CmppSettings) -> CmppMessenger {
    let messenger = CmppMessenger::open(settings, Some(home.replies.clone())).unwrap();
    assert!(messenger.wait_open(Duration::from_secs(10)));
    messenger
}

const VERSIONS: [(CmppVersion, &str); 2] = [(CmppVersion::V2, "2.0"), (CmppVersion::V3, "3.0")];

#[test]
#[ignore = "needs python3"]
fn a_question_goes_out_and_its_reply_comes_back() {
    for (version, name) in VERSIONS {
        let (home, mut peer) = (Home::new(), gateway(&["--version", name]));
        let messenger = open(&home, &settings(&peer, version));
        home.ask(&messenger, "vas:1", "测试业务").unwrap();
        let submit = peer.wait("submit");
        assert_eq!(submit["fits"], true);
        assert_eq!(
            (&submit["to"][0], &submit["src"], &submit["format"]),
            (&json!("13800000000"), &json!("10086001"), &json!(8))
        );
        let text = submit["text"].as_str().unwrap();
        peer.order(&json!({"report": {"id": submit["id"], "state": "DELIVRD"}}));
        let Heard::Report { message: Some(_), state: ReportState::Delivered } = home.hear_report() else {
            panic!("not its report")
        };
        assert!(matches!(home.standing("vas:1"), Standing::Waiting { .. }), "a report is no reply");
        peer.order(&json!({"deliver": {"from": "8613800000000", "text": code(text)}}));
        let answer = peer.wait("deliver_resp");
        assert_eq!(answer["result"], 0);
        assert_eq!(answer["length"], if version == CmppVersion::V3 { 12 } else { 9 });
        home.granted();
        assert!(matches!(home.standing("vas:1"), Standing::Granted(_)));
        assert!(!format!("{messenger:?}").contains("secret"));
        messenger.close();
        peer.wait("terminate");
        assert_eq!(messenger.state(), LineState::Closed);
    }
}

#[test]
#[ignore = "needs python3"]
fn long_texts_arrive_whole_in_any_pieces() {
    for (version, name) in VERSIONS {
        for pieces in ["0", "1", "13"] {
            let (home, peer) = (Home::new(), gateway(&["--version", name, "--pieces", pieces]));
            let messenger = open(&home, &settings(&peer, version));
            let challenge = home.challenge("vas:1", &LONG.repeat(20));
            let wanted = body(&challenge.message());
            challenge.send(&messenger, realname_terms::Lang::Zh).unwrap();
            let mut text = String::new();
            loop {
                let part = peer.wait("submit");
                assert_eq!(part["fits"], true);
                text += part["text"].as_str().unwrap();
                if part["number"] == part["total"] {
                    break;
                }
            }
            assert_eq!(text, wanted);
        }
    }
}

#[test]
#[ignore = "needs python3"]
fn a_lost_answer_is_unknown_and_never_sent_again() {
    for fault in ["mute", "late"] {
        let (home, peer) = (Home::new(), gateway(&["--fault", fault, "--late", "2.5"]));
        let messenger = open(&home, &settings(&peer, CmppVersion::V3));
        let sent = home.ask(&messenger, "vas:1", "测试业务");
        assert_eq!(error(sent), (MessengerError::Indeterminate, false));
        peer.wait("submit");
        assert!(peer.find("submit", Duration::from_secs(2)).is_none(), "it was sent again");
        assert_eq!(messenger.figures().unknown, 1);
        assert_eq!(messenger.state(), LineState::Open);
    }
}

#[test]
#[ignore = "needs python3"]
fn a_reply_to_what_was_called_unknown_counts() {
    let (home, mut peer) = (Home::new(), gateway(&["--fault", "mute"]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    let _ = home.ask(&messenger, "vas:1", "测试业务").unwrap_err();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    peer.order(&json!({"deliver": {"from": "13800000000", "text": code(&text)}}));
    home.granted();
}

#[test]
#[ignore = "needs python3"]
fn a_busy_gateway_wasnt_sent_anything() {
    let (home, peer) = (Home::new(), gateway(&["--fault", "busy"]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V2));
    // The simulated gateway speaks 3.0 as well: the bodies follow what was agreed.
    let failed = home.ask(&messenger, "vas:1", "测试业务").unwrap_err();
    assert_eq!(failed.error, MessengerError::Busy);
    failed.challenge.unwrap().send(&messenger, realname_terms::Lang::Zh).unwrap();

    let peer = gateway(&["--fault", "refuse"]);
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    let sent = home.ask(&messenger, "vas:2", "测试业务");
    assert_eq!(error(sent), (MessengerError::Refused { status: Some(13) }, true));
}

#[test]
#[ignore = "needs python3"]
fn a_reply_that_comes_again_changes_nothing() {
    let (home, mut peer) = (Home::new(), gateway(&["--fault", "repeat"]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    home.ask(&messenger, "vas:1", "测试业务").unwrap();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    let reply = json!({"deliver": {"from": "13800000000", "text": code(&text), "id": 77}});
    peer.order(&reply);
    peer.wait("deliver_resp");
    peer.wait("deliver_resp");
    home.granted();
    peer.order(&reply);
    peer.wait("deliver_resp");
    assert!(home.is_quiet());
}

#[test]
#[ignore = "needs python3"]
fn replies_in_parts_come_in_any_order_under_a_used_reference() {
    for wide in [false, true] {
        let (home, mut peer) = (Home::new(), gateway(&["--pieces", "5"]));
        let messenger = open(&home, &settings(&peer, CmppVersion::V3));
        for name in ["vas:1", "vas:2"] {
            home.ask(&messenger, name, "测试业务").unwrap();
            let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
            let mut reply =
                json!({"from": "13800000000", "text": code(&text), "parts": 3, "order": [3, 1, 2]});
            reply["wide"] = wide.into();
            peer.order(&json!({ "deliver": reply }));
            home.granted();
            assert!(matches!(home.standing(name), Standing::Granted(_)));
        }
        assert!(home.is_quiet());
    }
}

#[test]
#[ignore = "needs python3"]
fn any_no_inside_its_time_counts() {
    let (home, mut peer) = (Home::new(), gateway(&[]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    home.ask(&messenger, "vas:1", "测试业务").unwrap();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    // In one burst, and GBK: "yes", then "no".
    peer.order(&json!({"deliver": {"from": "13800000000", "text": code(&text)}}));
    peer.order(&json!({"deliver": {"from": "13800000000", "text": "不同意", "format": 15}}));
    assert!(matches!(home.hear(), Heard::Replied { replied: Replied::Declined, .. }));
    assert!(matches!(home.hear(), Heard::Replied { replied: Replied::Refused(_), .. }));
    assert!(matches!(home.standing("vas:1"), Standing::Declined));

    // Long after: the grant's use is gone.
    home.ask(&messenger, "vas:2", "测试业务").unwrap();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    peer.order(&json!({"deliver": {"from": "13800000000", "text": code(&text), "format": 0}}));
    home.granted();
    peer.order(&json!({"deliver": {"from": "13800000000", "text": " ｎ　"}}));
    let said: Vec<Heard> = [home.hear(), home.hear()].into_iter().collect();
    let declined = |name| {
        said.iter().any(|heard| {
            matches!(heard, Heard::Replied { service: of, replied: Replied::Declined } if *of == service(name))
        })
    };
    assert!(declined("vas:1") && declined("vas:2"), "{said:?}");
    assert!(matches!(home.standing("vas:2"), Standing::Declined));
}

#[test]
#[ignore = "needs python3"]
fn pseudonyms_strangers_and_binaries_are_answered_and_lead_to_nothing() {
    let (home, mut peer) = (Home::new(), gateway(&[]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    home.ask(&messenger, "vas:1", "测试业务").unwrap();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    peer.order(&json!({"deliver": {"from": "13800000000", "type": 1, "text": code(&text)}}));
    assert_eq!(peer.wait("deliver_resp")["result"], 0);
    assert!(matches!(home.hear(), Heard::Pseudonym));
    peer.order(&json!({"deliver": {"from": "13800000001", "text": code(&text)}}));
    assert_eq!(peer.wait("deliver_resp")["result"], 0);
    assert!(matches!(home.hear(), Heard::NotAsked));
    assert!(matches!(home.standing("vas:1"), Standing::Waiting { .. }));
}

#[test]
#[ignore = "needs python3"]
fn after_a_break_the_line_is_opened_anew_and_nothing_is_lost() {
    let (home, mut peer) = (Home::new(), gateway(&[]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    home.ask(&messenger, "vas:1", "测试业务").unwrap();
    let text = peer.wait("submit")["text"].as_str().unwrap().to_owned();
    peer.order(&json!({"break": true}));
    peer.order(&json!({"deliver": {"from": "13800000000", "text": code(&text)}}));
    peer.wait("connect");
    assert_eq!(peer.wait("deliver_resp")["result"], 0);
    home.granted();
    home.ask(&messenger, "vas:2", "测试业务").unwrap();
    assert!(messenger.figures().opened >= 2);
}

#[test]
#[ignore = "needs python3"]
fn who_doesnt_prove_himself_or_lets_nobody_in_is_told_apart() {
    let home = Home::new();
    let peer = gateway(&["--fault", "proof"]);
    let mut set = settings(&peer, CmppVersion::V3);
    let messenger = CmppMessenger::open(&set, None).unwrap();
    assert!(!messenger.wait_open(Duration::from_millis(700)));
    assert!(matches!(messenger.state(), LineState::NotProven | LineState::Opening));
    assert_eq!(error(home.ask(&messenger, "vas:1", "测试业务")), (MessengerError::Unreachable, true));
    set.proof = false;
    assert!(CmppMessenger::open(&set, None).unwrap().wait_open(Duration::from_secs(10)));

    let peer = gateway(&["--secret", "another"]);
    let messenger = CmppMessenger::open(&settings(&peer, CmppVersion::V2), None).unwrap();
    assert_eq!(peer.wait("connect")["status"], 3);
    assert!(!messenger.wait_open(Duration::from_millis(700)));
    assert!(matches!(messenger.state(), LineState::Refused { status: 3 } | LineState::Opening));
}

#[test]
#[ignore = "needs python3"]
fn a_silent_line_is_given_up_and_opened_anew() {
    let (home, peer) = (Home::new(), gateway(&["--fault", "silent"]));
    let mut set = settings(&peer, CmppVersion::V3);
    (set.line.idle_ms, set.line.answer_ms, set.line.tries) = (300, 200, 2);
    let began = Instant::now();
    let messenger = open(&home, &set);
    peer.wait("active_test");
    peer.wait("active_test");
    peer.wait("hung_up");
    assert!(began.elapsed() > Duration::from_millis(600));
    peer.wait("connect");
    assert!(messenger.wait_open(Duration::from_secs(5)));
    assert!(messenger.figures().opened >= 2);
}

#[test]
#[ignore = "needs python3"]
fn theirs_is_answered_and_an_impossible_length_ends_the_line() {
    let (home, mut peer) = (Home::new(), gateway(&[]));
    let messenger = open(&home, &settings(&peer, CmppVersion::V3));
    peer.order(&json!({"test": true}));
    peer.wait("active_test_resp");
    peer.order(&json!({"bytes": "fffffff0"}));
    peer.wait("hung_up");
    peer.wait("connect");
    assert!(messenger.wait_open(Duration::from_secs(5)));
}

#[test]
fn an_open_network_has_to_be_called_a_private_line() {
    let mut set =
        CmppSettings::new("sms.example:7890", CmppVersion::V3, "900001", Secret::new("x"), "10086001");
    assert!(matches!(CmppMessenger::open(&set, None), Err(SettingsError::Open)));
    set.address = "10.0.0.1:7890".to_owned();
    assert!(matches!(CmppMessenger::open(&set, None), Err(SettingsError::Open)));
    set.address = "127.0.0.1:1".to_owned();
    assert!(CmppMessenger::open(&set, None).is_ok());
    for (key, broken) in [
        (
            "sp_id",
            Box::new(|set: &mut CmppSettings| set.sp_id = "90000".to_owned())
                as Box<dyn Fn(&mut CmppSettings)>,
        ),
        ("source", Box::new(|set| set.source = "1".repeat(22))),
        ("fee_type", Box::new(|set| set.fee_type = "1".to_owned())),
        ("fee_code", Box::new(|set| set.fee_code = "1234567".to_owned())),
        ("service_id", Box::new(|set| set.service_id = "确认".to_owned())),
        ("window", Box::new(|set| set.line.window = 0)),
        ("answer_ms", Box::new(|set| set.line.answer_ms = 0)),
        ("address", Box::new(|set| set.address = "localhost".to_owned())),
    ] {
        let mut wrong = set.clone();
        broken(&mut wrong);
        let error = CmppMessenger::open(&wrong, None).unwrap_err();
        assert!(matches!(error, SettingsError::Value { key: found, .. } if found == key), "{key}: {error}");
    }
}
