//! Maps that couldn't be right.

use super::*;
use crate::QueryField;

const REQUEST: &str = r#"
interface = "test"
[request]
source = "contract: annex 1"
path = "/check"
body = { n = "{name}", i = "{id_number}" }
"#;

const OUTER: &str = r#"
[[outer]]
at = "/status"
type = "string"
source = "contract: annex 2"
codes = { OK = { proceed = true } }
"#;

fn with(rest: &str) -> Result<CodeMap, CodeMapError> {
    parse(&format!("{REQUEST}{rest}"))
}

/// A map with one verdict, "0", that means this.
fn means(means: &str) -> Result<CodeMap, CodeMapError> {
    with(&format!(
        "{OUTER}[answer]\nsource = \"contract: annex 3\"\nreason = \"none\"\n\
         verdict = {{ at = \"/code\", type = \"string\", pass = [\"0\"] }}\n\
         [[answer.row]]\nverdict = \"0\"\nmeans = {{ {means} }}\n"
    ))
}

/// A map with verdict and reason, and these rows.
fn pairs(rows: &str) -> Result<CodeMap, CodeMapError> {
    with(&format!(
        "{OUTER}[answer]\nsource = \"contract: annex 3\"\n\
         verdict = {{ at = \"/ok\", type = \"string\", pass = [\"T\"] }}\n\
         reason = {{ at = \"/why\", type = \"integer_or_string\", pass = [200] }}\n{rows}"
    ))
}

fn row(verdict: &str, reason: &str, means: &str) -> String {
    format!("[[answer.row]]\nverdict = {verdict}\n{reason}\nmeans = {{ {means} }}\n")
}

const GOOD: &str = r#"subject = "found", name = "match", id_number = "match""#;

#[test]
fn the_built_in_map_is_right() {
    assert_eq!(CodeMap::register().interface(), "realname-register");
    assert!(CodeMap::register().codes().count() > 60);
    assert!(CodeMap::register().is_sourced());
}

#[test]
fn a_plain_map_is_taken() {
    let map = means(GOOD).unwrap();
    let codes = [("/status", serde_json::json!("OK")), ("/code", serde_json::json!("0"))];
    assert_eq!(map.codes().collect::<Vec<_>>(), codes);
    assert_eq!(map.needed().collect::<Vec<_>>(), ["/status", "/code"]);
}

#[test]
fn a_map_without_an_outer_layer_attested_what_a_failed_call_had_in_it() {
    let answer = means(GOOD).is_ok().then(|| {
        format!(
            "[answer]\nsource = \"contract: annex 3\"\nreason = \"none\"\n\
             verdict = {{ at = \"/code\", type = \"string\", pass = [\"0\"] }}\n{}",
            row("\"0\"", "", GOOD)
        )
    });
    let answer = answer.unwrap();
    assert_eq!(with(&answer), Err(CodeMapError::NoOuter));
    // One that may be missing, or that only knows failures, says nothing of success.
    let table = |rest: &str| {
        format!("[[outer]]\nat = \"/status\"\ntype = \"string\"\nsource = \"contract: x\"\n{rest}\n")
    };
    let errors = "codes = { NO = { error = \"denied\", fault = \"setup\" } }";
    let optional = "optional = true\ncodes = { OK = { proceed = true } }";
    assert_eq!(with(&format!("{}{answer}", table(errors))), Err(CodeMapError::NoOuter));
    assert_eq!(with(&format!("{}{answer}", table(optional))), Err(CodeMapError::NoOuter));
    assert!(with(&format!("[[outer]]\nabsent = \"/error\"\nsource = \"contract: x\"\n{answer}")).is_ok());
    let states = "codes = { OK = { subject = \"found\" } }";
    assert!(matches!(with(&format!("{}{answer}", table(states))), Err(CodeMapError::OuterStates { .. })));
}

#[test]
fn a_match_out_of_one_field_is_refused_when_the_map_is_read() {
    assert!(pairs(&row("\"T\"", "reason = 200", GOOD)).is_ok());
    let one_field = |verdict: &str, reason: &str, facts: &str, missing: &'static str| match pairs(&row(
        verdict, reason, facts,
    )) {
        Err(CodeMapError::OneField { missing: got, .. }) => assert_eq!(got, missing),
        other => panic!("{verdict} {reason}: {other:?}"),
    };
    one_field("\"F\"", "reason = 200", GOOD, "the verdict");
    one_field("[\"T\", \"F\"]", "reason = 200", GOOD, "the verdict");
    one_field("\"T\"", "reason = 201", GOOD, "the reason");
    one_field("\"T\"", "reason = [200, 201]", GOOD, "the reason");
    one_field("\"T\"", "no_reason = true", GOOD, "the reason");
    // A question without a phone number would be answered by the rest of such a row.
    let phone = format!("{GOOD}, phone_number = \"mismatch\"");
    let asks = |text: String| {
        parse(&text.replace("i = \"{id_number}\"", "i = \"{id_number}\", p = \"{phone_number?}\""))
    };
    let columns = "verdict = { at = \"/ok\", type = \"string\", pass = [\"T\"] }\nreason = \"none\"\n";
    let text =
        format!("{REQUEST}{OUTER}[answer]\nsource = \"own: x\"\n{columns}{}", row("\"F\"", "", &phone));
    assert!(matches!(asks(text), Err(CodeMapError::OneField { .. })));
    // Nor with what stands elsewhere.
    let part = "[[part]]\nat = \"/n\"\ntype = \"string\"\nsource = \"contract: x\"\n\
                codes = { y = { name = \"match\", id_number = \"match\" } }\n";
    for facts in [r#"subject = "found""#, "proceed = true, billed = true"] {
        let rows = format!("{}{part}", row("\"F\"", "reason = 201", facts));
        let found = "[[part]]\nat = \"/s\"\ntype = \"string\"\nsource = \"contract: x\"\n\
                     codes = { y = { subject = \"found\" } }\n";
        assert!(matches!(pairs(&format!("{rows}{found}")), Err(CodeMapError::OneField { .. })), "{facts}");
    }
    let no = r#"subject = "found", name = "mismatch", id_number = "match""#;
    assert!(pairs(&format!("{}{part}", row("\"F\"", "reason = 201", no))).is_ok());
}

#[test]
fn half_of_what_a_vendor_sends_together_is_refused() {
    let half = |at: &str| {
        with(&format!(
            "{OUTER}[answer]\nsource = \"contract: x\"\nreason = \"none\"\n\
             verdict = {{ at = \"{at}\", type = \"string\", pass = [\"T\"] }}\n{}",
            row("\"T\"", "", GOOD)
        ))
    };
    for at in
        ["/ResultObject/Passed", "/r/SubCode", "/subcode", "/verification_code", "/x/verification_result"]
    {
        assert!(matches!(half(at), Err(CodeMapError::HalfOfAPair { .. })), "{at}");
    }
    assert!(half("/ResultObject/BizCode").is_ok(), "which comes alone elsewhere");
}

#[test]
fn rows_fit_the_columns() {
    let why = |rows: &str| pairs(rows).unwrap_err();
    assert!(matches!(why(&row("\"F\"", "", "subject = \"not_found\"")), CodeMapError::Reason { .. }));
    let twice = format!("{0}{0}", row("\"F\"", "reason = 201", "subject = \"not_found\""));
    assert!(matches!(why(&twice), CodeMapError::TwoRows { .. }));
    let spelled = format!(
        "{}{}",
        row("\"F\"", "reason = 201", "subject = \"not_found\""),
        row("\"F\"", "reason = \"201\"", "subject = \"ambiguous\"")
    );
    assert!(matches!(why(&spelled), CodeMapError::TwoRows { .. }), "one code in two types");
    assert!(matches!(
        why(&row("1", "reason = 201", "subject = \"ambiguous\"")),
        CodeMapError::CodeType { .. }
    ));
    let word = with(&format!(
        "{OUTER}[answer]\nsource = \"contract: x\"\nreason = \"never\"\n\
         verdict = {{ at = \"/a\", type = \"string\", pass = [] }}\n{}",
        row("\"T\"", "", "subject = \"ambiguous\"")
    ));
    assert_eq!(word, Err(CodeMapError::Word { part: "reason", word: "never".into() }));
}

#[test]
fn what_comes_from_nowhere_is_refused() {
    let from = |source: &str| means(&format!("{GOOD}, source = \"{source}\""));
    for source in ["", "sdk", "sdk:", "sdk: ", "hearsay: a friend", "SDK: x"] {
        assert!(matches!(from(source), Err(CodeMapError::Source { .. })), "{source}");
    }
    assert!(from("docs: page 7").unwrap().is_sourced());
    assert!(!from("second-hand: a friend").unwrap().is_sourced());
    let nothing =
        means(GOOD).is_ok() && parse(&REQUEST.replace("source = \"contract: annex 1\"\n", "")).is_err();
    assert!(nothing);
    let text = format!("{REQUEST}{OUTER}").replace("source = \"contract: annex 2\"\n", "");
    let answer = "[answer]\nsource = \"own: x\"\nreason = \"none\"\nverdict = { at = \"/c\", type = \"string\", pass = [] }\n";
    let unsourced = parse(&format!("{text}{answer}{}", row("\"0\"", "", "subject = \"ambiguous\"")));
    assert!(matches!(unsourced, Err(CodeMapError::Source { .. })));
}

#[test]
fn an_error_says_whose_fault_it_is() {
    let error = |rest: &str| {
        with(&format!(
            "{OUTER}[answer]\nsource = \"own: x\"\nreason = \"none\"\n\
             verdict = {{ at = \"/c\", type = \"string\", pass = [] }}\n{}{}",
            row("\"1\"", "", "subject = \"ambiguous\""),
            row("\"0\"", "", rest)
        ))
    };
    assert!(error(r#"error = "denied", fault = "setup""#).is_ok());
    assert!(error(r#"error = "quota.person", fault = "person", billed = false"#).is_ok());
    for wrong in [
        r#"error = "denied""#,
        r#"error = "denied", fault = "person""#,
        r#"error = "transient", fault = "us""#,
    ] {
        assert!(matches!(error(wrong), Err(CodeMapError::Fault { .. })), "{wrong}");
    }
}

#[test]
fn what_isnt_sent_cant_be_answered() {
    for (facts, field) in [
        (r#"subject = "found", phone_number = "match""#, QueryField::PhoneNumber),
        (r#"subject = "found", valid_until = "mismatch""#, QueryField::ValidUntil),
        (r#"subject = "found", face = "same""#, QueryField::Probe),
        (r#"subject = "found", liveness = "live""#, QueryField::Probe),
    ] {
        let expected = CodeMapError::NotSent { at: "/code".into(), code: "\"0\"".into(), field };
        assert_eq!(means(facts), Err(expected));
    }
}

#[test]
fn every_code_has_to_mean_something() {
    let empty = Err(CodeMapError::Empty { at: "/code".into(), code: "\"0\"".into() });
    assert_eq!(means(""), empty);
    assert_eq!(means("proceed = true, subject = \"found\""), empty);
    assert_eq!(means("proceed = true"), Err(CodeMapError::NoSubject));
    assert_eq!(means("error = \"denied\", fault = \"setup\""), Err(CodeMapError::NoSubject));
}

#[test]
fn unknown_words_are_refused() {
    for (facts, part, word) in [
        (r#"subject = "probably""#, "subject", "probably"),
        (r#"subject = "found", name = "ok""#, "name", "ok"),
        (r#"error = "broken", fault = "setup""#, "error", "broken"),
        (r#"error = "denied", fault = "setup", subject = "found""#, "error", "denied"),
    ] {
        assert_eq!(means(facts), Err(CodeMapError::Word { part, word: word.into() }));
    }
}

#[test]
fn the_form_of_everything_else() {
    let rest = format!(
        "{OUTER}[answer]\nsource = \"own: x\"\nreason = \"none\"\n\
         verdict = {{ at = \"/code\", type = \"string\", pass = [] }}\n{}",
        row("\"a\"", "", "subject = \"ambiguous\"")
    );
    let body = |body: &str| {
        parse(&format!("interface = \"x\"\n[request]\nsource = \"own: x\"\npath = \"/c\"\n{body}\n{rest}"))
    };
    assert!(body("body = { n = \"{name}\" }").is_ok());
    assert_eq!(body("body = { n = \"{nom}\" }"), Err(CodeMapError::Slot("{nom}".into())));
    assert_eq!(body("body = { n = 1.5 }"), Err(CodeMapError::Slot("float".into())));
    let nested = "format = \"form\"\nbody = { n = { m = \"{name}\" } }";
    assert_eq!(body(nested), Err(CodeMapError::Slot("n".into())));
    assert!(matches!(body("body = {}\nextra = 1"), Err(CodeMapError::Syntax(_))));
    let place = |at: &str| with(&rest.replace("\"/code\"", at));
    assert_eq!(place("\"code\""), Err(CodeMapError::Path { what: "verdict", got: "code".into() }));
    assert!(place("[\"/code\", \"/inside\"]").is_ok());
    assert!(matches!(place("[\"/a\", \"/b\", \"/c\", \"/d\", \"/e\"]"), Err(CodeMapError::Path { .. })));
    assert!(matches!(place("[]"), Err(CodeMapError::Path { .. })));
    let part = |codes: &str| {
        with(&format!(
            "{rest}[[part]]\nat = \"/p\"\ntype = \"integer\"\nsource = \"own: x\"\n[part.codes]\n{codes}"
        ))
    };
    assert!(part("1 = { name = \"mismatch\" }").is_ok());
    for wrong in ["one", "01", "\"+1\"", "\"1 \""] {
        let read = part(&format!("{wrong} = {{ name = \"mismatch\" }}"));
        assert!(matches!(read, Err(CodeMapError::CodeType { .. })), "{wrong}");
    }
    let status = |means: &str| with(&format!("{rest}[status.\"403\"]\nsource = \"own: x\"\n{means}"));
    assert!(status("error = \"denied\"\nfault = \"setup\"").is_ok());
    assert!(
        matches!(status("subject = \"found\""), Err(CodeMapError::OuterStates { .. })),
        "no status finds anybody"
    );
}

#[test]
fn errors_name_the_place_and_no_value() {
    let field = QueryField::PhoneNumber;
    let error = CodeMapError::NotSent { at: "/code".into(), code: "0".into(), field };
    let text = "code \"0\" at /code speaks of the phone_number, which the request doesn't send";
    assert_eq!(error.to_string(), text);
}
