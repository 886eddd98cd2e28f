//! The live capture's calls: a challenge when the camera is on, and the frames that answer it.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use realname::capture::live::{Challenge, Frame};
use realname::jose::random;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::live_state::{Arrived, KeptFrame, take};
use super::page_calls::PageCall;
use crate::Refusal;
use crate::app::App;
use crate::call::{self, Path, answer};
use crate::clock::now;

/// What a page makes of a video's picture.
const TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "application/octet-stream"];
const CAPTURE_TIME: &str = "capture-time";
/// Which challenge the frame answers. Absent: the newest.
const LIVE_CHALLENGE: &str = "live-challenge";

/// What the person is asked to do, and when.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveChallenge {
    /// Names it.
    challenge: String,
    prompts: Vec<LivePrompt>,
    /// Milliseconds from this answer, after which no frame is taken.
    expires_in_ms: u32,
    /// How many milliseconds a frame may be off its time.
    tolerance_ms: u32,
}

/// One prompt.
#[derive(Serialize, ToSchema)]
pub(crate) struct LivePrompt {
    /// Which frame, from 0.
    n: u8,
    /// `look_straight`, `turn_left`, `turn_right`, `nod`, `blink` or `open_mouth`.
    prompt: &'static str,
    /// Milliseconds from this answer to the frame.
    after_ms: u32,
}

/// A frame that was taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct FrameTaken {
    /// Which, from 0.
    n: u8,
    /// How many there will be.
    of: usize,
    /// Whether that was the last one.
    complete: bool,
}

impl LiveChallenge {
    fn of(challenge: &Challenge) -> Self {
        let prompts = challenge.steps().iter();
        let prompts = prompts.map(|step| LivePrompt {
            n: step.n,
            prompt: step.prompt.as_str(),
            after_ms: step.after_ms,
        });
        Self {
            challenge: challenge.id().to_owned(),
            prompts: prompts.collect(),
            expires_in_ms: challenge.expires_in_ms(),
            tolerance_ms: Challenge::TOLERANCE_MS,
        }
    }
}

/// The camera is on: a challenge that nobody could know before. A second one voids the frames of the first.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/live", operation_id = "begin_live", tag = "page",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 200, description = "What to ask the person, and when", body = LiveChallenge),
        (status = "default", response = crate::shown::Error),
    )
)]
pub(crate) async fn live(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let page = PageCall::of(&app, &id, request.headers())?;
    page.look_open(&app).await?;
    is_set_up(&app)?;
    let run = app.clone();
    let begun = app.pool.run(move || begin(&run, &page)).await?;
    Ok(answer(StatusCode::OK, &begun))
}

fn is_set_up(app: &App) -> Result<(), Refusal> {
    if app.operator.desk()?.checker.is_some() { Ok(()) } else { Err(Refusal::NotSetUp("a live capture")) }
}

fn begin(app: &App, page: &PageCall) -> Result<LiveChallenge, Refusal> {
    let entropy = random::<32>().map_err(|_| Refusal::Internal)?;
    let (_, (challenge, void)) = app.sessions.change(&page.id, now(), |session| {
        // Looked at anew: what the challenge's times count from is the moment at which it is kept.
        let now = now();
        session.must_be_open(now)?;
        if session.consent.is_none() {
            return Err(Refusal::NotYet { missing: "the consent comes first" });
        }
        let nonce = session.asked.nonce.clone();
        session.live.begin(&nonce, entropy, now)
    })?;
    for frame in void {
        app.sessions.drop_photo(&page.id, (&frame.name, frame.pieces))?;
    }
    Ok(LiveChallenge::of(&challenge))
}

/// Takes a frame. The same one sent again is told again; any other that doesn't fit changes nothing.
#[utoipa::path(
    put, path = "/v1/sessions/{id}/live/{n}", operation_id = "upload_live_frame", tag = "page",
    params(
        ("id" = String, Path, description = "The session"),
        ("n" = u8, Path, description = "The frame, from 0"),
        ("Capture-Time" = String, Header, description = "When it was taken, by the page's clock: RFC 3339 with milliseconds"),
        ("Live-Challenge" = Option<String>, Header, description = "Which challenge it answers; the newest when absent"),
    ),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses(
        (status = 200, description = "Taken", body = FrameTaken),
        (status = "default", response = crate::shown::Error),
    )
)]
pub(crate) async fn live_frame(
    State(app): State<App>,
    Path((id, n)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let page = PageCall::of(&app, &id, &parts.headers)?;
    page.look_open(&app).await?;
    is_set_up(&app)?;
    let n: u8 = n.parse().map_err(|_| Refusal::NotFound)?;
    let bytes = call::read(&parts.headers, body, Frame::LIMITS.max_bytes, &TYPES).await?;
    // Before it waits for a turn: that we are busy isn't the buyer's delay.
    let received_at = now();
    let taken_at = capture_time(&parts.headers)?;
    let challenge = header(&parts.headers, LIVE_CHALLENGE)?.map(str::to_owned);
    app.sessions.room_for(bytes.len(), received_at)?;
    let (run, arrived) = (app.clone(), Arrived { n, taken_at, received_at });
    let taken = app.photos.run(move || admit(&run, &page, challenge.as_deref(), &arrived, &bytes)).await?;
    Ok(answer(StatusCode::OK, &taken))
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Refusal::Header(name)),
        _ => Err(Refusal::Header(name)),
    }
}

fn capture_time(headers: &HeaderMap) -> Result<Timestamp, Refusal> {
    let text = header(headers, CAPTURE_TIME)?.ok_or(Refusal::Header(CAPTURE_TIME))?;
    text.parse().map_err(|_| Refusal::Header(CAPTURE_TIME))
}

/// Takes it in, has the library judge it behind those before, keeps its bytes.
fn admit(
    app: &App,
    page: &PageCall,
    challenge: Option<&str>,
    arrived: &Arrived,
    bytes: &Zeroizing<Vec<u8>>,
) -> Result<FrameTaken, Refusal> {
    let (sessions, now) = (&app.sessions, arrived.received_at);
    let (session, begun) = sessions.change(&page.id, now, |session| {
        session.must_be_open(now)?;
        session.live.try_frame()
    })?;
    let nonce = &session.asked.nonce;
    let of = begun.challenge(nonce).steps().len();
    let told = |count: usize| FrameTaken { n: arrived.n, of, complete: count == of };
    let sha256: [u8; 32] = Sha256::digest(bytes.as_slice()).into();
    let known = begun.frames.get(usize::from(arrived.n));
    if known.is_some_and(|known| known.sha256 == sha256 && known.taken_at == arrived.taken_at) {
        // Its answer got lost.
        return Ok(told(begun.frames.len()));
    }
    let key = sessions.page_key(&page.id, &page.cookie);
    let mut capture = begun
        .resume(nonce, |kept| Ok(sessions.pieces(&page.id, &key, (&kept.name, kept.pieces))?.to_vec()))?;
    let frame = Frame {
        n: arrived.n,
        capture: take(bytes.to_vec(), now)?,
        taken_at: arrived.taken_at,
        received_at: now,
    };
    let id = challenge.unwrap_or(capture.challenge().id()).to_owned();
    capture.admit(&id, frame)?;
    let slot = format!("live_{}", arrived.n);
    let kept = sessions.keep_photo(&session, &slot, &key, bytes, now)?;
    let kept = KeptFrame::new(arrived, sha256, kept);
    let changed = sessions.change(&page.id, now, |session| {
        session.must_be_open(now)?;
        session.live.keep(&begun, &kept, capture.head())
    });
    match changed {
        Ok(_) => Ok(told(begun.frames.len() + 1)),
        Err(refusal) => {
            // Nothing names it now.
            let _ = sessions.drop_photo(&page.id, (&kept.name, kept.pieces));
            Err(refusal)
        }
    }
}
