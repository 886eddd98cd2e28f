//! `--authority SPEC`: which register is asked.

use std::path::Path;

use realname::authority::http::{self, ConnectError, TlsError};
use realname::authority::{Authority, DirectoryAuthority};
use realname::profile::Explain;

use crate::config::Config;
use crate::failure::Failure;
use crate::lang;

/// The register that `--authority` names, else the one that the terminal's configuration names. Nothing is asked yet.
pub(crate) fn connect(spec: Option<&str>, config: &Config) -> Result<Box<dyn Authority>, Failure> {
    let Some(spec) = spec else {
        return match &config.authority {
            Some(file) => over_http(None, Some(file)),
            None => Err(Failure::usage(
                lang::pick(
                    "no register to ask: neither --authority nor the configuration's `authority` names one",
                    "没有可查询的登记系统：--authority 和配置中的 authority 均未指定",
                ),
                lang::pick(
                    "give --authority dir:FILE, an http(s) address, or config:FILE",
                    "请用 --authority 指定 dir:FILE、http(s) 地址或 config:FILE",
                ),
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
        lang::pick(
            "an authority is dir:FILE, an http(s) address, or config:FILE",
            "登记系统应为 dir:FILE、http(s) 地址或 config:FILE",
        ),
        lang::pick("see `realname attest --help`", "参见 realname attest --help"),
    ))
}

/// The embedded TEST register.
pub(super) fn directory(file: &Path) -> Result<DirectoryAuthority, Failure> {
    Ok(DirectoryAuthority::open(file)?)
}

fn over_http(origin: Option<&str>, config: Option<&Path>) -> Result<Box<dyn Authority>, Failure> {
    if let Some(origin) = origin {
        judge(origin)?;
    }
    http::connect(origin, config).map_err(|error| match (&error, origin) {
        // What is wrong with an address is the command line's when it stands there, else the configuration's.
        (ConnectError::Tls(TlsError::PlainHttp), Some(_)) => {
            Failure::usage(told(&error), lang::pick("give an https address", "请提供 https 地址"))
        }
        (ConnectError::Tls(TlsError::Address | TlsError::Path | TlsError::UserInfo), Some(_)) => {
            Failure::usage(
                told(&error),
                lang::pick(
                    "give scheme, host and port only, such as https://register.example",
                    "只需协议、主机和端口，如 https://register.example",
                ),
            )
        }
        _ => error.into(),
    })
}

fn told(error: &ConnectError) -> String {
    error.message(lang::of_library())
}

/// An address is scheme, host and port. What stands behind or before them has its place elsewhere, and is named.
fn judge(origin: &str) -> Result<(), Failure> {
    if origin.contains('@') {
        // Not repeated: what stands before the @ is a secret.
        return Err(Failure::usage(
            lang::pick(
                "the address of a register holds no user and no password",
                "登记系统的地址中不能含有用户名和密码",
            ),
            lang::pick(
                "put credentials into a file that the register's configuration names",
                "请将凭据放入登记系统配置所指定的文件",
            ),
        ));
    }
    let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
    if let Some(at) = rest.find(['/', '?', '#'])
        && rest.get(at..).is_some_and(|path| path != "/")
    {
        return Err(Failure::usage(
            lang::pick(
                "an address of a register is scheme, host and port, and this one has a path",
                "登记系统的地址只有协议、主机和端口，此地址带有路径",
            ),
            lang::pick(
                "leave the path out; a register that isn't asked at the usual paths is described by a file: config:FILE",
                "请去掉路径；路径与众不同的登记系统请用文件描述：config:FILE",
            ),
        ));
    }
    Ok(())
}
