use realname_specimen::photos::{Family, Printed, Shot, card, printed};

use super::*;

const FAMILIES: [Family; 4] = [Family::A, Family::B, Family::C, Family::D];

/// One side of a drawn card, flat and sharp, and what it says.
fn flat(family: Family, shot: Shot, person: u64) -> (Plane, Printed) {
    let photo = card(family, shot, person, 10.0);
    let grey = photo.rgb.chunks_exact(3).map(|p| {
        let [r, g, b] = [p[0], p[1], p[2]].map(f32::from);
        (0.299 * r + 0.587 * g + 0.114 * b).round() as u8
    });
    (Plane::new(photo.width, photo.height, grey.collect()).unwrap(), printed(family, person))
}

fn said(luma: &Plane, number: &str) -> PrintedOutcome {
    verify(luma, &NUMBER, number, &Thresholds::default().printed).outcome
}

/// Changes samples by their place.
fn changed(luma: &Plane, change: impl Fn(usize, usize, u8) -> u8) -> Plane {
    let (width, height) = (luma.width(), luma.height());
    let samples = (0..width * height).map(|at| change(at % width, at / width, luma.samples()[at]));
    Plane::new(width, height, samples.collect()).unwrap()
}

#[test]
fn the_right_number_is_the_same_in_every_family() {
    for family in FAMILIES {
        for person in 0..4 {
            let (luma, print) = flat(family, Shot::PortraitSide, person);
            let line = verify(&luma, &NUMBER, print.number(), &Thresholds::default().printed);
            assert_eq!(line.outcome, PrintedOutcome::Same, "{family:?} {person}: {line:?}");
            assert_eq!(line.positions, [Position::Same; 18]);
            assert!(line.figures.iter().all(|figure| figure.outcome == crate::profile::Outcome::Pass));
        }
    }
}

#[test]
fn one_wrong_digit_anywhere_is_another_number() {
    let (luma, print) = flat(Family::B, Shot::PortraitSide, 5);
    for at in 0..18 {
        let digit = print.number[at];
        // The next one, and the one that looks most like it.
        let alike = match digit {
            b'0' | b'3' | b'6' => b'8',
            b'8' => b'3',
            b'1' => b'7',
            b'7' => b'1',
            other => b'0' + (other - b'0' + 5) % 10,
        };
        for wrong in [b'0' + (digit - b'0' + 1) % 10, alike] {
            let mut number = print.number;
            number[at] = wrong;
            let number = std::str::from_utf8(&number).unwrap();
            let line = verify(&luma, &NUMBER, number, &Thresholds::default().printed);
            assert_eq!(line.outcome, PrintedOutcome::Differs, "{at}");
            assert_eq!(line.positions[at], Position::Differs);
            assert_eq!(line.positions.iter().filter(|position| **position == Position::Same).count(), 17);
        }
    }
}

#[test]
fn somebody_elses_number_is_another_one() {
    for family in FAMILIES {
        let (luma, _) = flat(family, Shot::PortraitSide, 1);
        let other = printed(family, 2);
        assert_eq!(said(&luma, other.number()), PrintedOutcome::Differs, "{family:?}");
    }
}

#[test]
fn a_check_character_may_be_an_x() {
    let person = (0..60).find(|person| printed(Family::D, *person).number[17] == b'X').unwrap();
    let (luma, print) = flat(Family::D, Shot::PortraitSide, person);
    assert_eq!(said(&luma, print.number()), PrintedOutcome::Same);
    let mut number = print.number;
    number[17] = b'4';
    assert_ne!(said(&luma, std::str::from_utf8(&number).unwrap()), PrintedOutcome::Same);
}

/// Where family A prints its digits, in samples.
fn columns(at: usize) -> std::ops::Range<usize> {
    let left = 266 + at * 29;
    left..left + 28
}

const ROWS: std::ops::Range<usize> = 438..482;

#[test]
fn a_digit_that_is_covered_erased_or_faint_is_never_the_same() {
    let (luma, print) = flat(Family::A, Shot::PortraitSide, 3);
    for at in [0, 7, 17] {
        let gone = |what: &dyn Fn(u8) -> u8| {
            let spoilt = changed(&luma, |x, y, value| {
                if columns(at).contains(&x) && ROWS.contains(&y) { what(value) } else { value }
            });
            said(&spoilt, print.number())
        };
        assert_eq!(gone(&|_| 226), PrintedOutcome::Covered, "erased at {at}");
        assert_eq!(gone(&|_| 20), PrintedOutcome::Covered, "barred at {at}");
        assert_eq!(gone(&|_| 255), PrintedOutcome::Covered, "glare at {at}");
        // Painted out, and still faintly there: correlation and margin alone would take it.
        let faint = gone(&|value| (226.0 + (f32::from(value) - 226.0) * 0.25) as u8);
        assert_eq!(faint, PrintedOutcome::Covered, "faint at {at}");
    }
    let all = changed(&luma, |_, y, value| if (430..490).contains(&y) { 226 } else { value });
    assert_eq!(said(&all, print.number()), PrintedOutcome::Unreadable);
}

#[test]
fn a_line_that_the_outline_lost_is_searched_for() {
    let (luma, print) = flat(Family::A, Shot::PortraitSide, 4);
    for (rise, off) in [(18.0f32, 0.0f32), (-18.0, 4.0), (0.0, 20.0), (9.0, -18.0)] {
        let moved = changed(&luma, |x, y, _| {
            let from = y as f32 - off - rise * (x as f32 / 856.0 - 0.5);
            luma.between(x as f32, from).round() as u8
        });
        assert_eq!(said(&moved, print.number()), PrintedOutcome::Same, "{rise} {off}");
    }
}

#[test]
fn a_font_without_a_template_can_not_be_read() {
    let (luma, print) = flat(Family::A, Shot::PortraitSide, 3);
    let bars = changed(&luma, |x, y, value| {
        let inside = (270..790).contains(&x) && (446..478).contains(&y);
        if inside { if (x * 7 + (x / 29) * 11 + (y / 5) * 13) % 29 < 9 { 45 } else { 226 } } else { value }
    });
    assert_eq!(said(&bars, print.number()), PrintedOutcome::Unreadable);
    assert_eq!(said(&luma, "UTO110190010118"), PrintedOutcome::Unreadable);
    assert_eq!(said(&luma, ""), PrintedOutcome::Unreadable);
    assert_eq!(said(&Plane::filled(856, 540, 200), print.number()), PrintedOutcome::Unreadable);
    assert_eq!(said(&Plane::default(), print.number()), PrintedOutcome::Unreadable);
}

#[test]
fn dates_of_validity() {
    for family in FAMILIES {
        let (luma, print) = flat(family, Shot::EmblemSide, 2);
        let said = |dates: &str| verify(&luma, &VALIDITY, dates, &Thresholds::default().printed).outcome;
        let dates = print.validity().to_owned();
        assert_eq!(said(&dates), PrintedOutcome::Same, "{family:?}");
        // The year of the end is another one.
        let mut other = dates.clone().into_bytes();
        other[14] = b'0' + (other[14] - b'0' + 3) % 10;
        assert_eq!(said(std::str::from_utf8(&other).unwrap()), PrintedOutcome::Differs, "{family:?}");
    }
}

#[test]
fn without_thresholds_nothing_passes() {
    let (luma, print) = flat(Family::A, Shot::PortraitSide, 3);
    let line = verify(&luma, &NUMBER, print.number(), &BTreeMap::new());
    assert_ne!(line.outcome, PrintedOutcome::Same);
}

#[test]
fn what_is_found_repeats_nothing_of_the_number() {
    let (luma, print) = flat(Family::D, Shot::PortraitSide, 3);
    let line = verify(&luma, &NUMBER, print.number(), &Thresholds::default().printed);
    let said = format!("{line:?} {}", serde_json::to_string(&line).unwrap());
    assert!(!said.contains(&print.number()[6..14]) && said.contains("same"), "{said}");
}
