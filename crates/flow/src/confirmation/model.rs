//! Any sequence of questions and replies over some days, against a naive account of the rule. All data is synthetic.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::jose::SigningKey;
use crate::profile::ReasonCode;
use crate::store::MemoryStore;

const WINDOW: SignedDuration = SignedDuration::from_mins(30);

#[derive(Clone, Copy, Debug)]
enum Act {
    Ask,
    Right,
    Wrong,
    Decline,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    act: Act,
    number: u8,
    service: u8,
    seconds: i64,
    process: bool,
}

/// What the rule says that one number, service and day can be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Open { until: Timestamp },
    Granted { until: Timestamp },
    Declined,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let act = prop_oneof![Just(Act::Ask), Just(Act::Right), Just(Act::Wrong), Just(Act::Decline)];
    // Often within the window, sometimes beyond it, now and then into another day.
    let pause = prop_oneof![4 => 0..600_i64, 2 => 600..4_000_i64, 1 => 4_000..60_000_i64];
    let step = (act, 0..2_u8, 0..2_u8, pause, any::<bool>())
        .prop_map(|(act, number, service, seconds, process)| Step { act, number, service, seconds, process });
    prop::collection::vec(step, 1..60)
}

/// What a reply leads to, said as shortly as the model says it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    Granted,
    AlreadyGranted,
    Declined,
    Refused(ReasonCode),
}

impl From<Replied> for Outcome {
    fn from(replied: Replied) -> Self {
        match replied {
            Replied::Granted(_) => Self::Granted,
            Replied::AlreadyGranted(_) => Self::AlreadyGranted,
            Replied::Declined => Self::Declined,
            Replied::Refused(code) => Self::Refused(code),
        }
    }
}

/// The rule, in the order in which it is told: is there a question today, is there still time, what does the reply say.
fn expected(today: Option<State>, yesterday: bool, act: Act, now: Timestamp) -> Outcome {
    use ReasonCode as Code;
    match (today, act) {
        (None, _) if yesterday => Outcome::Refused(Code::ConfirmationLate),
        (None, _) => Outcome::Refused(Code::ConfirmationNotAsked),
        (Some(State::Open { until }), _) if now > until => Outcome::Refused(Code::ConfirmationLate),
        (Some(_), Act::Wrong | Act::Ask) => Outcome::Refused(Code::ConfirmationWrongReply),
        (Some(State::Open { .. }), Act::Right) => Outcome::Granted,
        (Some(State::Open { .. } | State::Declined), Act::Decline) => Outcome::Declined,
        (Some(State::Granted { .. }), Act::Right) => Outcome::AlreadyGranted,
        (Some(State::Granted { until }), Act::Decline) if now > until => {
            Outcome::Refused(Code::ConfirmationLate)
        }
        (Some(State::Granted { .. }), Act::Decline) => Outcome::Declined,
        (Some(State::Declined), Act::Right) => Outcome::Refused(Code::ConfirmationDeclined),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn every_sequence_is_as_the_rule_says(steps in steps()) {
        let store = MemoryStore::new();
        let key = Arc::new(SigningKey::from_ed25519_seed(&[1; 32]));
        let confirmer =
            || Confirmer::new("https://home.example", key.clone(), LedgerSecret::new([1; 32])).unwrap();
        // A reply comes in at the process that asked, or at another one.
        let confirmers = [confirmer(), confirmer()];
        let mut now: Timestamp = "2026-11-21T22:00:00+08:00".parse().unwrap();
        let mut model: BTreeMap<(u8, u8, NaturalDay), State> = BTreeMap::new();
        let mut codes: BTreeMap<(u8, u8), String> = BTreeMap::new();
        for Step { act, number, service, seconds, process } in steps {
            let confirmer = &confirmers[usize::from(process)];
            now += SignedDuration::from_secs(seconds);
            let day = NaturalDay::of(now);
            let unit = (number, service, day);
            let phone: PhoneNumber = format!("+861380000000{number}").parse().unwrap();
            let name: ServiceId = format!("vas:{service}").parse().unwrap();
            if let Act::Ask = act {
                let question = Question::new(phone, name, Price::fen(1), "synthetic").unwrap();
                match confirmer.ask(&store, question, now).unwrap() {
                    Asking::Ask(challenge) => {
                        codes.insert((number, service), challenge.message().reply().to_owned());
                        let until = (now + WINDOW).min(day.end() - SignedDuration::from_micros(1));
                        let before = model.insert(unit, State::Open { until });
                        prop_assert_eq!(before, None, "a second question on one day");
                    }
                    Asking::Before(standing) => {
                        let fits = match (model.get(&unit), standing) {
                            (Some(State::Open { until }), Standing::Waiting { until: told }) => {
                                now <= *until && *until == told
                            }
                            (Some(State::Open { until }), Standing::Unanswered) => now > *until,
                            (Some(State::Granted { .. }), Standing::Granted(_)) => true,
                            (Some(State::Declined), Standing::Declined) => true,
                            _ => false,
                        };
                        prop_assert!(fits, "the day's question stands otherwise");
                    }
                }
                continue;
            }
            let text = match act {
                Act::Right => codes.get(&(number, service)).map_or("Y", String::as_str),
                Act::Decline => "N",
                _ => "wrong",
            };
            let yesterday = day.after(-1).is_some_and(|day| model.contains_key(&(number, service, day)));
            let expected = expected(model.get(&unit).copied(), yesterday, act, now);
            let replied = confirmer.reply(&store, &CustomerReply::text(phone, name, text), now).unwrap();
            let outcome = Outcome::from(replied);
            prop_assert_eq!(outcome, expected);
            match outcome {
                Outcome::Granted => {
                    let Some(State::Open { until }) = model.get(&unit).copied() else { panic!("not asked") };
                    model.insert(unit, State::Granted { until });
                }
                Outcome::Declined => drop(model.insert(unit, State::Declined)),
                _ => {}
            }
        }
    }
}
