//! `docs/trust-runbook.md`, step by step. The step numbers are the document's.

use realname::attest::{Attestor, Terminal};
use realname::demand::VerifiedDemand;
use realname::jose::{Json, SigningKey};
use realname::profile::ReasonCode;
use realname::rely::{DemandRef, Limits, Record, answer};
use realname::store::MemoryStore;
use realname::trust::{Anchor, Constraints, DelegationRequest, TrustError, TrustList};
use realname_testkit::world::{
    ISS, NOW, Person, World, at, cancel, entry, key, payload, sign_list, verified,
};

/// A relying party with its store, its anchors, and the newest list that it was given.
struct Site {
    world: World,
    anchors: Vec<Anchor>,
    seen: MemoryStore,
}

impl Site {
    fn new() -> Self {
        let world = World::new();
        let anchors = world.anchors();
        Self { world, anchors, seen: MemoryStore::new() }
    }

    fn take(&self, compact: &str) -> Result<TrustList, TrustError> {
        TrustList::verify(compact, &self.anchors, at(NOW), &self.seen)
    }

    fn asker(&self) -> Json {
        self.world.asks(&["sim.cancel"])
    }

    fn list(&self, anchor: &SigningKey, seq: i64, mut keys: Vec<Json>) -> String {
        keys.push(self.asker());
        sign_list(anchor, &payload(seq, keys))
    }

    /// One whole round with that attestor: which reasons the verdict has, and the record of an accepted one.
    fn round(&self, attestor: &Attestor, list: &TrustList) -> (Vec<ReasonCode>, Option<Record>) {
        let (_, demand) = self.world.demand(&cancel());
        let attestation =
            attestor.attest(verified(Person::Holder, demand.purpose()), &demand, at(NOW + 20)).unwrap();
        let presentation = attestation.present(&demand, at(NOW + 21)).unwrap();
        let asked = DemandRef::ByPresentation;
        let limits = Limits::default();
        let answer = answer(&self.world.store, &presentation, asked, list, at(NOW + 30), &limits).unwrap();
        (answer.verdict.reasons().iter().map(|reason| reason.code).collect(), answer.record)
    }
}

fn attestor(signer: SigningKey) -> Attestor {
    Attestor::new(ISS, signer, Terminal::new("pos-1")).unwrap()
}

fn revoked(json: Json, revoked_at: i64, reason: &str) -> Json {
    let Json::Object(mut members) = json else { panic!() };
    let revocation = [("revoked_at", revoked_at.into()), ("reason", reason.into())];
    members.insert("revoked".into(), Json::object(revocation));
    Json::Object(members)
}

#[test]
fn a_the_anchor_is_rotated() {
    let mut site = Site::new();
    let new_anchor = key(50);
    let operator = || entry(site.world.operator.verifying_key(), ISS, []);
    site.take(&site.list(&site.world.anchor, 1, vec![operator()])).unwrap();
    // A1: a list of the new anchor is refused until the anchor file has both.
    let by_new = site.list(&new_anchor, 2, vec![operator()]);
    assert!(matches!(site.take(&by_new), Err(TrustError::AnchorUnknown)));
    site.anchors.push(Anchor::new(new_anchor.verifying_key().clone(), at(NOW - 10_000), at(NOW + 1_000_000)));
    assert_eq!(Anchor::parse_all(&Anchor::to_file(&site.anchors)).unwrap(), site.anchors);
    // A2: the new anchor signs; both are taken as long as both are there, and the sequence goes on.
    let list = site.take(&by_new).unwrap();
    assert_eq!(list.anchor(), &new_anchor.verifying_key().thumbprint());
    assert!(site.round(&attestor(key(2)), &list).0.is_empty());
    let by_old = site.list(&site.world.anchor, 1, vec![operator()]);
    assert!(matches!(site.take(&by_old), Err(TrustError::RolledBack { seen: 2, got: 1 })));
    // A3: the old anchor is taken out, and its lists count no more, however high their sequence.
    site.anchors.remove(0);
    let by_old = site.list(&site.world.anchor, 3, vec![operator()]);
    assert!(matches!(site.take(&by_old), Err(TrustError::AnchorUnknown)));
}

#[test]
fn b_an_issuers_key_is_rotated() {
    let site = Site::new();
    let (old, new) = (key(2), key(51));
    let old_entry = || entry(old.verifying_key(), ISS, []);
    let new_entry = entry(new.verifying_key(), ISS, []);
    let anchor = &site.world.anchor;
    // B1: the new key is listed before it signs.
    let before = site.take(&site.list(anchor, 1, vec![old_entry()])).unwrap();
    assert_eq!(site.round(&attestor(key(51)), &before).0, [ReasonCode::KeyUnknown]);
    let both = site.take(&site.list(anchor, 2, vec![old_entry(), new_entry.clone()])).unwrap();
    // B2: then it signs, and both are taken.
    let (codes, record) = site.round(&attestor(key(2)), &both);
    assert!(codes.is_empty() && site.round(&attestor(key(51)), &both).0.is_empty());
    // B3: the old one is retired, not removed: what it signed before still counts, what it signs now doesn't.
    let retired = revoked(old_entry(), NOW + 25, "superseded");
    let list = site.take(&site.list(anchor, 3, vec![retired, new_entry.clone()])).unwrap();
    assert!(record.as_ref().unwrap().audit(&list, &Limits::default()).is_accepted());
    let retired = revoked(old_entry(), NOW + 5, "superseded");
    let list = site.take(&site.list(anchor, 4, vec![retired, new_entry.clone()])).unwrap();
    assert_eq!(site.round(&attestor(key(2)), &list).0, [ReasonCode::KeyRevoked]);
    assert!(site.round(&attestor(key(51)), &list).0.is_empty());
    // A key that was removed can't be audited any more: that is why it stays listed.
    let removed = site.take(&site.list(anchor, 5, vec![new_entry])).unwrap();
    assert!(record.unwrap().audit(&removed, &Limits::default()).has(ReasonCode::KeyUnknown));
}

#[test]
fn c_a_terminals_key_is_renewed() {
    let site = Site::new();
    let operator = entry(site.world.operator.verifying_key(), ISS, []);
    let list = site.take(&site.list(&site.world.anchor, 1, vec![operator])).unwrap();
    let delegate = |terminal: &SigningKey, iat: i64, exp: i64| {
        let constraints = Constraints { terminal: Some("pos-1".into()), ..Default::default() };
        let (sub, key) = ("pos-1", terminal.verifying_key());
        DelegationRequest { iss: ISS, sub, key, constraints: &constraints, iat: at(iat), exp: at(exp) }
            .sign(&site.world.operator)
    };
    // C1: a new key, a new statement; the trust list doesn't change.
    let old = delegate(&key(52), NOW - 100, NOW + 25).unwrap();
    let new = delegate(&key(53), NOW, NOW + 86_400).unwrap();
    let renewed = attestor(key(53)).with_delegation(vec![new]).unwrap();
    assert!(site.round(&renewed, &list).0.is_empty());
    // C2: the old one ends by itself.
    let ended = attestor(key(52)).with_delegation(vec![old]).unwrap();
    assert!(site.round(&ended, &list).0.contains(&ReasonCode::DelegationExpired));
}

#[test]
fn d_an_issuers_key_is_stolen() {
    let site = Site::new();
    let (stolen, new) = (key(2), key(54));
    let anchor = &site.world.anchor;
    let before = site.take(&site.list(anchor, 1, vec![entry(stolen.verifying_key(), ISS, [])])).unwrap();
    let (_, record) = site.round(&attestor(key(2)), &before);
    // D1, D2: revoked for compromise, with a new key beside it, under a higher sequence.
    let entries = vec![
        revoked(entry(stolen.verifying_key(), ISS, []), NOW + 5, "compromise"),
        entry(new.verifying_key(), ISS, []),
    ];
    let list = site.take(&site.list(anchor, 2, entries)).unwrap();
    assert!(site.round(&attestor(key(54)), &list).0.is_empty());
    // D3: nothing that it signed counts, whatever the date; terminals that it delegated to neither.
    assert_eq!(site.round(&attestor(key(2)), &list).0, [ReasonCode::KeyCompromised]);
    let constraints = Constraints::default();
    let terminal = key(55);
    let request = DelegationRequest {
        iss: ISS,
        sub: "pos-1",
        key: terminal.verifying_key(),
        constraints: &constraints,
        iat: at(NOW - 50),
        exp: at(NOW + 500),
    };
    let statement = request.sign(&stolen).unwrap();
    let delegated = attestor(terminal).with_delegation(vec![statement]).unwrap();
    assert_eq!(site.round(&delegated, &list).0, [ReasonCode::KeyCompromised]);
    // D4: records signed by it are found by auditing them again.
    let audit = record.unwrap().audit(&list, &Limits::default());
    assert_eq!(audit.reasons(), [ReasonCode::KeyCompromised.into()]);
    // The thief's old list can't come back.
    assert!(matches!(
        site.take(&site.list(anchor, 1, vec![entry(stolen.verifying_key(), ISS, [])])),
        Err(TrustError::RolledBack { .. })
    ));
}

#[test]
fn e_an_askers_key_is_stolen() {
    let site = Site::new();
    let (sent, _) = site.world.demand(&cancel());
    let asker = revoked(site.asker(), NOW, "compromise");
    let list = sign_list(&site.world.anchor, &payload(2, vec![asker]));
    let list = site.take(&list).unwrap();
    let refused = VerifiedDemand::verify(sent.as_str(), &list, at(NOW)).unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::KeyCompromised));
}

#[test]
fn f_the_anchor_is_stolen() {
    let mut site = Site::new();
    let thief_list = site.list(&site.world.anchor, 1 << 40, vec![entry(key(99).verifying_key(), ISS, [])]);
    // F1: the anchor file is replaced at every site; from then on the thief's lists are nobody's.
    let new_anchor = key(56);
    site.anchors =
        vec![Anchor::new(new_anchor.verifying_key().clone(), at(NOW - 10_000), at(NOW + 1_000_000))];
    assert!(matches!(site.take(&thief_list), Err(TrustError::AnchorUnknown)));
    // F2: a site that took one remembers its sequence, and needs a list under another `iss`, or a new store.
    let seen = MemoryStore::new();
    TrustList::verify(&thief_list, &site.world.anchors(), at(NOW), &seen).unwrap();
    let honest = site.list(&new_anchor, 2, vec![]);
    let refused = TrustList::verify(&honest, &site.anchors, at(NOW), &seen);
    assert!(matches!(refused, Err(TrustError::RolledBack { .. })));
    let Json::Object(mut members) = payload(2, vec![]) else { panic!() };
    members.insert("iss".into(), "https://list.example/after-the-theft".into());
    let renamed = sign_list(&new_anchor, &Json::Object(members));
    assert!(TrustList::verify(&renamed, &site.anchors, at(NOW), &seen).is_ok());
}
