//! What the home's own systems have of a number at this moment, for callers that know the number alone: desks.

use std::path::PathBuf;
use std::time::Duration;

use realname::cancellation::Account;
use realname::confirmation::PhoneNumber;
use realname::jose::Json;
use serde_json::json;
use ureq::Agent;

use crate::api::AccountGiven;
use crate::config::AccountsAt;
use crate::files::{read_secret, read_text};
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
    Http { agent: Agent, url: String, authorization: Option<String> },
}

impl Accounts {
    /// Loads what the configuration names. A file must be there and readable as a list of accounts.
    pub(crate) fn load(at: &AccountsAt) -> Result<Self, SetupError> {
        let value = |problem| SetupError::Value { key: "accounts", problem };
        match (&at.file, &at.url) {
            (Some(path), None) if at.authorization.is_none() => {
                let source = Self::File(path.clone());
                let text = read_text(path)?;
                list(text.as_bytes()).ok_or(value(
                    "the file is a JSON list of accounts, as POST /v1/cancellations takes them",
                ))?;
                Ok(source)
            }
            (None, Some(url)) => {
                let authorization = at.authorization.as_ref().map(|path| read_secret(path)).transpose()?;
                let roots = realname_https::system_roots().unwrap_or_default();
                let agent = Agent::config_builder()
                    .tls_config(realname_https::config(roots, None))
                    .timeout_global(Some(PATIENCE))
                    .max_redirects(0)
                    .http_status_as_error(false)
                    .proxy(None)
                    .build()
                    .into();
                let authorization = authorization.map(|text| text.trim().to_owned());
                Ok(Self::Http { agent, url: url.clone(), authorization })
            }
            _ => Err(value("it has `file`, or `url` with `authorization` where one is needed")),
        }
    }

    /// The account of that number, if the home has it.
    pub(crate) fn find(&self, number: &PhoneNumber) -> Result<Option<Account>, Refusal> {
        let found = match self {
            Self::File(path) => {
                let bytes = std::fs::read(path).map_err(|_| Refusal::AccountsAway)?;
                let all = list(&bytes).ok_or(Refusal::AccountsUnreadable)?;
                all.into_iter().find(|given| given.is_of(number))
            }
            Self::Http { agent, url, authorization } => ask(agent, url, authorization.as_deref(), number)?,
        };
        let Some(found) = found else { return Ok(None) };
        let account = found.read().map_err(|_| Refusal::AccountsUnreadable)?;
        if account.number() != number {
            return Err(Refusal::AccountsUnreadable);
        }
        Ok(Some(account))
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

fn list(bytes: &[u8]) -> Option<Vec<AccountGiven>> {
    strict(bytes)
}
