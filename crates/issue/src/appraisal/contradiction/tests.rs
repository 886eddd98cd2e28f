use super::*;
use crate::appraisal::Policy;

const ON_SITE: &str = include_str!("../policies/cn-telecom-onsite.toml");

fn found(from: &str, to: &str) -> Vec<Contradiction> {
    let changed = ON_SITE.replacen(from, to, 1);
    assert_ne!(changed, ON_SITE, "{from}");
    Policy::from_toml(&changed).unwrap_or_else(|error| panic!("{to}: {error:?}")).contradictions()
}

fn one(check: Check) -> Requirement {
    Requirement::One(check)
}

fn faces() -> Requirement {
    Requirement::AnyOf(vec![Check::FaceChip, Check::FaceRegistry])
}

#[test]
fn a_number_that_is_told_to_no_required_register() {
    let text = ON_SITE.replace(
        "purposes = [\"delivery.handover\"]",
        "phone_number = \"told\"\npurposes = [\"delivery.handover\"]",
    );
    let found = Policy::from_toml(&text).unwrap().contradictions();
    assert_eq!(found, [Contradiction::PhoneForNobody { rule: 6 }]);
}

#[test]
fn the_built_in_policies_contradict_nothing() {
    for policy in [Policy::on_site(), Policy::online(), Policy::cancel_online()] {
        assert_eq!(policy.contradictions(), [], "{}", policy.reference().id);
    }
}

#[test]
fn numbers_that_can_not_be_meant() {
    assert_eq!(found("= 600", "= 0"), [Contradiction::NoTime]);
    let seconds = 90_000;
    assert_eq!(
        found("= 600", "= 90000"),
        [
            Contradiction::LongSession { seconds },
            // Nor does a session of 25 hours fit into the 24 hours of a re-verification.
            Contradiction::NoTimeToComplete { rule: 5, hours: 24 },
        ]
    );
    assert_eq!(found("document = 5\nmany_numbers = 4", "document = 0"), [Contradiction::LimitOfNothing]);
    assert_eq!(
        found("many_numbers = 4", "many_numbers = 6"),
        [Contradiction::IdleSignal { signal: "many_numbers", from: 6, limit: 5 }]
    );
    assert_eq!(
        found("hour = 30", "hour = 61"),
        [Contradiction::IdleSignal { signal: "busy_checks_per_hour", from: 61, limit: 60 }]
    );
    assert_eq!(found("age = 18", "age = 17"), [Contradiction::MinorsAttested { years: 17 }]);
    assert_eq!(found("age = 18", "age = 120"), [Contradiction::AgeOfNobody { years: 120 }]);
    assert_eq!(found("hours = 24", "hours = 0"), [Contradiction::NoTimeToComplete { rule: 5, hours: 0 }]);
}

#[test]
fn requirements_that_can_not_be_met_or_never_matter() {
    assert_eq!(
        found("\"chip\",", "\"chip\", \"confirmation\","),
        [Contradiction::NeverMet { rule: 1, requirement: one(Check::Confirmation) }]
    );
    assert_eq!(
        found("\"chip\",", "\"chip\", \"triplet\","),
        [Contradiction::NeverMet { rule: 1, requirement: one(Check::Triplet) }]
    );
    assert_eq!(
        found("\"chip\",", "\"chip\", [\"liveness\", \"triplet\"],"),
        [Contradiction::DeadAlternative { rule: 1, check: Check::Triplet }]
    );
    assert_eq!(
        found("\"chip\",", "\"chip\", \"face_chip\","),
        [Contradiction::IdleAlternative { rule: 1, requirement: faces() }]
    );
    assert_eq!(
        found("\"chip\",", "\"chip\", \"chip\","),
        [Contradiction::SaidTwice { rule: 1, requirement: one(Check::Chip) }]
    );
    assert_eq!(
        found("[\"resident\", ", "[\"resident\", \"resident\", "),
        [Contradiction::KindTwice { rule: 1, kind: DocumentKind::Resident }]
    );
}

#[test]
fn rules_that_protect_nobody() {
    assert_eq!(
        found(
            "because = [\"MIIT 2016: at delivery person, document and the data given are compared\"]",
            "because = [\" \"]"
        ),
        [Contradiction::NoSource { rule: 6 }]
    );
    assert_eq!(
        found("\"chip\", \"document_validity\", [\"face", "\"document_validity\", [\"face"),
        [Contradiction::NobodyVouches { rule: 6 }]
    );
    // "The chip or liveness" is nobody's word for who it is.
    assert_eq!(
        found(
            "\"chip\", \"document_validity\", [\"face",
            "[\"chip\", \"liveness\"], \"document_validity\", [\"face"
        ),
        [Contradiction::NobodyVouches { rule: 6 }]
    );
    assert_eq!(found("\"document_validity\", ", ""), [Contradiction::ValidityIgnored { rule: 1 }]);
    assert_eq!(found(", [\"face_chip\", \"face_registry\"]", ""), [Contradiction::NoFace { rule: 1 }]);
    let from_afar = found("locality = \"onsite\"", "locality = \"remote\"");
    assert!(from_afar.contains(&Contradiction::NeverMet { rule: 1, requirement: one(Check::Chip) }));
    assert!(from_afar.contains(&Contradiction::HighRiskRemote { rule: 3, purpose: Purpose::SimCancel }));
    assert!(from_afar.contains(&Contradiction::DeadAlternative { rule: 1, check: Check::FaceChip }));
}

#[test]
fn step_ups_that_change_nothing_or_refuse_everybody() {
    let when = "when = [\"reader_busy\", \"many_numbers\", \"photo_seen\"]\nrequire = [\"liveness\"]";
    assert_eq!(
        found(when, "when = [\"reader_busy\"]\nrequire = [\"confirmation\"]"),
        [Contradiction::StepUpNeverMet { step_up: 1, requirement: one(Check::Confirmation) }]
    );
    assert_eq!(
        found(when, "when = [\"reader_busy\"]\npurposes = [\"sim.cancel\"]\nrequire = [\"registry\"]"),
        [Contradiction::IdleStepUp { step_up: 1 }]
    );
    assert_eq!(
        found(when, "when = [\"reader_busy\"]\npurposes = [\"urn:example:loan\"]\nrequire = [\"liveness\"]"),
        [Contradiction::IdleStepUp { step_up: 1 }]
    );
    let online = include_str!("../policies/cn-telecom-online.toml");
    let unseen = online.replacen(
        "when = [\"reader_busy\", \"many_numbers\", \"photo_seen\"]",
        "when = [\"rare_name\"]",
        1,
    );
    assert_ne!(unseen, online);
    assert_eq!(
        Policy::from_toml(&unseen).unwrap().contradictions(),
        [Contradiction::IdleStepUp { step_up: 1 }]
    );
}

#[test]
fn terms_and_terminals() {
    assert_eq!(
        found("kinds = [\"residence_permit\"]", "kinds = [\"resident\"]"),
        [Contradiction::TermsTwice { kind: DocumentKind::Resident }]
    );
    assert_eq!(
        found("because = [\"Resident Identity Card Law, articles 5 and 12\"]", ""),
        [Contradiction::TermsWithoutSource { table: 1 }]
    );
    let (head, tail) = ON_SITE.split_once("[[terms.table]]").unwrap();
    let rules = &tail[tail.find("[[rule]]").unwrap()..];
    let bare = Policy::from_toml(&format!("{head}{rules}")).unwrap();
    assert_eq!(bare.contradictions(), [Contradiction::NoTerms]);
    let sam = "05.03-20161207-0000123456-1234567890";
    let two = format!(
        "{ON_SITE}\n[[terminal]]\nid = \"till-1\"\nsam_ids = [\"{sam}\"]\n[[terminal]]\nid = \"till-2\"\nsam_ids = [\"{sam}\"]\n"
    );
    let shared = Contradiction::SharedReader { sam_id: sam.to_owned() };
    assert_eq!(Policy::from_toml(&two).unwrap().contradictions(), [shared]);
    let online = format!(
        "{}\n[[terminal]]\nid = \"shop\"\nsam_ids = [\"{sam}\"]\n",
        include_str!("../policies/cn-telecom-online.toml")
    );
    assert_eq!(Policy::from_toml(&online).unwrap().contradictions(), [Contradiction::IdleTerminals]);
}
