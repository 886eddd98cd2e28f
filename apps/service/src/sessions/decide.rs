//! The end of a session: the photos together, the register, the policy, the signature.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::appraisal::{
    Case, CaseRequest, ConsentGiven, DecideError, Declared, Evidence, Quotas, Reason, Remote, Retry,
};
use realname::capture::live::LiveTake;
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Slot, Triplet};
use realname::demand::Transaction;
use realname::document::Personal;
use realname::jose::random_id;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::api::fits;
use super::live_state::KeptFrame;
use super::page_calls::{PageCall, typed};
use super::session::{Outcome, Session};
use super::told::Decided;
use crate::Refusal;
use crate::app::App;
use crate::call::{Path, answer};
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
    let page = PageCall::of(&app, &id, request.headers())?;
    page.look(&app).await?;
    let run = app.clone();
    // Photos are decoded again here, so it takes a turn among the photos.
    let (told, how) = app.photos.run(move || decide(&run, &page)).await?;
    if let Some(how) = how {
        app.measures.sessions.get_or_create(&Named("outcome", how.to_owned())).inc();
    }
    Ok(answer(StatusCode::OK, &told))
}

/// Decides, unless it was decided before; with the outcome's name for the figures.
fn decide(app: &App, page: &PageCall) -> Result<(Decided, Option<&'static str>), Refusal> {
    let (sessions, operator, began) = (&app.sessions, &app.operator, now());
    let turn = random_id().map_err(|_| Refusal::Internal)?;
    let (session, told) = sessions.change(&page.id, began, |session| begin(session, &turn, began))?;
    if let Some(told) = told {
        return Ok((told, None));
    }
    let conclusion =
        Material::of(app, page, &session).and_then(|material| conclude(operator, &material, began));
    let (outcome, told) = match conclusion {
        Ok(Conclusion::Attested(presentation)) => {
            (Outcome::Attested(presentation), Ok((Decided::Attested, Some("attested"))))
        }
        Ok(Conclusion::Refused { refusal, last: true }) => (
            Outcome::Refused(refusal.clone()),
            Ok((Decided::Refused { refusal, last: true }, Some("refused"))),
        ),
        Ok(Conclusion::Refused { refusal, last: false }) => (
            Outcome::Open(Some(refusal.clone())),
            Ok((Decided::Refused { refusal, last: false }, Some("refused_for_now"))),
        ),
        Err(error) => (Outcome::Open(None), Err(error)),
    };
    let is_over = !matches!(outcome, Outcome::Open(_));
    if is_over {
        // Kept before the outcome is, and told only when that was: so none is lost between the two.
        operator.tell(&session.principal, &Event::done(&session.id, &session.asked.nonce, now()))?;
    }
    let ended = sessions.change(&page.id, now(), |session| {
        // Another began anew, because this took too long. What that one finds holds.
        if !matches!(&session.outcome, Outcome::Deciding { turn: other, .. } if *other == turn) {
            return Err(Refusal::IdempotencyRunning);
        }
        session.outcome = outcome.clone();
        if is_over {
            session.forget();
        }
        Ok(())
    });
    ended?;
    if is_over {
        sessions.drop_photos(&page.id)?;
        operator.wake(&session.principal);
    }
    told
}

/// Whether it is due. What was decided is told again.
fn begin(session: &mut Session, turn: &str, now: Timestamp) -> Result<Option<Decided>, Refusal> {
    match &session.outcome {
        Outcome::Attested(_) => return Ok(Some(Decided::Attested)),
        Outcome::Refused(refusal) => {
            return Ok(Some(Decided::Refused { refusal: refusal.clone(), last: true }));
        }
        Outcome::Deciding { .. } if session.is_deciding(now) => return Err(Refusal::IdempotencyRunning),
        Outcome::Deciding { .. } | Outcome::Open(_) => {}
    }
    let missing = if session.consent.is_none() {
        Some("the consent comes first")
    } else if session.declared.is_none() {
        Some("name and number come first")
    } else if Triplet::SLOTS.iter().any(|slot| !session.photos.contains_key(slot.as_str())) {
        Some("a photo is missing")
    } else if session.live.is_missing(&session.asked.nonce) {
        Some("the live capture is missing")
    } else {
        None
    };
    if let Some(missing) = missing {
        return Err(Refusal::NotYet { missing });
    }
    session.outcome = Outcome::Deciding { turn: turn.to_owned(), since: now };
    Ok(None)
}

/// What came of it.
enum Conclusion {
    Attested(Personal),
    /// `last`: nothing that the buyer does in this session would change it.
    Refused {
        refusal: Value,
        last: bool,
    },
}

/// What a decision needs, taken out of its session.
struct Material {
    compact: Personal,
    declared: Declared,
    consent: ConsentGiven,
    /// In the order in which they came.
    photos: Vec<(Slot, Zeroizing<Vec<u8>>, Timestamp)>,
    live: Option<LiveTake>,
    account: Personal,
}

impl Material {
    fn of(app: &App, page: &PageCall, session: &Session) -> Result<Self, Refusal> {
        let key = app.sessions.page_key(&page.id, &page.cookie);
        let mut photos = Vec::new();
        for (slot, photo) in &session.photos {
            let slot = Slot::from_name(slot).ok_or(Refusal::Internal)?;
            photos.push((slot, app.sessions.photo(&page.id, &key, photo)?, photo.taken_at));
        }
        photos.sort_by_key(|(.., taken_at)| *taken_at);
        let frame =
            |kept: &KeptFrame| Ok(app.sessions.pieces(&page.id, &key, (&kept.name, kept.pieces))?.to_vec());
        let live =
            session.live.current().map(|begun| begun.finish(&session.asked.nonce, frame)).transpose()?;
        let purpose = session.asked.purpose.parse().map_err(|_| Refusal::Internal)?;
        let agreed = session.consent.ok_or(Refusal::Internal)?;
        let consent = ConsentGiven::new(&session.consent_text, [purpose], agreed);
        Ok(Self {
            compact: session.compact.clone(),
            declared: typed(session, &key)?,
            consent: if session.consent_phone_number { consent.with_phone_number() } else { consent },
            photos,
            live: live.flatten(),
            account: session.account.clone(),
        })
    }

    /// The evidence, its photos decoded anew and chained from the demand's nonce.
    fn evidence(&self, nonce: &str) -> Result<Remote, Refusal> {
        let (intake, mut photos) = (Intake::default(), CaptureSession::new(nonce));
        for (slot, bytes, taken_at) in &self.photos {
            photos.admit(intake.take(*slot, bytes.to_vec(), *taken_at)?)?;
        }
        let (declared, consent) = (self.declared.clone(), self.consent.clone());
        Ok(Remote::new(declared, photos.into_triplet()?, consent, &Thresholds::default()))
    }
}

/// All of it, on one thread: whoever asked may be gone by the end.
fn conclude(operator: &Operator, material: &Material, now: Timestamp) -> Result<Conclusion, Refusal> {
    let desk = operator.desk()?;
    // The session may be an hour old. The asker's key, or one of this terminal's, may have been stolen or have ended since: then no
    // register is asked about the person, and paid, for an answer that nobody takes.
    let demand = &fits(operator, material.compact.as_str(), now)?;
    let evidence: Evidence = material.evidence(demand.nonce())?.into();
    let mut request =
        CaseRequest::new(demand.purpose().clone(), operator.env, now).terminal(desk.terminal.as_str());
    if let Some(number) = demand.transaction().and_then(Transaction::number) {
        request = request.offering_phone_number(number.clone());
    }
    let check = random_id().map_err(|_| Refusal::Internal)?;
    let policy = desk.policy(demand.purpose())?;
    let quotas = Quotas::of_terminal(operator.store.as_ref(), policy.limits())?;
    let signals = quotas.count_evidence(&evidence, material.account.as_str(), &check, now)?;
    let faults = match &evidence {
        Evidence::Remote(remote) => json!(remote.examination().faults),
        _ => Value::Null,
    };
    let case = Case::open(evidence, policy, request.signals(signals))?;
    let (case, could_go_live) = match (&desk.checker, &material.live) {
        (Some(checker), Some(take)) => (case.with_live_capture(take, checker.as_ref()), false),
        (checker, _) => (case, checker.is_some()),
    };
    // The register isn't asked then, and the buyer may take the photos again.
    let hopeless = !case.can_pass();
    match case.decide(desk.register.as_ref()) {
        Ok(verified) => {
            let signed = desk.attestor.attest(verified, demand, now)?;
            Ok(Conclusion::Attested(signed.present(demand, now)?.into()))
        }
        Err(DecideError::Refused(refused)) => {
            // Nobody looked whether a person is there, and the buyer left out what would show it.
            let may_go_live = could_go_live && refused.reasons().contains(&Reason::LivenessNotRun);
            let last = !hopeless && !may_go_live && matches!(refused.retry(), Retry::No);
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
