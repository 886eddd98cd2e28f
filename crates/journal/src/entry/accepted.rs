//! The event of an acceptance.

use realname_token::jose::{Json, Unverified};
use realname_token::rely::Record;

use super::{Event, Stated};
use crate::tree::Hash;

impl Event {
    /// The event of that kind about an accepted record: its digest, the demand's nonce and purpose, and who attested where. Who it was
    /// isn't in it, nor which number.
    pub fn accepted(event: &str, nonce: &str, record: &Record) -> Self {
        let verdict = record.verdict();
        let json = Json::parse(&record.to_bytes(), usize::MAX).unwrap_or(Json::Null);
        let token = json.member("token").and_then(Json::as_str);
        let issued = token.and_then(|token| token.split('~').next()).unwrap_or_default();
        // The signature was verified when the record was accepted.
        let payload = Unverified::parse(issued).ok().and_then(|jws| jws.peek().ok().cloned());
        let payload = payload.unwrap_or(Json::Null);
        let terminal = payload.member("realname").and_then(|own| own.member("terminal"));
        let of_terminal = |name| terminal.and_then(|terminal| terminal.member(name)).and_then(Json::as_str);
        let purpose = verdict.purpose();
        Self::new(event)
            .with("record", Stated::Digest(Hash::of(issued.as_bytes())))
            .with_fitting("nonce", Some(nonce))
            .with_fitting("purpose", purpose.as_ref().map(|purpose| purpose.as_str()))
            .with_fitting("agent", of_terminal("agent"))
            .with_fitting("terminal", of_terminal("id"))
            .with_fitting("region", of_terminal("region"))
            .with_fitting("supersedes", record.supersedes().as_deref())
    }
}
