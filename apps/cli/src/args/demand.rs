//! `demand`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::profile::{Check, ClaimName, DEMAND_LIFE, Env, Locality, Purpose};

use super::Alg;
use crate::lang;

#[derive(Debug, Subcommand)]
pub(crate) enum DemandCommand {
    /// Make a demand, and remember it in the store
    New(Box<DemandNewArgs>),
    /// Who asks, for what, and what would be disclosed: verified, before anything is read
    ///
    /// For a till with a screen of its own, which shows this before the customer agrees. Exit code 1 when the demand is
    /// refused; then nothing that it says is shown.
    Check(DemandCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DemandCheckArgs {
    /// The signed trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: PathBuf,
    /// The terminal's configuration (TOML): its memory of the trust lists that it has seen is used, too
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// The demand
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DemandNewArgs {
    /// The relying party's signing key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The relying party's URL
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(crate) iss: String,
    /// What it is for, such as sim.cancel
    #[arg(long, value_name = "P", value_parser = purpose)]
    pub(crate) purpose: Purpose,
    /// The phone number that is acted on, +86…
    #[arg(long, value_name = "N")]
    pub(crate) number: Option<String>,
    /// A claim to be disclosed; may be given several times; --expect adds name and id_number
    #[arg(long = "claim", value_name = "C", value_parser = claim)]
    pub(crate) claims: Vec<ClaimName>,
    /// A check that must have passed; may be given several times
    #[arg(long = "check", value_name = "K", value_parser = check)]
    pub(crate) checks: Vec<Check>,
    /// Who it must be: JSON {"name":…, "id_number":…}; kept in the store, never sent; asks for both claims
    #[arg(long, value_name = "FILE")]
    pub(crate) expect: Option<PathBuf>,
    /// Where the person must be checked
    #[arg(long, value_name = "L", value_parser = locality)]
    pub(crate) locality: Option<Locality>,
    /// How old the check may be, in seconds
    #[arg(long, value_name = "SECS")]
    pub(crate) max_age: Option<u32>,
    /// Only this terminal may answer
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) terminal: Option<String>,
    /// The key binding is signed so, for whoever can't verify the issuer's algorithm; may be given several times
    #[arg(long = "session-alg", value_name = "ALG")]
    pub(crate) session_algs: Vec<Alg>,
    /// Only issuers that sign so can answer; may be given several times
    #[arg(long = "issuer-alg", value_name = "ALG")]
    pub(crate) issuer_algs: Vec<Alg>,
    /// How long the demand can be answered, in seconds, at most 600: terminals answer no longer ones
    #[arg(long, value_name = "SECS", default_value_t = 600, value_parser = life)]
    pub(crate) ttl: u32,
    /// Whether it counts
    #[arg(long, value_name = "ENV", value_parser = env, default_value = Env::Production.as_str())]
    pub(crate) env: Env,
    /// The relying party's store; made when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// Where to write the demand
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// What terminals answer.
pub(super) fn life(text: &str) -> Result<u32, String> {
    let longest = u32::try_from(DEMAND_LIFE.as_secs()).unwrap_or(u32::MAX);
    let life = text.parse().ok().filter(|life| (1..=longest).contains(life));
    life.ok_or_else(|| {
        lang::pick(
            format!("expected 1 to {longest} seconds: terminals answer no demand that lives longer"),
            format!("应为 1 至 {longest} 秒：终端不受理有效期更长的请求"),
        )
    })
}

pub(super) fn purpose(text: &str) -> Result<Purpose, String> {
    text.parse().map_err(|_| {
        let named = Purpose::NAMED.each_ref().map(Purpose::as_str).join(", ");
        lang::pick(
            format!("expected one of: {named}; or an absolute URI of at most 200 ASCII characters"),
            format!("可选：{named}；或不超过 200 个 ASCII 字符的绝对 URI"),
        )
    })
}

fn claim(name: &str) -> Result<ClaimName, String> {
    ClaimName::from_name(name).ok_or_else(|| expected(ClaimName::NAMES))
}

pub(super) fn check(name: &str) -> Result<Check, String> {
    Check::from_name(name).ok_or_else(|| expected(Check::NAMES))
}

pub(super) fn locality(name: &str) -> Result<Locality, String> {
    Locality::from_name(name).ok_or_else(|| expected(Locality::NAMES))
}

pub(super) fn env(name: &str) -> Result<Env, String> {
    Env::from_name(name).ok_or_else(|| expected(Env::NAMES))
}

pub(super) fn expected<const N: usize>(names: [&str; N]) -> String {
    let names = names.join(", ");
    lang::pick(format!("expected one of: {names}"), format!("可选：{names}"))
}

/// Names whoever asks. It is compared with the trust list and shown to the customer, never fetched.
pub(super) fn url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(text.to_owned())
        }
        _ => Err(lang::pick("not a URL such as https://home.example", "不是网址，应如 https://home.example")
            .to_owned()),
    }
}
