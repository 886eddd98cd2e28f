//! What each failure at the reader says. `docs/codes.md` lists the codes.

use realname_terms::{Explain, explain};

use super::{Action, Fault, ReaderError};
use crate::reader::transport::TransportError;
use crate::reader::wire::{BlockError, ReplyError};

explain! {
    ReaderError {
        Self::NoCard { .. } => "no_card", Card, Action::PlaceCard.english(), Action::PlaceCard.chinese();
        Self::CardMoved { .. } => "card_moved", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese();
        Self::WrongCard { .. } => "wrong_card", Card, Action::OtherDocument.english(), Action::OtherDocument.chinese();
        Self::CardNotAccepted { .. } => "card_not_accepted", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese();
        Self::CardUnreadable { .. } => "card_unreadable", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese();
        Self::CardMalformed { .. } => "card_malformed", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese();
        Self::CardBlank => "card_blank", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese();
        Self::UnknownDocument { .. } => "document_unknown", Card, Action::UpdateProgram.english(), Action::UpdateProgram.chinese();
        Self::CardReadBefore => "card_read_before", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese();
        Self::TwoCards => "two_cards", Line, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese();
        Self::SelfTestFailed { .. } => "sam_self_test_failed", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese();
        Self::NotAuthorised { .. } => "sam_not_authorised", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese();
        Self::Refused { .. } => "command_refused", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese();
        Self::NoAnswer { .. } => "reader_silent", Reader, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::LineDamaged { .. } => "line_damaged", Line, Action::CheckRate.english(), Action::CheckRate.chinese();
        Self::NotPutBack => "card_not_put_back", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese();
        Self::Unconfirmed { .. } => "reading_unconfirmed", Line, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::Ambiguous { .. } => "several_readers", Caller, Action::ChoosePort.english(), Action::ChoosePort.chinese();
        Self::NoReader => "no_reader", Reader, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::UnknownRate { .. } => "unknown_rate", Caller, Action::CheckRate.english(), Action::CheckRate.chinese();
        Self::Busy => "reader_busy", Caller, Action::TryAgain.english(), Action::TryAgain.chinese();
        Self::Cancelled => "cancelled", Caller, Action::TryAgain.english(), Action::TryAgain.chinese();
    }
    through { Self::Transport(error) => error; }
}

explain! {
    TransportError {
        Self::NotFound { .. } => "port_not_found", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese();
        Self::InUse { .. } => "port_in_use", Port, Action::CloseOtherProgram.english(), Action::CloseOtherProgram.chinese();
        Self::NotPermitted { .. } => "port_not_permitted", Port, Action::GrantPermission.english(), Action::GrantPermission.chinese();
        Self::NotExclusive { .. } => "port_not_exclusive", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese();
        Self::NotAPort { .. } | Self::NotAReader { .. } => "not_a_port", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese();
        Self::SeveralMatch { .. } => "several_readers", Caller, Action::ChoosePort.english(), Action::ChoosePort.chinese();
        Self::Disconnected => "reader_disconnected", Line, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::WriteTimedOut => "port_failed", Line, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::Stalled => "port_failed", Reader, Action::CheckCable.english(), Action::CheckCable.chinese();
        Self::Unsupported { .. } | Self::NotRecorded | Self::Io { .. } => "port_failed", Port,
            Action::CheckCable.english(), Action::CheckCable.chinese();
    }
}

explain! {
    ReplyError {
        Self::NoStatus | Self::Lengths { .. } | Self::PartLength { .. } | Self::CodeUnits { .. } => "card_malformed", Card,
            Action::ExamineCard.english(), Action::ExamineCard.chinese();
        Self::UnknownKind { .. } => "document_unknown", Card, Action::UpdateProgram.english(), Action::UpdateProgram.chinese();
        Self::Blank => "card_blank", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese();
    }
}

explain! {
    BlockError {
        Self::TooLong { .. } | Self::NotADate { .. } | Self::FormerNumber => "card", Input,
            "Correct the card's description.", "请更正证件描述文件。";
    }
}

impl ReaderError {
    /// The stable code used in JSON and in `docs/codes.md`.
    pub fn code(&self) -> &'static str {
        Explain::code(self)
    }

    /// Who is at fault.
    pub fn fault(&self) -> Fault {
        Explain::fault(self)
    }
}
