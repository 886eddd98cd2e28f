//! The event of an acceptance.

use jiff::Timestamp;
use realname_terms::{ClaimName, DocumentKind, IdNumber, NumberKind, Personal};
use realname_token::demand::Transaction;
use realname_token::jose::{Json, Unverified};
use realname_token::rely::{Accepting, Record};

use super::{Event, Stated};
use crate::keyed::YearKey;
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

    /// The event `verified` of an acceptance that is about to be recorded. With the secret of the year it has keyed digests of person and
    /// number, where they were disclosed.
    pub fn verified(accepting: &Accepting<'_>, key: Option<&YearKey>, now: Timestamp) -> Self {
        let event =
            Self::accepted("verified", accepting.nonce, accepting.record).with("time", Stated::Time(now));
        let Some(key) = key else { return event };
        let number = accepting.transaction.and_then(Transaction::number).map(Personal::as_str);
        let person = accepting.claims.and_then(|claims| {
            let document = IdNumber::new(claims.text(ClaimName::IdNumber)?.as_str_raw());
            // Where the kind wasn't asked for, the form of a citizen's number is enough.
            let citizen = (document.kind() == NumberKind::Citizen).then_some(DocumentKind::Resident.as_str());
            let kind = claims.text(ClaimName::IdType).map(|kind| kind.as_str_raw()).or(citizen)?;
            Some(key.person(kind, &document.canonical()))
        });
        let digests = [("person_key", person), ("number_key", number.map(|number| key.number(number)))];
        digests.into_iter().fold(event, |event, (member, digest)| match digest {
            Some(digest) => event.with(member, Stated::Digest(digest)),
            None => event,
        })
    }
}
