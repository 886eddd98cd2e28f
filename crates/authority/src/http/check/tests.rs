//! What is said of what.

use super::*;

fn of(answer: Result<bool, AuthorityError>, hint: Option<Hint>) -> Result<Works, Trouble> {
    verdict(answer, hint, true, false)
}

#[test]
fn a_hint_of_the_map_is_closer_than_the_error() {
    let denied = || Err(AuthorityError::Denied);
    assert_eq!(of(denied(), None), Err(Trouble::Denied));
    for (hint, trouble) in [
        (Hint::Clock, Trouble::Clock),
        (Hint::Signature, Trouble::Signature),
        (Hint::Credential, Trouble::Credential),
        (Hint::Permission, Trouble::Permission),
        (Hint::NotOpened, Trouble::NotOpened),
        (Hint::Arrears, Trouble::Arrears),
    ] {
        assert_eq!(of(denied(), Some(hint)), Err(trouble));
    }
    assert_eq!(
        verdict(denied(), Some(Hint::Signature), true, true),
        Err(Trouble::Clock),
        "a late signature is wrong"
    );
    assert_eq!(
        verdict(denied(), None, false, false),
        Err(Trouble::Credential),
        "no token, so nothing was asked"
    );
}

#[test]
fn nobody_is_found_nowhere() {
    assert_eq!(of(Ok(true), None), Ok(Works::Answered));
    assert_eq!(of(Ok(false), None), Err(Trouble::SaysYesToNobody));
    let field = crate::QueryField::IdNumber;
    let invalid = AuthorityError::InvalidInput { field };
    assert_eq!(of(Err(invalid.clone()), None), Ok(Works::ValuesRefused));
    assert_eq!(
        verdict(Err(invalid), None, false, false),
        Err(Trouble::Request),
        "nothing was sent: this map wants more"
    );
    assert_eq!(of(Err(AuthorityError::Protocol), None), Err(Trouble::Map));
    let transient = || Err(AuthorityError::Transient { retry_after: None });
    assert_eq!(verdict(transient(), None, false, false), Err(Trouble::Unreachable));
    assert_eq!(of(transient(), None), Err(Trouble::NoAnswer));
}

#[test]
fn nobodys_number_is_a_number() {
    let number = IdNumber::new(NOBODY);
    assert!(number.as_str().starts_with("119999") && number.as_str().len() == 18);
}
