//! Reason codes of the SD-JWT layer, which knows nothing of the profile.

use crate::profile::ReasonCode;
use crate::sd_jwt::SdJwtError;
use crate::trust::jose_code;

/// The reason code of an SD-JWT refusal.
pub fn sd_jwt_code(error: &SdJwtError) -> ReasonCode {
    match error {
        SdJwtError::Parts => ReasonCode::TokenMalformed,
        SdJwtError::TooMany { .. } => ReasonCode::TooLarge,
        SdJwtError::NoKeyBinding => ReasonCode::KeyBindingMissing,
        SdJwtError::MisplacedKeyBinding => ReasonCode::KeyBindingMisplaced,
        SdJwtError::Shape => ReasonCode::DisclosureShape,
        SdJwtError::DisclosureTwice => ReasonCode::DisclosureDuplicate,
        SdJwtError::DigestTwice => ReasonCode::DigestDuplicate,
        SdJwtError::Unreferenced => ReasonCode::DisclosureUnreferenced,
        SdJwtError::ReservedName => ReasonCode::DisclosedNameReserved,
        SdJwtError::NameExists => ReasonCode::DisclosedNameExists,
        SdJwtError::Digests => ReasonCode::DigestsMalformed,
        SdJwtError::NestedAlg => ReasonCode::SdAlgNested,
        SdJwtError::UnknownAlg => ReasonCode::SdAlgUnknown,
        SdJwtError::Jose(error) => jose_code(error),
    }
}
