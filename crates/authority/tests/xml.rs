//! A register in XML and GBK by its map. All people are synthetic.

use encoding_rs::{GB18030, GBK};
use jiff::Timestamp;
use realname_authority::http::{CodeMap, CodeMapError, Dialect, MappedJson, Response};
use realname_authority::{Attribute, AuthorityError, Finding, Query, QueryField, Subject};
use realname_terms::IdNumber;

const MAP: &str = include_str!("../../../fixtures/codemaps/nciic-two-element.toml");
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn query(name: &str) -> Query {
    Query::new(name, IdNumber::new("119999199001010004"), NOW, "q1")
}

fn register() -> MappedJson {
    MappedJson::new("TEST-nciic", CodeMap::parse(MAP).unwrap())
}

fn reply(number: &str, name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"GBK\"?>\n<ROWS><ROW no=\"1\"><INPUT><gmsfhm>119999199001010004</gmsfhm>\
         <xm>谢薛</xm></INPUT><OUTPUT><ITEM><gmsfhm/><result_gmsfhm>{number}</result_gmsfhm></ITEM>\
         <ITEM><xm/><result_xm>{name}</result_xm></ITEM></OUTPUT></ROW></ROWS>"
    )
}

fn told(reply: &Response) -> Result<Finding, AuthorityError> {
    register().finding(&query("谢薛"), reply, NOW)
}

fn in_gbk(text: &str) -> Response {
    Response::new(200, GBK.encode(text).0.into_owned())
}

#[test]
fn what_is_asked_is_a_document_in_gbk() {
    let request = register().request(&query("谢薛&<\"'>"), NOW).unwrap();
    let kind = request.headers.iter().find(|(name, _)| name == "Content-Type").unwrap();
    assert_eq!(kind.1, "text/xml; charset=GBK");
    let (text, _, broken) = GBK.decode(&request.body);
    assert!(!broken);
    assert_eq!(
        text,
        "<?xml version=\"1.0\" encoding=\"GBK\"?><ROWS><ROW><GMSFHM>119999199001010004</GMSFHM>\
         <XM>谢薛&amp;&lt;&quot;&apos;&gt;</XM></ROW></ROWS>"
    );
    // A name that this encoding doesn't have isn't asked about as another.
    let missing = Err(AuthorityError::InvalidInput { field: QueryField::Name });
    for name in ["𠮷", "a\u{1}b", "a\u{ffff}"] {
        assert_eq!(register().request(&query(name), NOW).map(drop), missing, "{name:?}");
    }
}

#[test]
fn both_say_the_same_or_it_is_no_match() {
    let words = ["一致", "不一致", "", " 一致", "一致 ", "1", "0", "库中无此号", "<b/>", "true"];
    let mut matches = 0;
    for number in words {
        for name in words {
            let found = told(&in_gbk(&reply(number, name)));
            match (number, name) {
                ("一致", "一致") => {
                    let finding = found.unwrap();
                    assert_eq!(
                        (finding.subject, finding.attributes.name),
                        (Subject::Found, Attribute::Match)
                    );
                    assert!(finding.meta.is_test && finding.attributes.id_number == Attribute::Match);
                    matches += 1;
                }
                // Which words say a "no" has no source: none is one.
                _ => assert_eq!(found, Err(AuthorityError::Protocol), "{number} {name}"),
            }
        }
    }
    assert_eq!(matches, 1);
}

#[test]
fn no_other_document_is_an_answer() {
    let good = reply("一致", "一致");
    assert!(told(&in_gbk(&good)).is_ok());
    assert!(told(&in_gbk(&good).with_header("Content-Type", "text/xml; charset=\"gb18030\"")).is_ok());
    // A header or a declaration that says another encoding, and octets of another one.
    assert!(told(&in_gbk(&good).with_header("Content-Type", "text/xml; charset=UTF-8")).is_err());
    assert!(told(&in_gbk(&good.replace("\"GBK\"", "\"UTF-8\""))).is_err());
    assert!(told(&Response::new(200, good.as_bytes())).is_err());
    assert!(told(&Response::new(200, GB18030.encode(&good).0.into_owned())).is_ok(), "the same octets");

    let with = |from: &str, to: &str| told(&in_gbk(&good.replacen(from, to, 1)));
    for (from, to) in [
        // A second verdict, wherever it is, and what an error looks like beside it.
        ("<result_xm>", "<result_xm>不一致</result_xm><result_xm>"),
        ("<ITEM><xm/>", "<ITEM/><ITEM><xm/>"),
        ("</ROW>", "</ROW><ROW/>"),
        ("</ROW>", "<ErrorCode>-53</ErrorCode></ROW>"),
        ("</OUTPUT>", "</OUTPUT><OUTPUT/>"),
        ("<ROWS>", "<!DOCTYPE ROWS [<!ENTITY a \"一致\">]><ROWS>"),
        ("一致</result_xm>", "&a;</result_xm>"),
        ("<ROWS>", "<?xml-stylesheet href=\"x\"?><ROWS>"),
        ("<result_xm>", "<result_xm>text<b/>"),
        ("<result_xm>", "<result_xm kind=\"x\">"),
        ("</ROWS>", ""),
        ("</ROWS>", "</ROWS><ROWS/>"),
    ] {
        assert_eq!(with(from, to), Err(AuthorityError::Protocol), "{to}");
    }
    for text in ["", "{}", "<RESPONSE errorcode=\"-53\"><ROWS/></RESPONSE>", "<ROWS/>"] {
        assert_eq!(told(&in_gbk(text)), Err(AuthorityError::Protocol), "{text}");
    }
    let long = good.replacen("<xm/>", &format!("<xm>{}</xm>", "x".repeat(Response::MAX_BODY)), 1);
    assert_eq!(told(&in_gbk(&long)), Err(AuthorityError::Protocol));
}

#[test]
fn it_is_hearsay_and_answers_no_real_register() {
    let map = CodeMap::parse(MAP).unwrap();
    assert!(!map.is_sourced());
    assert!(MappedJson::new("x", map).for_real_register().is_test());
}

#[test]
fn what_cant_be_a_document_is_no_map() {
    let with = |from: &str, to: &str| {
        assert!(MAP.contains(from), "{from}");
        CodeMap::parse(&MAP.replacen(from, to, 1)).map(drop)
    };
    let slot = |text: &str| Err(CodeMapError::Slot(text.to_owned()));
    let body = "body = { ROWS = { ROW = { GMSFHM = \"{id_number}\", XM = \"{name}\" } } }";
    assert_eq!(with(body, "body = { A = \"{id_number}\", B = \"{name}\" }"), slot("the root of a document"));
    assert_eq!(with("ROW = { GMSFHM", "\"R W\" = { GMSFHM"), slot("R W"));
    assert_eq!(with("GMSFHM = \"{id", "\"@a b\" = \"{id"), slot("@a b"));
    assert!(with("GMSFHM = \"{id", "\"@n\" = \"{id").is_ok());
    assert!(with("form = \"xml\"", "form = \"yaml\"").is_err());
    assert!(with("form = \"xml\"", "form = \"json\"").is_err(), "an encoding of JSON");
    assert!(with("format = \"xml\"", "format = \"json\"").is_err(), "an encoding of JSON");
    assert!(with("encoding = \"gbk\"\nbody", "encoding = \"latin1\"\nbody").is_err());
}
