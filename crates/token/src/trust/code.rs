//! Reason codes of the JOSE layer, which knows nothing of the profile.

use crate::jose::JoseError;
use crate::profile::ReasonCode;

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
