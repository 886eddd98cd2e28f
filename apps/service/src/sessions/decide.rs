//! The end of a session: the photos together, the register, the policy, the signature.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, DecideError, Evidence, Quotas, Remote, Retry};
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Triplet};
use realname::demand::Transaction;
use realname::jose::{decode, random_id};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::page_calls::{decided, page_session};
use super::session::{Outcome, Photo, Session, Shared, lock};
use crate::Refusal;
use crate::app::App;
use crate::call::{answer, now};
use crate::measures::Named;
use crate::operator::Operator;

/// Asks the register, decides and signs. A second call hears what came of the first.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/complete", tag = "page",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "attested or refused", body = Object),
        (status = "default", response = crate::openapi::Error),
    )
)]
pub(crate) async fn complete(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let session = page_session(&app, &id, request.headers(), false)?;
    if let Some(told) = begin(&session)? {
        return Ok(answer(StatusCode::OK, &told));
    }
    let operator = Arc::clone(&app.operator);
    let deciding = Arc::clone(&session);
    // Photos are decoded again here, so it takes a turn among the photos.
    let run = app.photos.run(move || {
        let done = conclude(&operator, &deciding, now());
        let mut session = lock(&deciding);
        let (outcome, told) = match done {
            Ok(Conclusion::Attested(presentation)) => {
                (Outcome::Attested(presentation), Ok((decided("attested", None, true), "attested")))
            }
            Ok(Conclusion::Refused { refusal, last: true }) => {
                (Outcome::Refused(refusal.clone()), Ok((decided("refused", Some(refusal), true), "refused")))
            }
            Ok(Conclusion::Refused { refusal, last: false }) => (
                Outcome::Open(Some(refusal.clone())),
                Ok((decided("refused", Some(refusal), false), "refused_for_now")),
            ),
            Err(error) => (Outcome::Open(None), Err(error)),
        };
        session.outcome = outcome;
        if !matches!(session.outcome, Outcome::Open(_)) {
            session.forget();
        }
        told
    });
    match run.await {
        Ok((told, how)) => {
            app.measures.sessions.get_or_create(&Named("outcome", how.to_owned())).inc();
            Ok(answer(StatusCode::OK, &told))
        }
        Err(refusal) => {
            let mut session = lock(&session);
            // Never begun: the queue was full.
            if matches!(refusal, Refusal::Busy) && matches!(session.outcome, Outcome::Deciding) {
                session.outcome = Outcome::Open(None);
            }
            Err(refusal)
        }
    }
}

/// Whether it is due. What was decided is told again.
fn begin(session: &Shared) -> Result<Option<Value>, Refusal> {
    let mut session = lock(session);
    match &session.outcome {
        Outcome::Attested(_) => return Ok(Some(decided("attested", None, true))),
        Outcome::Refused(refusal) => return Ok(Some(decided("refused", Some(refusal.clone()), true))),
        Outcome::Deciding => return Err(Refusal::IdempotencyRunning),
        Outcome::Open(_) => {}
    }
    let missing = if session.consent.is_none() {
        Some("the consent comes first")
    } else if session.declared.is_none() {
        Some("name and number come first")
    } else if Triplet::SLOTS.iter().any(|slot| !session.photos.contains_key(slot)) {
        Some("a photo is missing")
    } else {
        None
    };
    if let Some(missing) = missing {
        return Err(Refusal::NotYet { missing });
    }
    session.outcome = Outcome::Deciding;
    Ok(None)
}

/// What came of it.
enum Conclusion {
    Attested(Zeroizing<String>),
    /// `last`: nothing that the buyer does in this session would change it.
    Refused {
        refusal: Value,
        last: bool,
    },
}

/// The evidence of a session, its photos decoded anew and chained from the demand's nonce.
fn evidence(session: &Session) -> Result<Remote, Refusal> {
    let bytes = decode(session.demand.nonce()).unwrap_or_default();
    let nonce = <[u8; 16]>::try_from(bytes).unwrap_or_default();
    let (intake, mut photos) = (Intake::default(), CaptureSession::new(nonce));
    let mut came: Vec<(_, &Photo)> = session.photos.iter().collect();
    came.sort_by_key(|(_, photo)| photo.taken_at);
    for (slot, photo) in came {
        photos.admit(intake.take(*slot, photo.bytes.to_vec(), photo.taken_at)?)?;
    }
    let missing = Refusal::Internal;
    let (Some(declared), Some(consent)) = (session.declared.clone(), session.consent.clone()) else {
        return Err(missing);
    };
    Ok(Remote::new(declared, photos.into_triplet()?, consent, &Thresholds::default()))
}

/// All of it, on one thread: whoever asked may be gone by the end.
fn conclude(operator: &Operator, shared: &Shared, now: Timestamp) -> Result<Conclusion, Refusal> {
    let desk = operator.desk()?;
    let (evidence, request, account) = {
        let session = lock(shared);
        let evidence: Evidence = evidence(&session)?.into();
        let mut request = CaseRequest::new(session.demand.purpose().clone(), operator.env, now)
            .with_terminal(desk.terminal.as_str());
        if let Some(Transaction::Number { number, .. }) = session.demand.transaction() {
            request = request.offering_phone_number(number.clone());
        }
        (evidence, request, session.account.clone())
    };
    let check = random_id().map_err(|_| Refusal::Internal)?;
    let quotas = Quotas::of_terminal(operator.store.as_ref(), desk.policy.limits())?;
    let signals = quotas.count_evidence(&evidence, &account, &check, now)?;
    let faults = match &evidence {
        Evidence::Remote(remote) => json!(remote.examination().faults),
        _ => Value::Null,
    };
    let case = Case::open(evidence, &desk.policy, request.with_signals(signals))?;
    // The register isn't asked then, and the buyer may take the photos again.
    let hopeless = !case.can_pass();
    match case.decide(desk.register.as_ref()) {
        Ok(verified) => {
            let session = lock(shared);
            let signed = desk.attestor.attest(verified, &session.demand, now)?;
            Ok(Conclusion::Attested(Zeroizing::new(signed.present(&session.demand, now)?)))
        }
        Err(DecideError::Refused(refused)) => {
            let last = !hopeless && matches!(refused.retry(), Retry::No);
            let mut refusal = json!(refused);
            if hopeless {
                refusal["faults"] = faults;
            }
            Ok(Conclusion::Refused { refusal, last })
        }
        Err(DecideError::Setup(error)) => Err(error.into()),
        Err(_) => Err(Refusal::Internal),
    }
}
