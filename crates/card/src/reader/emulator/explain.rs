//! What a card description that can't be used says.

use realname_terms::explain;

use super::CardError;

explain! {
    CardError as error {
        Self::Json { .. } | Self::Base64 { .. } | Self::Size { .. } => "card", Input,
            "Correct the card's description.", "请更正证件描述文件。", "证件描述有误（{error}）";
    }
    through { Self::Block(error) => error; }
}
