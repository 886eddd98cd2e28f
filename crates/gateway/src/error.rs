//! Why a gateway can't be set up.

use std::path::PathBuf;

use realname_terms::{OutsideText, explain};

/// Why a gateway can't be set up: the operator's settings. No secret is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A file can't be read.
    #[error("can't read {}: {source}", shown(.path))]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the file of a secret.
    #[error("{}: others can read this secret", shown(.path))]
    Readable {
        /// Which.
        path: PathBuf,
    },
    /// The file isn't TOML of this form.
    #[error("{}:{line}: {problem}", shown(.path))]
    Form {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        problem: String,
    },
    /// A value that a setting mustn't have.
    #[error("{key}: {problem}")]
    Value {
        /// Which setting.
        key: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// Numbers and answers would cross a network in the clear.
    #[error(
        "the gateway's address isn't on this machine, and the protocol has no encryption: private_line = true says that the line is leased or a VPN"
    )]
    Open,
    /// The line's threads can't be started.
    #[error("the gateway's line can't be started: {0}")]
    Start(std::io::Error),
}

fn shown(path: &std::path::Path) -> String {
    OutsideText::from(path.display().to_string()).to_string()
}

explain! {
    SettingsError as error {
        Self::File { .. } => "file", System, "check the path and its permissions", "请检查路径及其权限", "无法读取文件（{error}）";
        Self::Readable { .. } => "secret_readable", Setup,
            "chmod 600 it, and agree on a new secret if somebody may have read it", "请执行 chmod 600；如可能已被他人读取，请更换密码", "其他用户可读取该密码文件";
        Self::Form { .. } | Self::Value { .. } => "gateway_settings", Setup,
            "correct the setting; docs/gateways.md has every key", "请更正该配置项；docs/gateways.md 列出了所有配置项", "短信网关配置有误（{error}）";
        Self::Open => "gateway_open_line", Setup,
            "use a leased line or a VPN, and say private_line = true; never send this over an open network", "请使用专线或 VPN，并设置 private_line = true；切勿经公网明文传输", "短信网关线路未加密";
        Self::Start(_) => "gateway_start", System,
            "the system gives no more threads; close something and try again", "系统无法创建线程，请关闭其他程序后重试", "无法启动短信网关线路（{error}）";
    }
}
