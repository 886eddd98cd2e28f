//! `--authority SPEC`: which register is asked.

use std::path::Path;

use realname::authority::http::{self, ConfigError, ConnectError, TlsError};
use realname::authority::{Authority, DirectoryAuthority};

use crate::config::Config;
use crate::failure::Failure;
use crate::lang;

/// The register that `--authority` names, else the one that the terminal's configuration names. Nothing is asked yet.
pub(crate) fn connect(spec: Option<&str>, config: &Config) -> Result<Box<dyn Authority>, Failure> {
    let Some(spec) = spec else {
        return match &config.authority {
            Some(file) => over_http(None, Some(file)),
            None => Err(Failure::usage(
                "no register to ask: neither --authority nor the configuration's `authority` names one",
                "give --authority dir:FILE, an http(s) address, or config:FILE",
            )),
        };
    };
    if let Some(file) = spec.strip_prefix("dir:") {
        return Ok(Box::new(directory(Path::new(file))?));
    }
    if let Some(file) = spec.strip_prefix("config:") {
        return over_http(None, Some(Path::new(file)));
    }
    if spec.starts_with("http://") || spec.starts_with("https://") {
        return over_http(Some(spec), config.authority.as_deref());
    }
    Err(Failure::usage(
        "an authority is dir:FILE, an http(s) address, or config:FILE",
        "see `realname attest --help`",
    ))
}

/// The embedded TEST register.
pub(super) fn directory(file: &Path) -> Result<DirectoryAuthority, Failure> {
    DirectoryAuthority::open(file).map_err(|error| {
        Failure::trouble(
            "register",
            format!("the register can't be read: {error}"),
            lang::pick(
                "nothing was decided; check the register's file",
                "本次未作出判断；请检查登记数据文件",
            ),
        )
    })
}

fn over_http(origin: Option<&str>, config: Option<&Path>) -> Result<Box<dyn Authority>, Failure> {
    if origin.is_some_and(|origin| origin.contains('@')) {
        // Not repeated: what stands before the @ is a secret.
        return Err(Failure::usage(
            "the address of a register holds no user and no password",
            "put credentials into a file that the register's configuration names",
        ));
    }
    http::connect(origin, config).map_err(|error| match (&error, origin) {
        (ConnectError::Tls(TlsError::Address), Some(origin)) if origin.starts_with("http://") => {
            Failure::usage(
                "plain http is for a register on this machine: a question holds a name, a number and a face",
                "give an https address",
            )
        }
        (ConnectError::Tls(TlsError::Address), Some(_)) => {
            Failure::usage(&error, "give scheme, host and port only, such as https://register.example")
        }
        (ConnectError::OtherOrigin { .. }, _) => {
            Failure::usage(&error, "give the address that the register's configuration names, or none")
        }
        (ConnectError::Config(ConfigError::Unreadable(_)), _) => {
            Failure::trouble("file", &error, "check the path and its permissions")
        }
        _ => Failure::damaged(
            "authority_config",
            &error,
            "correct the register's configuration; nothing was asked",
        ),
    })
}
