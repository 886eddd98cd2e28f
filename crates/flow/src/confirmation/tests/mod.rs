//! The rule, its edges, and what attacks it. Numbers and texts are synthetic.

mod day;
mod grants;
mod privacy;
mod races;
mod replies;
mod sending;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::*;
use crate::jose::{Algorithm, Json, SigningKey, Unverified, encode, sign};
use crate::profile::{ClaimName, Env, GRANT_TYP, Lang, Purpose, ReasonCode};
use crate::store::{MemoryStore, Store};
use crate::trust::{Anchor, ListBuilder, ListEntry, TrustList};

const ISS: &str = "https://home.example";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-11-21T12:00:00+08:00")
}

fn number(last: u32) -> PhoneNumber {
    format!("+86138{last:08}").parse().unwrap()
}

fn service(name: &str) -> ServiceId {
    name.parse().unwrap()
}

fn question(number: PhoneNumber, name: &str) -> Question {
    Question::new(number, service(name), Price::fen(500), "测试业务").unwrap()
}

/// A relying party with its store, key and the trust list that knows it.
struct Home {
    store: MemoryStore,
    key: Arc<SigningKey>,
    confirmer: Confirmer,
    list: TrustList,
}

impl Home {
    fn new() -> Self {
        let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
        let confirmer = Confirmer::new(ISS, key.clone(), LedgerSecret::new([1; 32])).unwrap();
        let list = list_with(&key, &["service.order"]);
        Self { store: MemoryStore::new(), key, confirmer, list }
    }

    fn ask(&self, question: Question, now: Timestamp) -> Challenge {
        match self.confirmer.ask(&self.store, question, now).unwrap() {
            Asking::Ask(challenge) => challenge,
            Asking::Before(standing) => panic!("asked before: {standing:?}"),
        }
    }

    fn before(&self, question: Question, now: Timestamp) -> Standing {
        match self.confirmer.ask(&self.store, question, now).unwrap() {
            Asking::Before(standing) => standing,
            Asking::Ask(_) => panic!("a second question"),
        }
    }

    fn reply(&self, number: PhoneNumber, name: &str, text: &str, now: Timestamp) -> Replied {
        self.confirmer.reply(&self.store, &CustomerReply::text(number, service(name), text), now).unwrap()
    }

    fn grant(&self, question: Question, now: Timestamp) -> Grant {
        let (number, name) = (question.number.clone(), question.service.as_str().to_owned());
        let challenge = self.ask(question, now);
        match self.reply(number, &name, challenge.message().reply(), now) {
            Replied::Granted(grant) => grant,
            other => panic!("{other:?}"),
        }
    }

    fn verify(&self, compact: &str, order: &Order, now: Timestamp) -> Result<VerifiedGrant, Vec<ReasonCode>> {
        UnverifiedGrant::parse(compact)
            .and_then(|grant| grant.verify(&self.list, order, now))
            .map_err(|refused| refused.reasons)
    }
}

fn list_with(key: &SigningKey, purposes: &[&str]) -> TrustList {
    let anchor = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let purposes: Vec<Purpose> = purposes.iter().map(|name| name.parse().unwrap()).collect();
    let entry = ListEntry::asking(ISS, key.verifying_key().clone(), "测试公司", purposes, [ClaimName::Name]);
    let list = ListBuilder::new(ISS).entry(entry).sign(&anchor, at("2026-11-01T00:00:00Z")).unwrap();
    let compact = list.as_str();
    let anchor = Anchor::new(anchor.verifying_key().clone(), Timestamp::UNIX_EPOCH, Timestamp::MAX);
    TrustList::as_of(compact, &[anchor], noon()).unwrap()
}

fn order(last: u32, name: &str) -> Order {
    Order::new(number(last), service(name), Price::fen(500))
}

fn refusal(replied: Replied) -> ReasonCode {
    match replied {
        Replied::Refused(code) => code,
        other => panic!("{other:?}"),
    }
}

/// A store that remembers every byte it was given, and how often it was looked at.
#[derive(Default)]
struct Spy {
    inner: MemoryStore,
    seen: Mutex<Vec<u8>>,
    looks: AtomicUsize,
}

impl Spy {
    fn note(&self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.seen.lock().unwrap().extend_from_slice(part));
    }
}

use crate::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Counted, Entry, Put, PutAll, Putting, Space,
    StoreError, Within,
};

impl Store for Spy {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        self.note(&[key, value]);
        self.inner.put(space, key, value, expires_at)
    }

    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        puts.iter().for_each(|one| self.note(&[one.key, one.value]));
        self.inner.put_all(puts)
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.note(&[key]);
        self.inner.get(space, key)
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        self.note(&[key, answer]);
        self.inner.answer(space, key, answer, now)
    }

    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        for one in answers {
            self.note(&[one.key, one.answer]);
            one.claim.iter().for_each(|claim| self.note(&[claim.key, claim.by]));
        }
        self.inner.answer_all(answers, now)
    }

    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        self.note(&[key, answer, within.key, within.member]);
        self.inner.answer_within(space, key, answer, within, now)
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        self.note(&[key]);
        self.inner.advance(space, key, sequence, digest)
    }

    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        self.note(&[key, member]);
        self.inner.count(space, key, member, limit, expires_at, now)
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.inner.expire(before, max)
    }
}
