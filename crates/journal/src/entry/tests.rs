use jiff::Timestamp;
use proptest::prelude::*;
use realname_token::jose::Json;

use super::*;

fn now() -> Timestamp {
    "2026-11-29T08:00:00Z".parse().unwrap()
}

fn digest() -> String {
    "A".repeat(43)
}

#[test]
fn an_event_becomes_its_canonical_entry() {
    let event = Event::parse(br#" {"event":"attested", "agent":"shop-12" ,"terminal":"desk-7"} "#).unwrap();
    let bytes = event.preview(now()).unwrap();
    assert_eq!(
        String::from_utf8(bytes.clone()).unwrap(),
        r#"{"agent":"shop-12","agent_prev":null,"agent_seq":1,"event":"attested","terminal":"desk-7","time":"2026-11-29T08:00:00Z","v":1}"#
    );
    let entry = Entry::parse(&bytes).unwrap();
    assert_eq!((entry.event(), entry.agent(), entry.time()), ("attested", Some("shop-12"), now()));
    assert_eq!(format!("{event:?}"), "Event(\"attested\")");
}

#[test]
fn chains_count_and_link() {
    let mut chains = Chains::default();
    let mut before = None;
    for seq in 1..5u64 {
        let mut staged = Staged::over(&chains);
        let bytes =
            Event::new("attested").with("agent", Stated::Text("a")).complete(now(), &mut staged).unwrap();
        let entry = Entry::parse(&bytes).unwrap();
        assert_eq!((entry.count("agent_seq"), entry.digest("agent_prev")), (Some(seq), before));
        chains.follow(&entry, &bytes).unwrap();
        before = Some(crate::tree::Hash::of(&bytes));
        assert_eq!(chains.follow(&entry, &bytes), Err(EntryError::Chain { expected: seq + 1 }));
    }
    let wrong = Event::new("attested").with("agent", Stated::Text("a")).with("agent_seq", Stated::Count(9));
    assert_eq!(wrong.complete(now(), &mut Staged::over(&chains)), Err(EntryError::Chain { expected: 5 }));
    let lone = Event::new("attested").with("agent_seq", Stated::Count(9));
    assert_eq!(lone.preview(now()), Err(EntryError::Lone { member: "agent_seq" }));
}

/// People planted in every member of every form: none gets in.
#[test]
fn nothing_that_names_a_person_or_a_number_is_taken() {
    let canaries = [
        "\"测试甲\"",
        "\"Zhang San\"",
        "\"119999199001010004\"",
        "\"11999919900101004X\"",
        "\"+8613900000000\"",
        "\"13900000000\"",
        "\"desk-13900000000\"",
        "13900000000",
        "119999199001010004",
        "\"测试省测试市测试路1号\"",
        "[\"13900000000\"]",
        "[13900000000]",
        "{\"name\":\"x\"}",
        "[[1]]",
        "1.5",
        "-1",
        "1e9",
        "\"a@b.example\"",
    ];
    for (member, _) in MEMBERS {
        for canary in canaries {
            let text = format!("{{\"{member}\":{canary}}}");
            assert!(Event::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
    for member in ["name", "id_number", "number", "phone", "Agent", "agent ", "测试甲"] {
        let text = format!("{{\"event\":\"x\",\"{member}\":\"x\"}}");
        assert_eq!(Event::parse(text.as_bytes()), Err(EntryError::UnknownMember), "{text}");
    }
    let error = Event::parse(br#"{"agent":"13900000000"}"#).unwrap_err();
    assert_eq!(error, EntryError::Personal { member: "agent" });
    assert!(!error.to_string().contains("139"));
}

#[test]
fn each_form_takes_what_it_should() {
    let digest = digest();
    for (member, form) in MEMBERS {
        let values = match form {
            Form::Version => vec!["1".to_owned()],
            Form::Id => vec![
                "\"urn:realname:purpose:lease\"".into(),
                "\"05.03-20161207-0000123456-1234567890\"".into(),
            ],
            Form::Ids => vec!["[]".into(), "[\"a\",\"b\"]".into()],
            Form::Digest => vec![format!("\"{digest}\"")],
            Form::Link => vec![format!("\"{digest}\""), "null".into()],
            Form::Signature => vec![format!("\"{}\"", "A".repeat(86))],
            Form::Nonce => vec!["\"AAAAAAAAAAAAAAAAAAAAAA\"".into()],
            Form::Time => vec!["\"2026-11-29T08:00:00.5Z\"".into()],
            Form::Count => vec!["0".into(), "9999999999".into()],
            Form::Counts => vec!["[]".into(), "[0,9999999999]".into()],
            Form::Flag => vec!["true".into(), "false".into()],
        };
        for value in values {
            let text = format!("{{\"{member}\":{value}}}");
            assert!(Event::parse(text.as_bytes()).is_ok(), "{text}");
        }
    }
    for bad in [
        "2026-11-29T08:00:00",
        "2026-11-29 08:00:00Z",
        "2026-11-29T08:00:00z",
        "2026-11-29T08:00:00+00:00",
        "2026-11-29T08:00:00.50Z",
        "2026-13-29T08:00:00Z",
        "2026-11-29T08:00:60Z",
        "2026-11-29T08:00Z",
    ] {
        assert!(Event::parse(format!("{{\"time\":\"{bad}\"}}").as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn an_entry_has_one_writing() {
    let good = String::from_utf8(Event::new("a").preview(now()).unwrap()).unwrap();
    assert!(Entry::parse(good.as_bytes()).is_ok());
    for (from, to) in [
        ("{", "{ "),
        (":1", ": 1"),
        (":1", ":01"),
        (":1", ":1.0"),
        ("\"a\"", "\"\\u0061\""),
        ("}", "}\n"),
        ("}", "},"),
        ("\"v\":1", "\"v\":1,\"v\":1"),
        ("\"v\":1", "\"v\":1,\"agent\":\"a\""),
        ("}", ""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_eq!(Entry::parse(bad.as_bytes()), Err(EntryError::NotCanonical), "{bad}");
    }
    assert_eq!(Entry::parse(b"{\"event\":\"a\",\"v\":1}"), Err(EntryError::Missing { member: "time" }));
    assert_eq!(Entry::parse(b"{}"), Err(EntryError::NotCanonical));
    assert_eq!(Event::parse(b"{}"), Err(EntryError::Json));
    assert_eq!(Event::parse(&[b' '; 65_536]), Err(EntryError::TooLong { got: 65_536 }));
    assert!(MEMBERS.is_sorted_by(|one, other| one.0 < other.0));
}

proptest! {
    /// Whatever is taken is what the strict JSON of `token` writes for it.
    #[test]
    fn what_is_taken_is_canonical(text in r#"\{("(v|event|time|reasons|grounds)":("[a-z\\]{0,3}"|[0-9]{0,3}|\[[1,]{0,4}\]|null),?){1,3}\}"#) {
        if Entry::parse_draft(text.as_bytes()).is_ok() {
            let again = Json::parse(text.as_bytes(), MOST_BYTES).unwrap().to_bytes();
            prop_assert_eq!(text.as_bytes(), again.as_slice());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = (Entry::parse(&bytes), Event::parse(&bytes));
    }
}
