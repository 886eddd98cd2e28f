//! What the clerk does next.

/// What the clerk does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Put a card on the reader. One that lies there already is lifted and put back.
    PlaceCard,
    /// Lift the card and put it back, flat and still.
    LiftAndReplace,
    /// Use another document: this one isn't accepted.
    OtherDocument,
    /// Use another document, and have this program updated: it doesn't know this one.
    UpdateProgram,
    /// Check the card's authenticity by the procedure for doubtful documents.
    ExamineCard,
    /// Check cable and power.
    CheckCable,
    /// Check cable and line rate.
    CheckRate,
    /// Send the reader to its service.
    ServiceReader,
    /// Close the other program that uses the port.
    CloseOtherProgram,
    /// Have the permission to use the port granted.
    GrantPermission,
    /// Give this program the token of the bridge that has the reader.
    GiveToken,
    /// Choose the port.
    ChoosePort,
    /// Try again.
    TryAgain,
}

impl Action {
    /// The clerk's text in English; `Display` shows it.
    pub const fn english(self) -> &'static str {
        match self {
            Self::PlaceCard => "place a card; if one lies there, lift it and put it back",
            Self::LiftAndReplace => "lift the card and put it back, flat and still",
            Self::OtherDocument => "use another document: this is no card of this system",
            Self::UpdateProgram => {
                "use another document, and have this program updated: it doesn't know this one"
            }
            Self::ExamineCard => "examine the card by the procedure for doubtful documents",
            Self::CheckCable => "check the reader's cable and power",
            Self::CheckRate => "check the reader's cable and line rate",
            Self::ServiceReader => "send the reader to its service",
            Self::CloseOtherProgram => "close the other program that uses the port",
            Self::GrantPermission => "have the permission to use the port granted",
            Self::GiveToken => "name the file of the bridge's token in REALNAME_BRIDGE_TOKEN",
            Self::ChoosePort => "choose the reader's port",
            Self::TryAgain => "try again",
        }
    }

    /// The clerk's text in Chinese.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::PlaceCard => "请放置证件；如证件已在读卡器上，请拿起后重新放置",
            Self::LiftAndReplace => "请拿起证件，重新平放并保持不动",
            Self::OtherDocument => "请使用其他证件：此卡不是本系统的证件",
            Self::UpdateProgram => "本程序版本不识别此类证件，请使用其他证件并升级程序",
            Self::ExamineCard => "请按可疑证件处理流程核查此证件",
            Self::CheckCable => "请检查读卡器的连接线和电源",
            Self::CheckRate => "请检查读卡器的连接线和串口速率",
            Self::ServiceReader => "读卡器需要送修",
            Self::CloseOtherProgram => "请关闭占用此端口的其他程序",
            Self::GrantPermission => "请管理员授予使用此端口的权限",
            Self::GiveToken => "请在 REALNAME_BRIDGE_TOKEN 中指定网桥令牌文件",
            Self::ChoosePort => "请选择读卡器所在的端口",
            Self::TryAgain => "请重试",
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.english())
    }
}
