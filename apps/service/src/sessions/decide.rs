//! The end of a session: the photos together, the register, the policy, the signature.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::appraisal::{
    Case, CaseRequest, ConsentGiven, DecideError, Declared, Evidence, Quotas, Remote, Retry,
};
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Slot, Triplet};
use realname::demand::{Transaction, VerifiedDemand};
use realname::jose::random_id;
use realname::profile::Explain;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::api::fits;
use super::page_calls::page_session;
use super::session::{Outcome, Session, Shared, lock};
use super::told::Decided;
use crate::Refusal;
use crate::app::App;
use crate::call::answer;
use crate::clock::now;
use crate::hook::Event;
use crate::measures::Named;
use crate::operator::Operator;

/// Asks the register, decides and signs. A second call hears what came of the first.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/complete", operation_id = "complete_session", tag = "page",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "attested or refused", body = Decided),
        (status = "default", response = crate::shown::Error),
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
        let (outcome, told) = match done {
            Ok(Conclusion::Attested(presentation)) => {
                (Outcome::Attested(presentation), Ok((Decided::Attested, "attested")))
            }
            Ok(Conclusion::Refused { refusal, last: true }) => {
                (Outcome::Refused(refusal.clone()), Ok((Decided::Refused { refusal, last: true }, "refused")))
            }
            Ok(Conclusion::Refused { refusal, last: false }) => (
                Outcome::Open(Some(refusal.clone())),
                Ok((Decided::Refused { refusal, last: false }, "refused_for_now")),
            ),
            Err(error) => (Outcome::Open(None), Err(error)),
        };
        let is_over = !matches!(outcome, Outcome::Open(_));
        let mut session = lock(&deciding);
        session.outcome = outcome;
        if is_over {
            session.forget();
        }
        let (id, principal, demand) =
            (session.id.clone(), session.principal.clone(), Arc::clone(&session.demand));
        drop(session);
        if is_over {
            let kept = Event::done(&id, demand.nonce(), now())
                .and_then(|event| operator.tell(&principal, &event, true));
            // A session lives in this process alone. If its event can't be kept, only the log says so.
            if let Err(error) = kept {
                tracing::error!(code = error.code(), "an event wasn't kept");
            }
            operator.wake(&principal);
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
            // The queue was full, so deciding never began and the session is open again.
            if matches!(refusal, Refusal::Busy) && matches!(session.outcome, Outcome::Deciding) {
                session.outcome = Outcome::Open(None);
            }
            Err(refusal)
        }
    }
}

/// Whether it is due. What was decided is told again.
fn begin(session: &Shared) -> Result<Option<Decided>, Refusal> {
    let mut session = lock(session);
    match &session.outcome {
        Outcome::Attested(_) => return Ok(Some(Decided::Attested)),
        Outcome::Refused(refusal) => {
            return Ok(Some(Decided::Refused { refusal: refusal.clone(), last: true }));
        }
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

/// A file's bytes, wiped when nobody needs them any more.
type Bytes = Arc<Zeroizing<Vec<u8>>>;

/// What a decision needs, taken out of its session: nobody who looks at the session waits for the decision.
struct Material {
    demand: Arc<VerifiedDemand>,
    compact: Arc<str>,
    declared: Declared,
    consent: ConsentGiven,
    /// In the order in which they came.
    photos: Vec<(Slot, Bytes, Timestamp)>,
    account: String,
}

impl Material {
    fn of(session: &Session) -> Option<Self> {
        let mut photos: Vec<_> = session
            .photos
            .iter()
            .map(|(slot, photo)| (*slot, Arc::clone(&photo.bytes), photo.taken_at))
            .collect();
        photos.sort_by_key(|(.., taken_at)| *taken_at);
        Some(Self {
            demand: Arc::clone(&session.demand),
            compact: Arc::clone(&session.compact),
            declared: session.declared.clone()?,
            consent: session.consent.clone()?,
            photos,
            account: session.account.clone(),
        })
    }

    /// The evidence, its photos decoded anew and chained from the demand's nonce.
    fn evidence(&self) -> Result<Remote, Refusal> {
        let (intake, mut photos) = (Intake::default(), CaptureSession::new(self.demand.nonce()));
        for (slot, bytes, taken_at) in &self.photos {
            photos.admit(intake.take(*slot, bytes.to_vec(), *taken_at)?)?;
        }
        let (declared, consent) = (self.declared.clone(), self.consent.clone());
        Ok(Remote::new(declared, photos.into_triplet()?, consent, &Thresholds::default()))
    }
}

/// All of it, on one thread: whoever asked may be gone by the end.
fn conclude(operator: &Operator, shared: &Shared, now: Timestamp) -> Result<Conclusion, Refusal> {
    let desk = operator.desk()?;
    let material = Material::of(&lock(shared)).ok_or(Refusal::Internal)?;
    let demand = &material.demand;
    // The session may be an hour old. The asker's key, or one of this terminal's, may have been stolen or have ended since: then no
    // register is asked about the person, and paid, for an answer that nobody takes.
    fits(operator, &material.compact, now)?;
    let evidence: Evidence = material.evidence()?.into();
    let mut request =
        CaseRequest::new(demand.purpose().clone(), operator.env, now).terminal(desk.terminal.as_str());
    if let Some(number) = demand.transaction().and_then(Transaction::number) {
        request = request.offering_phone_number(number.clone());
    }
    let check = random_id().map_err(|_| Refusal::Internal)?;
    let quotas = Quotas::of_terminal(operator.store.as_ref(), desk.policy.limits())?;
    let signals = quotas.count_evidence(&evidence, &material.account, &check, now)?;
    let faults = match &evidence {
        Evidence::Remote(remote) => json!(remote.examination().faults),
        _ => Value::Null,
    };
    let case = Case::open(evidence, &desk.policy, request.signals(signals))?;
    // The register isn't asked then, and the buyer may take the photos again.
    let hopeless = !case.can_pass();
    match case.decide(desk.register.as_ref()) {
        Ok(verified) => {
            let signed = desk.attestor.attest(verified, demand, now)?;
            Ok(Conclusion::Attested(Zeroizing::new(signed.present(demand, now)?)))
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
