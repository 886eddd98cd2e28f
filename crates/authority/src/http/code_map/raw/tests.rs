//! Maps that couldn't be right.

use super::*;

const REQUEST: &str = r#"
interface = "test"
[request]
path = "/check"
body = { n = "{name}", i = "{id_number}" }
"#;

fn with(rest: &str) -> Result<CodeMap, CodeMapError> {
    parse(&format!("{REQUEST}{rest}"))
}

fn table(codes: &str) -> Result<CodeMap, CodeMapError> {
    with(&format!("[[table]]\nat = \"/code\"\ntype = \"string\"\n[table.codes]\n{codes}"))
}

const GOOD: &str = r#""0" = { subject = "found", name = "match", id_number = "match" }"#;

#[test]
fn the_built_in_map_is_right() {
    assert_eq!(CodeMap::register().interface(), "realname-register");
    assert!(CodeMap::register().codes().count() > 60);
}

#[test]
fn a_plain_map_is_taken() {
    let map = table(GOOD).unwrap();
    assert_eq!(map.codes().collect::<Vec<_>>(), [("/code", serde_json::json!("0"))]);
}

#[test]
fn what_isnt_sent_cant_be_answered() {
    for (code, field) in [
        (r#""0" = { subject = "found", phone_number = "match" }"#, QueryField::PhoneNumber),
        (r#""0" = { subject = "found", valid_until = "mismatch" }"#, QueryField::ValidUntil),
        (r#""0" = { subject = "found", face = "same" }"#, QueryField::Probe),
        (r#""0" = { subject = "found", liveness = "live" }"#, QueryField::Probe),
    ] {
        let expected = CodeMapError::NotSent { at: "/code".into(), code: "0".into(), field };
        assert_eq!(table(code), Err(expected));
    }
}

#[test]
fn every_code_has_to_mean_something() {
    let empty = |code: &str| Err(CodeMapError::Empty { at: "/code".into(), code: code.into() });
    assert_eq!(table(&format!("{GOOD}\n\"1\" = {{}}")), empty("1"));
    assert_eq!(table(&format!("{GOOD}\n\"1\" = {{ proceed = true, subject = \"found\" }}")), empty("1"));
    assert_eq!(table(r#""1" = { proceed = true }"#), Err(CodeMapError::NoSubject));
    assert_eq!(table(r#""1" = { error = "denied" }"#), Err(CodeMapError::NoSubject));
}

#[test]
fn unknown_words_are_refused() {
    for (code, part, word) in [
        (r#""1" = { subject = "probably" }"#, "subject", "probably"),
        (r#""1" = { subject = "found", name = "ok" }"#, "name", "ok"),
        (r#""1" = { error = "broken" }"#, "error", "broken"),
        (r#""1" = { error = "denied", subject = "found" }"#, "error", "denied"),
    ] {
        assert_eq!(table(code), Err(CodeMapError::Word { part, word: word.into() }));
    }
}

#[test]
fn the_form_of_everything_else() {
    let body = |body: &str| {
        parse(&format!(
            "interface = \"x\"\n[request]\npath = \"/c\"\n{body}\n[[table]]\nat = \"/code\"\ntype = \"string\"\n\
             codes = {{ a = {{ subject = \"ambiguous\" }} }}"
        ))
    };
    assert!(body("body = { n = \"{name}\" }").is_ok());
    assert_eq!(body("body = { n = \"{nom}\" }"), Err(CodeMapError::Slot("{nom}".into())));
    assert_eq!(body("body = { n = 1.5 }"), Err(CodeMapError::Slot("float".into())));
    let nested = "format = \"form\"\nbody = { n = { m = \"{name}\" } }";
    assert_eq!(body(nested), Err(CodeMapError::Slot("n".into())));
    assert!(matches!(body("body = {}\nextra = 1"), Err(CodeMapError::Syntax(_))));
    let path = with("[[table]]\nat = \"code\"\ntype = \"string\"\ncodes = {}");
    assert_eq!(path, Err(CodeMapError::Path { what: "table", got: "code".into() }));
    let typed =
        with("[[table]]\nat = \"/code\"\ntype = \"integer\"\ncodes = { one = { subject = \"found\" } }");
    assert_eq!(typed, Err(CodeMapError::CodeType { at: "/code".into(), code: "one".into() }));
    let twice = "[[table]]\nat = \"/code\"\ntype = \"integer\"\n[table.codes]\n1 = { subject = \"found\" }\n01 = { error = \"denied\" }";
    assert!(matches!(with(twice), Err(CodeMapError::CodeType { .. })), "two ways to write one code");
}

#[test]
fn errors_name_the_place_and_no_value() {
    let field = QueryField::PhoneNumber;
    let error = CodeMapError::NotSent { at: "/code".into(), code: "0".into(), field };
    let text = "code \"0\" at /code speaks of the phone_number, which the request doesn't send";
    assert_eq!(error.to_string(), text);
}
