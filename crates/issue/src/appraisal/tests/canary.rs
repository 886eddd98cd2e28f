//! Plants canary values in everything that can hold personal data, and looks for them in everything that is shown.

use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::document::*;
use crate::profile::{Env, Purpose};

const CANARIES: [&str; 8] = [
    "金丝雀",
    "CANARY",
    "11999919880707001X",
    "19880707",
    "1988-07-07",
    "canary-street",
    "+8613912345678",
    "2033-03-03",
];

fn canary() -> Printed {
    Printed {
        address: "canary-street",
        authority: "CANARY",
        ..person("金丝雀", "11999919880707001X", "20130303", "20330303")
    }
}

/// The other kind of card: English name and nationality.
fn foreign_canary() -> CardRead {
    let block = wire::block(&[
        ("CANARY", 120),
        ("1", 2),
        ("CAN110188070718", 30),
        ("CAN", 6),
        ("金丝雀", 30),
        ("20130303", 16),
        ("20330303", 16),
        ("19880707", 16),
        ("01", 4),
        ("1101", 8),
        ("I", 2),
        ("", 6),
    ]);
    read_block(block, Origin::Emulated, ago(30))
}

fn assert_silent(what: &str, shown: &str) {
    for canary in CANARIES {
        assert!(!shown.contains(canary), "{what} shows {canary}: {shown}");
    }
    // Nor in a debugger's list of numbers.
    assert!(!shown.contains("37329"), "{what} shows code units: {shown}"); // 金 is U+91D1 = 37329
}

fn case() -> Case {
    let request = CaseRequest::new(Purpose::SimCancel, Env::Test, now()).phone_number("+8613912345678");
    let shown = format!("{request:?}");
    assert_silent("CaseRequest", &shown);
    Case::open(on_site_with_phone(canary(), "jia-live-1"), &Policy::on_site(), request).unwrap()
}

#[test]
fn nothing_personal_is_shown() {
    let evidence = on_site(canary(), "jia-live-1", Origin::Emulated);
    assert_silent("OnSite", &format!("{evidence:?} {:#?}", Evidence::from(evidence.clone())));
    let foreign = foreign_canary();
    assert_eq!(foreign.document().english_name().unwrap().as_str(), "CANARY");
    let foreign = OnSite::new(foreign, live("jia-live-1", ago(10)), consent(Purpose::SimCancel)).unwrap();
    assert_silent("OnSite", &format!("{foreign:?}"));
    let opened = case();
    assert_silent("Case", &format!("{opened:?} {:#?}", opened.query()));
    let finding = all_right(&opened);
    assert_silent("Finding", &format!("{finding:#?}"));

    let mut with_phone = all_right(&opened);
    with_phone.attributes.phone_number = Attribute::Match;
    let verified = opened.appraise(Ok(with_phone)).unwrap();
    assert_silent("Verified", &format!("{verified:#?} {:#?} {:?}", verified.facts(), verified.register()));

    let authority = register();
    assert_silent("register", &format!("{authority:?}"));
    for answer in [
        case().decide(&authority).map_err(|error| error.to_string()).unwrap_err(),
        case()
            .decide(&ScriptedAuthority::new([]))
            .map_err(|error| format!("{error:#?} {error}"))
            .unwrap_err(),
    ] {
        assert_silent("refusal", &answer);
    }
    let refusal =
        case().appraise(Err(AuthorityError::InvalidInput { field: QueryField::IdNumber })).unwrap_err();
    assert_silent("Refusal", &format!("{refusal:#?} {refusal} {}", serde_json::to_string(&refusal).unwrap()));
}

#[test]
fn nothing_personal_is_in_a_register_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("register.json");
    let entry = |change: &str| {
        format!(
            r#"{{"notice":"TEST","synthetic":true,"people":[{{"name":"金丝雀","id_number":"11999919880707001X",
               "valid_from":"2013-03-03","valid_until":"2033-03-03","portrait":null{change}}}]}}"#
        )
    };
    for (text, part) in [
        (entry(""), ""),
        (entry(r#","surprise":"金丝雀""#), "isn't a register"),
        (entry("").replace("2033-03-03", "CANARY"), "bad valid_until"),
        (entry("").replace("11999919880707001X", "CANARY"), "bad id_number"),
        (entry("").replace("null", "\"../CANARY.jpg\""), "outside"),
        (entry("").replace("null", "\"CANARY.jpg\""), "can't be read"),
        (entry("").replace("true", "false"), "synthetic"),
        (entry("")[..100].to_owned(), "isn't a register"),
    ] {
        #[allow(clippy::disallowed_methods)] // A test writes its fixture.
        std::fs::write(&path, text).unwrap();
        match DirectoryAuthority::open(&path) {
            Ok(_) => assert_eq!(part, ""),
            Err(error) => {
                assert!(!part.is_empty() && error.to_string().contains(part), "{error}");
                assert_silent("RegisterError", &format!("{error} {error:?}"));
            }
        }
    }
    let missing = DirectoryAuthority::open(&directory.path().join("absent.json")).unwrap_err();
    assert!(matches!(missing, RegisterError::File { .. }));
}
