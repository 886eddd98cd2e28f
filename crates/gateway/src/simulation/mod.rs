//! A gateway in this process that does everything wrong that one can do, by seed, under a clock that nobody waits for.
//!
//! `REALNAME_GATEWAY_RUNS` says how many runs; 10,000 in the long run of CI.

mod client;
mod gateway;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use realname_flow::confirmation::{
    Asking, Confirmer, LedgerSecret, MessengerError, PhoneNumber, Price, Question, Replied, ServiceId,
    Standing,
};
use realname_token::jose::{Algorithm, SigningKey};
use realname_token::store::MemoryStore;

use self::client::{Client, TIMING};
use self::gateway::{Gateway, Seed};
use self::wire::Wire;
use crate::cmpp::{CmppVersion, tests::cmpp};
use crate::protocol::Protocol;
use crate::session::Session;
use crate::smpp::tests::smpp;
use crate::{Heard, Replies};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Wrong,
    YesThenNo,
    Nothing,
}

/// What happened in all runs: a fault that never strikes proves nothing.
#[derive(Debug, Default)]
struct Tally {
    sent: u32,
    not_sent: u32,
    unknown: u32,
    unknown_and_granted: u32,
    granted: u32,
    declined: u32,
    waiting: u32,
    lines: u32,
}

fn over_cmpp(number: u64, key: &Arc<SigningKey>, tally: &mut Tally) {
    let mut seed = Seed(number);
    let version = if seed.one_in(2) { CmppVersion::V2 } else { CmppVersion::V3 };
    run(number, seed, (cmpp(version), Wire::Cmpp(version)), key, tally);
}

fn over_smpp(number: u64, key: &Arc<SigningKey>, tally: &mut Tally) {
    run(number, Seed(number), (smpp(), Wire::Smpp), key, tally);
}

fn run<P: Protocol>(
    number: u64,
    mut seed: Seed,
    (protocol, wire): (P, Wire),
    key: &Arc<SigningKey>,
    tally: &mut Tally,
) {
    let store = Arc::new(MemoryStore::new());
    let secret = [7; 32];
    let signer: Arc<dyn realname_token::jose::Signer> = key.clone();
    let confirmer = Confirmer::new("https://home.example", signer, LedgerSecret::new(secret)).unwrap();
    let confirmer = Arc::new(confirmer);
    let granted = Arc::new(Mutex::new(BTreeMap::<ServiceId, u32>::new()));
    let told = Arc::clone(&granted);
    let replies =
        Replies::new("sim", store.clone(), Arc::clone(&confirmer), &secret).with_listener(move |heard| {
            if let Heard::Replied { service, replied: Replied::Granted(_) } = heard {
                *told.lock().unwrap().entry(service).or_default() += 1;
            }
        });
    let protocol = Arc::new(protocol);
    let session = Session::open(Arc::clone(&protocol), TIMING, 0, Timestamp::UNIX_EPOCH, Duration::ZERO);
    let mut client = Client {
        protocol,
        session,
        replies,
        now: Duration::ZERO,
        tickets: 0,
        outcomes: BTreeMap::new(),
        lines: 0,
    };
    let mut gateway = Gateway {
        wire,
        phones: BTreeMap::new(),
        delivering: Vec::new(),
        ids: 0,
        sequence: 0,
        came: Vec::new(),
        late: Vec::new(),
        faults: true,
    };
    let mut asked: Vec<(PhoneNumber, ServiceId, Answer, bool)> = Vec::new();
    for person in 0..1 + seed.below(3) {
        let phone: PhoneNumber = format!("+86138{person:08}").parse().unwrap();
        let service: ServiceId = format!("vas:{person}").parse().unwrap();
        let text = "测试业务".repeat(1 + seed.below(30) as usize);
        let question = Question::new(phone.clone(), service.clone(), Price::fen(500), text).unwrap();
        let Asking::Ask(challenge) = confirmer.ask(store.as_ref(), question, client.wall()).unwrap() else {
            panic!("asked before")
        };
        let sent = client.send(&challenge, &mut gateway, &mut seed);
        *match sent {
            Ok(()) => &mut tally.sent,
            Err(error) if error.is_not_sent() => &mut tally.not_sent,
            Err(_) => &mut tally.unknown,
        } += 1;
        let national = phone.as_str().trim_start_matches("+86").to_owned();
        let got = gateway.phones.entry(national.clone()).or_default();
        if sent.is_err_and(MessengerError::is_not_sent) {
            assert!(!got.got_a_part, "seed {number}: it was called not sent, and a part is out");
        }
        assert!(sent.is_err() || got.texts.len() == 1, "seed {number}: it was called sent, and isn't");
        let code = got.code();
        let answer = match (seed.below(6), &code) {
            (_, None) => Answer::Nothing,
            (0, _) => Answer::Nothing,
            (1, _) => Answer::No,
            (2, _) => Answer::Wrong,
            (3, _) => Answer::YesThenNo,
            _ => Answer::Yes,
        };
        let code = code.unwrap_or_default();
        match answer {
            Answer::Yes => gateway.reply(&national, &code, &mut seed),
            Answer::No => gateway.reply(&national, "不同意", &mut seed),
            Answer::Wrong => gateway.reply(&national, "好的，谢谢", &mut seed),
            Answer::YesThenNo => {
                gateway.reply(&national, &code, &mut seed);
                gateway.reply(&national, "N", &mut seed);
            }
            Answer::Nothing => {}
        }
        asked.push((phone, service, answer, sent.is_ok()));
    }
    // The gateway goes on until everything is answered.
    for _ in 0..400 {
        client.round(&mut gateway, &mut seed);
        if gateway.delivering.is_empty() {
            break;
        }
    }
    gateway.faults = false;
    for _ in 0..40 {
        client.round(&mut gateway, &mut seed);
    }
    assert!(gateway.delivering.is_empty(), "seed {number}: a reply was never answered");
    client.now += Duration::from_secs(45);
    client.replies.work(client.wall()).unwrap();
    tally.lines += client.lines;
    for (phone, service, answer, sent) in asked {
        let standing = confirmer.standing(store.as_ref(), &phone, &service, client.wall()).unwrap().unwrap();
        *match standing {
            Standing::Granted(_) => &mut tally.granted,
            Standing::Declined => &mut tally.declined,
            _ => &mut tally.waiting,
        } += 1;
        tally.unknown_and_granted += u32::from(!sent && matches!(standing, Standing::Granted(_)));
        let fits = match answer {
            Answer::Yes => matches!(standing, Standing::Granted(_)),
            Answer::No | Answer::YesThenNo => matches!(standing, Standing::Declined),
            Answer::Wrong | Answer::Nothing => matches!(standing, Standing::Waiting { .. }),
        };
        assert!(fits, "seed {number}: {answer:?} led to {standing:?}");
        let times = granted.lock().unwrap().get(&service).copied().unwrap_or_default();
        let most = u32::from(matches!(answer, Answer::Yes | Answer::YesThenNo));
        assert!(
            times <= most && (answer != Answer::Yes || times == 1),
            "seed {number}: granted {times} times"
        );
    }
}

/// As many runs as the environment says, or a few; each seed is a run of its own.
fn runs(what: &str, run: impl Fn(u64, &Arc<SigningKey>, &mut Tally)) {
    let runs = std::env::var("REALNAME_GATEWAY_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(300);
    let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    let mut tally = Tally::default();
    for number in 0..runs {
        run(number, &key, &mut tally);
    }
    println!("{what}: {tally:?} in {runs} runs");
    let Tally { sent, not_sent, unknown, unknown_and_granted, granted, declined, waiting, lines } = tally;
    let all = [sent, not_sent, unknown, unknown_and_granted, granted, declined, waiting, lines];
    assert!(runs < 300 || all.iter().all(|count| *count > 0), "something never happened");
}

#[test]
fn no_grant_without_a_reply_none_lost_none_doubled() {
    runs("CMPP", over_cmpp);
}

#[test]
fn no_grant_without_a_reply_none_lost_none_doubled_over_smpp() {
    runs("SMPP", over_smpp);
}
