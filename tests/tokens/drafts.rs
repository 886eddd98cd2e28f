//! What somebody means to have signed: lists, constraints, demands, terminals. What can't be meant is refused where it is made.

use realname::attest::{AttestError, Attestor, Terminal};
use realname::demand::{AskError, DemandRequest};
use realname::jose::{SigningKey, Unverified};
use realname::profile::{Check, ClaimName, Locality, Purpose, ReasonCode};
use realname::store::MemoryStore;
use realname::trust::*;
use realname_testkit::world::{ASKER, ISS, NOW, World, at, key, seconds};

const LIST: &str = "https://list.example";

fn draft(entries: &str) -> Result<SignedList, DraftError> {
    let text = format!(r#"{{"iss":"{LIST}","keys":[{entries}]}}"#);
    ListBuilder::parse(text.as_bytes())?.sign(&key(1), at(NOW))
}

/// A key's public members, and more.
fn entry(seed: u8, more: &str) -> String {
    let jwk = String::from_utf8(key(seed).verifying_key().to_jwk().to_bytes().to_vec()).unwrap();
    format!("{}{more}}}", jwk.strip_suffix('}').unwrap())
}

#[test]
fn a_list_that_nobody_could_mean_is_refused_with_entry_and_value() {
    let good = entry(2, r#","iss":"https://operator.example""#);
    let asks = |more: &str| entry(3, &format!(r#","iss":"https://home.example","role":"demand"{more}"#));
    let full = r#","display_name":"Home","purposes":["sim.cancel"],"claims":["name"]"#;
    assert_eq!(draft(&format!("{good},{}", asks(full))).unwrap().sequence(), NOW.unsigned_abs());
    for (wrong, place, value) in [
        (entry(3, r#","iss":"https://x.example","role":"demnad""#), "keys[1].role", "demnad"),
        (asks(&full.replace("\"name\"", "\"nmae\"")), "keys[1].claims[0]", "nmae"),
        (asks(&full.replace("sim.cancel", "sim.cancle")), "keys[1].purposes[0]", "sim.cancle"),
        (asks(&full.replace("\"sim.cancel\"", "")), "keys[1].purposes", "[]"),
        (asks(&full.replace("Home", "Home\\u001b[2K")), "keys[1].display_name", "Home"),
        (asks(&full.replace("Home", "")), "keys[1].display_name", "\"\""),
        (asks(&full.replace("claims", "cliams")), "keys[1].cliams", "name"),
        (entry(3, r#","iss":"https://x.example","nbf":10,"exp":10"#), "keys[1].exp", "10"),
        (entry(3, r#","iss":"https://x.example","nbf":"10""#), "keys[1].nbf", "10"),
        (entry(3, r#","iss":"https://x y.example""#), "keys[1].iss", "https://x y.example"),
        (entry(3, ""), "keys[1].iss", "nothing"),
        (entry(3, r#","iss":"https://x.example","claims":["name"]"#), "keys[1].claims", "name"),
        (entry(3, r#","iss":"https://x.example","kid":"operator-1""#), "keys[1].kid", "operator-1"),
        (entry(3, r#","iss":"https://x.example","alg":"ES256""#), "keys[1].kty", "OKP"),
        (
            entry(3, r#","iss":"https://x.example","revoked":{"revoked_at":1,"reason":"stolne"}"#),
            "keys[1].revoked.reason",
            "stolne",
        ),
        (good.clone(), "keys[1]", ""),
    ] {
        let refused = draft(&format!("{good},{wrong}")).unwrap_err();
        let said = refused.to_string();
        assert_eq!(refused.place().unwrap(), place, "{said}");
        assert!(said.contains(value) && !said.contains('\u{1b}'), "{said}");
    }
    for (top, place) in [
        (r#""seq":0"#, "seq"),
        (r#""seq":-1"#, "seq"),
        (r#""seq":"7""#, "seq"),
        (r#""exp":5"#, "exp"),
        (r#""refresh":0"#, "refresh"),
        (r#""sqe":7"#, "sqe"),
    ] {
        let text = format!(r#"{{"iss":"{LIST}",{top},"keys":[{good}]}}"#);
        let made = ListBuilder::parse(text.as_bytes()).and_then(|list| list.sign(&key(1), at(NOW)));
        assert_eq!(made.unwrap_err().place().unwrap(), place);
    }
}

#[test]
fn a_private_key_in_a_list_is_refused_and_not_repeated() {
    let refused = draft(&entry(2, r#","iss":"https://operator.example","d":"SECRETSECRET""#)).unwrap_err();
    assert_eq!(refused.place().unwrap(), "keys[0].d");
    assert!(!format!("{refused} {refused:?}").contains("SECRET"));
}

#[test]
fn constraints_that_allow_nothing_or_mean_nothing_are_refused_by_name() {
    assert!(Constraints::parse(br#"{"terminal":"pos-1","regions":["CN-44"],"max_lifetime":900}"#).is_ok());
    assert!(Constraints::parse(b"{}").is_ok());
    for (text, place, value) in [
        (r#"{"purpose":["sim.cancel"]}"#, "constraints.purpose", "sim.cancel"),
        (r#"{"purposes":["sim.cancle"]}"#, "constraints.purposes[0]", "sim.cancle"),
        (r#"{"checks":["chip","fcae_chip"]}"#, "constraints.checks[1]", "fcae_chip"),
        (r#"{"purposes":[]}"#, "constraints.purposes", "[]"),
        (r#"{"max_lifetime":0}"#, "constraints.max_lifetime", "0"),
        (r#"{"max_lifetime":86401}"#, "constraints.max_lifetime", "86401"),
        (r#"{"env":"prod"}"#, "constraints.env", "prod"),
        (r#"{"terminal":"pos 1"}"#, "constraints.terminal", "pos 1"),
        (r#"{"terminal":"pos-1\u001b[2K"}"#, "constraints.terminal", "pos-1"),
        (r#"{"regions":["广东"]}"#, "constraints.regions", "广东"),
    ] {
        let refused = Constraints::parse(text.as_bytes()).unwrap_err();
        assert_eq!(refused.place().unwrap(), place, "{refused}");
        assert!(refused.to_string().contains(value) && !refused.to_string().contains('\u{1b}'), "{refused}");
    }
    // By a program as by hand, and a delegation that ends before it begins.
    let (operator, terminal) = (key(2), key(6));
    let sign = |constraints: &Constraints, exp: i64| {
        let (sub, key) = ("pos-1", terminal.verifying_key());
        DelegationRequest { iss: ISS, sub, key, constraints, iat: at(NOW), exp: at(exp) }.sign(&operator)
    };
    assert!(sign(&Constraints::default(), NOW + 1).is_ok());
    let nothing = Constraints { checks: Some(vec![]), ..Constraints::default() };
    assert!(matches!(sign(&nothing, NOW + 1), Err(TrustError::Draft(_))));
    assert!(matches!(sign(&Constraints::default(), NOW), Err(TrustError::Draft(_))));
}

#[test]
fn a_demand_that_nobody_can_answer_is_not_sent() {
    let world = World::new();
    let ask = |request: &DemandRequest| request.issue(ASKER, &world.asker, &world.store, at(NOW));
    let order = || DemandRequest::new(Purpose::ServiceOrder).number("+8613800000000").claim(ClaimName::Name);
    assert!(ask(&order().locality(Locality::Remote).check(Check::Triplet).check(Check::Registry)).is_ok());
    assert!(ask(&order().locality(Locality::Onsite).check(Check::Chip)).is_ok());
    for (locality, check) in [
        (Locality::Remote, Check::Chip),
        (Locality::Remote, Check::FaceChip),
        (Locality::Onsite, Check::Triplet),
    ] {
        let refused = ask(&order().locality(locality).check(check)).unwrap_err();
        assert!(
            refused.to_string().contains(check.as_str()) && refused.to_string().contains(locality.as_str())
        );
    }
    let both = ask(&order().check(Check::Chip).check(Check::Triplet));
    assert!(matches!(both, Err(AskError::Impossible { .. })));
    for bad in [
        order().max_age(seconds(0)),
        order().max_age(seconds(-1)),
        order().terminal("pos 1"),
        order().terminal("pos-1\u{1b}[2K"),
        order().text("Cancel\nasker: Police"),
        order().text("\u{202e}lecnaC"),
        order().text(""),
        order().text("长".repeat(1001)),
        order().action("cancel\u{1b}[1A"),
        order().region("a\u{2028}b"),
    ] {
        let refused = ask(&bad).unwrap_err();
        assert!(matches!(refused, AskError::Value { .. }), "{refused}");
        assert!(!refused.to_string().contains(['\u{1b}', '\n', '\u{202e}', '\u{2028}']));
    }
    // What terminals refuse isn't made, unless they were told to answer it.
    let longer = ask(&order().life(seconds(601)));
    assert!(
        matches!(longer, Err(AskError::Life { limit, got }) if (limit, got) == (seconds(600), seconds(601)))
    );
    let text = longer.unwrap_err().to_string();
    assert_eq!(text, "a demand lives from 1 to 600 seconds, got 601: terminals refuse a longer one");
    assert!(ask(&order().terminals_answer(seconds(3600)).life(seconds(3600))).is_ok());
}

/// The text is written by somebody else's program; a terminal shows none of it.
#[test]
fn a_demand_whose_text_moves_the_cursor_is_refused_by_the_terminal() {
    use realname::demand::VerifiedDemand;
    use realname::jose::{Json, sign};
    let world = World::new();
    let (sent, _) =
        world.demand(&DemandRequest::new(Purpose::ServiceOrder).number("+8613800000000").text("x"));
    let verify = |transaction: &str| {
        let Json::Object(mut members) = Unverified::parse(sent.as_str()).unwrap().peek().unwrap().clone()
        else {
            panic!()
        };
        members.insert("transaction".into(), Json::parse(transaction.as_bytes(), 10_000).unwrap());
        let compact = sign(&world.asker, "realname-demand+jwt", [], &Json::Object(members)).unwrap();
        VerifiedDemand::verify(&compact, &world.list(), at(NOW))
            .map(drop)
            .map_err(|error| error.reason().unwrap())
    };
    let with = |text: &str, action: &str, region: &str| {
        format!(
            r#"{{"type":"number","number":"+8613800000000","text":"{text}","action":"{action}","region":"{region}"}}"#
        )
    };
    assert_eq!(verify(&with("办理销户 (TEST) \\u200d", "cancel", "广东")), Ok(()));
    for bad in [
        "\\u001b[1A",
        "a\\nb",
        "a\\rb",
        "\\u0085",
        "\\u009b2J",
        "\\u202eb",
        "\\u2067b",
        "\\u2028",
        "\\u200f",
        "\\u0000",
        "",
    ] {
        for transaction in [with(bad, "cancel", "x"), with("x", bad, "x"), with("x", "cancel", bad)] {
            assert_eq!(verify(&transaction), Err(ReasonCode::TextUnsafe), "{transaction}");
        }
    }
}

#[test]
fn a_terminal_whose_id_could_forge_a_screen_signs_nothing() {
    let made = |terminal: Terminal| Attestor::new(ISS, key(2), terminal).map(drop);
    assert!(made(Terminal::new("pos-1").with_agent("shop_12").with_region("CN-44")).is_ok());
    for bad in ["", "pos 1", "pos-1\u{1b}[2K", "pos-1\u{202e}", "终端", &"a".repeat(65)] {
        for terminal in [
            Terminal::new(bad),
            Terminal::new("pos-1").with_agent(bad),
            Terminal::new("pos-1").with_region(bad),
        ] {
            let refused = made(terminal).unwrap_err();
            assert!(matches!(refused, AttestError::Id { .. }) && !refused.to_string().contains('\u{1b}'));
        }
    }
}

/// Everything that would be refused later is refused before a card is read and a register is paid.
#[test]
fn an_attestor_that_no_relying_party_believes_is_stopped_first() {
    let world = World::new();
    let (_, demand) = world.demand(&DemandRequest::new(Purpose::ServiceOrder));
    let list = world.list();
    let may = |iss: &str, signer: SigningKey, now: i64| {
        let attestor = Attestor::new(iss, signer, Terminal::new("pos-1")).unwrap();
        let error = attestor.may_answer(&demand, &list, at(now)).err();
        error.map(|error| match error {
            AttestError::Delegation(error) => error.reason().unwrap(),
            other => panic!("{other}"),
        })
    };
    assert_eq!(may(ISS, key(2), NOW), None);
    // A delegated key without its delegation, another issuer, an asker's key, a time outside the key's window.
    assert_eq!(may(ISS, key(6), NOW), Some(ReasonCode::KeyUnknown));
    assert_eq!(may("https://other.example", key(2), NOW), Some(ReasonCode::KeyOtherIssuer));
    assert_eq!(may(ASKER, key(3), NOW), Some(ReasonCode::KeyOtherRole));
    assert_eq!(may(ISS, key(2), NOW - 20_000), Some(ReasonCode::KeyOutsideWindow));
}

fn previous(list: &SignedList) -> PreviousList {
    PreviousList::verified_by(list.as_str(), key(1).verifying_key()).unwrap()
}

fn windows(list: &SignedList, now: i64) -> Vec<std::ops::Range<i64>> {
    let anchors = [Anchor::new(key(1).verifying_key().clone(), at(0), jiff::Timestamp::MAX)];
    let read = TrustList::verify(list.as_str(), &anchors, at(now), &MemoryStore::new()).unwrap();
    let seconds = |window: std::ops::Range<jiff::Timestamp>| window.start.as_second()..window.end.as_second();
    read.keys().iter().map(KeyRecord::window).map(seconds).collect()
}

fn codes(list: &SignedList) -> Vec<&'static str> {
    list.changes().iter().map(ListChange::code).collect()
}

/// The same list by hand, a week later: what was signed under the one before stays good.
#[test]
fn a_renewed_list_moves_no_window() {
    const WEEK: i64 = 7 * 86_400;
    let text = format!(r#"{{"iss":"{LIST}","keys":[{}]}}"#, entry(2, r#","iss":"https://operator.example""#));
    let draft = || ListBuilder::parse(text.as_bytes()).unwrap();
    let first = draft().sign(&key(1), at(NOW)).unwrap();
    assert_eq!(windows(&first, NOW), vec![NOW..NOW + 30 * 86_400]);
    assert_eq!(codes(&first), ["added", "window_of_list"]);
    let second = draft().previous(previous(&first)).sign(&key(1), at(NOW + WEEK)).unwrap();
    assert_eq!(windows(&second, NOW + WEEK), windows(&first, NOW));
    // The key now ends before the list does, and that is said in time.
    assert_eq!(codes(&second), ["ends_early"]);
    assert!(second.sequence() > first.sequence());
    // Without the list before nothing is invented in silence.
    assert_eq!(codes(&draft().sign(&key(1), at(NOW + WEEK)).unwrap()), ["added", "window_of_list"]);
}

#[test]
fn a_list_that_would_forget_is_not_signed() {
    let operator = || {
        ListEntry::attesting(ISS, key(2).verifying_key().clone())
            .from(at(NOW - 100))
            .until(at(NOW + 9_000_000))
    };
    let list = |entry: ListEntry| ListBuilder::new(LIST).entry(entry);
    let first = list(operator()).sign(&key(1), at(NOW)).unwrap();
    let renew = |builder: ListBuilder| builder.previous(previous(&first)).sign(&key(1), at(NOW + 50));
    let place = |made: Result<SignedList, DraftError>| made.unwrap_err().place().unwrap().to_string();
    assert_eq!(place(renew(list(operator().from(at(NOW))))), "keys[0].nbf");
    assert_eq!(place(renew(list(operator().until(at(NOW + 50))))), "keys[0].exp");
    assert_eq!(place(renew(list(operator()).sequence(first.sequence()))), "seq");
    assert_eq!(place(renew(ListBuilder::new("https://other.example").entry(operator()))), "iss");
    // What may change is told.
    assert_eq!(codes(&renew(list(operator().until(at(NOW + 9_000_001)))).unwrap()), ["extended"]);
    assert_eq!(
        codes(&renew(list(operator().from(at(NOW - 200)).until(at(NOW + 8_000_000)))).unwrap()),
        ["shortened"]
    );
    assert_eq!(codes(&renew(ListBuilder::new(LIST)).unwrap()), ["removed"]);
    // A revocation is kept, and can't be made less.
    let reason = RevocationReason::Compromise;
    let stolen = renew(list(operator().revoked(at(NOW), reason))).unwrap();
    assert_eq!(codes(&stolen), ["revoked"]);
    let after = |builder: ListBuilder| builder.previous(previous(&stolen)).sign(&key(1), at(NOW + 60));
    assert_eq!(codes(&after(list(operator())).unwrap()), ["revocation_kept"]);
    let lesser = list(operator().revoked(at(NOW), RevocationReason::Superseded));
    assert_eq!(place(after(lesser)), "keys[0].revoked");
    let anchors = [Anchor::new(key(1).verifying_key().clone(), at(0), jiff::Timestamp::MAX)];
    let kept = after(list(operator())).unwrap();
    let kept = TrustList::as_of(kept.as_str(), &anchors, at(NOW + 60)).unwrap();
    assert!(kept.keys()[0].revoked().unwrap().is_compromise());
}

#[test]
fn another_anchors_list_before_is_read_by_its_writer() {
    let first = ListBuilder::new(LIST).sign(&key(1), at(NOW)).unwrap();
    assert!(PreviousList::verified_by(first.as_str(), key(9).verifying_key()).is_err());
    assert_eq!(
        PreviousList::signer(first.as_str()).as_deref(),
        Some(key(1).verifying_key().thumbprint().as_str())
    );
    let before = PreviousList::unverified(first.as_str()).unwrap();
    let second = ListBuilder::new(LIST).previous(before).sign(&key(9), at(NOW)).unwrap();
    assert_eq!(second.sequence(), first.sequence() + 1);
}
