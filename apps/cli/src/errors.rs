//! The library's errors as this program's failures: which exit code, which stable code, what to do next.

use realname::attest::AttestError;
use realname::capture::CaptureError;
use realname::demand::{AnswerError, AskError};
use realname::profile::{Explain, Lang, ReasonCode};
use realname::reader::ReaderError;
use realname::store::StoreError;
use realname::trust::TrustError;

use crate::failure::Failure;
use crate::lang;

/// The clerk's text of a reason code, in the language of this run.
pub(crate) fn clerk_text(code: ReasonCode) -> &'static str {
    code.text(lang::pick(Lang::En, Lang::Zh))
}

/// A refusal by reason code.
pub(crate) fn refusal(code: ReasonCode, message: impl std::fmt::Display) -> Failure {
    Failure::refused(code.as_str(), message, clerk_text(code))
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        // The engine's own words say which of a dozen things it is; a store's errors quote no key and no value.
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::trouble(
            "store",
            format!("{error}{cause}"),
            lang::pick(
                "check the store's directory and disk; nothing was accepted",
                "请检查存储目录和磁盘；本次未作任何接受",
            ),
        )
    }
}

impl From<TrustError> for Failure {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Store(error) => error.into(),
            error => match error.code() {
                Some(code) => refusal(code, &error),
                None => Self::refused("trust", &error, ""),
            },
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Trust(error) => error.into(),
            error => match error.code() {
                Some(code) => refusal(code, &error),
                None => Self::refused("demand", &error, ""),
            },
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let action = match &error {
            AskError::Store(_) | AskError::Jose(_) => "nothing was sent; try again",
            AskError::ExpectationMissing => "give --expect FILE with {\"name\":…, \"id_number\":…}",
            AskError::Number => "give --number as +86…",
            _ => "see `realname demand new --help`",
        };
        match error {
            AskError::Store(error) => error.into(),
            AskError::Jose(error) => Self::trouble("signer", error, action),
            error => Self::usage(error, action),
        }
    }
}

impl From<ReaderError> for Failure {
    fn from(error: ReaderError) -> Self {
        let action = error.action();
        Self::trouble(error.code(), &error, lang::pick(action.to_string(), action.chinese().to_owned()))
    }
}

impl From<CaptureError> for Failure {
    fn from(error: CaptureError) -> Self {
        let advice = error.entry().advice;
        Self::damaged(error.code(), &error, lang::pick(advice.en, advice.zh))
    }
}

impl From<AttestError> for Failure {
    fn from(error: AttestError) -> Self {
        match error {
            AttestError::Delegation(error) => error.into(),
            error => Self::refused(
                "not_attested",
                format!("nothing was signed: {error}"),
                lang::pick(
                    "ask the relying party for a demand that fits, and check this terminal's set-up",
                    "请让请求方重新出具合适的请求，并检查本终端配置",
                ),
            ),
        }
    }
}
