use super::*;
use crate::ReasonCode;

#[test]
fn a_reason_says_code_fault_and_advice() {
    let code = ReasonCode::KeyUnknown;
    assert_eq!(Explain::code(&code), "key_unknown");
    assert_eq!(code.fault(), Fault::Sender);
    assert_eq!(code.advice(Lang::Zh), code.text(Lang::Zh));
    assert_eq!(ReasonCode::ENTRIES.len(), ReasonCode::ALL.len());
    let last = ReasonCode::ENTRIES.last().unwrap();
    assert_eq!(last.code, ReasonCode::ALL.last().unwrap().as_str());
}

#[test]
fn whoever_shows_an_error_needs_no_list_of_them() {
    let shown: [&dyn Explain; 2] = [&ReasonCode::Expired, &crate::PurposeError];
    assert_eq!(shown.map(Explain::code), ["expired", "purpose"]);
}
