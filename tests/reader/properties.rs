//! Laws of the wire, tried on random cases: what is written reads the same, damage is noticed, pieces don't matter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(missing_docs)]

use proptest::prelude::*;
use realname::document::{DocumentKind, PlainDocument, Sex};
use realname::reader::emulator::{Card, Faults};
use realname::reader::wire::{Framer, Reply, Shape, encode_frame, layout};
use realname_testkit::wire;

/// Text of at most `units` UTF-16 units without outer spaces, as cards hold it: Han, rare Han, private use, dots.
fn name(units: usize) -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => prop::char::range('\u{4E00}', '\u{9FFF}'),
        1 => prop::char::range('\u{20000}', '\u{2A6DF}'),
        1 => prop::char::range('\u{E000}', '\u{F8FF}'),
        1 => Just('·'),
    ];
    prop::collection::vec(character, 0..units).prop_map(move |all| {
        let mut text = String::new();
        for c in all {
            if text.encode_utf16().count() + c.len_utf16() <= units {
                text.push(c);
            }
        }
        text
    })
}

fn latin(units: usize) -> impl Strategy<Value = String> {
    prop::string::string_regex(&format!("([A-Z]([A-Z, ]{{0,{}}}[A-Z])?)?", units - 2)).unwrap()
}

fn date() -> impl Strategy<Value = String> {
    (1900..2100_u16, 1..=12_u8, 1..=28_u8)
        .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

prop_compose! {
    fn card()(
        kind in 0..4_u8, name in name(15), english in latin(46), sex in 0..4_u8, birth in date(), from in date(),
        until in prop_oneof![date(), Just("long_term".to_owned())], address in name(35), digits in "[0-9]{17}[0-9X]",
        old in "[A-Z]{3}[0-9]{12}", country in "[A-Z]{3}", count in 0..100_u8, ethnic in "[0-9]{2}", permit in "[A-Z][0-9]{8}",
        code in "[0-9]{4}", authority in name(15),
    ) -> PlainDocument {
        let some = |text: String| (!text.is_empty()).then(|| text.into());
        let mut card = PlainDocument::default();
        card.sex = [Sex::Unknown, Sex::Male, Sex::Female, Sex::NotStated][usize::from(sex)];
        card.name = some(name);
        card.birth_date = some(birth);
        card.valid_from = some(from);
        card.valid_until = some(until);
        card.number = some(digits);
        match kind {
            0 => {
                card.ethnic_group = Some(serde_json::from_value(serde_json::json!({"code": ethnic})).unwrap());
                card.address = some(address);
                card.authority = some(authority);
            }
            1 => {
                card.kind = DocumentKind::ResidencePermit;
                card.address = some(address);
                card.authority = some(authority);
                card.travel_permit_number = some(permit);
                card.issue_count = Some(count);
            }
            2 => {
                card.kind = DocumentKind::PermanentResident2017;
                card.english_name = some(english);
                card.number = some(old);
                card.nationality = some(country);
                card.card_version = some(code[..2].to_owned());
                card.authority_code = some(code);
            }
            _ => {
                card.kind = DocumentKind::PermanentResident2023;
                card.english_name = some(english);
                card.nationality = some(country);
                card.renewals = Some(count);
            }
        }
        card
    }
}

/// What reading adds by itself: the name of an ethnic code.
fn comparable(mut card: PlainDocument) -> serde_json::Value {
    if let Some(group) = &mut card.ethnic_group {
        group.name = None;
    }
    serde_json::to_value(card).unwrap()
}

proptest! {
    #[test]
    fn a_card_that_is_written_reads_the_same(card in card()) {
        let block = layout::encode(&card).unwrap();
        let read = layout::decode(&block).unwrap().document.to_plain();
        prop_assert_eq!(comparable(read), comparable(card));
    }

    #[test]
    fn a_description_is_the_same_card_as_json(card in card()) {
        let json = serde_json::to_string(&card).unwrap();
        prop_assert!(Card::from_json(&json).unwrap() == Card::new(&card).unwrap());
    }

    #[test]
    fn pieces_and_noise_between_frames_do_not_matter(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 3..300), 1..8),
        // No preamble: its first byte is left out.
        noise in prop::collection::vec(prop::collection::vec(0..0xAA_u8, 0..20), 8),
        cuts in prop::collection::vec(1..40_usize, 1..50),
    ) {
        let mut stream = Vec::new();
        for (body, noise) in bodies.iter().zip(&noise) {
            stream.extend(noise);
            encode_frame(body, &mut stream);
            assert!(stream.ends_with(&wire::frame(body)), "the two writers agree");
        }
        let (mut framer, mut found, mut rest) = (Framer::replies(), Vec::new(), stream.as_slice());
        for cut in cuts.iter().cycle() {
            let (mut piece, later) = rest.split_at(rest.len().min(*cut));
            rest = later;
            while let Some(frame) = framer.next(&mut piece) {
                found.push(frame.body().to_vec());
            }
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, bodies);
    }

    #[test]
    fn one_damaged_byte_is_always_noticed(body in prop::collection::vec(any::<u8>(), 3..1300), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut frame = wire::frame(&body);
        // Behind the length: damage before it makes no frame or another one.
        let at = 7 + at.index(frame.len() - 7);
        frame[at] ^= flip;
        let mut framer = Framer::replies();
        if let Some(found) = framer.next(&mut frame.as_slice()) {
            prop_assert_ne!(found.body(), body.as_slice());
            prop_assert!(found.body().len() < body.len(), "only a frame inside the frame");
        }
    }

    #[test]
    fn no_body_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..2500)) {
        let frame = wire::frame(&body);
        let mut framer = Framer::requests();
        if let Some(found) = framer.next(&mut frame.as_slice())
            && let Ok(reply) = Reply::decode(found)
            && reply.shape() == Shape::Card
            && let Ok(card) = reply.card()
        {
            let _ = layout::decode(card.text);
        }
    }

    #[test]
    fn no_fault_specification_is_too_strange(text in "[a-z=@*,0-9.]{0,60}") {
        let _ = text.parse::<Faults>();
    }
}

#[test]
fn every_fixture_is_a_card_and_says_that_it_is_synthetic() {
    let mut kinds = std::collections::BTreeSet::new();
    #[allow(clippy::disallowed_methods)] // fixtures are files
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/cards")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(Card::from_json(&text).is_ok(), "{}", path.display());
        assert!(text.contains("\"_comment\": \"Synthetic"), "{}", path.display());
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        kinds.insert(json["kind"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds.len(), 4, "every kind has one");
}
