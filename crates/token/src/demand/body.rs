//! A demand's payload as it reads, whoever reads it.

use super::{AnswerError, Requirements, Transaction, dcql};
use crate::jose::{Json, decode};
use crate::profile::{ClaimName, Env, Purpose};

/// Every member that this crate understands. Members that would change what is asked and aren't understood refuse it.
#[derive(Clone)]
pub(super) struct Body {
    pub(super) iss: String,
    pub(super) nonce: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) purpose: Purpose,
    pub(super) env: Env,
    pub(super) transaction: Option<Transaction>,
    pub(super) vcts: Vec<String>,
    pub(super) claims: Vec<ClaimName>,
    pub(super) require: Requirements,
}

impl Body {
    pub(super) fn from_payload(payload: &Json) -> Result<Self, AnswerError> {
        let query = payload.member("dcql_query").ok_or(AnswerError::Member("dcql_query"))?;
        let (vcts, claims) = dcql::read(query)?;
        let nonce = payload.text("nonce")?;
        if decode(nonce).map_or(0, |bytes| bytes.len()) < 16 || nonce.len() > 255 {
            return Err(AnswerError::Member("nonce"));
        }
        Ok(Self {
            iss: payload.text("iss")?.to_owned(),
            nonce: nonce.to_owned(),
            iat: payload.member("iat").and_then(Json::as_seconds).ok_or(AnswerError::Time("iat"))?,
            exp: payload.member("exp").and_then(Json::as_seconds).ok_or(AnswerError::Time("exp"))?,
            purpose: payload.text("purpose")?.parse().map_err(|_| AnswerError::Member("purpose"))?,
            env: match payload.optional_text("env")? {
                None => Env::Production,
                Some(name) => Env::from_name(name).ok_or(AnswerError::Member("env"))?,
            },
            transaction: payload.member("transaction").map(Transaction::from_json).transpose()?,
            vcts,
            claims,
            require: Requirements::from_json(payload.member("require"))?,
        })
    }
}
