//! Photos: taken in and measured within the request that brings them.

use super::page_calls::PageCall;
use super::session::{Photo, Session};
use super::told::CaptureFound;
use crate::Refusal;
use crate::app::App;
use crate::call::{self, Path, answer};
use crate::clock::now;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use realname::capture::measure::{Thresholds, annotate, measure};
use realname::capture::{Capture, Limits, Slot, Triplet};
use serde_json::json;

/// What a phone may call its photo. What it is says the content.
const TYPES: [&str; 7] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/heic",
    "image/heif",
    "image/avif",
    "application/octet-stream",
];

fn slot_of(name: &str) -> Result<Slot, Refusal> {
    Slot::from_name(name).filter(|slot| Triplet::SLOTS.contains(slot)).ok_or(Refusal::NotFound)
}

/// Takes a photo for a slot and says what is wrong with it. A second one takes the first one's place.
#[utoipa::path(
    put, path = "/v1/sessions/{id}/captures/{slot}", operation_id = "upload_capture", tag = "page",
    params(
        ("id" = String, Path, description = "The session"),
        ("slot" = String, Path, description = "portrait_side, emblem_side or holder"),
    ),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses(
        (status = 200, description = "Figures, and faults with what to do", body = CaptureFound),
        (status = "default", response = crate::shown::Error),
    )
)]
pub(crate) async fn upload(
    State(app): State<App>,
    Path((id, slot)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let page = PageCall::of(&app, &id, &parts.headers)?;
    let session = page.look_open(&app).await?;
    let slot = slot_of(&slot)?;
    if session.consent.is_none() {
        return Err(Refusal::NotYet { missing: "the consent comes first" });
    }
    let limit = Limits::DEFAULT.max_bytes;
    let bytes = call::read(&parts.headers, body, limit, &TYPES).await?;
    app.sessions.room_for(bytes.len(), now())?;
    let run = app.clone();
    let found = app.photos.run(move || admit(&run, &page, slot, &bytes, now())).await?;
    Ok(answer(StatusCode::OK, &found))
}

/// Takes it in, measures it, keeps its bytes and what was found.
fn admit(
    app: &App,
    page: &PageCall,
    slot: Slot,
    bytes: &[u8],
    now: Timestamp,
) -> Result<CaptureFound, Refusal> {
    let sessions = &app.sessions;
    let (session, ()) = sessions.change(&page.id, now, |session| {
        session.must_be_open(now)?;
        session.take_photo()
    })?;
    let capture = app.intake.take(slot, bytes.to_vec(), now)?;
    let key = sessions.page_key(&page.id, &page.cookie);
    // What the disk takes to keep it, it is measured in: only a photo that was taken in is kept.
    let (found, kept) = std::thread::scope(|scope| {
        let keeping = scope.spawn(|| sessions.keep_photo(&session, slot.as_str(), &key, bytes, now));
        (look(&capture), keeping.join().unwrap_or(Err(Refusal::Internal)))
    });
    let ((name, pieces), found) = (kept?, found?);
    let photo = Photo { name: name.clone(), pieces, taken_at: now, found: found.clone() };
    let replaced = sessions.change(&page.id, now, |session| {
        session.must_be_open(now)?;
        Ok(session.photos.insert(slot.as_str().to_owned(), photo.clone()))
    });
    match replaced {
        Ok((_, Some(old))) => sessions.drop_photo(&page.id, (&old.name, old.pieces))?,
        Ok((_, None)) => {}
        // Nothing names it now.
        Err(refusal) => {
            let _ = sessions.drop_photo(&page.id, (&name, pieces));
            return Err(refusal);
        }
    }
    Ok(found)
}

fn look(capture: &Capture) -> Result<CaptureFound, Refusal> {
    let picture = capture.picture().ok_or(Refusal::Internal)?;
    let found = measure(picture, capture.slot(), &Thresholds::default());
    Ok(CaptureFound {
        slot: capture.slot().as_str().to_owned(),
        width: capture.width(),
        height: capture.height(),
        outcome: found.outcome().as_str().to_owned(),
        view: json!(found.view),
        notes: json!(capture.notes()),
        figures: json!(found.figures),
        faults: json!(found.faults()),
    })
}

/// The photo with what was found drawn on it.
#[utoipa::path(
    get, path = "/v1/sessions/{id}/captures/{slot}/annotated", operation_id = "annotated_capture", tag = "page",
    params(
        ("id" = String, Path, description = "The session"),
        ("slot" = String, Path, description = "portrait_side, emblem_side or holder"),
    ),
    responses(
        (status = 200, description = "A picture", body = Vec<u8>, content_type = "image/png"),
        (status = "default", response = crate::shown::Error),
    )
)]
pub(crate) async fn annotated(
    State(app): State<App>,
    Path((id, slot)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let page = PageCall::of(&app, &id, request.headers())?;
    let session = page.look(&app).await?;
    let slot = slot_of(&slot)?;
    let run = app.clone();
    let png = app.photos.run(move || draw(&run, &page, &session, slot)).await?;
    let mut response = Response::new(Body::from(png));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn draw(app: &App, page: &PageCall, session: &Session, slot: Slot) -> Result<Vec<u8>, Refusal> {
    let photo = session.photos.get(slot.as_str()).ok_or(Refusal::NotFound)?;
    let bytes = app.sessions.photo(&page.id, &app.sessions.page_key(&page.id, &page.cookie), photo)?;
    let capture = app.intake.take(slot, bytes.to_vec(), now())?;
    let picture = capture.picture().ok_or(Refusal::Internal)?;
    let drawing = annotate(picture, &measure(picture, slot, &Thresholds::default()));
    let size = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, size(drawing.width()), size(drawing.height()));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(drawing.rgb())?;
        writer.finish()
    });
    written.map_err(|_| Refusal::Internal)?;
    Ok(png)
}
