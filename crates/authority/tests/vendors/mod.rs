//! The vendors' tables a second time, written from their own clients and pages and not from the maps.

use std::collections::BTreeSet;

use realname_authority::{
    Attribute, AuthorityError, Face, Liveness, NotFoundHint, QueryField, QuotaScope, Subject,
};
use serde_json::{Value, json};

use Attribute::{Match as Yes, Mismatch as No, NotAsked, NotAvailable as Na, Withheld};

/// What a pair of codes grants.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    Says {
        subject: Subject,
        /// Name, number, first day, last day, phone number.
        attributes: [Attribute; 5],
        face: Face,
        liveness: Liveness,
        billed: Option<bool>,
    },
    Fails(AuthorityError),
}

type Outer = (&'static str, Vec<(Value, Result<(), AuthorityError>)>);

/// One interface of a vendor.
pub struct Vendor {
    pub map: &'static str,
    /// A reply of a call that succeeded, without the codes.
    pub base: Value,
    pub verdict: &'static str,
    pub reason: Option<&'static str>,
    /// Whether codes come as numbers and as texts.
    pub either: bool,
    pub outer: Vec<Outer>,
    /// Families, and those of the outer codes that are in them.
    families: Vec<(&'static str, Vec<&'static str>)>,
    /// Verdict, reason (or none beside it), meaning.
    pub pairs: Vec<(Value, Option<Value>, Expected)>,
    /// Codes at other places.
    others: Vec<(&'static str, Value)>,
}

impl Vendor {
    /// Whether a code of the table is what stands in a reply.
    pub fn same(&self, code: Option<&Value>, there: Option<&Value>, either: bool) -> bool {
        match (code, there) {
            (None, None) => true,
            (Some(code), Some(there)) if code == there => true,
            (Some(Value::Number(code)), Some(Value::String(there))) => either && code.to_string() == *there,
            _ => false,
        }
    }

    /// The reply of the one pair that is a match.
    pub fn pass(&self) -> Value {
        let is_pass = |expected: &Expected| {
            matches!(expected, Expected::Says { subject: Subject::Found, attributes: [Yes, Yes, ..], .. })
        };
        let (verdict, reason, _) = self.pairs.iter().find(|(.., expected)| is_pass(expected)).unwrap();
        let mut body = self.base.clone();
        super::put(&mut body, self.verdict, Some(verdict.clone()));
        if let (Some(at), Some(reason)) = (self.reason, reason) {
            super::put(&mut body, at, Some(reason.clone()));
        }
        body
    }

    /// Every place and code, as a map lists them.
    pub fn listed(&self) -> BTreeSet<String> {
        let mut listed = BTreeSet::new();
        let mut add = |at: &str, code: &Value, either: bool| {
            listed.insert(format!("{at} {code}"));
            if either && code.is_number() {
                listed.insert(format!("{at} \"{code}\""));
            }
        };
        for (at, codes) in &self.outer {
            for (code, _) in codes {
                let text = code.as_str().unwrap_or_default();
                match self.families.iter().find(|(_, codes)| codes.contains(&text)) {
                    Some((family, _)) => add(at, &json!(family), false),
                    None => add(at, code, self.either),
                }
            }
        }
        for (verdict, reason, _) in &self.pairs {
            add(self.verdict, verdict, self.either);
            if let (Some(at), Some(reason)) = (self.reason, reason) {
                add(at, reason, self.either);
            }
        }
        for (at, code) in &self.others {
            add(at, code, false);
        }
        listed
    }
}

fn says(subject: Subject, attributes: [Attribute; 5], billed: impl Into<Option<bool>>) -> Expected {
    let (face, liveness) = (Face::NotRun, Liveness::NotRun);
    Expected::Says { subject, attributes, face, liveness, billed: billed.into() }
}

fn face(attributes: [Attribute; 5], face: Face) -> Expected {
    let (subject, liveness) = (Subject::Found, Liveness::NotRun);
    Expected::Says { subject, attributes, face, liveness, billed: Some(true) }
}

fn invalid(field: QueryField) -> AuthorityError {
    AuthorityError::InvalidInput { field }
}

fn quota(scope: QuotaScope) -> AuthorityError {
    AuthorityError::Quota { scope, reset: None }
}

const TRANSIENT: AuthorityError = AuthorityError::Transient { retry_after: None };
const GONE: Subject = Subject::NotFound { hint: None };

pub fn vendors() -> Vec<Vendor> {
    let mut all = tencent();
    all.extend(alibaba());
    all.extend(huawei());
    all.push(dytns());
    all.push(baidu());
    all
}

/// One place has both: whether the call succeeded, and the verdict. Its codes of a "no" aren't known.
fn baidu() -> Vendor {
    use Expected::Fails;
    let pair = |code: i64, expected| (json!(code), None, expected);
    let (denied, rate) = (|| Fails(AuthorityError::Denied), || Fails(quota(QuotaScope::Rate)));
    Vendor {
        map: "baidu-two-element",
        base: json!({ "log_id": 1_234_567_890_123_u64, "error_msg": "m" }),
        verdict: "/error_code",
        reason: None,
        either: false,
        outer: Vec::new(),
        families: Vec::new(),
        pairs: vec![
            pair(0, says(Subject::Found, [Yes, Yes, Na, Na, NotAsked], None)),
            pair(2, Fails(TRANSIENT)),
            pair(4, rate()),
            pair(6, denied()),
            pair(17, Fails(quota(QuotaScope::Daily))),
            pair(18, rate()),
            pair(19, Fails(quota(QuotaScope::Contract))),
            pair(100, denied()),
            pair(110, denied()),
            pair(111, denied()),
        ],
        others: Vec::new(),
    }
}

/// Not the reseller's table: there 0 and 2 are the other way round.
fn dytns() -> Vendor {
    let three = |all| [all, all, Na, Na, all];
    Vendor {
        map: "alibaba-dytns-three-element",
        base: json!({ "Code": "OK", "RequestId": "R-1", "Data": {} }),
        verdict: "/Data/IsConsistent",
        reason: None,
        either: false,
        outer: vec![(
            "/Code",
            vec![(json!("OK"), Ok(())), (json!("RequestFrequencyLimit"), Err(quota(QuotaScope::Person)))],
        )],
        families: Vec::new(),
        pairs: vec![
            (json!(1), None, says(Subject::Found, three(Yes), true)),
            (json!(0), None, says(Subject::Found, three(Withheld), true)),
            (json!(2), None, says(GONE, three(Na), false)),
        ],
        others: Vec::new(),
    }
}

fn tencent() -> Vec<Vendor> {
    use Expected::Fails;
    let errors = || {
        let denied = Err(AuthorityError::Denied);
        let lost = Err(AuthorityError::Indeterminate);
        let ours = Err(AuthorityError::BadRequest);
        let contract = Err(quota(QuotaScope::Contract));
        let rate = Err(quota(QuotaScope::Rate));
        [
            ("AuthFailure.InvalidAuthorization", denied.clone()),
            ("AuthFailure.SignatureExpire", denied.clone()),
            ("AuthFailure.SignatureFailure", denied.clone()),
            ("AuthFailure.SecretIdNotFound", denied.clone()),
            ("AuthFailure.TokenFailure", denied.clone()),
            ("AuthFailure.MFAFailure", denied.clone()),
            ("UnauthorizedOperation", denied.clone()),
            ("UnauthorizedOperation.Nonactivated", denied.clone()),
            ("UnauthorizedOperation.NonAuthorize", denied),
            ("UnauthorizedOperation.Arrears", contract.clone()),
            ("UnauthorizedOperation.ChargeStatusException", contract),
            ("RequestLimitExceeded", rate.clone()),
            ("RequestLimitExceeded.UinLimitExceeded", rate.clone()),
            ("FailedOperation.RequestLimitExceeded", rate),
            ("FailedOperation.UnKnown", lost.clone()),
            ("InvalidParameter", ours.clone()),
            ("InvalidParameter.UnsupportEncryptField", ours.clone()),
            ("InvalidParameterValue", ours),
            ("InternalError", lost.clone()),
            ("InternalError.EncryptSystemError", lost),
            ("UnsupportedOperation", Err(AuthorityError::Unsupported)),
        ]
        .map(|(code, expected)| (json!(code), expected))
        .to_vec()
    };
    let families = || {
        vec![
            (
                "AuthFailure.*",
                vec![
                    "AuthFailure.InvalidAuthorization",
                    "AuthFailure.TokenFailure",
                    "AuthFailure.MFAFailure",
                ],
            ),
            ("UnauthorizedOperation.*", vec!["UnauthorizedOperation", "UnauthorizedOperation.NonAuthorize"]),
            ("RequestLimitExceeded.*", vec!["RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"]),
            ("FailedOperation.*", vec!["FailedOperation.UnKnown"]),
            ("InvalidParameter.*", vec!["InvalidParameter", "InvalidParameter.UnsupportEncryptField"]),
            ("InvalidParameterValue.*", vec!["InvalidParameterValue"]),
            ("InternalError.*", vec!["InternalError", "InternalError.EncryptSystemError"]),
        ]
    };
    let interface = |map, reason, pairs: Vec<(&str, Option<&str>, Expected)>| Vendor {
        map,
        base: json!({ "Response": { "RequestId": "R-1" } }),
        verdict: "/Response/Result",
        reason,
        either: false,
        outer: vec![("/Response/Error/Code", errors()), ("/Response/Error", Vec::new())],
        families: families(),
        pairs: pairs.into_iter().map(|(v, r, e)| (json!(v), r.map(|r| json!(r)), e)).collect(),
        others: Vec::new(),
    };
    // Neither dates nor a phone number are asked about: the dates of the query aren't available here.
    let two = |name, number| [name, number, Na, Na, NotAsked];
    let four = |all| [all, all, all, all, NotAsked];
    let three = |name, number, phone| [name, number, Na, Na, phone];
    let found = Subject::Found;
    let free = |error| Fails(error);
    vec![
        interface(
            "tencent-two-element",
            None,
            vec![
                ("0", None, says(found, two(Yes, Yes), true)),
                ("-1", None, says(found, two(No, Yes), true)),
                ("-2", None, free(invalid(QueryField::IdNumber))),
                ("-3", None, free(invalid(QueryField::Name))),
                ("-4", None, free(TRANSIENT)),
                ("-5", None, says(GONE, two(Na, Na), false)),
                ("-6", None, free(TRANSIENT)),
                ("-7", None, free(quota(QuotaScope::Person))),
            ],
        ),
        interface(
            "tencent-four-element",
            None,
            vec![
                ("0", None, says(found, four(Yes), true)),
                ("-1", None, says(found, four(Withheld), true)),
                ("-2", None, free(invalid(QueryField::IdNumber))),
                ("-3", None, free(invalid(QueryField::Name))),
                ("-4", None, free(invalid(QueryField::ValidUntil))),
                ("-5", None, says(found, [Withheld, Withheld, Na, Na, NotAsked], false)),
                ("-6", None, free(TRANSIENT)),
                ("-7", None, says(GONE, four(Na), false).with_phone(NotAsked)),
                ("-8", None, free(quota(QuotaScope::Person))),
            ],
        ),
        interface(
            "tencent-phone-three-element",
            Some("/Response/ResultDetail"),
            vec![
                ("0", None, says(found, three(Yes, Yes, Yes), true)),
                ("-4", None, says(found, three(Withheld, Withheld, Withheld), true)),
                ("-4", Some("PhoneIdCardMismatch"), says(found, three(Yes, No, Yes), true)),
                ("-4", Some("PhoneNameMismatch"), says(found, three(No, Yes, Yes), true)),
                ("-4", Some("PhoneNameIdCardMismatch"), says(found, three(Withheld, Withheld, No), true)),
                ("-4", Some("NameIdCardMismatch"), says(found, three(No, Withheld, Withheld), true)),
                ("-4", Some("OtherMismatch"), says(found, three(Withheld, Withheld, Withheld), true)),
                ("-6", None, free(invalid(QueryField::PhoneNumber))),
                ("-7", None, free(invalid(QueryField::IdNumber))),
                ("-8", None, free(invalid(QueryField::Name))),
                ("-9", None, says(GONE, three(Na, Na, Na), false)),
                ("-11", None, free(TRANSIENT)),
                ("-12", None, free(quota(QuotaScope::Person))),
                ("-13", None, free(AuthorityError::Unsupported)),
            ],
        ),
    ]
}

impl Expected {
    fn with_phone(mut self, phone: Attribute) -> Self {
        if let Self::Says { attributes, .. } = &mut self {
            attributes[4] = phone;
        }
        self
    }
}

fn alibaba() -> Vec<Vendor> {
    use Expected::Fails;
    let common = || {
        vec![
            (200, Ok(())),
            (410, Err(AuthorityError::Denied)),
            (411, Err(AuthorityError::Denied)),
            (412, Err(quota(QuotaScope::Contract))),
            (400, Err(AuthorityError::BadRequest)),
            (401, Err(invalid(QueryField::IdNumber))),
            (500, Err(AuthorityError::Indeterminate)),
        ]
    };
    // The same numbers mean other things at the two families of interfaces.
    let for_face = || {
        let ours = Err(AuthorityError::BadRequest);
        let photo = Err(invalid(QueryField::Probe));
        let mut codes = common();
        codes.extend([(404, ours.clone()), (420, ours.clone()), (423, ours)]);
        codes.extend([(419, photo.clone()), (421, photo.clone()), (422, photo)]);
        codes.extend([405, 417, 427].map(|code| (code, Err(AuthorityError::PolicyBlocked))));
        codes.extend([(402, Err(AuthorityError::Denied)), (418, Err(quota(QuotaScope::Person)))]);
        codes
    };
    let for_meta = |more: Vec<(i64, AuthorityError)>| {
        let mut codes = common();
        codes.extend([(402, Err(TRANSIENT)), (403, Err(quota(QuotaScope::Person)))]);
        codes.extend(more.into_iter().map(|(code, error)| (code, Err(error))));
        codes
    };
    let interface = |map, verdict, reason, codes: Vec<(i64, Result<(), AuthorityError>)>, pairs| Vendor {
        map,
        base: json!({ "Code": "200", "RequestId": "R-1", "ResultObject": {} }),
        verdict,
        reason,
        either: true,
        outer: vec![("/Code", codes.into_iter().map(|(code, means)| (json!(code), means)).collect())],
        families: Vec::new(),
        pairs,
        others: Vec::new(),
    };
    let two = |name, number| [name, number, Na, Na, NotAsked];
    let three = |name, number, phone| [name, number, Na, Na, phone];
    let four = |all| [all, all, all, all, NotAsked];
    let (found, none) = (Subject::Found, None::<bool>);
    let unseen = two(Na, Na);
    let photo = || invalid(QueryField::Probe);
    let biz = "/ResultObject/BizCode";
    let sub = Some("/ResultObject/SubCode");
    let spoof = Expected::Says {
        subject: found,
        attributes: unseen,
        face: Face::Inconclusive,
        liveness: Liveness::Spoof,
        billed: Some(true),
    };
    let mut contrast = interface(
        "alibaba-face",
        "/ResultObject/Passed",
        sub,
        for_face(),
        vec![
            (json!("T"), Some(json!(200)), face(two(Yes, Yes), Face::Same)),
            (json!("F"), Some(json!(201)), face(two(No, Yes), Face::NotRun)),
            (json!("F"), Some(json!(202)), says(GONE, unseen, true)),
            (json!("F"), Some(json!(203)), face(unseen, Face::NoReference)),
            (json!("F"), Some(json!(204)), face(unseen, Face::Different)),
            (json!("F"), Some(json!(205)), spoof),
        ],
    );
    contrast.others =
        vec![("/ResultObject/MaterialInfo", json!("T")), ("/ResultObject/MaterialInfo", json!("F"))];
    let unknown_number = Subject::NotFound { hint: Some(NotFoundHint::NumberUnknown) };
    vec![
        contrast,
        interface(
            "alibaba-two-element",
            biz,
            None,
            for_meta(Vec::new()),
            vec![
                (json!(1), None, says(found, two(Yes, Yes), true)),
                (json!(2), None, says(found, two(No, Yes), true)),
                (json!(3), None, says(GONE, unseen, none)),
            ],
        ),
        interface(
            "alibaba-four-element",
            biz,
            None,
            for_meta(Vec::new()),
            vec![
                (json!(1), None, says(found, four(Yes), true)),
                (json!(2), None, says(found, four(Withheld), true)),
                (json!(3), None, says(GONE, unseen, none)),
            ],
        ),
        interface(
            "alibaba-phone-three-element",
            biz,
            sub,
            for_meta(vec![(405, AuthorityError::Unsupported)]),
            vec![
                (json!(1), Some(json!(101)), says(found, three(Yes, Yes, Yes), true)),
                (json!(2), Some(json!(201)), says(found, three(Withheld, Withheld, No), true)),
                (json!(2), Some(json!(202)), says(found, three(Yes, No, Yes), true)),
                (json!(2), Some(json!(203)), says(found, three(No, Yes, Yes), true)),
                (json!(2), Some(json!(204)), says(found, three(Withheld, Withheld, Withheld), true)),
                (json!(3), Some(json!(301)), says(GONE, three(Na, Na, Na), none)),
            ],
        ),
        interface(
            "alibaba-photo-three-element",
            biz,
            sub,
            for_meta(vec![(405, photo()), (419, photo()), (420, AuthorityError::BadRequest), (421, photo())]),
            vec![
                (json!(1), Some(json!(101)), face(two(Yes, Yes), Face::Same)),
                (json!(2), Some(json!(201)), face(two(No, Yes), Face::NotRun)),
                // "Suspected the same person" is no match.
                (json!(2), Some(json!(202)), face(unseen, Face::Inconclusive)),
                (json!(2), Some(json!(203)), face(unseen, Face::NoReference)),
                (json!(2), Some(json!(204)), face(unseen, Face::Different)),
                (json!(2), Some(json!(205)), Fails(AuthorityError::Indeterminate)),
                (json!(2), Some(json!(206)), Fails(photo())),
                (json!(2), Some(json!(207)), Fails(photo())),
                (json!(2), Some(json!(208)), Fails(photo())),
                (json!(3), Some(json!(301)), says(unknown_number, unseen, none)),
                (json!(3), Some(json!(302)), says(GONE, unseen, none)),
            ],
        ),
    ]
}

fn huawei() -> Vec<Vendor> {
    let two = |name, number| [name, number, Na, Na, NotAsked];
    let unseen = two(Na, Na);
    let interface = |map, service: Option<&str>, pairs| {
        let mut outer = vec![("/result/count", vec![(json!(1), Ok(()))])];
        outer.extend(service.map(|name| ("/result/service_name", vec![(json!(name), Ok(()))])));
        let result = json!({ "service_name": "ivs-standard", "count": 1, "resp_data": [{}] });
        Vendor {
            map,
            base: json!({ "meta": { "uuid": "q1" }, "result": result }),
            verdict: "/result/resp_data/0/verification_result",
            reason: Some("/result/resp_data/0/verification_code"),
            either: false,
            outer,
            families: Vec::new(),
            pairs,
            others: Vec::new(),
        }
    };
    let bad_photo = Expected::Fails(invalid(QueryField::Probe));
    let (valid, invalid, nobody) = (json!("valid"), json!("invalid"), json!("nonexistent"));
    vec![
        interface(
            "huawei-face",
            Some("ivs-standard"),
            vec![
                (valid.clone(), Some(json!(1000)), face(two(Yes, Yes), Face::Same)),
                (invalid.clone(), Some(json!(2001)), face(two(No, Yes), Face::NotRun)),
                (invalid.clone(), Some(json!(2002)), face(unseen, Face::Different)),
                (invalid.clone(), Some(json!(2003)), bad_photo),
                (invalid.clone(), Some(json!(2006)), face(unseen, Face::NoReference)),
                (nobody.clone(), Some(json!(3001)), says(GONE, unseen, true)),
            ],
        ),
        interface(
            "huawei-two-element",
            None,
            vec![
                (valid, Some(json!(1000)), says(Subject::Found, two(Yes, Yes), true)),
                (invalid, Some(json!(2001)), says(Subject::Found, two(No, Yes), true)),
                (nobody, Some(json!(3001)), says(GONE, unseen, true)),
            ],
        ),
    ]
}
