//! Step 3: the values are released and shown.

use super::*;

#[test]
fn showing_malicious_another_snapshot_is_not_believed_by_the_desk() {
    let scene = Scene::new();
    let account = account();
    let (asked, demand) = scene.open(&account);
    let list = scene.world.list();
    let at_the_desk = VerifiedDemand::verify(demand.as_str(), &list, at(NOW)).unwrap();
    let sealed = at_the_desk.transaction().unwrap().snapshot().unwrap().to_owned();
    let identified = scene.identify(&asked, &scene.world.present(&at_the_desk)).unwrap();
    let released = identified.release(&account, at(NOW + 40)).unwrap();
    let verify =
        |text: &str, digest: &str| Snapshot::verify(text, digest, &list, at(NOW + 41)).unwrap_err().0;

    let other = realname::jose::encode(&[0; 32]);
    assert_eq!(verify(released.as_str(), &other), ReasonCode::SnapshotStale);
    // One value withheld, one replaced, another type of token.
    let parts: Vec<&str> = released.as_str().split('~').collect();
    let withheld = [&parts[..1], &parts[2..]].concat().join("~");
    assert_eq!(verify(&withheld, &sealed), ReasonCode::ClaimMissing);
    let swapped = realname::jose::encode(
        r#"["c2FsdHNhbHRzYWx0c2FsdA","arrears",{"currency":"CNY","fen":0}]"#.as_bytes(),
    );
    let replaced = [&parts[..7], &[&swapped[..]], &parts[8..]].concat().join("~");
    assert_eq!(verify(&replaced, &sealed), ReasonCode::DisclosureUnreferenced);
    let late = Snapshot::verify(released.as_str(), &sealed, &list, at(NOW + 3_600)).unwrap_err().0;
    assert_eq!(late, ReasonCode::Expired);
}

#[test]
fn showing_stale_a_changed_account_is_not_shown() {
    let scene = Scene::new();
    let identified = scene.identified(&account());
    assert_eq!(refusal(identified.release(&changed(), at(NOW + 40))), [ReasonCode::SnapshotStale]);
    assert_eq!(refusal(identified.release(&account(), at(NOW + 3_600))), [ReasonCode::CancellationOver]);
    let renamed = account_with(|items| items.name = "测试丙".into(), Reach::Receives);
    assert_eq!(refusal(identified.release(&renamed, at(NOW + 40))), [ReasonCode::SnapshotStale]);
}

#[test]
fn showing_doubled_shows_the_same() {
    let scene = Scene::new();
    let identified = scene.identified(&account());
    let show = || identified.release(&account(), at(NOW + 40)).unwrap().as_str().to_owned();
    assert_eq!(show(), show());
}
