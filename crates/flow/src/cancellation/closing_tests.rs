use super::*;
use crate::journal::entry::Entry;

fn paper(kind: &str, salt: &str) -> Vec<u8> {
    format!(r#"{{"salt":"{salt}","paper":"{kind}","case":"c-1","fen":1280}}"#).into_bytes()
}

const SALT: &str = "AAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn a_paper_says_what_it_is_and_cant_be_guessed() {
    let mut papers = Papers::default();
    let digest = papers.add(Paper::Refund, &paper("refund", SALT)).unwrap();
    // The canonical form: neither order nor spacing changes the digest.
    let spaced = format!(r#"{{ "fen": 1280, "paper": "refund", "salt": "{SALT}", "case": "c-1" }}"#);
    assert_eq!(papers.add(Paper::Refund, spaced.as_bytes()).unwrap(), digest);
    for bad in [paper("invoice", SALT), paper("refund", "AAAA"), b"{}".to_vec(), b"{".to_vec()] {
        assert!(papers.add(Paper::Refund, &bad).is_err());
    }
    assert_eq!(papers.missing(), [Paper::Invoice, Paper::Settlement, Paper::WorkOrder]);
    assert_eq!(Papers::from_json(&papers.to_json().unwrap()).unwrap(), papers);
}

fn hear(unclosed: &mut Unclosed, index: u64, event: &Event) {
    let bytes = event.preview(jiff::Timestamp::UNIX_EPOCH).unwrap();
    unclosed.hear(index, &Entry::parse(&bytes).unwrap());
}

#[test]
fn receipts_without_papers_are_found_until_they_come() {
    let (mut first, mut rest, mut unclosed) = (Papers::default(), Papers::default(), Unclosed::default());
    first.add(Paper::Refund, &paper("refund", SALT)).unwrap();
    first.add(Paper::Invoice, &paper("invoice", SALT)).unwrap();
    hear(&mut unclosed, 0, &first.to_event(Brings::Cancelled, "receipt-1"));
    hear(&mut unclosed, 1, &Papers::default().to_event(Brings::Cancelled, "receipt-2"));
    rest.add(Paper::Settlement, &paper("settlement", SALT)).unwrap();
    hear(&mut unclosed, 2, &rest.to_event(Brings::Closed, "receipt-1"));
    let open: Vec<_> = unclosed.iter().map(|(index, _, missing)| (index, missing.to_vec())).collect();
    assert_eq!(open, [(0, vec![Paper::WorkOrder]), (1, Paper::ALL.to_vec())]);
    rest.add(Paper::WorkOrder, &paper("work_order", SALT)).unwrap();
    hear(&mut unclosed, 3, &rest.to_event(Brings::Closed, "receipt-1"));
    assert_eq!(unclosed.iter().map(|(index, ..)| index).collect::<Vec<_>>(), [1]);
}
