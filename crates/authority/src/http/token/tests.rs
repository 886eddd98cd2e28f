//! What is sent for a token, and what is taken for one.

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn grant(toml: &str) -> Result<TokenGrant, &'static str> {
    let raw: RawToken =
        toml::from_str(&format!("{toml}\npath = \"/token\"\nid = {{}}\nsecret = {{}}")).unwrap();
    TokenGrant::read(&raw, Secret::new(*b"APIKEYsynth"), Secret::new(*b"SECRET/synth"))
}

fn value(token: Result<Token, AuthorityError>) -> Result<(String, i64), AuthorityError> {
    token.map(|token| (String::from_utf8(token.value.expose().to_vec()).unwrap(), token.ends.as_second()))
}

#[test]
fn client_credentials_in_basic_and_in_the_address() {
    let oauth = grant("grant = \"oauth\"\nscope = \"kyc-match:match\"").unwrap();
    let request = oauth.request();
    assert_eq!(&request.body[..], b"grant_type=client_credentials&scope=kyc-match%3Amatch");
    let basic = Base64::encode_string(b"APIKEYsynth:SECRET%2Fsynth");
    assert!(request.headers.contains(&("Authorization".into(), format!("Basic {basic}"))));
    let baidu = grant("grant = \"oauth_query\"\nquery = \"access_token\"").unwrap();
    let request = baidu.request();
    let expected = "/token?grant_type=client_credentials&client_id=APIKEYsynth&client_secret=SECRET%2Fsynth";
    assert_eq!(request.target().as_str(), expected);
    let shown = format!("{oauth:?} {baidu:?} {request:?}");
    assert!(!shown.contains("SECRET"), "{shown}");
    let carried = baidu.carried(Request::new(Method::Post, "/idmatch"), &Secret::new(*b"24.synth"));
    assert_eq!(carried.target().as_str(), "/idmatch?access_token=24.synth");
}

#[test]
fn a_token_is_taken_only_whole() {
    let oauth = grant("grant = \"oauth\"").unwrap();
    let of = |status, body: &str| value(oauth.token(&Response::new(status, body), NOW));
    let whole = r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#;
    assert_eq!(of(200, whole), Ok(("t".into(), 3600)));
    assert_eq!(
        of(200, r#"{"access_token":"t"}"#),
        Ok(("t".into(), 300)),
        "a lifetime that nobody states is short"
    );
    for wrong in [
        r#"{"access_token":"t","token_type":"mac"}"#,
        r#"{"access_token":"t","expires_in":0}"#,
        r#"{"access_token":"t","expires_in":"3600"}"#,
        r#"{"access_token":"a\nb"}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        "{}",
        "",
    ] {
        assert_eq!(of(200, wrong), Err(AuthorityError::Protocol), "{wrong}");
    }
    assert_eq!(of(401, r#"{"error":"invalid_client"}"#), Err(AuthorityError::Denied));
    assert_eq!(of(400, ""), Err(AuthorityError::Denied));
    assert_eq!(of(500, ""), Err(AuthorityError::Transient { retry_after: None }), "nobody was asked about");
}

#[test]
fn huaweis_token_comes_in_a_header() {
    let grant =
        grant("grant = \"huawei\"\ndomain = \"d\"\nproject = \"p\"\nheader = \"X-Auth-Token\"").unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&grant.request().body).unwrap();
    assert_eq!(sent["auth"]["identity"]["password"]["user"]["name"], "APIKEYsynth");
    assert_eq!(sent["auth"]["scope"]["project"]["name"], "p");
    let body = r#"{"token":{"expires_at":"1970-01-02T00:00:00.000000Z"}}"#;
    let reply = Response::new(201, body).with_header("X-Subject-Token", "MII");
    assert_eq!(value(grant.token(&reply, NOW)), Ok(("MII".into(), 86400)));
    assert_eq!(value(grant.token(&Response::new(201, body), NOW)), Err(AuthorityError::Protocol));
}

#[test]
fn what_doesnt_go_together_is_named() {
    for wrong in [
        "grant = \"basic\"",
        "grant = \"huawei\"",
        "grant = \"oauth\"\ndomain = \"d\"\nproject = \"p\"",
        "grant = \"oauth\"\nheader = \"A\"\nquery = \"b\"",
    ] {
        assert!(grant(wrong).is_err(), "{wrong}");
    }
}
