//! Presentations: decided on, and recorded, in one piece of work.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::demand::{Kept, PendingDemand};
use realname::rely::{Answer, Answering, DemandRef, Judged, Limits, Record, UnverifiedPresentation, Verdict};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::order::{self, Order};
use super::telling;
use crate::Refusal;
use crate::app::App;
use crate::call::{self, Call, answer};
use crate::clock::now;
use crate::measures::Named;
use crate::once::{Once, Seed, Told};
use crate::operator::{Operator, Trust};
use crate::scope::Scope;

/// The longest presentation, in bytes.
const LONGEST: usize = 64 * 1024;
/// The type of a bare presentation.
const BARE: &str = "application/dc+sd-jwt";

/// A presentation to decide on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Presented {
    /// The SD-JWT with its key binding.
    #[schema(max_length = 65536)]
    presentation: String,
}

/// Decides on a presentation and records an acceptance: a demand is answered once.
#[utoipa::path(
    post, path = "/v1/presentations", operation_id = "decide_presentation", tag = "relying party",
    request_body(content((Presented = "application/json"), (String = "application/dc+sd-jwt"))),
    params(
        ("record" = Option<String>, Query, description = "1: adds `record`, what is kept of an acceptance"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _"),
    ),
    responses(
        (status = 200, description = "The verdict, accepted or refused", body = crate::shown::VerdictShown),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["verify"]))
)]
pub(crate) async fn decide(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Verify).await?;
    let body = call.bytes(LONGEST + 1024, &["application/json", BARE]).await?;
    let with_record = match call.parameter("record")? {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(Refusal::Parameter),
    };
    let text = if call::is_type(&call.headers, BARE) {
        String::from_utf8(body.to_vec()).map_err(|_| Refusal::Members("it isn't UTF-8"))?
    } else {
        call::members::<Presented>(&body)?.presentation
    };
    if text.len() > LONGEST {
        return Err(Refusal::TooLarge { limit: LONGEST });
    }
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let verdict = app
        .pool
        .run(move || {
            let now = now();
            let deciding = Deciding {
                trust: &*operator.trust(now)?,
                operator: &operator,
                principal: &caller.grant.principal,
                now,
            };
            deciding.run(&once, &text, with_record)
        })
        .await?;
    app.take_events();
    let word = verdict.get("verdict").and_then(Value::as_str).unwrap_or("refused");
    app.measures.verdicts.get_or_create(&Named("verdict", word.to_owned())).inc();
    Ok(answer(StatusCode::OK, &verdict))
}

/// As [`decide`], for the demonstration's shop. What was accepted before is told as it was recorded.
pub(crate) fn decide_for(app: &App, principal: &str, text: &str) -> Result<Value, Refusal> {
    let now = now();
    let operator = &app.operator;
    let deciding = Deciding { trust: &*operator.trust(now)?, operator, principal, now };
    // The same mark each time the same text comes: looking again at a session isn't a second answer.
    let seed = Seed { bits: [0; 16], word: Some(realname::demand::demand_hash(text)) };
    let (told, fresh) = deciding.decide(text, &seed)?;
    deciding.shown(&told, fresh, text, false)
}

/// A verdict that was found just now, and which order it is about: what was looked up for it isn't looked up again.
struct Fresh {
    verdict: Verdict,
    order: Order,
}

/// One decision.
struct Deciding<'a> {
    operator: &'a Operator,
    trust: &'a Trust,
    principal: &'a str,
    now: Timestamp,
}

impl Deciding<'_> {
    fn run(&self, once: &Once, text: &str, with_record: bool) -> Result<Value, Refusal> {
        let mut fresh = None;
        let store = self.operator.store.as_ref();
        let told = once.run(store, self.now, |seed| {
            let (told, found) = self.decide(text, seed)?;
            fresh = found;
            Ok(told)
        })?;
        self.shown(&told, fresh, text, with_record)
    }

    fn shown(
        &self,
        told: &Told,
        mut fresh: Option<Fresh>,
        text: &str,
        with_record: bool,
    ) -> Result<Value, Refusal> {
        if let Some(Fresh { verdict, order }) = fresh.take_if(|_| !with_record) {
            let mut verdict = json!(verdict);
            order.tell(&mut verdict);
            return Ok(verdict);
        }
        let store = self.operator.store.as_ref();
        let nonce =
            UnverifiedPresentation::parse(text).ok().and_then(|parsed| parsed.nonce().map(str::to_owned));
        let kept = match &nonce {
            Some(nonce) => order::find(store, nonce, self.principal)?,
            None => None,
        };
        let mut verdict = match fresh {
            Some(Fresh { verdict, .. }) => json!(verdict),
            None => self.again(told, text, kept.as_ref())?,
        };
        Order::of(nonce.as_deref(), kept.as_ref().map(|kept| &kept.pending)).tell(&mut verdict);
        let accepted = verdict["verdict"] == "accepted";
        if let (true, true, Some(record)) = (with_record, accepted, kept.and_then(|kept| kept.answer)) {
            verdict["record"] = serde_json::from_slice(&record).map_err(|_| Refusal::Internal)?;
        }
        Ok(verdict)
    }

    /// Looks, judges and records. What is told of an acceptance is its nonce: the claims are in the body.
    fn decide(&self, text: &str, seed: &Seed) -> Result<(Told, Option<Fresh>), Refusal> {
        let store = self.operator.store.as_ref();
        let answering = match Answering::parse(text, DemandRef::ByPresentation) {
            Ok(answering) => answering,
            Err(refused) => {
                let nonce = UnverifiedPresentation::parse(text).ok();
                let nonce = nonce.as_ref().and_then(|parsed| parsed.nonce());
                return Ok(told(refused.into(), Order::of(nonce, None)));
            }
        };
        let kept = order::find(store, answering.nonce(), self.principal)?;
        let order = Order::of(Some(answering.nonce()), kept.as_ref().map(|kept| &kept.pending));
        // The record's mark is this call's: an earlier try recorded the answer and was cut off before it could tell it.
        let own = seed.word.as_deref().zip(kept.as_ref().and_then(|kept| kept.answer.as_deref()));
        if own.is_some_and(|(word, answer)| {
            Record::parse(answer).is_ok_and(|record| record.noted() == Some(word))
        }) {
            return Ok((Told { status: 200, of: json!({"accepted": answering.nonce()}) }, None));
        }
        let transaction = kept.as_ref().and_then(|kept| kept.pending.transaction().cloned());
        match answering.judge(kept, &self.trust.list, self.now, &Limits::default()) {
            Judged::Settled(answer) => Ok(told(answer, order)),
            Judged::Acceptable(recording) => {
                let recording = match &seed.word {
                    Some(word) => recording.noting(word),
                    None => recording,
                };
                // Answer and events in one step: no acceptance without its event, and no event without its acceptance.
                let accepting = recording.accepting(transaction.as_ref());
                let events = telling::of(self.operator, self.principal, &accepting, self.now)?;
                let answered = recording.record_telling(store, &events, self.now)?;
                self.operator.wake(self.principal);
                Ok(told(recording.recorded(answered), order))
            }
        }
    }

    /// What was told before, made again: a refusal as it was, an acceptance from the body and its record, as of then.
    fn again(&self, told: &Told, text: &str, kept: Option<&Kept>) -> Result<Value, Refusal> {
        if told.of.get("accepted").is_none() {
            return Ok(told.of.clone());
        }
        let kept = kept.ok_or(Refusal::Internal)?;
        let record = Record::parse(kept.answer.as_deref().ok_or(Refusal::Internal)?)?;
        let then = record.accepted_at().unwrap_or(self.now);
        let parsed = UnverifiedPresentation::parse(text).map_err(|_| Refusal::Internal)?;
        Ok(json!(verify(parsed, &kept.pending, self.trust, then)))
    }
}

fn verify(
    parsed: UnverifiedPresentation<'_>,
    pending: &PendingDemand,
    trust: &Trust,
    at: Timestamp,
) -> Verdict {
    parsed.verify(pending, &trust.list, at, &Limits::default())
}

fn told(answer: Answer, order: Order) -> (Told, Option<Fresh>) {
    let verdict = answer.verdict;
    let of = match &answer.record {
        Some(_) => json!({"accepted": true}),
        // A refused verdict has no claims.
        None => json!(verdict),
    };
    (Told { status: 200, of }, Some(Fresh { verdict, order }))
}
