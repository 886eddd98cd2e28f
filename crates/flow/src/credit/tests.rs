use super::*;
use crate::form::{FormError, page};
use crate::journal::entry::{Entry, Event};
use crate::standing::Standing;

fn rules() -> Rules {
    Rules::parse(page("credit rules").as_bytes()).unwrap()
}

fn hear(accounts: &mut Accounts<'_>, index: u64, event: &Event) {
    let bytes = event.preview(jiff::Timestamp::UNIX_EPOCH).unwrap();
    accounts.hear(index, &Entry::parse(&bytes).unwrap());
}

#[test]
fn points_have_grounds_and_consequences() {
    let rules = rules();
    let mut accounts = Accounts::of(&rules);
    let charge = |rule| Charge { agent: "shop-12", rule, grounds: &[4, 7] };
    assert_eq!((accounts.left("shop-12"), accounts.follows("shop-12")), (100, None));
    for (index, (rule, left, follows)) in [
        ("evidence_missing", 90, None),
        ("evidence_differs", 70, Some(Standing::Warned)),
        ("evidence_differs", 50, Some(Standing::Suspended)),
        ("evidence_differs", 30, Some(Standing::Suspended)),
        ("evidence_differs", 10, Some(Standing::Dropped)),
        ("evidence_differs", 0, Some(Standing::Dropped)),
    ]
    .into_iter()
    .enumerate()
    {
        let index = 10 + index as u64;
        let event = accounts.charge(&charge(rule), index).unwrap();
        hear(&mut accounts, index, &event);
        assert_eq!((accounts.left("shop-12"), accounts.follows("shop-12")), (left, follows), "{rule}");
    }
    let (_, credit) = accounts.iter().next().unwrap();
    assert_eq!(
        (credit.taken.len(), credit.taken[0].grounds.as_slice(), credit.wrong.len()),
        (6, &[4, 7][..], 0)
    );
    // Grounds that aren't there yet, none, and a rule that isn't one.
    assert!(accounts.charge(&charge("evidence_differs"), 7).is_err());
    assert!(accounts.charge(&Charge { grounds: &[], ..charge("evidence_differs") }, 100).is_err());
    assert!(accounts.charge(&charge("bad_mood"), 100).is_err());
}

#[test]
fn an_event_that_says_something_else_is_named() {
    let rules = rules();
    let mut accounts = Accounts::of(&rules);
    let taken = |points: u64, credit: u64, ground: u64| {
        let text = format!(
            r#"{{"event":"credit_taken","agent":"a","policy":"agents-2026","rule":"report_held","points":{points},"credit":{credit},"grounds":[{ground}]}}"#
        );
        Event::parse(text.as_bytes()).unwrap()
    };
    hear(&mut accounts, 5, &taken(5, 95, 1));
    hear(&mut accounts, 6, &taken(6, 89, 1));
    hear(&mut accounts, 7, &taken(5, 20, 1));
    hear(&mut accounts, 8, &taken(5, 79, 8));
    let (_, credit) = accounts.iter().next().unwrap();
    assert_eq!((credit.left, credit.wrong.as_slice()), (79, &[6, 7, 8][..]));
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    let text = page("credit rules");
    for (from, to) in [
        (r#""start": 100"#, r#""start": 0"#),
        (r#""below": 80"#, r#""below": 50"#),
        (r#""warned""#, r#""admitted""#),
        (r#""then": "dropped""#, r#""then": "warned""#),
        (r#""report_held": 5"#, r#""report_held": 101"#),
        (r#""report_held": 5"#, r#""report held": 5"#),
    ] {
        assert!(text.contains(from), "{from}");
        let refused = Rules::parse(text.replacen(from, to, 1).as_bytes());
        assert!(matches!(refused, Err(FormError::Sense(_) | FormError::Member(_))), "{from} {to}");
    }
}
