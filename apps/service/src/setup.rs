//! Why the service doesn't start.

use std::path::PathBuf;

use realname::FormError;
use realname::appraisal::PolicyError;
use realname::attest::AttestError;
use realname::authority::RegisterError;
use realname::authority::http::ConnectError;
use realname::capture::plugin::CheckerAddressError;
use realname::confirmation::GatewayError;
use realname::gateway::SettingsError;
use realname::jose::JoseError;
use realname::journal::JournalError;
use realname::pkcs11::KeyError;
use realname::profile::{OutsideText, explain};
use realname::report::ReportError;
use realname::store::StoreError;
use realname::trust::TrustError;

/// Why the service doesn't start. What is wrong with a file names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A file can't be read.
    #[error("can't read {}: {source}", shown(.path))]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration has a mistake.
    #[error("{}:{line}: {problem}", shown(.path))]
    Config {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        problem: String,
    },
    /// A value that the configuration mustn't have.
    #[error("{key}: {problem}")]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// Others than its owner can read a file with a secret.
    #[error("{}: others can read this secret", shown(.0))]
    SecretReadable(PathBuf),
    /// The database has no store, which may be because it is another one than was meant.
    #[error("the database that store.postgres names has no store")]
    NoStore,
    /// Whom to believe who the database's server is can't be read.
    #[error("store.roots: {0}")]
    Roots(String),
    /// A key can't be opened.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The system gives no random numbers.
    #[error(transparent)]
    Random(#[from] JoseError),
    /// The certificate or its key can't be used.
    #[error("the TLS certificate or its key can't be used: {0}")]
    Tls(String),
    /// Nothing listens at the address.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Anchors or list.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The TEST register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A register over HTTP.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The message gateway.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The line to a message gateway.
    #[error(transparent)]
    Line(#[from] SettingsError),
    /// The liveness checker's address.
    #[error(transparent)]
    Checker(#[from] CheckerAddressError),
    /// The policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file with rules isn't of its form.
    #[error("{}: {source}", shown(.path))]
    Rules {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: FormError,
    },
    /// The journal can't be gone on with.
    #[error("{}: {source}", shown(.path))]
    Journal {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
    /// The desk for reports doesn't open.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// What would sign.
    #[error(transparent)]
    Attest(#[from] AttestError),
}

/// A path as it is shown: with everything escaped that isn't plain writing.
fn shown(path: &std::path::Path) -> String {
    OutsideText::from(path.display().to_string()).to_string()
}

explain! {
    SetupError as error {
        Self::File { .. } => "file", System, "check the path and its permissions", "请检查路径及其权限", "无法读取文件（{error}）";
        Self::Config { .. } => "config", Setup, "correct the line; docs/operations.md has every key", "请修正该行；docs/operations.md 列出了所有配置项", "配置文件有误（{error}）";
        Self::Value { .. } => "config", Setup, "correct the line; docs/operations.md has every key", "请修正该行；docs/operations.md 列出了所有配置项", "配置项有误（{error}）";
        Self::SecretReadable(_) => "secret_readable", Setup, "chmod 600 it, and make another secret if somebody may have read it", "请执行 chmod 600；如可能已被他人读取，请更换该机密", "其他用户可读取该机密文件（{error}）";
        Self::NoStore => "store_missing", Setup, "check the address; for a new database run `realname serve migrate --config FILE` once", "请检查地址；如为新数据库，请先运行一次 realname serve migrate --config FILE", "数据库中没有存储（{error}）";
        Self::Roots(_) => "store_roots", Setup, "give PEM certificates of who vouches for the database's server", "请提供为数据库服务器证书签名的 PEM 根证书", "数据库根证书无法使用（{error}）";
        Self::Tls(_) => "tls", Setup, "give a PEM certificate with its chain and the key that belongs to it", "请提供 PEM 证书链及其对应的私钥", "TLS 证书或私钥无法使用（{error}）";
        Self::Listen { .. } => "listen", System, "choose another address, or end what listens there", "请更换地址，或结束占用该地址的程序", "无法监听（{error}）";
    }
    through {
        Self::Trust(error) => error;
        Self::Store(error) => error;
        Self::Register(error) => error;
        Self::Connect(error) => error;
        Self::Gateway(error) => error;
        Self::Line(error) => error;
        Self::Checker(error) => error;
        Self::Policy(error) => error;
        Self::Attest(error) => error;
        Self::Key(error) => error;
        Self::Random(error) => error;
        Self::Rules { source, .. } => source;
        Self::Report(error) => error;
        Self::Journal { source, .. } => source;
    }
}
