//! Tokens that a register's address book gives for our credentials: how one is asked for, and what the reply says.
//!
//! Nothing here does I/O; `client/renewal.rs` keeps one token for all callers.

use base64ct::{Base64, Encoding as _};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::json::Json;
use super::message::ESCAPED;
use super::secret::SecretPlace;
use super::{Method, Request, Response, Secret, status};
use crate::AuthorityError;
use crate::clock::later;

/// How a token is asked for, and where it goes in a question.
#[derive(Clone, Debug)]
pub struct TokenGrant {
    kind: GrantKind,
    path: String,
    id: Secret,
    secret: Secret,
    place: TokenPlace,
    /// Where it is asked for, when that isn't the register itself.
    pub(super) origin: Option<String>,
}

/// Which words are spoken for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum GrantKind {
    /// Client credentials with HTTP Basic (RFC 6749 section 4.4).
    Oauth { scope: Option<String> },
    /// The same members in the address of a GET, as Baidu's own client sends them.
    OauthQuery,
    /// Huawei's IAM: a user's password for a project's token, which comes in `X-Subject-Token`.
    Huawei { domain: String, project: String },
}

/// Where a question carries the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenPlace {
    /// `Authorization: Bearer …`
    Bearer,
    Header(String),
    Query(String),
}

/// `[token]` of a register's configuration. `docs/authorities.md` explains every key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawToken {
    grant: String,
    path: String,
    pub(super) origin: Option<String>,
    scope: Option<String>,
    domain: Option<String>,
    project: Option<String>,
    header: Option<String>,
    query: Option<String>,
    pub(super) id: SecretPlace,
    pub(super) secret: SecretPlace,
}

/// A token and until when it is good.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) value: Secret,
    pub(super) ends: Timestamp,
}

/// How long a token is taken to be good when nobody says (RFC 6749 section 5.1 leaves it open).
const UNSTATED: SignedDuration = SignedDuration::from_secs(300);
/// The longest that a token is kept, whatever was said.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

impl TokenGrant {
    /// What is wrong in it, if anything is.
    pub(super) fn read(raw: &RawToken, id: Secret, secret: Secret) -> Result<Self, &'static str> {
        let kind = match (raw.grant.as_str(), &raw.scope, &raw.domain, &raw.project) {
            ("oauth", scope, None, None) => GrantKind::Oauth { scope: scope.clone() },
            ("oauth_query", None, None, None) => GrantKind::OauthQuery,
            ("huawei", None, Some(domain), Some(project)) => {
                GrantKind::Huawei { domain: domain.clone(), project: project.clone() }
            }
            ("oauth" | "oauth_query" | "huawei", ..) => {
                return Err("[token] scope goes with grant oauth; domain and project with huawei, both");
            }
            _ => return Err("[token] grant is none of oauth, oauth_query, huawei"),
        };
        if !raw.path.starts_with('/') || !raw.path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("[token] path has to begin with a slash");
        }
        let place = match (&raw.header, &raw.query) {
            (None, None) => TokenPlace::Bearer,
            (Some(header), None) => TokenPlace::Header(header.clone()),
            (None, Some(query)) => TokenPlace::Query(query.clone()),
            (Some(_), Some(_)) => return Err("[token] header and query are both given"),
        };
        if std::str::from_utf8(id.expose()).is_err() || std::str::from_utf8(secret.expose()).is_err() {
            return Err("[token] id and secret have to be text");
        }
        Ok(Self { kind, path: raw.path.clone(), id, secret, place, origin: raw.origin.clone() })
    }

    /// The request that asks for a token.
    pub(super) fn request(&self) -> Request {
        // Both values were checked to be text when the configuration was read.
        let text = |secret: &Secret| Zeroizing::new(String::from_utf8_lossy(secret.expose()).into_owned());
        let (id, secret) = (text(&self.id), text(&self.secret));
        match &self.kind {
            GrantKind::OauthQuery => Request::new(Method::Get, self.path.as_str())
                .with_parameter("grant_type", "client_credentials")
                .with_parameter("client_id", &id)
                .with_parameter("client_secret", &secret),
            GrantKind::Oauth { scope } => {
                // Section 2.3.1: both are form-encoded before they are joined.
                let mut pair = Zeroizing::new(String::with_capacity(3 * (id.len() + secret.len()) + 1));
                pair.extend(utf8_percent_encode(&id, ESCAPED));
                pair.push(':');
                pair.extend(utf8_percent_encode(&secret, ESCAPED));
                let mut form = form_urlencoded::Serializer::new(String::new());
                form.append_pair("grant_type", "client_credentials");
                if let Some(scope) = scope {
                    form.append_pair("scope", scope);
                }
                let form = Zeroizing::new(form.finish().into_bytes());
                Request::new(Method::Post, self.path.as_str())
                    .with_body("application/x-www-form-urlencoded", form)
                    .with_header("Authorization", format!("Basic {}", Base64::encode_string(pair.as_bytes())))
                    .with_header("Accept", "application/json")
            }
            GrantKind::Huawei { domain, project } => {
                let body = serde_json::json!({ "auth": {
                    "identity": { "methods": ["password"], "password": {
                        "user": { "domain": { "name": domain }, "name": *id, "password": *secret } } },
                    "scope": { "project": { "name": project } },
                } });
                let body = Zeroizing::new(body.to_string().into_bytes());
                Request::new(Method::Post, self.path.as_str())
                    .with_body("application/json;charset=utf8", body)
            }
        }
    }

    /// What the reply to it says.
    pub(super) fn token(&self, reply: &Response, now: Timestamp) -> Result<Token, AuthorityError> {
        let expected = if matches!(self.kind, GrantKind::Huawei { .. }) { 201 } else { 200 };
        if reply.status != expected {
            // A token that wasn't given leaves nothing open: nobody was asked about, nothing was billed.
            return Err(match status::error_of(reply, now) {
                AuthorityError::Indeterminate => AuthorityError::Transient { retry_after: None },
                _ if matches!(reply.status, 400 | 401 | 403) => AuthorityError::Denied,
                other => other,
            });
        }
        let body = Json::parse(&reply.body).ok_or(AuthorityError::Protocol)?;
        let (value, ends) = match self.kind {
            GrantKind::Huawei { .. } => {
                let ends = body.at("/token/expires_at").and_then(Json::as_text);
                let ends =
                    ends.and_then(|text| text.parse::<Timestamp>().ok()).ok_or(AuthorityError::Protocol)?;
                (reply.header("x-subject-token").ok_or(AuthorityError::Protocol)?, ends)
            }
            GrantKind::Oauth { .. } | GrantKind::OauthQuery => {
                let value =
                    body.at("/access_token").and_then(Json::as_text).ok_or(AuthorityError::Protocol)?;
                let kind = body.at("/token_type").and_then(Json::as_text);
                if self.place == TokenPlace::Bearer
                    && kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
                {
                    return Err(AuthorityError::Protocol);
                }
                let lasts = match body.at("/expires_in") {
                    None => UNSTATED,
                    Some(Json::Integer(seconds @ 1..=100_000_000)) => SignedDuration::from_secs(*seconds),
                    Some(_) => return Err(AuthorityError::Protocol),
                };
                (value, later(now, lasts.unsigned_abs()))
            }
        };
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_graphic()) || ends <= now {
            return Err(AuthorityError::Protocol);
        }
        Ok(Token { value: Secret::new(value), ends: ends.min(later(now, LONGEST.unsigned_abs())) })
    }

    /// The question with its token.
    pub(super) fn carried(&self, request: Request, token: &Secret) -> Request {
        // Visible ASCII, checked when it came.
        let token = Zeroizing::new(String::from_utf8_lossy(token.expose()).into_owned());
        match &self.place {
            TokenPlace::Bearer => request.with_header("Authorization", format!("Bearer {}", *token)),
            TokenPlace::Header(name) => request.with_header(name, token.as_str()),
            TokenPlace::Query(name) => request.with_parameter(name, &token),
        }
    }
}

#[cfg(test)]
mod tests;
