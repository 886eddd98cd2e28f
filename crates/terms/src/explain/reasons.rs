//! Whose fault each reason code names.

use super::{Advice, Codes, Entry, Explain, Fault};
use crate::{Lang, Reason, ReasonCode};

/// Exhaustive: a new code without somebody to mend it doesn't compile.
const fn fault_of(code: ReasonCode) -> Fault {
    use ReasonCode as Code;
    match code {
        Code::AlgNotAllowed
        | Code::HeaderKeyRefused
        | Code::CritRefused
        | Code::ExpMissing
        | Code::Expired
        | Code::IatMissing
        | Code::TimeMalformed
        | Code::LifeTooLong
        | Code::VerifiedAfterIssued
        | Code::TooLarge
        | Code::JsonDuplicateMember
        | Code::JsonMalformed
        | Code::JsonNotUtf8
        | Code::JsonTooDeep
        | Code::Base64Malformed
        | Code::TypWrong
        | Code::TokenMalformed
        | Code::KeyBindingMissing
        | Code::KeyBindingMisplaced
        | Code::SdHashMismatch
        | Code::DemandHashMismatch
        | Code::KeyBindingSignature
        | Code::AudienceMismatch
        | Code::NonceMismatch
        | Code::KeyBindingTime
        | Code::DisclosureUnreferenced
        | Code::DisclosureDuplicate
        | Code::DigestDuplicate
        | Code::DisclosedNameReserved
        | Code::DisclosedNameExists
        | Code::DisclosureShape
        | Code::DigestsMalformed
        | Code::SdAlgNested
        | Code::SdAlgUnknown
        | Code::ClaimNeverDisclosable
        | Code::ClaimInPlainSight
        | Code::ClaimMissing
        | Code::CheckMissing
        | Code::CheckDuplicate
        | Code::CheckMalformed
        | Code::PurposeNotConsented
        | Code::EnvUnknown
        | Code::EnvMismatch
        | Code::ActingUnknown
        | Code::TooOld
        | Code::CheckedBeforeDemand
        | Code::NotOnsite
        | Code::TerminalMismatch
        | Code::KeyUnknown
        | Code::KeyOtherIssuer
        | Code::KeyOtherRole
        | Code::KeyOutsideWindow
        | Code::KeyRevoked
        | Code::KeyCompromised
        | Code::KidMismatch
        | Code::ListMalformed
        | Code::ListSignature
        | Code::ListExpired
        | Code::ListRolledBack
        | Code::ListConflicting
        | Code::DelegationMalformed
        | Code::DelegationLink
        | Code::DelegationChainTooLong
        | Code::DelegationTooLong
        | Code::DelegationExpired
        | Code::DelegationWidened
        | Code::DelegationExceeded
        | Code::DelegationConstraintUnknown
        | Code::AskerNotAllowed
        | Code::SignatureInvalid
        | Code::KeyRefused
        | Code::ClaimMalformed
        | Code::VctUnknown
        | Code::DemandMalformed
        | Code::DemandTooLong
        | Code::TransactionUnknown
        | Code::CheckAfterIssued
        | Code::ConsentAfterIssued
        | Code::TextUnsafe
        | Code::SubMissing
        | Code::JtiMissing
        | Code::EvidenceMissing
        | Code::EvidenceContradicts
        | Code::ReaderEmulated => Fault::Sender,
        Code::NotYetValid | Code::IssuedInFuture | Code::ListFromFuture | Code::AnchorOutsideWindow => {
            Fault::Clock
        }
        Code::AnchorUnknown => Fault::Trust,
        Code::RecordMalformed | Code::DemandErased => Fault::Input,
        Code::HolderMismatch | Code::CheckNotPassed => Fault::Person,
        // What is asked twice, too late or about something else is mended by asking anew.
        Code::DemandExpired
        | Code::DemandUnknown
        | Code::AlreadyAnswered
        | Code::AlreadySuperseded
        | Code::ConfirmationNotAsked
        | Code::GrantOtherNumber
        | Code::GrantOtherService
        | Code::GrantOtherPrice
        | Code::GrantOtherDay
        | Code::GrantUsed
        | Code::GrantBeforeRestore
        | Code::CancellationOpen
        | Code::CancellationDone
        | Code::CancellationOver
        | Code::StepDone
        | Code::SnapshotStale
        | Code::NoticeMissing
        | Code::StatementOtherNumber
        | Code::OrderMismatch
        | Code::DoorBeforeSale
        | Code::OrderActivated
        | Code::OrderOver
        | Code::ActOpen
        | Code::ActOver
        | Code::ActMismatch
        | Code::CardUsed => Fault::Request,
        Code::ConfirmationLate
        | Code::ConfirmationWrongReply
        | Code::ConfirmationWrongService
        | Code::ConfirmationWrongForm
        | Code::ConfirmationTooManyReplies
        | Code::ConfirmationDeclined
        | Code::ConfirmationMissing
        | Code::ContractInForce
        | Code::ArrearsOpen
        | Code::SamePerson
        | Code::TakerBarred
        | Code::TakerAtLimit
        | Code::NumberSilent => Fault::Person,
    }
}

const fn entry_of(code: ReasonCode) -> Entry {
    Entry {
        code: code.as_str(),
        fault: fault_of(code),
        advice: Advice { en: code.text(Lang::En), zh: code.text(Lang::Zh) },
    }
}

impl Explain for ReasonCode {
    fn entry(&self) -> Entry {
        entry_of(*self)
    }

    fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.meaning(),
            Lang::Zh => self.entry().advice.opening(),
        }
        .to_owned()
    }
}

impl Codes for ReasonCode {
    const NAME: &'static str = "ReasonCode";
    const ENTRIES: &'static [Entry] = &{
        let mut entries = [entry_of(ReasonCode::ALL[0]); ReasonCode::ALL.len()];
        let mut at = 0;
        while at < entries.len() {
            entries[at] = entry_of(ReasonCode::ALL[at]);
            at += 1;
        }
        entries
    };
}

impl Explain for Reason {
    fn entry(&self) -> Entry {
        self.code.entry()
    }

    fn message(&self, lang: Lang) -> String {
        self.code.message(lang)
    }
}
