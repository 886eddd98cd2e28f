//! Whole cases: random evidence, policy and answer, against a reference that is written from the documentation in other
//! terms (which facts let somebody pass) and shares no code with the evaluator; and no fact made worse ever helps.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::document::*;
use crate::profile::{Check, Env};

const SUBJECTS: [Subject; 4] = [
    Subject::Found,
    Subject::Ambiguous,
    Subject::NotFound { hint: None },
    Subject::Inactive(InactiveReason::Deceased),
];
const ATTRIBUTES: [Attribute; 4] =
    [Attribute::Match, Attribute::NotAvailable, Attribute::Withheld, Attribute::Mismatch];
const DOCUMENTS: [DocumentStatus; 4] = [
    DocumentStatus::Valid,
    DocumentStatus::NotAvailable,
    DocumentStatus::Superseded,
    DocumentStatus::LostOrRevoked,
];
const FACES: [Face; 5] = [Face::Same, Face::Inconclusive, Face::NoReference, Face::NotRun, Face::Different];
const LIVENESS: [Liveness; 4] = [Liveness::Live, Liveness::Inconclusive, Liveness::NotRun, Liveness::Spoof];
/// Those that an on-site case of the test can have without plug-ins, and one that it can't.
const CHECKS: [Check; 6] = [
    Check::Chip,
    Check::DocumentValidity,
    Check::Registry,
    Check::FaceRegistry,
    Check::Liveness,
    Check::FaceChip,
];

/// Each answer as a position in the tables above: 0 is the best.
#[derive(Clone, Debug)]
struct Answer {
    subject: usize,
    name: usize,
    id_number: usize,
    /// Both dates; 1 and 2 leave them open.
    dates: usize,
    document: usize,
    face: usize,
    liveness: usize,
}

#[derive(Clone, Debug)]
struct Person {
    is_minor: bool,
    is_expired: bool,
    term_is_unusual: bool,
    is_proxy: bool,
    declines_face: bool,
}

fn mostly_best(count: usize) -> impl Strategy<Value = usize> {
    prop_oneof![5 => Just(0), 1 => 0..count]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop_oneof![7 => Just(false), 1 => Just(true)]
}

prop_compose! {
    fn answers()(
        subject in mostly_best(SUBJECTS.len()), name in mostly_best(4), id_number in mostly_best(4),
        dates in mostly_best(4), document in mostly_best(DOCUMENTS.len()), face in mostly_best(FACES.len()),
        liveness in mostly_best(LIVENESS.len()),
    ) -> Answer {
        Answer { subject, name, id_number, dates, document, face, liveness }
    }
}

prop_compose! {
    fn people()(
        is_minor in rarely(), is_expired in rarely(), term_is_unusual in any::<bool>(), is_proxy in rarely(),
        declines_face in rarely(),
    ) -> Person {
        Person { is_minor, is_expired, term_is_unusual, is_proxy, declines_face }
    }
}

fn requirements() -> impl Strategy<Value = Vec<Vec<Check>>> {
    let check = (0..CHECKS.len()).prop_map(|at| CHECKS[at]);
    prop::collection::vec(prop::collection::vec(check, 1..4), 1..4)
}

fn listed(requirements: &[Vec<Check>]) -> String {
    let names: Vec<Vec<&str>> =
        requirements.iter().map(|any| any.iter().map(|check| check.as_str()).collect()).collect();
    serde_json::to_string(&names).unwrap()
}

fn policy(require: &[Vec<Check>], step_up: &[Vec<Check>]) -> Policy {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let (head, _) = text.split_once("[[rule]]").unwrap();
    let (require, step_up) = (listed(require), listed(step_up));
    Policy::from_toml(&format!(
        "{head}[[rule]]\npurposes = [\"sim.cancel\"]\nkinds = [\"resident\"]\nrequire = {require}\n\
         [[step_up]]\nwhen = [\"photo_seen\"]\nrequire = {step_up}\n"
    ))
    .unwrap()
}

fn evidence(person: &Person) -> OnSite {
    static PHOTO: OnceLock<crate::capture::Capture> = OnceLock::new();
    let photo = PHOTO.get_or_init(|| live("jia-live-1", ago(10))).clone();
    let (number, from, until) = match (person.is_minor, person.is_expired, person.term_is_unusual) {
        // 11 at issue, five years; 33 at issue, twenty years.
        (true, false, false) => ("119999201501010019", "20260201", "20310201"),
        (true, false, true) => ("119999201501010019", "20260201", "20460201"),
        (true, true, false) => ("119999201501010019", "20200201", "20250201"),
        (true, true, true) => ("119999201501010019", "20150201", "20250201"),
        (false, false, false) => ("119999199001010004", "20230601", "20430601"),
        (false, false, true) => ("119999199001010004", "20230601", "20330601"),
        (false, true, false) => ("119999199001010004", "20120601", "20220601"),
        (false, true, true) => ("119999199001010004", "20170601", "20220601"),
    };
    let consent = consent(crate::profile::Purpose::SimCancel);
    let consent = if person.declines_face { consent.without_face() } else { consent };
    let card = read(super::support::person("测试甲", number, from, until), Origin::Emulated, ago(30));
    let on_site = OnSite::new(card, photo, consent).unwrap();
    if !person.is_proxy {
        return on_site;
    }
    let paper = Represented::with_paper(Relation::Proxy, PaperDocument::Passport);
    on_site.on_behalf_of(paper).unwrap()
}

fn passes(person: &Person, policy: &Policy, photo_seen: bool, answer: &Answer) -> bool {
    let signals = photo_seen.then_some(Signal::PhotoSeen);
    let case = Case::open(evidence(person), policy, request(Env::Test).signals(signals)).unwrap();
    let mut finding = yes_to(case.query());
    finding.subject = SUBJECTS[answer.subject];
    finding.attributes.name = ATTRIBUTES[answer.name];
    finding.attributes.id_number = ATTRIBUTES[answer.id_number];
    finding.attributes.valid_from = ATTRIBUTES[answer.dates];
    finding.attributes.valid_until = ATTRIBUTES[answer.dates];
    finding.document = DOCUMENTS[answer.document];
    finding.face = FACES[answer.face];
    finding.liveness = LIVENESS[answer.liveness];
    let could = case.can_pass();
    let passes = case.appraise(Ok(finding)).is_ok();
    assert!(could || !passes, "a case that nobody would have asked about passed");
    passes
}

/// Written from `docs/policy.md`: what has to be so for somebody to pass.
fn reference(person: &Person, required: &[&Vec<Check>], answer: &Answer) -> bool {
    if person.is_minor || person.is_proxy {
        return false;
    }
    // Any sign against the person ends it, required or not.
    let deceased = answer.subject == 3;
    let against = deceased
        || answer.name == 3
        || answer.id_number == 3
        || answer.dates == 3
        || answer.document >= 2
        || (answer.face == 4 && !person.declines_face)
        || answer.liveness == 3
        || person.is_expired;
    if against {
        return false;
    }
    let holds = |check: &Check| match check {
        Check::Chip => true,
        Check::Registry => answer.subject == 0 && answer.name == 0 && answer.id_number == 0,
        Check::FaceRegistry => answer.face == 0 && answer.subject == 0 && !person.declines_face,
        Check::Liveness => answer.liveness == 0,
        // Withheld dates are a question; an unusual term is one unless both dates are confirmed.
        Check::DocumentValidity => answer.dates != 2 && (!person.term_is_unusual || answer.dates == 0),
        _ => false,
    };
    required.iter().all(|alternatives| alternatives.iter().any(holds))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_case_equals_the_reference(
        person in people(), answer in answers(), require in requirements(), step_up in requirements(),
        photo_seen in any::<bool>(),
    ) {
        let required: Vec<&Vec<Check>> =
            require.iter().chain(step_up.iter().filter(|_| photo_seen)).collect();
        let expected = reference(&person, &required, &answer);
        prop_assert_eq!(passes(&person, &policy(&require, &step_up), photo_seen, &answer), expected);
    }

    #[test]
    fn nothing_worse_ever_helps(
        person in people(), answer in answers(), require in requirements(), step_up in requirements(),
        which in 0..8usize,
    ) {
        let policy = policy(&require, &step_up);
        if passes(&person, &policy, false, &answer) {
            // From the best of each table down to the worst; and everything that is out of the ordinary.
            let mut worse = answer.clone();
            let (place, count) = match which {
                0 => (&mut worse.subject, SUBJECTS.len()),
                1 => (&mut worse.name, 4),
                2 => (&mut worse.id_number, 4),
                3 => (&mut worse.dates, 4),
                4 => (&mut worse.document, DOCUMENTS.len()),
                5 => (&mut worse.face, FACES.len()),
                _ => (&mut worse.liveness, LIVENESS.len()),
            };
            *place = count - 1;
            // Nobody compared a face that was declined: a register's word about one is none.
            prop_assume!(which != 5 || !person.declines_face);
            prop_assert!(!passes(&person, &policy, false, &worse), "{worse:?}");
            for changed in [
                Person { is_minor: true, ..person.clone() },
                Person { is_proxy: true, ..person.clone() },
                Person { is_expired: true, ..person.clone() },
            ] {
                prop_assert!(!passes(&changed, &policy, false, &answer), "{changed:?}");
            }
        } else {
            prop_assert!(!passes(&person, &policy, true, &answer), "a signal never helps");
            let proxy = Person { is_proxy: true, ..person.clone() };
            prop_assert!(!passes(&proxy, &policy, false, &answer));
        }
    }
}

#[test]
fn enough_of_the_random_cases_pass() {
    // Otherwise the properties above could hold because nobody ever passes.
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let one = (people(), answers(), requirements(), requirements());
    let passed = (0..1000).filter(|_| {
        let (person, answer, require, step_up) = one.new_tree(&mut runner).unwrap().current();
        passes(&person, &policy(&require, &step_up), false, &answer)
    });
    let passed = passed.count();
    assert!((100..900).contains(&passed), "{passed}");
}
