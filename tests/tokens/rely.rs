//! Answers, records, audits. The refusals one by one are in `fixtures/vectors`.

use realname::demand::VerifiedDemand;
use realname::jose::{Json, Members, SigningKey, Unverified, decode, encode, sign};
use realname::profile::ReasonCode;
use realname::rely::*;
use realname::store::MemoryStore;
use realname::trust::TrustList;
use realname_testkit::world::{
    ASKER, ISS, NOW, Person, World, at, cancel, entry, payload, present_as, seconds, sign_list,
};

fn answer_as(world: &World, presentation: &str, asked: DemandRef<'_>, now: i64) -> Verdict {
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
    let other = answer_as(&world, &presentation, DemandRef::Nonce(second.nonce()), NOW + 30);
    assert!(other.has(ReasonCode::NonceMismatch) && other.has(ReasonCode::DemandHashMismatch));
    let other = answer_as(&world, &presentation, DemandRef::Demand(second.as_str()), NOW + 30);
    assert!(other.has(ReasonCode::NonceMismatch));
    let unknown = answer_as(&world, &presentation, DemandRef::Nonce("x"), NOW + 30);
    assert_eq!(unknown.reasons(), [ReasonCode::DemandUnknown.into()]);
    assert!(answer_as(&world, &presentation, DemandRef::Demand(first.as_str()), NOW + 30).is_accepted());
}

#[test]
fn time_passes() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel().max_age(seconds(590)));
    let presentation = world.present(&demand);
    let at_the_end = answer_as(&world, &presentation, DemandRef::ByPresentation, NOW + 600);
    assert_eq!(at_the_end.reasons(), [ReasonCode::DemandExpired.into()]);
    let much_later = answer_as(&world, &presentation, DemandRef::ByPresentation, NOW + 920);
    let codes: Vec<_> = much_later.reasons().iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [ReasonCode::Expired, ReasonCode::DemandExpired, ReasonCode::TooOld]);
    assert!(answer_as(&world, &presentation, DemandRef::ByPresentation, NOW + 599).is_accepted());
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
    let compact = sign_list(&world.anchor, &Json::Object(members));
    let list = TrustList::as_of(&compact, &world.anchors(), at(NOW)).unwrap();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let decide = |now| {
        answer(&world.store, &presentation, DemandRef::ByPresentation, &list, at(now), &Limits::default())
            .unwrap()
            .verdict
    };
    assert_eq!(decide(NOW + 40).reasons(), [ReasonCode::ListExpired.into()]);
    let asked = |now| VerifiedDemand::verify(sent.as_str(), &list, at(now));
    assert!(asked(NOW + 39).is_ok());
    assert_eq!(asked(NOW + 40).unwrap_err().reason(), Some(ReasonCode::ListExpired));
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
    assert!(found.verdict().is_accepted());
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
        let anchors =
            [realname::trust::Anchor::new(anchor.verifying_key().clone(), at(NOW), at(NOW + 2 * YEARS))];
        let compact = sign_list(&anchor, &Json::Object(list));
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
        ("\"purpose\":\"sim.cancel\"", "\"purpose\":\"sim.transfer\"", ReasonCode::RecordMalformed),
        ("\"v\":2,\"verdict", "\"v\":3,\"verdict", ReasonCode::RecordMalformed),
        ("\"sd_hash\":\"", "\"sd_hash\":\"A", ReasonCode::SdHashMismatch),
        ("\"locality\":\"onsite\"", "\"locality\":\"remote\"", ReasonCode::RecordMalformed),
    ] {
        let touched = text.replace(from, to);
        assert_ne!(touched, text, "{from}");
        assert!(audit(&touched).has(code), "{from}: {:?}", audit(&touched).reasons());
    }
    assert!(Record::parse(b"{}").is_err() && Record::parse(b"").is_err());
}

/// The demand in a record with one member changed, as its keeper might, who has no key for it.
fn with_demand(record: &Record, change: impl FnOnce(&mut Members)) -> Record {
    let mut json: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
    let compact = json["demand"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = compact.split('.').collect();
    let Json::Object(mut members) = Unverified::parse(&compact).unwrap().peek().unwrap().clone() else {
        panic!()
    };
    change(&mut members);
    let payload = encode(&Json::Object(members).to_bytes());
    json["demand"] = format!("{}.{payload}.{}", parts[0], parts[2]).into();
    Record::parse(json.to_string().as_bytes()).unwrap()
}

#[test]
fn a_record_whose_keeper_asks_for_less_afterwards() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let record = world.answer(&world.present(&demand)).record.unwrap();
    let audit = |record: &Record| record.audit(&world.list(), &Limits::default());
    assert!(audit(&with_demand(&record, |_| {})).is_accepted());
    for (name, value) in [
        ("require", Json::object([])),
        ("purpose", "service.order".into()),
        ("exp", (NOW + 10_000).into()),
        ("transaction", Json::Null),
    ] {
        let emptied = with_demand(&record, |members| match &value {
            Json::Null => drop(members.remove(name)),
            value => drop(members.insert(name.into(), value.clone())),
        });
        let found = audit(&emptied);
        assert!(
            found.has(ReasonCode::DemandHashMismatch) || found.has(ReasonCode::RecordMalformed),
            "{name}"
        );
    }
    // An outline in the text's place is told apart from the text.
    let outline: serde_json::Value = serde_json::from_slice(&record.erase().to_bytes()).unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
    json["demand"] = outline["outline"].clone();
    let found = audit(&Record::parse(json.to_string().as_bytes()).unwrap());
    assert_eq!(found.remarks(), [ReasonCode::DemandErased]);
}

#[test]
fn an_erased_record_names_no_number_and_still_audits() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let record = world.answer(&world.present(&demand)).record.unwrap();
    assert!(!record.is_erased() && record.audit(&world.list(), &Limits::default()).remarks().is_empty());
    let erased = Record::parse(&record.erase().to_bytes()).unwrap();
    let text = String::from_utf8(erased.to_bytes()).unwrap();
    assert!(erased.is_erased() && erased.erase() == erased && !text.contains("13800000000"));
    assert!(!text.split(['"', '.', '~']).any(|part| {
        decode(part).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains("13800000000"))
    }));
    let found = erased.audit(&world.list(), &Limits::default());
    assert!(found.is_accepted() && found.remarks() == [ReasonCode::DemandErased], "{:?}", found.reasons());
    assert_eq!(serde_json::to_value(&found).unwrap()["remarks"][0]["code"], "demand_erased");
    // What is left is judged: another terminal's name, another life.
    let touched = text.replace("\"terminal\":\"pos-1\"", "\"terminal\":\"pos-2\"");
    assert!(
        !Record::parse(touched.as_bytes()).unwrap().audit(&world.list(), &Limits::default()).is_accepted()
    );
}

#[test]
fn a_record_accepted_outside_the_lives_that_were_signed() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let record = world.answer(&world.present(&demand)).record.unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
    for (seconds, inside) in [(30, true), (31, false), (600, false), (10_000, false), (-200, false)] {
        json["accepted_at"] = at(NOW + seconds).to_string().into();
        let touched = Record::parse(json.to_string().as_bytes()).unwrap();
        // A second later it would have another age, which the recorded verdict doesn't have.
        let audited = touched.audit(&world.list(), &Limits::default());
        assert_eq!(audited.is_accepted(), inside, "{seconds}: {:?}", audited.reasons());
    }
    json["accepted_at"] = at(NOW + 700).to_string().into();
    json["verdict"]["age"] = 690.into();
    let late = Record::parse(json.to_string().as_bytes()).unwrap().audit(&world.list(), &Limits::default());
    assert!(late.has(ReasonCode::DemandExpired) && late.has(ReasonCode::TooOld), "{:?}", late.reasons());
}

/// A terminal whose clock is behind answers before it was asked, by its own clock. Nobody accepts that early.
#[test]
fn a_record_accepted_before_anybody_had_asked() {
    let world = World::new();
    let demand = cancel().issue(ASKER, &world.asker, &world.store, at(NOW + 60)).unwrap();
    let verified = VerifiedDemand::verify(demand.as_str(), &world.list(), at(NOW + 60)).unwrap();
    let record = world.answer(&world.present(&verified)).record.unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
    // The check was made ten seconds after `NOW`, and the skew is a minute.
    for (seconds, inside) in [(0, true), (-1, false)] {
        json["accepted_at"] = at(NOW + seconds).to_string().into();
        json["verdict"]["age"] = (seconds - 10).into();
        let touched = Record::parse(json.to_string().as_bytes()).unwrap();
        let audited = touched.audit(&world.list(), &Limits::default());
        assert_eq!(audited.is_accepted(), inside, "{seconds}: {:?}", audited.reasons());
    }
}

#[test]
fn a_stranger_who_names_an_answered_nonce_is_told_nothing() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let honest = world.present(&demand);
    assert!(world.answer(&honest).verdict.is_accepted());
    // His own key, his own operator; the nonce is all that he knows.
    let kb = honest.rsplit('~').next().unwrap();
    let stranger = SigningKey::from_ed25519_seed(&[42; 32]);
    let jwt = sign(&stranger, "dc+sd-jwt", [], &Json::object([("iss", "https://x.example".into())])).unwrap();
    for text in [
        format!("{jwt}~{kb}"),
        honest.replacen("ey", "e", 1),
        format!("{}~{kb}", honest.split('~').next().unwrap()),
    ] {
        for asked in [DemandRef::ByPresentation, DemandRef::Nonce(sent.nonce())] {
            let told = answer_as(&world, &text, asked, NOW + 40);
            assert!(
                !told.is_accepted() && told.recorded().is_none() && !told.has(ReasonCode::AlreadyAnswered)
            );
            assert!(told.issuer().is_none() && told.terminal().is_none() && told.checks().is_empty());
            assert!(told.purpose().is_none());
        }
    }
    // A trusted terminal with another person's card is told that it was answered, and not by whom.
    let other = present_as(Person::Stranger, &demand, "pos-1").unwrap();
    let other = answer_as(&world, &other, DemandRef::ByPresentation, NOW + 40);
    assert_eq!(other.reasons(), [ReasonCode::AlreadyAnswered.into(), ReasonCode::HolderMismatch.into()]);
    assert!(other.recorded().is_none());
    // Its owner is told, even when its time is over.
    let late = answer_as(&world, &honest, DemandRef::ByPresentation, NOW + 5000);
    assert!(late.has(ReasonCode::AlreadyAnswered) && late.recorded().is_some());
    let other = answer_as(&world, &world.present(&demand), DemandRef::ByPresentation, NOW + 40);
    assert_eq!(other.reasons(), [ReasonCode::AlreadyAnswered.into()]);
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
                    let asked = DemandRef::ByPresentation;
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
        let refused = answer_as(&world, &junk, DemandRef::Nonce(sent.nonce()), NOW + 30);
        assert!(!refused.is_accepted());
    }
    assert!(world.answer(&presentation).verdict.is_accepted());
}

#[test]
fn inspection_shows_and_believes_nothing() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let shown = serde_json::to_value(inspect(&presentation).unwrap()).unwrap();
    assert_eq!(shown["verified"], false);
    assert_eq!(shown["disclosures"].as_array().map(Vec::len), Some(2));
    let payload = serde_json::to_value(inspect(sent.as_str()).unwrap()).unwrap();
    assert_eq!(payload["payload"]["purpose"], "sim.cancel");
    assert!(inspect("junk").is_err() && inspect("a~b~c").is_err());
}
