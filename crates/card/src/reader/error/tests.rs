use super::*;
use crate::reader::wire::StatusWord;

/// One of each, with what it must say.
fn all() -> Vec<(ReaderError, &'static str, Fault, Action)> {
    use ReaderError as E;
    let status = Status::new(StatusWord::ReadFailed);
    vec![
        (
            E::NoCard { waited: Duration::from_secs(9) },
            "no card was placed within 9 s",
            Fault::Card,
            Action::PlaceCard,
        ),
        (
            E::CardMoved { status },
            "the card was moved while it was read (status 41)",
            Fault::Card,
            Action::LiftAndReplace,
        ),
        (
            E::WrongCard { status: Status::new(StatusWord::WrongCardType) },
            "this is no card that the reader knows (status 40)",
            Fault::Card,
            Action::OtherDocument,
        ),
        (
            E::CardNotAccepted { status: Status { card: 0x6A82, word: StatusWord::CardRejectedSam } },
            "the reader's security module does not accept this card (status 31 (card 6A82))",
            Fault::Card,
            Action::ExamineCard,
        ),
        (
            E::CardUnreadable { status },
            "the card can not be read (status 41)",
            Fault::Card,
            Action::LiftAndReplace,
        ),
        (
            E::CardMalformed { reason: ReplyError::CodeUnits { field: "name" } },
            "the card's data is malformed: the field name holds code units that are no text",
            Fault::Card,
            Action::ExamineCard,
        ),
        (E::CardBlank, "nothing is written on the card", Fault::Card, Action::ExamineCard),
        (
            E::UnknownDocument { flag: 0x5A },
            "the card is a document that this version doesn't know (type flag U+005A)",
            Fault::Card,
            Action::UpdateProgram,
        ),
        (
            E::CardReadBefore,
            "the card that lies on the reader was read before, and it was not lifted and put back",
            Fault::Card,
            Action::LiftAndReplace,
        ),
        (
            E::TwoCards,
            "the data of two different cards came in on one question",
            Fault::Line,
            Action::LiftAndReplace,
        ),
        (
            TransportError::NotExclusive { path: "/dev/ttyS0".into() }.into(),
            "/dev/ttyS0 can't be held for one program alone",
            Fault::Port,
            Action::ChoosePort,
        ),
        (
            E::SelfTestFailed { status: Status::new(StatusWord::SelfTestFailed) },
            "the reader's security module failed its self-test (status 60)",
            Fault::Reader,
            Action::ServiceReader,
        ),
        (
            E::NotAuthorised { status: Status::new(StatusWord::NotAuthorised) },
            "the reader's security module is not authorised (status 66)",
            Fault::Reader,
            Action::ServiceReader,
        ),
        (
            E::Refused {
                command: Command::ReadWithFingerprint,
                status: Status::new(StatusWord::WrongCommand),
            },
            "the reader refused the command 'read card with fingerprints' (status 21)",
            Fault::Reader,
            Action::ServiceReader,
        ),
        (
            E::NoAnswer { command: Command::SamId },
            "no answer to the command 'SAM id'",
            Fault::Reader,
            Action::CheckCable,
        ),
        (
            E::LineDamaged { command: Command::Read, attempts: 16, discarded: 20_000 },
            "no intact answer to the command 'read card' in 16 attempts (20000 bytes were unusable)",
            Fault::Line,
            Action::CheckRate,
        ),
        (
            E::Unconfirmed { readings: 8 },
            "the card was read 8 times, and no two readings in a row are alike",
            Fault::Line,
            Action::CheckCable,
        ),
        (
            E::NotPutBack,
            "the card was not put back for the second reading that a doubt about the first calls for",
            Fault::Card,
            Action::LiftAndReplace,
        ),
        (
            E::Ambiguous { ports: vec!["/dev/ttyACM0".into(), "/dev/ttyACM1".into()] },
            "2 readers answer, name the one to use: /dev/ttyACM0, /dev/ttyACM1",
            Fault::Port,
            Action::ChoosePort,
        ),
        (E::NoReader, "no reader was found", Fault::Reader, Action::CheckCable),
        (TransportError::Disconnected.into(), "the reader is disconnected", Fault::Line, Action::CheckCable),
        (
            E::UnknownRate { rate: 300 },
            "readers know no rate of 300 bits per second",
            Fault::Port,
            Action::CheckRate,
        ),
        (E::Busy, "the reader is busy with another request", Fault::Reader, Action::TryAgain),
        (E::Cancelled, "stopped", Fault::Caller, Action::TryAgain),
    ]
}

#[test]
fn each_says_what_happened_whose_fault_and_what_next() {
    let mut codes = std::collections::BTreeSet::new();
    for (error, message, fault, action) in all() {
        assert_eq!(error.to_string(), message);
        assert_eq!(error.fault(), fault, "{message}");
        assert_eq!(error.action(), action, "{message}");
        assert!(codes.insert(error.code()), "{} twice", error.code());
        assert!(!action.to_string().is_empty() && !action.chinese().is_ascii());
        let told = realname_terms::Explain::entry(&error).advice;
        assert_eq!((told.en, told.zh), (action.english(), action.chinese()), "{message}");
    }
}
