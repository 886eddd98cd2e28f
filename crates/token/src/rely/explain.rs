//! What a verdict says, and a text that is no token or record.

use realname_terms::{Advice, Codes, Entry, Explain, Fault, explain};

use super::{InspectError, RecordError, Verdict, sd_jwt_code};
use crate::profile::ReasonCode;
use crate::sd_jwt::SdJwtError;

explain! {
    SdJwtError {}
    through {
        Self::Jose(error) => error;
        // `sd_jwt_code` names every other variant.
        refused => sd_jwt_code(refused);
    }
}

explain! {
    RecordError {}
    through { Self::Malformed(_) | Self::Version { .. } => ReasonCode::RecordMalformed; }
}

explain! {
    InspectError {
        Self::Jose(_) | Self::SdJwt(_) => "not_a_token", Input, "Give a token's file.", "请提供凭证文件。", "不是凭证";
    }
}

const ACCEPTED: Entry = Entry {
    code: "accepted",
    fault: Fault::Nobody,
    advice: Advice { en: "Go on.", zh: "核验通过，请继续办理。" },
};

impl Explain for Verdict {
    /// The first reason, or that it was accepted.
    fn entry(&self) -> Entry {
        self.reasons().first().map_or(ACCEPTED, Explain::entry)
    }
}

impl Codes for Verdict {
    const NAME: &'static str = "Verdict";
    const ENTRIES: &'static [Entry] = &[ACCEPTED];
}
