//! Reason codes of the layers that know nothing of the profile.

use crate::jose::JoseError;
use crate::profile::ReasonCode;
use crate::sd_jwt::SdJwtError;

/// The reason code of a JOSE refusal.
pub fn jose_code(error: &JoseError) -> ReasonCode {
    match error {
        JoseError::TooLarge { .. } => ReasonCode::TooLarge,
        JoseError::Base64 => ReasonCode::Base64Malformed,
        JoseError::NotUtf8 => ReasonCode::JsonNotUtf8,
        JoseError::Json => ReasonCode::JsonMalformed,
        JoseError::DuplicateMember => ReasonCode::JsonDuplicateMember,
        JoseError::TooDeep => ReasonCode::JsonTooDeep,
        JoseError::Algorithm { .. } => ReasonCode::AlgNotAllowed,
        JoseError::HeaderKey(_) => ReasonCode::HeaderKeyRefused,
        JoseError::Crit => ReasonCode::CritRefused,
        JoseError::Typ { .. } => ReasonCode::TypWrong,
        JoseError::Signature => ReasonCode::SignatureInvalid,
        JoseError::Key | JoseError::WeakKey | JoseError::PrivateKey | JoseError::Pem => {
            ReasonCode::KeyRefused
        }
        // Random and Signer never come out of reading.
        JoseError::Parts | JoseError::Member(_) | JoseError::Random | JoseError::Signer(_) => {
            ReasonCode::TokenMalformed
        }
    }
}

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
