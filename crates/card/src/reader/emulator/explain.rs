//! What a card description that can't be used says.

use realname_terms::explain;

use super::CardError;

explain! {
    CardError {
        Self::Json { .. } | Self::Base64 { .. } | Self::Size { .. } => "card", Input,
            "Correct the card's description.", "请更正证件描述文件。";
    }
    through { Self::Block(error) => error; }
}
