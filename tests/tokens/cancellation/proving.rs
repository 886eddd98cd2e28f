//! Step 2: the person proves to be the holder.

use super::*;

#[test]
fn proving_malicious_another_persons_genuine_card() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    let at_the_desk = VerifiedDemand::verify(demand.as_str(), &scene.world.list(), at(NOW)).unwrap();
    let presentation = present_as(Person::Stranger, &at_the_desk, "pos-1").unwrap();
    assert_eq!(refusal(scene.identify(&asked, &presentation)), [ReasonCode::HolderMismatch]);
    // Nothing was used up: the holder still can.
    assert!(scene.identify(&asked, &scene.world.present(&at_the_desk)).is_ok());
}

#[test]
fn proving_malicious_a_presentation_made_for_another_number() {
    let scene = Scene::new();
    let victims = Account::new(
        phone("+8613900000000"),
        "sub-9",
        "119999199001010012",
        account().items().clone(),
        Reach::Receives,
    );
    let (victims_case, _) = scene.open(&victims.unwrap());
    let (_, own_demand) = scene.open(&account());
    let presentation = scene.presentation(&own_demand);
    let reasons = refusal(scene.identify(&victims_case, &presentation));
    assert!(reasons.contains(&ReasonCode::DemandHashMismatch), "{reasons:?}");
}

#[test]
fn proving_stale_the_demand_or_the_case_is_over() {
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account());
    let presentation = scene.presentation(&demand);
    let reasons = refusal(scene.identify_at(&asked, &presentation, at(NOW + 601)));
    assert!(reasons.contains(&ReasonCode::DemandExpired), "{reasons:?}");
    let reasons = refusal(scene.identify_at(&asked, &presentation, at(NOW + 3_600)));
    assert_eq!(reasons, [ReasonCode::CancellationOver]);
}

#[test]
fn proving_doubled_a_presentation_is_accepted_once() {
    let scene = Scene::new();
    let (asked, demand) = scene.open(&account());
    let presentation = scene.presentation(&demand);
    let _identified = scene.identify(&asked, &presentation).unwrap();
    let reasons = refusal(scene.identify(&asked, &presentation));
    assert!(reasons.contains(&ReasonCode::AlreadyAnswered), "{reasons:?}");
}
