//! What each failure at the reader says. `docs/codes.md` lists the codes.

use realname_terms::{Explain, explain};

use super::{Action, Fault, ReaderError};
use crate::reader::transport::TransportError;
use crate::reader::wire::{BlockError, ReplyError};

explain! {
    ReaderError {
        Self::NoCard { .. } => "no_card", Card, Action::PlaceCard.english(), Action::PlaceCard.chinese(), "未检测到证件";
        Self::CardMoved { .. } => "card_moved", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese(), "读取时证件被移动";
        Self::WrongCard { .. } => "wrong_card", Card, Action::OtherDocument.english(), Action::OtherDocument.chinese(), "读卡器上的不是本系统的证件";
        Self::CardNotAccepted { .. } => "card_not_accepted", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese(), "读卡器未认可此证件";
        Self::CardUnreadable { .. } => "card_unreadable", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese(), "无法读取证件";
        Self::CardMalformed { .. } => "card_malformed", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese(), "证件数据不符合规范";
        Self::CardBlank => "card_blank", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese(), "证件中没有内容";
        Self::UnknownDocument { .. } => "document_unknown", Card, Action::UpdateProgram.english(), Action::UpdateProgram.chinese(), "本程序不认识此类证件";
        Self::CardReadBefore => "card_read_before", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese(), "读卡器上的证件先前已读取过，且未重新放置";
        Self::TwoCards => "two_cards", Line, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese(), "读到了两张不同的证件";
        Self::SelfTestFailed { .. } => "sam_self_test_failed", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese(), "读卡器的安全模块自检失败";
        Self::NotAuthorised { .. } => "sam_not_authorised", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese(), "读卡器的安全模块未获授权";
        Self::Refused { .. } => "command_refused", Reader, Action::ServiceReader.english(), Action::ServiceReader.chinese(), "读卡器拒绝执行命令";
        Self::NoAnswer { .. } => "reader_silent", Reader, Action::CheckCable.english(), Action::CheckCable.chinese(), "读卡器没有响应";
        Self::LineDamaged { .. } => "line_damaged", Line, Action::CheckRate.english(), Action::CheckRate.chinese(), "线路受扰，数据损坏";
        Self::NotPutBack => "card_not_put_back", Card, Action::LiftAndReplace.english(), Action::LiftAndReplace.chinese(), "证件未放回";
        Self::Unconfirmed { .. } => "reading_unconfirmed", Line, Action::CheckCable.english(), Action::CheckCable.chinese(), "两次读取结果未能一致";
        Self::Ambiguous { .. } => "several_readers", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese(), "找到多个读卡器";
        Self::NoReader => "no_reader", Reader, Action::CheckCable.english(), Action::CheckCable.chinese(), "未找到读卡器";
        Self::UnknownRate { .. } => "unknown_rate", Port, Action::CheckRate.english(), Action::CheckRate.chinese(), "读卡器没有此速率";
        Self::Busy => "reader_busy", Reader, Action::TryAgain.english(), Action::TryAgain.chinese(), "读卡器正被使用";
        Self::Cancelled => "cancelled", Caller, Action::TryAgain.english(), Action::TryAgain.chinese(), "操作已取消";
    }
    through { Self::Transport(error) => error; }
}

explain! {
    TransportError {
        Self::NotFound { .. } => "port_not_found", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese(), "没有此端口";
        Self::InUse { .. } => "port_in_use", Port, Action::CloseOtherProgram.english(), Action::CloseOtherProgram.chinese(), "端口被其他程序占用";
        Self::NotPermitted { .. } => "port_not_permitted", Port, Action::GrantPermission.english(), Action::GrantPermission.chinese(), "没有打开此端口的权限";
        Self::TokenRefused { .. } => "bridge_token_refused", Port, Action::GiveToken.english(), Action::GiveToken.chinese(), "网桥不接受此令牌";
        Self::NotExclusive { .. } => "port_not_exclusive", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese(), "无法独占此端口";
        Self::NotAPort { .. } | Self::NotAReader { .. } => "not_a_port", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese(), "这不是读卡器的端口";
        Self::SeveralMatch { .. } => "several_readers", Port, Action::ChoosePort.english(), Action::ChoosePort.chinese(), "找到多个读卡器";
        Self::Disconnected => "reader_disconnected", Line, Action::CheckCable.english(), Action::CheckCable.chinese(), "读卡器已断开";
        Self::WriteTimedOut => "port_failed", Line, Action::CheckCable.english(), Action::CheckCable.chinese(), "端口出错";
        Self::Stalled => "port_failed", Reader, Action::CheckCable.english(), Action::CheckCable.chinese(), "端口出错";
        Self::Unsupported { .. } | Self::NotRecorded | Self::Io { .. } => "port_failed", Port,
            Action::CheckCable.english(), Action::CheckCable.chinese(), "端口出错";
    }
}

explain! {
    ReplyError {
        Self::NoStatus | Self::Lengths { .. } | Self::PartLength { .. } | Self::CodeUnits { .. } => "card_malformed", Card,
            Action::ExamineCard.english(), Action::ExamineCard.chinese(), "证件数据不符合规范";
        Self::UnknownKind { .. } => "document_unknown", Card, Action::UpdateProgram.english(), Action::UpdateProgram.chinese(), "本程序不认识此类证件";
        Self::Blank => "card_blank", Card, Action::ExamineCard.english(), Action::ExamineCard.chinese(), "证件中没有内容";
    }
}

explain! {
    BlockError {
        Self::TooLong { .. } | Self::NotADate { .. } | Self::FormerNumber => "card", Input,
            "Correct the card's description.", "请更正证件描述文件。", "证件描述有误";
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
