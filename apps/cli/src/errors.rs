//! The library's errors as this program's failures. Code, message and advice are the library's; whose fault it is says the exit
//! code.

use std::fmt::Display;

use realname::profile::{Explain, Fault, ReasonCode};

use crate::failure::{Exit, Failure};
use crate::lang;

impl Exit {
    /// How the program ends when that is whose fault it is.
    pub(crate) fn of(fault: Fault) -> Self {
        match fault {
            Fault::Caller => Self::Usage,
            // Refused: the answer is no, and so is everything that is wrong with keys and trust.
            Fault::Nobody | Fault::Person | Fault::Request | Fault::Sender | Fault::Trust | Fault::Clock => {
                Self::Refused
            }
            Fault::Card
            | Fault::Reader
            | Fault::Line
            | Fault::Port
            | Fault::Register
            | Fault::Network
            | Fault::Store
            | Fault::System => Self::Trouble,
            // A configuration is handed in as a file, so a mistake in it is damaged input.
            Fault::Input | Fault::Setup => Self::Damaged,
        }
    }
}

impl<E: Explain> From<E> for Failure {
    fn from(error: E) -> Self {
        let (entry, lang) = (error.entry(), lang::of_library());
        let (message, action) = (error.message(lang), entry.advice.text(lang));
        match Exit::of(entry.fault) {
            // Every wrong command line has the one code `usage`.
            Exit::Usage => Self::usage(message, action),
            exit => Self::new(exit, entry.code, message, action),
        }
    }
}

/// The clerk's text of a reason code, in the language of this run.
pub(crate) fn clerk_text(code: ReasonCode) -> &'static str {
    code.text(lang::of_library())
}

/// A refusal by reason code, before there is an error of the library: `what` says what happened here.
pub(crate) fn refusal(code: ReasonCode, what: impl Display) -> Failure {
    Failure::refused(code.as_str(), what, clerk_text(code))
}

#[cfg(test)]
mod tests {
    use realname::profile::Codes;
    use realname::reader::ReaderError;
    use realname::store::StoreError;

    use super::*;

    fn exits<E: Codes>() -> Vec<(&'static str, Exit)> {
        E::ENTRIES.iter().map(|entry| (entry.code, Exit::of(entry.fault))).collect()
    }

    /// `docs/codes.md` promises them.
    #[test]
    fn trouble_with_a_reader_or_a_store_ends_with_three() {
        for (code, exit) in exits::<ReaderError>() {
            assert_eq!(exit == Exit::Trouble, code != "cancelled", "{code}");
        }
        for (code, exit) in exits::<realname::reader::transport::TransportError>() {
            assert_eq!(exit, Exit::Trouble, "{code}");
        }
        for (code, exit) in exits::<StoreError>() {
            let expected = match code {
                "store_too_long" | "store_missing" | "store_exists" => Exit::Usage,
                "store_address" | "store_plain_text" => Exit::Damaged,
                _ => Exit::Trouble,
            };
            assert_eq!(exit, expected, "{code}");
        }
    }

    #[test]
    fn reasons_are_a_no_and_files_that_are_none_are_damaged() {
        for (code, exit) in exits::<ReasonCode>() {
            let damaged = matches!(code, "record_malformed" | "demand_erased");
            assert_eq!(exit, if damaged { Exit::Damaged } else { Exit::Refused }, "{code}");
        }
        for (code, exit) in exits::<realname::attest::AttestError>() {
            assert_eq!(exit, Exit::Refused, "{code}");
        }
        for (code, exit) in exits::<realname::appraisal::CaseError>() {
            assert_eq!(exit, Exit::Refused, "{code}");
        }
        for (code, exit) in exits::<realname::capture::CaptureError>() {
            assert_eq!(exit, Exit::Damaged, "{code}");
        }
        for (code, exit) in exits::<realname::demand::AskError>() {
            let system = matches!(code, "signer" | "ask_nonce_taken");
            assert_eq!(exit, if system { Exit::Trouble } else { Exit::Usage }, "{code}");
        }
    }
}
