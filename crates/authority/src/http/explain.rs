//! What a register's configuration that can't be used says.

use realname_terms::explain;

use super::{CodeMapError, SignatureError};
#[cfg(feature = "http")]
use super::{ConfigError, ConnectError, TlsError};

const EN: &str = "correct the register's configuration; nothing was asked";
const ZH: &str = "请更正登记系统配置；本次未进行查询";

explain! {
    CodeMapError as error {
        Self::Syntax(_) | Self::Word { .. } | Self::Slot(_) | Self::Path { .. } | Self::NotSent { .. } | Self::Empty { .. }
        | Self::CodeType { .. } | Self::NoSubject
        | Self::NoOuter
        | Self::OuterStates { .. }
        | Self::OneField { .. }
        | Self::HalfOfAPair { .. }
        | Self::Reason { .. }
        | Self::TwoRows { .. }
        | Self::Source { .. }
        | Self::Fault { .. } => "authority_config", Setup, EN, ZH, "登记系统配置有误（{error}）";
    }
}

explain! {
    SignatureError {
        Self::Syntax(_) | Self::Text { .. } | Self::Header(_) | Self::Source | Self::Scope | Self::Parts | Self::Unsigned =>
            "authority_config", Setup, EN, ZH;
    }
}

#[cfg(feature = "http")]
explain! {
    TlsError {
        Self::Address | Self::Path | Self::UserInfo => "authority_config", Setup, EN, ZH, "登记系统的地址有误";
        Self::PlainHttp => "authority_config", Setup, EN, ZH, "明文 http 仅限本机的登记系统：查询中含有姓名、号码和人脸";
        Self::NoCertificate | Self::NoKey | Self::NoRoots => "authority_config", Setup, EN, ZH, "没有可用的证书、私钥或根证书";
    }
}

#[cfg(feature = "http")]
explain! {
    ConfigError as error {
        Self::Unreadable(_) => "file", System,
            "check the path and its permissions", "请检查路径及其权限", "无法读取登记系统配置（{error}）";
        Self::SecretReadable(_) => "secret_readable", Setup,
            "chmod 600 it, and get another secret if somebody may have read it", "请执行 chmod 600；如可能已被他人读取，请更换该机密", "其他用户可读取该机密文件（{error}）";
        Self::Audit(_) | Self::Syntax(_) | Self::NoVariable(_) | Self::Secret(_) | Self::EmptySecret(_) | Self::SecondHand(_) | Self::InFallback { .. } | Self::Id =>
            "authority_config", Setup, EN, ZH, "登记系统配置有误（{error}）";
    }
    through {
        Self::CodeMap(error) => error;
        Self::Tls(error) => error;
        Self::Signature(error) => error;
    }
}

#[cfg(feature = "http")]
explain! {
    ConnectError {
        Self::NoRandomness => "signer", System,
            "Try again; if it stays, the system's randomness is broken.", "请重试；如仍失败，系统随机数已损坏。", "系统无法提供随机数";
        Self::NoOrigin => "authority_config", Setup, EN, ZH, "登记系统配置中没有地址";
        Self::OtherOrigin { .. } => "authority_origin", Caller,
            "give the address that the register's configuration names, or none", "请使用登记系统配置中的地址，或不指定地址", "所给地址与登记系统配置中的地址不同";
    }
    through {
        Self::Config(error) => error;
        Self::Tls(error) => error;
    }
}
