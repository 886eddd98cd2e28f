//! Why a key in a token can't be used.

use std::path::PathBuf;

use realname_terms::explain;

use crate::UriError;

/// Why a key in a token can't be used. Nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The URI isn't one that names a key.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// Neither the URI nor the caller names the module's library.
    #[error("no module: the URI has no module-path, and none was given")]
    NoModule,
    /// The library can't be loaded or doesn't begin.
    #[error("the module {} can't be loaded", .0.display())]
    Module(PathBuf),
    /// No token fits the URI.
    #[error("no token fits the URI")]
    NoToken,
    /// More than one token, or more than one key in it, fits.
    #[error("{0} {1} fit the URI: it has to name one")]
    Several(usize, &'static str),
    /// No key in the token fits the URI.
    #[error("the token has no private key that fits the URI")]
    NoKey,
    /// The public half isn't in the token.
    #[error(
        "the token has the private key and not its public half: put the public key beside it, with the same id"
    )]
    NoPublicKey,
    /// Another curve than Ed25519 and P-256, or a shape that nobody writes.
    #[error("the key is neither Ed25519 nor P-256")]
    Curve,
    /// The public half is another key's.
    #[error("what the private key signs doesn't verify under the public key beside it")]
    OtherKey,
    /// Nobody gave a PIN.
    #[error("the token wants a PIN and none was given")]
    NoPin,
    /// The token called the PIN wrong. It isn't tried again.
    #[error(
        "the token says that the PIN is wrong; it isn't tried a second time, because a few tries lock a token"
    )]
    WrongPin,
    /// Too many wrong PINs. The token is asked again after a minute: a lock costs no more tries.
    #[error("the token's PIN is locked")]
    PinLocked,
    /// The token has the key, and its module doesn't sign with it (CKR_MECHANISM_INVALID). So it is behind the socket of `p11-kit server`
    /// (0.24.1), which hands an Ed25519 key on and not its mechanism.
    #[error("the module has the key and doesn't sign with its algorithm (CKR_MECHANISM_INVALID)")]
    Mechanism,
    /// The token, or its module, doesn't do what is asked.
    #[error("the token doesn't answer: {0}")]
    Token(String),
}

explain! {
    Pkcs11Error {
        Self::NoModule => "pkcs11_module", Setup,
            "Name the module's library: module-path in the URI, or REALNAME_PKCS11_MODULE.",
            "请指定 PKCS#11 模块：在 URI 中写明 module-path，或设置 REALNAME_PKCS11_MODULE。";
        Self::Module(_) => "pkcs11_module", Setup,
            "Check the path of the module's library and that it is for this system.",
            "请检查 PKCS#11 模块的路径，以及是否适用于本系统。";
        Self::NoToken => "pkcs11_token", Setup,
            "Plug the token in, or correct token, serial or slot-id in the URI.",
            "请插入令牌，或更正 URI 中的 token、serial 或 slot-id。";
        Self::Several(..) | Self::NoKey => "pkcs11_key", Setup,
            "Name one key in the URI: object or id, and the token.",
            "请在 URI 中唯一指定密钥：object 或 id，以及令牌。";
        Self::NoPublicKey | Self::Curve | Self::OtherKey => "pkcs11_key", Setup,
            "Use an Ed25519 or P-256 pair whose public half is in the token with the same id; nothing was signed.",
            "请使用令牌内公钥与私钥 id 相同的 Ed25519 或 P-256 密钥对；本次未签名。";
        Self::NoPin => "pkcs11_pin", Setup,
            "Give the PIN: REALNAME_PKCS11_PIN, or pin-source=file:… in the URI.",
            "请提供 PIN：设置 REALNAME_PKCS11_PIN，或在 URI 中写 pin-source=file:…。";
        Self::WrongPin => "pkcs11_pin", Setup,
            "Correct the PIN, and then begin again. It wasn't tried a second time.",
            "请更正 PIN 后重新开始。系统没有再次尝试。";
        Self::PinLocked => "pkcs11_pin", Setup,
            "The token's security officer has to unlock it; a TPM unlocks its tokens by itself after a while. It is asked again after a minute.",
            "须由令牌的安全管理员解锁；TPM 会在一段时间后自行解锁。系统一分钟后会再次尝试。";
        Self::Mechanism => "pkcs11_mechanism", Setup,
            "Use a P-256 key, or load the token's own module in this process: a socket of p11-kit doesn't pass Ed25519 on. Nothing was signed.",
            "请改用 P-256 密钥，或在本进程中直接加载令牌自身的模块：p11-kit 套接字不转发 Ed25519。本次未签名。";
        Self::Token(_) => "pkcs11_token", Setup,
            "Check the token and its connection, and try again; nothing was signed.",
            "请检查令牌及其连接后重试；本次未签名。";
    }
    through {
        Self::Uri(error) => error;
    }
}

explain! {
    UriError {
        Self::Scheme | Self::Attribute(_) | Self::Twice(_) | Self::Escape(_) | Self::PinInside | Self::NoKeyNamed
        | Self::SlotId | Self::PinSource => "pkcs11_uri", Setup,
            "Correct the URI (RFC 7512), such as pkcs11:token=operator;object=issuing-2026.",
            "请更正 URI（RFC 7512），例如 pkcs11:token=operator;object=issuing-2026。";
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;
    use cryptoki::error::{Error, RvError};
    use realname_terms::Explain;

    use super::*;
    use crate::pool::told;

    #[test]
    fn a_mechanism_that_isnt_passed_on_is_named() {
        let error = told(Error::Pkcs11(RvError::MechanismInvalid, Function::SignInit));
        assert_eq!((error.clone(), error.code()), (Pkcs11Error::Mechanism, "pkcs11_mechanism"));
        let advice = Explain::entry(&error).advice;
        assert!(["P-256", "p11-kit"].iter().all(|word| advice.en.contains(word) && advice.zh.contains(word)));
        // What else the module says stays what it said.
        let other = told(Error::Pkcs11(RvError::FunctionFailed, Function::SignInit));
        assert_eq!(other, Pkcs11Error::Token("SignInit says FunctionFailed".to_owned()));
    }
}
