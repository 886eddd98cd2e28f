use super::*;
use crate::document::{Flag, NumberCheck, ValidUntil};
use crate::reader::testkit;

fn patched(mut block: [u8; 256], at: usize, text: &str) -> [u8; 256] {
    let bytes = testkit::text(text, 2 * text.encode_utf16().count());
    block[at..at + bytes.len()].copy_from_slice(&bytes);
    block
}

fn plain_of(block: [u8; 256]) -> (PlainDocument, Vec<Flag>, bool) {
    let decoded = decode(&block).unwrap();
    assert_eq!(*encode(&decoded.document.to_plain()).unwrap(), block, "the twins disagree");
    (decoded.document.to_plain(), decoded.document.flags().to_vec(), decoded.doubtful)
}

fn shown(text: &Option<Personal>) -> &str {
    plain(text)
}

#[test]
fn resident() {
    let (card, flags, doubtful) = plain_of(testkit::resident());
    assert_eq!(card.kind, DocumentKind::Resident);
    assert_eq!(shown(&card.name), "测试甲");
    assert_eq!(card.sex, Sex::Male);
    assert_eq!(card.ethnic_group.unwrap().name.unwrap().as_str(), "汉");
    assert_eq!(shown(&card.birth_date), "1990-01-01");
    assert_eq!(shown(&card.address), "测试省测试市测试路1号");
    assert_eq!(shown(&card.number), "119999199001010004");
    assert_eq!(shown(&card.authority), "测试市公安局");
    assert_eq!((shown(&card.valid_from), shown(&card.valid_until)), ("2020-01-01", "long_term"));
    // Born in 1990 and issued in 2020: nobody of 30 gets a card without end. The vector is as the protocol gives it.
    // And its number's sequence is even, its sex code male.
    assert_eq!(flags, [Flag::SexDisagrees, Flag::LongTermUnexpected]);
    assert!(doubtful);
    assert_eq!(plain_of(testkit::person("测试戊")).1, []);
    assert!(!plain_of(testkit::person("测试戊")).2);
}

#[test]
fn residence_permit() {
    let (card, flags, doubtful) = plain_of(testkit::permit());
    assert_eq!(card.kind, DocumentKind::ResidencePermit);
    assert_eq!(shown(&card.name), "测试乙");
    assert!(card.ethnic_group.is_none());
    assert_eq!(shown(&card.number), "810000199001010000");
    assert_eq!(shown(&card.travel_permit_number), "H00000000");
    assert_eq!(card.issue_count, Some(1));
    assert_eq!((flags, doubtful), (vec![], false));
}

#[test]
fn foreigner_2017() {
    let (card, flags, doubtful) = plain_of(testkit::foreigner_2017());
    assert_eq!(card.kind, DocumentKind::PermanentResident2017);
    assert_eq!(shown(&card.english_name), "TEST, SPECIMEN");
    assert_eq!(shown(&card.name), "测试丙");
    assert_eq!(shown(&card.number), "UTO110190010118");
    assert_eq!(shown(&card.nationality), "UTO");
    assert_eq!(shown(&card.card_version), "01");
    assert_eq!(shown(&card.authority_code), "1101");
    assert!(card.authority.is_none() && card.address.is_none());
    assert_eq!((flags, doubtful), (vec![], false));
}

#[test]
fn foreigner_2023() {
    let (card, flags, doubtful) = plain_of(testkit::foreigner_2023());
    assert_eq!(card.kind, DocumentKind::PermanentResident2023);
    assert_eq!(shown(&card.name), "测试丁");
    assert_eq!(shown(&card.english_name), "TEST, SPECIMEN");
    assert_eq!(shown(&card.number), "911000199001010005");
    assert_eq!(shown(&card.former_number), "UTO110190010118");
    assert_eq!(card.renewals, Some(1));
    assert!(card.ethnic_group.is_none(), "renewals stand where residents have the ethnic code");
    assert_eq!((flags, doubtful), (vec![], false));
}

#[test]
fn a_name_joined_at_a_space_keeps_it() {
    let first = "SPECIMEN THE ONE WHOSE NAME IS LONG"; // 35 units
    assert_eq!(first.len(), 35);
    let block =
        patched(patched(testkit::foreigner_2023(), 52, &format!("{} ", &first[..34])), 220, "TESTTESTTES");
    let decoded = decode(&block).unwrap();
    let expected = format!("{} TESTTESTTES", &first[..34]);
    assert_eq!(decoded.document.english_name().unwrap().as_str(), expected);
    assert_eq!(decoded.document.flags(), [Flag::EnglishNameFull]);
    assert_eq!(*encode(&decoded.document.to_plain()).unwrap(), block);
}

#[test]
fn disagreement_is_flagged_and_doubted_never_refused() {
    for (at, text, flag) in [
        (156, "5", Flag::NumberCheckInvalid),
        (36, "19900102", Flag::BirthDateDisagrees),
        (30, "2", Flag::SexDisagrees),
        (30, "7", Flag::SexCodeUnknown),
        (36, "19901301", Flag::BirthDateUnreadable),
        (188, "2020010 ", Flag::ValidityUnreadable),
        (122, "1", Flag::NumberFormUnknown),
    ] {
        let block = if flag == Flag::NumberFormUnknown {
            patched(testkit::person("测试戊"), at, "                  ")
        } else {
            patched(testkit::person("测试戊"), at, text)
        };
        let decoded = decode(&block).unwrap();
        assert!(decoded.document.flags().contains(&flag), "{flag:?}: {:?}", decoded.document.flags());
        assert!(decoded.doubtful, "{flag:?}");
    }
}

#[test]
fn rare_characters_are_kept_and_flagged() {
    let decoded = decode(&patched(testkit::person("测试戊"), 2, "\u{E188}")).unwrap();
    assert_eq!(decoded.document.name().as_str(), "测\u{E188}戊");
    assert!(decoded.document.flags().contains(&Flag::NamePrivateUse));
    assert!(!decoded.doubtful);

    let mut cut = patched(testkit::person("测试戊"), 0, "测试测试测试测试测试测试测试𠀋".get(..42).unwrap());
    cut[28..30].copy_from_slice(&[0x40, 0xD8]);
    let decoded = decode(&cut).unwrap();
    assert_eq!(decoded.document.name().units().len(), 15);
    assert!(decoded.document.flags().contains(&Flag::CutSurrogate));
    assert!(decoded.document.flags().contains(&Flag::NameFull));
}

#[test]
fn nul_padding_reads_the_same() {
    let mut block = testkit::person("测试戊");
    for at in (6..30).step_by(2) {
        block[at] = 0;
    }
    let decoded = decode(&block).unwrap();
    assert_eq!(decoded.document.name().as_str(), "测试戊");
    assert!(decoded.document.flags().contains(&Flag::NulPadding));
}

#[test]
fn what_is_no_text_is_refused() {
    let mut block = testkit::person("测试戊");
    block[4..6].copy_from_slice(&[0x01, 0x00]);
    assert_eq!(decode(&block).unwrap_err(), ReplyError::CodeUnits { field: "name" });
}

#[test]
fn a_letter_that_is_not_known_is_not_a_resident() {
    for flag in ["Z", "j", "K", "0", "汉"] {
        let unit = flag.encode_utf16().next().unwrap();
        let refused = decode(&patched(testkit::person("测试戊"), 248, flag)).unwrap_err();
        assert_eq!(refused, ReplyError::UnknownKind { flag: unit });
    }
    // An "I" whose upper byte isn't zero is no "I" either.
    let mut block = testkit::person("测试戊");
    block[248..250].copy_from_slice(&[b'I', 1]);
    assert_eq!(decode(&block).unwrap_err(), ReplyError::UnknownKind { flag: 0x149 });
    // Nothing there, in either padding, is a resident.
    block[248..250].copy_from_slice(&[0, 0]);
    assert_eq!(decode(&block).unwrap().document.kind(), DocumentKind::Resident);
}

#[test]
fn what_else_stands_in_a_reserved_field_is_doubted() {
    let decoded = decode(&patched(testkit::person("测试戊"), 246, "Z")).unwrap();
    assert_eq!(decoded.document.kind(), DocumentKind::Resident);
    assert!(decoded.doubtful);
}

#[test]
fn a_text_of_zeros_or_spaces_is_no_card() {
    let spaces: [u8; 256] = testkit::text("", 256).try_into().unwrap();
    let mut mixed = spaces;
    mixed[..128].fill(0);
    for block in [[0; 256], spaces, mixed, patched(spaces, 248, "J"), patched(spaces, 30, "1")] {
        assert_eq!(decode(&block).unwrap_err(), ReplyError::Blank);
    }
}

#[test]
fn long_term_and_the_last_day() {
    let decoded = decode(&testkit::resident()).unwrap();
    assert!(matches!(decoded.document.valid_until(), Some(ValidUntil::LongTerm)));
    assert_eq!(decoded.document.number().check(), NumberCheck::Valid);
}

#[test]
fn descriptions_that_fit_no_card_are_refused() {
    let mut card = decode(&testkit::person("测试戊")).unwrap().document.to_plain();
    card.name = Some("测".repeat(16).into());
    assert_eq!(encode(&card).unwrap_err(), BlockError::TooLong { field: "name", room: 15, got: 16 });
    card.name = None;
    card.birth_date = Some("1990-13-01".into());
    assert_eq!(encode(&card).unwrap_err(), BlockError::NotADate { field: "birth_date" });
    let mut card = decode(&testkit::foreigner_2023()).unwrap().document.to_plain();
    card.former_number = Some("UTO110190010119".into());
    assert_eq!(encode(&card).unwrap_err(), BlockError::FormerNumber);
}
