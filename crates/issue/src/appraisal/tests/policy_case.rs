//! What a policy's data does to a case: terms, step-ups, terminals, the age of answers.

use super::remote::Always;
use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::capture::plugin::LivenessVerdict;
use crate::document::*;
use crate::profile::{Check, Env, Outcome, Purpose};

const ON_SITE: &str = include_str!("../policies/cn-telecom-onsite.toml");

fn with(from: &str, to: &str) -> Policy {
    let changed = ON_SITE.replace(from, to);
    assert_ne!(changed, ON_SITE, "{from}");
    Policy::from_toml(&changed).unwrap()
}

/// Whether a card with that validity passes when the register confirms its dates, or has none.
fn with_term(policy: &Policy, from: &str, until: &str, dates: Attribute) -> Result<(), Vec<Reason>> {
    let evidence =
        on_site(person("测试甲", "119999199001010004", from, until), "jia-live-1", Origin::Emulated);
    let case = Case::open(evidence, policy, request(Env::Test)).unwrap();
    let mut finding = all_right(&case);
    (finding.attributes.valid_from, finding.attributes.valid_until) = (dates, dates);
    case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons())
}

#[test]
fn an_unusual_term_needs_the_registers_word() {
    use Attribute::{Match, NotAvailable};
    let unusual = || Err(vec![Reason::DocumentTermUnusual]);
    // 30 at issue: twenty years.
    let built_in = Policy::on_site();
    assert_eq!(with_term(&built_in, "20200101", "20400101", NotAvailable), Ok(()));
    assert_eq!(with_term(&built_in, "20200101", "20300101", NotAvailable), unusual());
    assert_eq!(with_term(&built_in, "20200101", "long", NotAvailable), unusual());
    assert_eq!(with_term(&built_in, "20200101", "long", Match), Ok(()));
    for (effect, confirmed, unconfirmed) in
        [("ignore", Ok(()), Ok(())), ("inconclusive", unusual(), unusual()), ("fail", unusual(), unusual())]
    {
        let policy = with("unusual = \"confirm\"", &format!("unusual = \"{effect}\""));
        assert_eq!(with_term(&policy, "20200101", "long", Match), confirmed, "{effect}");
        assert_eq!(with_term(&policy, "20200101", "long", NotAvailable), unconfirmed, "{effect}");
        assert_eq!(with_term(&policy, "20200101", "20400101", NotAvailable), Ok(()), "{effect}");
    }
    // One date alone is no confirmation.
    let case = open();
    let mut finding = all_right(&case);
    finding.attributes.valid_until = NotAvailable;
    let refusal = case.appraise(Ok(finding)).unwrap_err();
    assert_eq!(outcome(&refusal, Check::DocumentValidity), Outcome::Inconclusive);
}

#[test]
fn a_signal_asks_for_more() {
    let open = |signals: &[Signal], policy: &Policy| {
        let request = request(Env::Test).signals(signals.iter().copied());
        Case::open(on_site(jia(), "jia-live-1", Origin::Emulated), policy, request).unwrap()
    };
    let appraise = |case: Case| {
        let finding = all_right(&case);
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons())
    };
    let built_in = Policy::on_site();
    assert!(!open(&[], &built_in).query().wants_liveness());
    assert_eq!(appraise(open(&[], &built_in)), Ok(()));
    for signal in [Signal::ReaderBusy, Signal::ManyNumbers, Signal::PhotoSeen] {
        let case = open(&[signal], &built_in);
        assert!(case.query().wants_liveness(), "the register is asked for it too");
        assert_eq!(appraise(case), Err(vec![Reason::LivenessNotRun]), "{signal}");
        let alive = LivenessVerdict::Live(super::remote::score());
        assert_eq!(
            appraise(open(&[signal], &built_in).with_liveness(&Always(alive, true))),
            Ok(()),
            "{signal}"
        );
    }
    // For other purposes only, it changes nothing here.
    let elsewhere =
        with("require = [\"liveness\"]", "purposes = [\"sim.activate\"]\nrequire = [\"liveness\"]");
    assert_eq!(appraise(open(&Signal::ALL, &elsewhere)), Ok(()));
    // 甲 is long-term from the age of 30 on, which the case sees by itself.
    let on_term = with("\"photo_seen\"]", "\"term_unusual\"]");
    assert_eq!(appraise(open(&[], &on_term)), Err(vec![Reason::LivenessNotRun]));
    let on_rare = with("\"photo_seen\"]", "\"rare_name\"]");
    assert_eq!(appraise(open(&[], &on_rare)), Ok(()));
    let rare = on_site(
        person("测试\u{E188}", "119999199001010004", "20200101", "long"),
        "jia-live-1",
        Origin::Emulated,
    );
    let case = Case::open(rare, &on_rare, request(Env::Test)).unwrap();
    assert_eq!(appraise(case), Err(vec![Reason::LivenessNotRun]));
}

#[test]
fn counts_become_signals() {
    let limits = Policy::on_site().limits();
    assert_eq!(limits.signals(3, 29), []);
    assert_eq!(limits.signals(4, 29), [Signal::ManyNumbers]);
    assert_eq!(limits.signals(0, 30), [Signal::ReaderBusy]);
    assert_eq!(limits.signals(5, 60), [Signal::ManyNumbers, Signal::ReaderBusy]);
}

#[test]
fn a_policy_that_enrols_terminals_takes_no_other_reader() {
    let enrolling = |id: &str, reader: &str| {
        let text = format!("{ON_SITE}\n[[terminal]]\nid = \"{id}\"\nsam_ids = [\"{reader}\"]\n");
        Policy::from_toml(&text).unwrap()
    };
    let this = sam_id().to_string();
    let other = "05.03-20161207-0000123457-1234567890";
    let production = || request(Env::Production);
    let open = |policy: &Policy, request: CaseRequest| {
        let evidence = on_site(jia(), "jia-live-1", Origin::Serial);
        Case::open(evidence, policy, request).map(|_| ())
    };
    let refused = Err(CaseError::NotEnrolled { sam_id: sam_id() });
    let here = enrolling("till-1", &this);
    assert_eq!(open(&here, production().terminal("till-1")), Ok(()));
    assert_eq!(open(&here, production()), refused, "which terminal isn't said");
    assert_eq!(open(&here, production().terminal("till-2")), refused, "another terminal's reader");
    assert_eq!(open(&enrolling("till-1", other), production().terminal("till-1")), refused);
    // What the caller lists can't widen it, only narrow it.
    let listed = |reader: SamId| production().terminal("till-1").enrolled([reader]);
    assert_eq!(open(&enrolling("till-1", other), listed(sam_id())), refused);
    assert_eq!(open(&here, listed(sam_id())), Ok(()));
    assert_eq!(open(&here, listed(other.parse().unwrap())), refused);
    // A test has no enrolled reader.
    assert_eq!(open(&here, request(Env::Test)), Ok(()));
}

#[test]
fn an_answer_may_be_as_old_as_the_policy_says() {
    let appraise = |policy: &Policy, age: i64| {
        let evidence = on_site(jia(), "jia-live-1", Origin::Emulated);
        let case = Case::open(evidence, policy, request(Env::Test)).unwrap();
        let mut finding = all_right(&case);
        finding.meta.answered_at = ago(age);
        case.appraise(Ok(finding)).is_ok()
    };
    let fresh = Policy::on_site();
    assert_eq!([60, 61, 360, 361].map(|age| appraise(&fresh, age)), [true, false, false, false]);
    let cached = with("max_age_seconds = 600", "max_age_seconds = 600\nregister_max_age_seconds = 300");
    assert_eq!([60, 61, 360, 361].map(|age| appraise(&cached, age)), [true, true, true, false]);
}

#[test]
fn consent_for_one_purpose_is_none_for_another() {
    for purpose in Purpose::NAMED {
        let evidence = on_site(jia(), "jia-live-1", Origin::Emulated); // consented to sim.cancel
        let opened =
            Case::open(evidence, &Policy::on_site(), CaseRequest::new(purpose.clone(), Env::Test, now()));
        match opened {
            Ok(_) => assert_eq!(purpose, Purpose::SimCancel),
            Err(error) => assert_eq!(error, CaseError::NoConsent { purpose }),
        }
    }
}

#[test]
fn each_kind_of_document_may_have_a_rule_of_its_own() {
    // A resident card as always; a permit needs liveness as well; nobody else is taken.
    let (head, _) = ON_SITE.split_once("[[rule]]").unwrap();
    let rule = |kinds: &str, more: &str| {
        format!(
            "[[rule]]\npurposes = [\"sim.cancel\"]\nkinds = {kinds}\nrequire = [\"chip\", \"document_validity\", \"registry\", \
             \"face_registry\"{more}]\nbecause = [\"test\"]\n"
        )
    };
    let (resident, permit) = (rule("[\"resident\"]", ""), rule("[\"residence_permit\"]", ", \"liveness\""));
    let policy = Policy::from_toml(&format!("{head}{resident}{permit}")).unwrap();
    assert_eq!(policy.contradictions(), []);
    let appraise = |kind: DocumentKind| {
        let mut parts = person("测试甲", "119999199001010004", "20230101", "20280101");
        parts.kind = kind;
        let evidence = on_site(parts, "jia-live-1", Origin::Emulated);
        let case = Case::open(evidence, &policy, request(Env::Test)).unwrap();
        let finding = all_right(&case);
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons()[0])
    };
    assert_eq!(appraise(DocumentKind::Resident), Ok(()));
    assert_eq!(appraise(DocumentKind::ResidencePermit), Err(Reason::LivenessNotRun));
    assert_eq!(appraise(DocumentKind::PermanentResident2023), Err(Reason::DocumentKindNotAccepted));
    let shown = policy.explain(&Purpose::SimCancel).unwrap();
    assert_eq!((shown.kinds.len(), shown.also.len()), (1, 1));
    let text = shown.to_string();
    assert!(
        text.contains("documents  resident\n") && text.contains("documents  residence_permit\n"),
        "{text}"
    );
    // The same kind twice is two answers to one question.
    let twice = Policy::from_toml(&format!("{head}{resident}{resident}"));
    assert!(matches!(twice, Err(PolicyError::DoublePurpose { purpose: Purpose::SimCancel })));
}
