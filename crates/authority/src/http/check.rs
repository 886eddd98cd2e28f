//! Whether a configured register can be asked, and in words what is wrong if it can't.

use std::path::Path;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use realname_terms::explain;

use super::client::HttpAuthority;
use super::{Config, ConnectError, Hint};
use crate::document::{CardDate, IdNumber, ValidUntil};
use crate::{Attribute, Authority, AuthorityError, Clock, Finding, Query, QuotaScope, Subject, SystemClock};

/// What a register did with a question about a person who doesn't exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisterCheck {
    /// The register's id in the configuration.
    pub id: String,
    /// Whether its answers prove nothing about anybody.
    pub is_test: bool,
    /// What its answer was worth.
    pub result: Result<Works, Trouble>,
    /// How far its clock is ahead of this machine's, where it says its time. Whole seconds.
    pub clock_ahead: Option<SignedDuration>,
    /// The status of its reply, if there was one.
    pub status: Option<u16>,
}

/// The register takes our questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Works {
    /// It answered: a person whom nobody is isn't there, or isn't a match.
    Answered,
    /// It looked at the values and didn't take them, as a register does that checks numbers before it looks.
    ValuesRefused,
}

/// Why the register can't be asked as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// No connection, or a server that couldn't prove who it is.
    #[error("the register can't be reached, or can't prove who it is")]
    Unreachable,
    /// The two clocks are too far apart for a signed request.
    #[error("this machine's clock and the register's are too far apart")]
    Clock,
    /// The signature isn't the one that the register makes.
    #[error("the register says that the signature is wrong")]
    Signature,
    /// The credential isn't known, isn't valid any more, or couldn't be had (a token).
    #[error("the register doesn't take our credential")]
    Credential,
    /// The account may not use this interface.
    #[error("the account may not use this interface")]
    Permission,
    /// The service isn't opened for the account.
    #[error("the service isn't opened for this account")]
    NotOpened,
    /// The account owes money, or its allowance is used up.
    #[error("the account is in arrears, or its allowance is used up")]
    Arrears,
    /// Too many questions at the moment.
    #[error("the register says: too many questions")]
    TooMany,
    /// The register denies access and says no more.
    #[error("the register denies access and doesn't say why")]
    Denied,
    /// The register says that the request is malformed, or this map can't ask it.
    #[error("the register says that the request is malformed")]
    Request,
    /// The reply isn't what the code map describes.
    #[error("the reply isn't what the code map describes")]
    Map,
    /// A match: the register said yes to a person who doesn't exist.
    #[error("the register calls a person who doesn't exist a match")]
    SaysYesToNobody,
    /// It had the question and gave no reply, or one of its own failures.
    #[error("the register had the question and gave no answer")]
    NoAnswer,
}

explain! {
    Trouble {
        Self::Unreachable => "check_unreachable", Network,
            "Check origin, the network and [tls]; nothing was asked.",
            "请检查 origin、网络及 [tls]；本次未进行查询。";
        Self::Clock => "check_clock", Clock,
            "Set this machine's clock (NTP) and check again.",
            "请校准本机时钟（NTP）后重试。";
        Self::Signature => "check_signature", Setup,
            "Check the secret and [signature]: label, scope, key steps, header list, template.",
            "请检查密钥及 [signature]：label、scope、key_steps、signed_headers、template。";
        Self::Credential => "check_credential", Setup,
            "Check id and secret in [signature], [token] or [[credentials]]: is it the right account, and still valid?",
            "请检查 [signature]、[token] 或 [[credentials]] 中的凭据：账号是否正确、是否仍有效。";
        Self::Permission => "check_permission", Setup,
            "Give the account the right to call this interface, in the vendor's console.",
            "请在服务商控制台为该账号授予此接口的调用权限。";
        Self::NotOpened => "check_not_opened", Setup,
            "Open the service in the vendor's console, in the region of origin.",
            "请在服务商控制台开通该服务，注意 origin 所在地域。";
        Self::Arrears => "check_arrears", Setup,
            "Pay what is owed, or extend the contract.",
            "请结清欠费或续约。";
        Self::TooMany => "check_too_many", Setup,
            "Wait, and set per_second and per_day in [limits] to what the contract allows.",
            "请稍后再试，并按合同设置 [limits] 中的 per_second 和 per_day。";
        Self::Denied => "check_denied", Setup,
            "Ask the vendor: credentials, contract, and the addresses from which the account may call.",
            "请向服务商核实：凭据、合同以及允许调用的来源地址。";
        Self::Request => "check_request", Setup,
            "Compare the request of the code map with the vendor's page: path, headers, members.",
            "请对照服务商文档检查映射文件中的请求：路径、请求头、字段。";
        Self::Map => "check_map", Setup,
            "Check that code_map is this interface's, and compare its rows with the vendor's page.",
            "请检查 code_map 是否属于该接口，并对照服务商文档核对各行。";
        Self::SaysYesToNobody => "check_says_yes", Register,
            "Don't use this register: a wrong map, a sandbox, or a register that answers anything.",
            "请勿使用该登记系统：映射有误、为沙箱环境或对任何查询都返回一致。";
        Self::NoAnswer => "check_no_answer", Register,
            "Check again later; if it stays, ask the vendor. It may have charged for the question.",
            "请稍后再试；如仍如此请联系服务商。本次查询可能已计费。";
    }
}

/// Two clocks that are further apart are what is wrong, whatever the register calls it (Tencent's limit is five minutes).
const APART: SignedDuration = SignedDuration::from_secs(240);

/// Asks the register of a configuration once about a synthetic person (area code 119999, which no place has). Nothing is
/// retried, cached or recorded in its trail, and registers that it names in its place aren't asked. A vendor may charge for it.
///
/// # Errors
/// [`ConnectError`]: the configuration can't be used; nothing was sent.
pub fn check(config: &Path) -> Result<RegisterCheck, ConnectError> {
    let config = Config::open(config)?;
    let origin = config.origin.clone().ok_or(ConnectError::NoOrigin)?;
    let register = HttpAuthority::new(config.dialect, &origin, config.http)?;
    let now = SystemClock.now();
    let asked = register.examined(&nobody(now, &format!("check-{}", now.as_millisecond())));
    let clock_ahead = asked.reply.as_ref().and_then(|reply| {
        let date = DateTimeParser::new().parse_timestamp(reply.header("date")?).ok()?;
        Some(SignedDuration::from_secs(date.as_second() - asked.at.as_second()))
    });
    let apart = clock_ahead.is_some_and(|ahead| ahead.abs() > APART);
    let is_nobody = |finding: Finding| {
        let said = finding.attributes;
        let both = said.name == Attribute::Match && said.id_number == Attribute::Match;
        !(finding.subject == Subject::Found && both)
    };
    let result = verdict(asked.answer.map(is_nobody), asked.hint, asked.reply.is_some(), apart);
    Ok(RegisterCheck {
        id: register.id().to_owned(),
        is_test: register.is_test(),
        result,
        clock_ahead,
        status: asked.reply.map(|reply| reply.status),
    })
}

fn verdict(
    answer: Result<bool, AuthorityError>,
    hint: Option<Hint>,
    replied: bool,
    apart: bool,
) -> Result<Works, Trouble> {
    Err(match (answer, hint) {
        (Ok(true), _) => return Ok(Works::Answered),
        (Ok(false), _) => Trouble::SaysYesToNobody,
        (Err(AuthorityError::InvalidInput { .. } | AuthorityError::PolicyBlocked), _) if replied => {
            return Ok(Works::ValuesRefused);
        }
        (Err(_), Some(Hint::Clock)) => Trouble::Clock,
        (Err(AuthorityError::Denied), _) if apart => Trouble::Clock,
        (Err(_), Some(Hint::Signature)) => Trouble::Signature,
        (Err(_), Some(Hint::Credential)) => Trouble::Credential,
        (Err(_), Some(Hint::Permission)) => Trouble::Permission,
        (Err(_), Some(Hint::NotOpened)) => Trouble::NotOpened,
        (Err(_), Some(Hint::Arrears)) => Trouble::Arrears,
        // Before a question was sent it is the token that couldn't be had.
        (Err(AuthorityError::Denied), None) if !replied => Trouble::Credential,
        (Err(AuthorityError::Denied), None) => Trouble::Denied,
        (Err(AuthorityError::Quota { scope, .. }), None) => match scope {
            QuotaScope::Contract | QuotaScope::Daily => Trouble::Arrears,
            QuotaScope::Rate | QuotaScope::Person => Trouble::TooMany,
        },
        (Err(AuthorityError::Transient { .. }), None) if !replied => Trouble::Unreachable,
        (Err(AuthorityError::Protocol), None) if !replied => Trouble::Unreachable,
        (Err(AuthorityError::Transient { .. } | AuthorityError::Indeterminate), None) => Trouble::NoAnswer,
        (Err(AuthorityError::Protocol), None) => Trouble::Map,
        (
            Err(
                AuthorityError::BadRequest
                | AuthorityError::Unsupported
                | AuthorityError::InvalidInput { .. }
                | AuthorityError::PolicyBlocked,
            ),
            None,
        ) => Trouble::Request,
    })
}

/// No place has the area code, and no fixture of this project has the number.
const NOBODY: &str = "119999190101019996";

/// Somebody who can't be.
fn nobody(now: Timestamp, key: &str) -> Query {
    let query =
        Query::new("测试无此人", IdNumber::new(NOBODY), now, key).offering_phone_number("+8619900000000");
    match CardDate::parse("20200101") {
        Some(from) => query.with_validity(from, ValidUntil::LongTerm),
        None => query,
    }
}

#[cfg(test)]
mod tests;
