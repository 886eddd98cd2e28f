//! What the home's own systems have of a number at this moment, for callers that know the number alone: desks.

use std::path::PathBuf;
use std::time::Duration;

use realname::cancellation::Account;
use realname::confirmation::PhoneNumber;
use realname::jose::Json;
use serde_json::json;
use ureq::Agent;
use zeroize::Zeroizing;

use crate::api::AccountGiven;
use crate::config::AccountsAt;
use crate::files::{read_secret, read_text};
use crate::outward::agent;
use crate::{Refusal, SetupError};

/// The largest answer, and the largest file, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// How long the home's systems may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where accounts are looked up, anew for each step: what changed meanwhile is seen by the step after.
pub(crate) enum Accounts {
    /// A list of accounts in JSON.
    File(PathBuf),
    /// The home's own systems.
    Http { agent: Agent, url: String, authorization: Option<Zeroizing<String>> },
}

impl Accounts {
    /// Loads what the configuration names. A file must be there and readable as a list of accounts.
    pub(crate) fn load(at: &AccountsAt) -> Result<Self, SetupError> {
        let value = |problem| SetupError::Value { key: "accounts", problem };
        match (&at.file, &at.url) {
            (Some(path), None) if at.authorization.is_none() => {
                list(read_text(path)?.as_bytes()).ok_or(value(
                    "the file is a JSON list of accounts, as POST /v1/cancellations takes them, a number in one of them",
                ))?;
                Ok(Self::File(path.clone()))
            }
            (None, Some(url)) => {
                let secret = at.authorization.as_ref().map(|path| read_secret(path).map(Zeroizing::new));
                let authorization = secret.transpose()?.map(|text| Zeroizing::new(text.trim().to_owned()));
                Ok(Self::Http { agent: agent(PATIENCE), url: url.clone(), authorization })
            }
            _ => Err(value("it has `file`, or `url` with `authorization` where one is needed")),
        }
    }

    /// The account of that number, if the home has it.
    pub(crate) fn find(&self, number: &PhoneNumber) -> Result<Option<Account>, Refusal> {
        match self {
            Self::File(path) => {
                let bytes = std::fs::read(path).map_err(|_| Refusal::AccountsAway)?;
                let all = list(&bytes).ok_or(Refusal::AccountsUnreadable)?;
                Ok(all.into_iter().find(|account| account.number() == number))
            }
            Self::Http { agent, url, authorization } => {
                let authorization = authorization.as_ref().map(|text| text.as_str());
                let Some(given) = ask(agent, url, authorization, number)? else { return Ok(None) };
                let account = given.read().ok().filter(|account| account.number() == number);
                account.map(Some).ok_or(Refusal::AccountsUnreadable)
            }
        }
    }
}

/// `POST {"number"}`; 200 with the account, or 404.
fn ask(
    agent: &Agent,
    url: &str,
    authorization: Option<&str>,
    number: &PhoneNumber,
) -> Result<Option<AccountGiven>, Refusal> {
    let body = json!({ "number": number.as_str() }).to_string();
    let mut request = agent.post(url).header("Content-Type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    let mut response = request.send(body.as_bytes()).map_err(|_| Refusal::AccountsAway)?;
    match response.status().as_u16() {
        200 => {
            let bytes = response.body_mut().with_config().limit(LARGEST).read_to_vec();
            let bytes = bytes.map_err(|_| Refusal::AccountsAway)?;
            strict(&bytes).ok_or(Refusal::AccountsUnreadable).map(Some)
        }
        404 => Ok(None),
        _ => Err(Refusal::AccountsAway),
    }
}

/// Strict JSON: a member that comes twice could say two things of one person.
fn strict<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    Json::parse(bytes, LARGEST as usize).ok()?;
    serde_json::from_slice(bytes).ok()
}

/// All accounts of a file. A number that stands in two of them has none: which one holds, nobody here can say.
fn list(bytes: &[u8]) -> Option<Vec<Account>> {
    let given: Vec<AccountGiven> = strict(bytes)?;
    let all: Vec<Account> = given.iter().map(|given| given.read().ok()).collect::<Option<_>>()?;
    let mut numbers: Vec<&str> = all.iter().map(|account| account.number().as_str()).collect();
    numbers.sort_unstable();
    numbers.windows(2).all(|two| two.first() != two.last()).then_some(all)
}
