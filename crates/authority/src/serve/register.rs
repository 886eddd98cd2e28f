//! The register behind the connection: requests to replies, without a socket.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::question::{self, Unasked};
use crate::clock::time_left;
use crate::http::{Method, Request, Response, Seal};
use crate::words::{Word, error_word};
use crate::{Authority, AuthorityError, Finding};

/// An authority that answers requests: questions at `POST /v1/query`, look-ups at `GET /v1/answers/{key}`.
///
/// It keeps its answers by key. The same question with the same key is answered from there and not worked on twice;
/// another question with a key that was used is refused.
pub struct Register {
    authority: Arc<dyn Authority>,
    options: RegisterOptions,
    answers: Mutex<Answers>,
}

/// How a register behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegisterOptions {
    /// How replies are signed.
    pub seal: Option<Seal>,
    /// How many answers are kept; the oldest go first. With 0 it is a register that keeps none: every question is worked on
    /// anew and nothing can be looked up.
    pub kept_answers: usize,
}

impl Default for RegisterOptions {
    /// Unsigned, ten thousand answers.
    fn default() -> Self {
        Self { seal: None, kept_answers: 10_000 }
    }
}

#[derive(Default)]
struct Answers {
    by_key: HashMap<String, Kept>,
    order: VecDeque<String>,
}

struct Kept {
    question: [u8; 32],
    /// `None` while it is worked on.
    answer: Option<Vec<u8>>,
}

/// What is to be done with a question.
enum Claim {
    Work,
    Again(Vec<u8>),
    InHand,
    OtherQuestion,
}

impl Register {
    /// Answers with what `authority` says.
    pub fn new(authority: Arc<dyn Authority>, options: RegisterOptions) -> Self {
        Self { authority, options, answers: Mutex::default() }
    }

    /// The reply to `request`, complete and signed.
    pub fn reply(&self, request: &Request, now: Timestamp) -> Response {
        let (key, status, body) = self.answer(request, now);
        self.sealed(request, &key, Response::new(status, body))
    }

    /// Signs a reply.
    pub(super) fn sealed(&self, request: &Request, key: &str, reply: Response) -> Response {
        let reply = reply.with_header("content-type", "application/json");
        match &self.options.seal {
            Some(seal) => {
                let signature = seal.of_reply(request, key, &reply);
                reply.with_header(seal.header(), signature)
            }
            None => reply,
        }
    }

    fn answer(&self, request: &Request, now: Timestamp) -> (String, u16, Vec<u8>) {
        let plain = |status: u16| (String::new(), status, Vec::new());
        match request.method {
            Method::Post if request.path == "/v1/query" => match question::read(request, now) {
                Ok((key, query)) => {
                    let body = self.ask(request, &key, query, now);
                    (key, 200, body)
                }
                Err(Unasked::NotAQuestion | Unasked::Invalid(_)) => plain(400),
            },
            Method::Get => match request.path.strip_prefix("/v1/answers/") {
                Some(key) if question::is_key(key) && self.options.kept_answers > 0 => {
                    (key.to_owned(), 200, self.look_up(key))
                }
                _ => plain(404),
            },
            Method::Post => plain(404),
        }
    }

    fn ask(
        &self,
        request: &Request,
        key: &str,
        query: Result<crate::Query, crate::QueryField>,
        now: Timestamp,
    ) -> Vec<u8> {
        let query = match query {
            Ok(query) => query,
            // Not worked on, not charged for, not kept: the caller puts it right and asks again.
            Err(field) => return refused(key, &AuthorityError::InvalidInput { field }, now),
        };
        match self.claim(key, Sha256::digest(&request.body[..]).into()) {
            Claim::Again(answer) => return answer,
            Claim::InHand => return refused(key, &AuthorityError::Indeterminate, now),
            Claim::OtherQuestion => return refused(key, &AuthorityError::Protocol, now),
            Claim::Work => {}
        }
        let result = self.authority.ask(&query);
        let body = match &result {
            Ok(finding) => answered(key, finding),
            Err(error) => refused(key, error, now),
        };
        self.keep(key, (!matches!(result, Err(AuthorityError::Transient { .. }))).then(|| body.clone()));
        body
    }

    fn look_up(&self, key: &str) -> Vec<u8> {
        let word = match self.answers().by_key.get(key) {
            Some(Kept { answer: Some(answer), .. }) => return answer.clone(),
            Some(Kept { answer: None, .. }) => "pending",
            None => "never_arrived",
        };
        json!({ "result": word, "key": key }).to_string().into_bytes()
    }

    fn claim(&self, key: &str, question: [u8; 32]) -> Claim {
        if self.options.kept_answers == 0 {
            return Claim::Work;
        }
        let mut answers = self.answers();
        if let Some(kept) = answers.by_key.get(key) {
            return match &kept.answer {
                _ if kept.question != question => Claim::OtherQuestion,
                Some(answer) => Claim::Again(answer.clone()),
                None => Claim::InHand,
            };
        }
        while answers.order.len() >= self.options.kept_answers {
            let Some(oldest) = answers.order.pop_front() else { break };
            answers.by_key.remove(&oldest);
        }
        answers.by_key.insert(key.to_owned(), Kept { question, answer: None });
        answers.order.push_back(key.to_owned());
        Claim::Work
    }

    /// Keeps the answer, or forgets the question when there is none.
    fn keep(&self, key: &str, answer: Option<Vec<u8>>) {
        let mut answers = self.answers();
        match (answer, answers.by_key.get_mut(key)) {
            (Some(answer), Some(kept)) => kept.answer = Some(answer),
            (None, Some(_)) => {
                answers.by_key.remove(key);
                answers.order.retain(|known| known != key);
            }
            (_, None) => {}
        }
    }

    /// Each step on the answers is complete, so they are whole after a panic elsewhere.
    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register").field("authority", &self.authority.id()).finish_non_exhaustive()
    }
}

fn answered(key: &str, finding: &Finding) -> Vec<u8> {
    let attributes = &finding.attributes;
    let mut body = Map::new();
    let mut text = |name: &str, value: &str| body.insert(name.to_owned(), Value::from(value));
    text("result", "answered");
    text("key", key);
    text("subject", finding.subject.word());
    text("name", attributes.name.word());
    text("id_number", attributes.id_number.word());
    text("valid_from", attributes.valid_from.word());
    text("valid_until", attributes.valid_until.word());
    text("phone_number", attributes.phone_number.word());
    text("document", finding.document.word());
    text("face", finding.face.word());
    text("liveness", finding.liveness.word());
    body.insert("is_test".into(), finding.meta.is_test.into());
    if let Some(reference) = &finding.meta.reference {
        body.insert("reference".into(), reference.as_str().into());
    }
    if let Some(billed) = finding.meta.billed {
        body.insert("billed".into(), billed.into());
    }
    Value::Object(body).to_string().into_bytes()
}

fn refused(key: &str, error: &AuthorityError, now: Timestamp) -> Vec<u8> {
    let mut body = json!({ "result": error_word(error), "key": key });
    let wait = match error {
        AuthorityError::Transient { retry_after } => *retry_after,
        AuthorityError::Quota { reset, .. } => reset.map(|reset| time_left(now, reset)),
        _ => None,
    };
    if let (Some(wait), Value::Object(members)) = (wait, &mut body) {
        members.insert("retry_after".into(), wait.as_secs().into());
    }
    body.to_string().into_bytes()
}
