use proptest::prelude::*;

use super::*;
use crate::appraisal::Policy;
use crate::document::CardDate;

fn judge(kind: DocumentKind, birth: &str, from: &str, until: &str) -> Term {
    let policy = Policy::on_site();
    let rules = policy.terms().unwrap();
    let date = |text: &str| CardDate::parse(text).unwrap().to_date();
    let until = CardDate::parse(until).map_or(ValidUntil::LongTerm, ValidUntil::Day);
    rules.judge(kind, CardDate::parse(birth).map(|d| d.to_date()), date(from), &until)
}

fn resident(birth: &str, from: &str, until: &str) -> Term {
    judge(DocumentKind::Resident, birth, from, until)
}

#[test]
fn each_age_has_its_term() {
    for (from, until) in [
        ("20050615", "20100615"), // 15
        ("20100615", "20200615"), // 20
        ("20200615", "20400615"), // 30
        ("20400615", "long"),     // 50
    ] {
        assert_eq!(resident("19900101", from, until), Term::Usual, "{from} {until}");
        for other in [5, 10, 20] {
            let last = format!("{:04}0615", from[..4].parse::<u16>().unwrap() + other);
            let expected = if last == until { Term::Usual } else { Term::Unusual };
            assert_eq!(resident("19900101", from, &last), expected, "{from} {last}");
        }
        let expected = if until == "long" { Term::Usual } else { Term::Unusual };
        assert_eq!(resident("19900101", from, "long"), expected, "{from}");
    }
}

#[test]
fn around_a_birthday_either_term_is_usual() {
    // 16 on 2006-01-01. Applied before, issued after: the shorter term. The day itself: either.
    for (from, five, ten) in [
        ("20051231", Term::Usual, Term::Unusual),
        ("20060101", Term::Usual, Term::Usual),
        ("20060102", Term::Usual, Term::Usual),
        ("20060331", Term::Usual, Term::Usual),
        ("20060401", Term::Unusual, Term::Usual),
    ] {
        let ends = |years: u16| format!("{}{}", from[..4].parse::<u16>().unwrap() + years, &from[4..]);
        assert_eq!(resident("19900101", from, &ends(5)), five, "{from}");
        assert_eq!(resident("19900101", from, &ends(10)), ten, "{from}");
    }
}

#[test]
fn a_term_that_begins_on_the_29th_of_february() {
    // 2012-02-29 and ten years: 28 February or 1 March 2022, or a day before it.
    for (until, expected) in [
        ("20220226", Term::Unusual),
        ("20220227", Term::Usual),
        ("20220228", Term::Usual),
        ("20220301", Term::Usual),
        ("20220302", Term::Unusual),
    ] {
        assert_eq!(resident("19900615", "20120229", until), expected, "{until}");
    }
    // Twenty years lead to a leap year again.
    assert_eq!(resident("19800615", "20120229", "20320229"), Term::Usual);
    assert_eq!(resident("19800615", "20120229", "20320301"), Term::Unusual);
    // Born on 29 February: 46 on 1 March 2030 in a common year; both terms around it.
    assert_eq!(resident("19840229", "20300228", "20500228"), Term::Usual);
    assert_eq!(resident("19840229", "20300228", "long"), Term::Unusual);
    assert_eq!(resident("19840229", "20300301", "long"), Term::Usual);
    assert_eq!(resident("19840229", "20300301", "20500301"), Term::Usual);
}

#[test]
fn other_documents_have_other_terms() {
    let permit = |until| judge(DocumentKind::ResidencePermit, "19900101", "20200615", until);
    assert_eq!((permit("20250615"), permit("20250614")), (Term::Usual, Term::Usual));
    assert_eq!((permit("20300615"), permit("long")), (Term::Unusual, Term::Unusual));
    for kind in [DocumentKind::PermanentResident2017, DocumentKind::PermanentResident2023] {
        assert_eq!(judge(kind, "19900101", "20200615", "20300615"), Term::Usual);
        assert_eq!(judge(kind, "20100101", "20200615", "20250615"), Term::Usual);
        assert_eq!(judge(kind, "20100101", "20200615", "20300615"), Term::Unusual);
    }
}

#[test]
fn what_can_not_be_said_is_not_said() {
    assert_eq!(resident("unread", "20200615", "20400615"), Term::Unknown);
    assert_eq!(resident("20210101", "20200615", "20250615"), Term::Unknown);
    let text = include_str!("../../policies/cn-telecom-onsite.toml");
    let without = text.replace("kinds = [\"residence_permit\"]", "kinds = [\"permanent_resident_2017\"]");
    let policy = Policy::from_toml(&without).unwrap();
    let date = |text: &str| CardDate::parse(text).unwrap().to_date();
    let (birth, from) = (Some(date("19900101")), date("20200615"));
    let judged =
        policy.terms().unwrap().judge(DocumentKind::ResidencePermit, birth, from, &ValidUntil::LongTerm);
    assert_eq!(judged, Term::Unknown);
    // The far ends of the calendar.
    assert_eq!(resident("99980101", "99990101", "99991231"), Term::Unusual);
    assert_eq!(resident("00010101", "00010101", "00060101"), Term::Usual);
}

proptest! {
    /// A card that an office issues by the law, to somebody who applied up to so many days before, is never called unusual;
    /// nor does more slack ever make one so. Ages are counted here by walking the birthdays.
    #[test]
    fn lawful_cards_are_usual(
        birth in -20_000i32..18_000, lived in 0i32..36_000, waited in 0i32..=90, other in 0u8..30,
    ) {
        let epoch = jiff::civil::date(1970, 1, 1);
        let (birth, applied) = (epoch.saturating_add(birth.days()), epoch.saturating_add((birth + lived).days()));
        let from = applied.saturating_add(waited.days());
        let birthdays = (1..200).map_while(|year: i16| {
            let day = if (birth.month(), birth.day()) == (2, 29) {
                // In a common year on the first of March.
                jiff::civil::date(birth.year() + year, 2, 28).tomorrow().unwrap()
            } else {
                jiff::civil::date(birth.year() + year, birth.month(), birth.day())
            };
            (day <= applied).then_some(())
        });
        let years = match birthdays.count() {
            0..=15 => Some(5),
            16..=25 => Some(10),
            26..=45 => Some(20),
            _ => None,
        };
        let end = |years: i16| ValidUntil::Day(from.saturating_add(years.years()).into());
        let until = years.map_or(ValidUntil::LongTerm, end);
        let policy = Policy::on_site();
        let mut rules = policy.terms().unwrap().clone();
        prop_assert_eq!(rules.judge(DocumentKind::Resident, Some(birth), from, &until), Term::Usual);
        let odd = end(other.into());
        let before = rules.judge(DocumentKind::Resident, Some(birth), from, &odd);
        if ![5, 10, 20].contains(&other) {
            prop_assert_eq!(before, Term::Unusual, "{}", other);
        }
        rules.slack_days = 400;
        if before == Term::Usual {
            prop_assert_eq!(rules.judge(DocumentKind::Resident, Some(birth), from, &odd), Term::Usual);
        }
    }
}
