//! Answers, records, audits. The refusals one by one are in `fixtures/vectors`.

use realname::demand::VerifiedDemand;
use realname::jose::{Json, SigningKey, Unverified};
use realname::profile::ReasonCode;
use realname::rely::*;
use realname::store::MemoryStore;
use realname::trust::{TrustList, sign_list};
use realname_testkit::world::{ISS, NOW, World, at, cancel, entry, payload};

fn answer_as(world: &World, presentation: &str, asked: Asked<'_>, now: i64) -> Verdict {
    answer(&world.store, presentation, asked, &world.list(), at(now), &Limits::default()).unwrap().verdict
}

#[test]
fn the_verdict_as_json() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let verdict = world.answer(&world.present(&demand)).verdict;
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["verdict"], "accepted");
    assert_eq!(json["reasons"], serde_json::json!([]));
    assert_eq!(json["purpose"], "sim.cancel");
    assert_eq!(json["checks"][0]["check"], "chip");
    assert_eq!(json["checks"][0]["outcome"], "pass");
    assert_eq!(json["claims"]["id_number"], "119999199001010004");
    assert_eq!(json["trust"]["list_seq"], 7);
    assert_eq!(json["trust"]["list_age"], 9030);
    assert_eq!(json["trust"]["anchor"], world.anchor.verifying_key().thumbprint().as_str());
    assert_eq!(json["age"], 20);
    assert_eq!(json["issuer"], ISS);
    assert_eq!(json["terminal"], "pos-1");
    assert_eq!(json["locality"], "onsite");
    let names = "age checks claims issuer locality purpose reasons terminal trust verdict";
    let found: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found.join(" "), names);
    let refused = serde_json::to_value(Verdict::refused(ReasonCode::ListExpired)).unwrap();
    assert_eq!(refused["verdict"], "refused");
    assert_eq!(refused["reasons"], serde_json::json!([{"code": "list_expired"}]));
    assert_eq!(refused["claims"], serde_json::Value::Null);
}

#[test]
fn which_demand_is_meant() {
    let world = World::new();
    let (first, demand) = world.demand(&cancel());
    let (second, _) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let other = answer_as(&world, &presentation, Asked::Nonce(second.nonce()), NOW + 30);
    assert!(other.has(ReasonCode::NonceMismatch) && other.has(ReasonCode::DemandHashMismatch));
    let other = answer_as(&world, &presentation, Asked::Demand(second.as_str()), NOW + 30);
    assert!(other.has(ReasonCode::NonceMismatch));
    let unknown = answer_as(&world, &presentation, Asked::Nonce("x"), NOW + 30);
    assert_eq!(unknown.reasons(), [ReasonCode::DemandUnknown.into()]);
    assert!(answer_as(&world, &presentation, Asked::Demand(first.as_str()), NOW + 30).is_accepted());
}

#[test]
fn time_passes() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel().max_age(590));
    let presentation = world.present(&demand);
    let at_the_end = answer_as(&world, &presentation, Asked::ByPresentation, NOW + 600);
    assert_eq!(at_the_end.reasons(), [ReasonCode::DemandExpired.into()]);
    let much_later = answer_as(&world, &presentation, Asked::ByPresentation, NOW + 920);
    let codes: Vec<_> = much_later.reasons().iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [ReasonCode::Expired, ReasonCode::DemandExpired, ReasonCode::TooOld]);
    assert!(answer_as(&world, &presentation, Asked::ByPresentation, NOW + 599).is_accepted());
}

/// A till or a server verifies its list once and keeps it in memory: it must not outlive itself there.
#[test]
fn a_list_that_expired_since_it_was_verified() {
    let world = World::new();
    let Json::Object(mut members) =
        Unverified::parse(&world.compact_list(8)).unwrap().peek().unwrap().clone()
    else {
        panic!()
    };
    members.insert("exp".into(), (NOW + 40).into());
    let compact = sign_list(&world.anchor, &Json::Object(members)).unwrap();
    let list = TrustList::as_of(&compact, &world.anchors(), at(NOW)).unwrap();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let decide = |now| {
        answer(&world.store, &presentation, Asked::ByPresentation, &list, at(now), &Limits::default())
            .unwrap()
            .verdict
    };
    assert_eq!(decide(NOW + 40).reasons(), [ReasonCode::ListExpired.into()]);
    let asked = |now| VerifiedDemand::verify(sent.as_str(), &list, at(now));
    assert!(asked(NOW + 39).is_ok());
    assert_eq!(asked(NOW + 40).unwrap_err().code(), Some(ReasonCode::ListExpired));
    assert!(decide(NOW + 39).is_accepted());
}

#[test]
fn what_was_recorded_survives_the_caller() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    assert!(recorded(&world.store, sent.nonce()).unwrap().is_none());
    let answered = world.answer(&world.present(&demand));
    let found = recorded(&world.store, sent.nonce()).unwrap().unwrap();
    assert!(found == answered.record.unwrap());
    assert_eq!(found.verdict().member("verdict").and_then(Json::as_str), Some("accepted"));
    assert!(recorded(&world.store, "unknown").unwrap().is_none());
}

#[test]
fn a_record_audits_years_later() {
    const YEARS: i64 = 5 * 365 * 86_400;
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let record = world.answer(&world.present(&demand)).record.unwrap();
    let record = Record::parse(&record.to_bytes()).unwrap();
    // Another anchor and another list; the key is retired and still listed.
    let anchor = SigningKey::from_ed25519_seed(&[77; 32]);
    let list = |more: Option<(&'static str, Json)>| {
        let mut operator = entry(world.operator.verifying_key(), ISS, []);
        if let (Json::Object(members), Some((name, value))) = (&mut operator, more) {
            members.insert(name.into(), value);
        }
        let Json::Object(mut list) = payload(90, vec![operator]) else { panic!() };
        list.insert("iat".into(), (NOW + YEARS).into());
        list.insert("exp".into(), (NOW + YEARS + 1000).into());
        let anchors = [realname::trust::Anchor::new(anchor.verifying_key().clone(), NOW, NOW + 2 * YEARS)];
        let compact = sign_list(&anchor, &Json::Object(list)).unwrap();
        TrustList::as_of(&compact, &anchors, at(NOW + YEARS)).unwrap()
    };
    let limits = Limits::default();
    let verdict = record.audit(&list(None), &limits);
    assert!(verdict.is_accepted() && verdict.claims().is_none(), "{:?}", verdict.reasons());
    let revoked = |reason: &str| {
        let revoked_at = (NOW + 1000).into();
        Some(("revoked", Json::object([("revoked_at", revoked_at), ("reason", reason.into())])))
    };
    assert!(record.audit(&list(revoked("superseded")), &limits).is_accepted());
    let stolen = record.audit(&list(revoked("compromise")), &limits);
    assert_eq!(stolen.reasons(), [ReasonCode::KeyCompromised.into()]);
}

#[test]
fn a_record_that_was_touched() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let record = world.answer(&world.present(&demand)).record.unwrap();
    let text = String::from_utf8(record.to_bytes()).unwrap();
    let audit = |text: &str| match Record::parse(text.as_bytes()) {
        Ok(record) => record.audit(&world.list(), &Limits::default()),
        Err(_) => Verdict::refused(ReasonCode::RecordMalformed),
    };
    assert!(audit(&text).is_accepted());
    for (from, to, code) in [
        ("\"terminal\":\"pos-1\"", "\"terminal\":\"pos-2\"", ReasonCode::RecordMalformed),
        ("\"verdict\":\"accepted\"", "\"verdict\":\"refused\"", ReasonCode::RecordMalformed),
        ("\"purpose\":\"sim.cancel\"", "\"purpose\":\"sim.transfer\"", ReasonCode::PurposeNotConsented),
        ("\"v\":1,\"verdict", "\"v\":2,\"verdict", ReasonCode::RecordMalformed),
        ("\"sd_hash\":\"", "\"sd_hash\":\"A", ReasonCode::SdHashMismatch),
        ("\"demand_hash\":\"", "\"demand_hash\":\"A", ReasonCode::DemandHashMismatch),
    ] {
        let touched = text.replace(from, to);
        assert_ne!(touched, text, "{from}");
        assert!(audit(&touched).has(code), "{from}: {:?}", audit(&touched).reasons());
    }
    assert!(Record::parse(b"{}").is_err() && Record::parse(b"").is_err());
}

#[test]
fn a_thousand_callers_and_one_winner() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let presentations: Vec<String> = (0..8).map(|_| world.present(&demand)).collect();
    let list = world.list();
    let won: usize = std::thread::scope(|scope| {
        let callers: Vec<_> = presentations
            .iter()
            .map(|presentation| {
                let (store, list): (&MemoryStore, _) = (&world.store, &list);
                scope.spawn(move || {
                    let limits = Limits::default();
                    let asked = Asked::ByPresentation;
                    (0..125)
                        .map(|_| answer(store, presentation, asked, list, at(NOW + 30), &limits).unwrap())
                        .filter(|answer| answer.verdict.is_accepted())
                        .count()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).sum()
    });
    assert_eq!(won, 1);
}

#[test]
fn junk_burns_nothing() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let (jwt, rest) = presentation.split_once('~').unwrap();
    let kb = rest.rsplit_once('~').unwrap().1;
    for junk in [
        format!("{jwt}~{kb}"),
        format!("{kb}~{kb}"),
        format!("{presentation}A"),
        presentation.replace('~', "~~"),
    ] {
        let refused = answer_as(&world, &junk, Asked::Nonce(sent.nonce()), NOW + 30);
        assert!(!refused.is_accepted());
    }
    assert!(world.answer(&presentation).verdict.is_accepted());
}

#[test]
fn inspection_shows_and_believes_nothing() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let shown = inspect(&presentation).unwrap();
    assert_eq!(shown.member("verified"), Some(&false.into()));
    assert_eq!(shown.member("disclosures").and_then(Json::as_array).map(<[Json]>::len), Some(2));
    let payload = inspect(sent.as_str()).unwrap();
    let purpose = payload.member("payload").and_then(|payload| payload.member("purpose"));
    assert_eq!(purpose.and_then(Json::as_str), Some("sim.cancel"));
    assert!(inspect("junk").is_err() && inspect("a~b~c").is_err());
}
