//! What a bridge is told when it starts, and why it doesn't.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use realname::profile::explain;
use zeroize::Zeroizing;

use crate::door::Origin;
use crate::terminal::Terminal;

/// A shorter token could be guessed; it is taken, with a warning.
const SHORT: usize = 22;
/// The longest token that is taken, in characters.
const LONGEST: usize = 512;

/// What a bridge is told.
#[non_exhaustive]
pub struct Config {
    /// The reader's name; `None`: the only one there is.
    pub port: Option<String>,
    /// The line's rate; the usual ones are tried without it.
    pub baud: Option<u32>,
    /// Where to listen: a loopback address.
    pub listen: SocketAddr,
    /// Whose pages get in.
    pub origins: Vec<Origin>,
    /// What programs have to send.
    pub token: Option<Zeroizing<String>>,
    /// Where notes on ports are kept for the next program.
    pub notes: Option<PathBuf>,
    /// What answers demands: without it there is no `/v1/attest`.
    pub terminal: Option<Arc<dyn Terminal>>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("port", &self.port)
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// For the reader of that name, or the only one there is; nobody gets in.
    pub fn new(port: Option<String>) -> Self {
        Self {
            port,
            baud: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 7890)),
            origins: Vec::new(),
            token: None,
            notes: None,
            terminal: None,
        }
    }
}

/// Why a bridge doesn't start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Others than this machine's programs would reach it.
    #[error("the bridge listens on this machine only, and {0} is no address of that kind")]
    NotLoopback(SocketAddr),
    /// The address can't be had.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The token's file can't be read.
    #[error("can't read {}: {source}", path.display())]
    TokenFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What stands in it is no token.
    #[error("{} isn't one line of 1 to {LONGEST} visible ASCII characters", path.display())]
    Token {
        /// Which file.
        path: PathBuf,
    },
}

explain! {
    SetupError {
        Self::NotLoopback(_) => "bridge_not_loopback", Caller, "Listen on 127.0.0.1; pages of the till reach it there.", "请监听 127.0.0.1；收银页面可由此访问。";
        Self::Listen { .. } => "bridge_listen", System, "End the program that listens there, or give another --listen.", "请结束占用该地址的程序，或用 --listen 指定其他地址。";
        Self::TokenFile { .. } => "bridge_token_file", Setup, "Check the path of --token and its permissions.", "请检查 --token 的路径及权限。";
        Self::Token { .. } => "bridge_token", Setup, "Make a token: head -c 32 /dev/urandom | base64 > FILE.", "请生成令牌：head -c 32 /dev/urandom | base64 > 文件。";
    }
}

/// Reads a token's file: one line.
///
/// # Errors
/// [`SetupError::TokenFile`], [`SetupError::Token`].
pub fn read_token(path: &Path) -> Result<Zeroizing<String>, SetupError> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|source| SetupError::TokenFile { path: path.to_owned(), source })?;
    let token = text.trim();
    let fits = (1..=LONGEST).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err(SetupError::Token { path: path.to_owned() });
    }
    if token.len() < SHORT {
        tracing::warn!("the token is short enough to be guessed");
    }
    Ok(Zeroizing::new(token.to_owned()))
}
