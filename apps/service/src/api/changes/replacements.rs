//! A new card for a number, from another province.

use axum::extract::{Request, State};
use axum::response::Response;
use realname::change::{Act, ChangeOpening};

use super::forms::{
    ChangeCommit, ChangeConfirm, ChangeIdentification, ChangeProof, ChangeRefused, NewReplacement,
    ReplacementOpened, change,
};
use crate::Refusal;
use crate::api::cancellations::forms::{Committal, ConfirmationStep};
use crate::app::App;
use crate::call::Path;

/// Opens a replacement: seals the account and the new card, and gives the demand for the desk.
#[utoipa::path(
    post, path = "/v1/replacements", operation_id = "open_replacement", tag = "replacements", request_body = NewReplacement,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Open, with the desk's demand", body = ReplacementOpened),
        (status = 200, description = "Refused, with reasons", body = ChangeRefused),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let read = |wanted: &NewReplacement| {
        let opening = ChangeOpening::default().holder(wanted.desk.opening()?);
        Ok((wanted.account.read()?, change(Some(&wanted.card), None)?, opening))
    };
    super::open(app, request, read, |replacement, demands| {
        let mut demands = demands.into_iter();
        Some(ReplacementOpened { replacement, holder: demands.next()? })
    })
    .await
}

/// Judges the desk's presentation; when it is the holder's, gives which card is handed out.
#[utoipa::path(
    post, path = "/v1/replacements/{id}/snapshot", operation_id = "snapshot_replacement", tag = "replacements", request_body = ChangeProof,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "proven or refused", body = ChangeIdentification),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn snapshot(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    super::step((app, Act::Replacement, id), request, super::prove).await
}

/// Records what the number confirmed. Without a grant the number is asked, where it receives.
#[utoipa::path(
    post, path = "/v1/replacements/{id}/confirm", operation_id = "confirm_replacement", tag = "replacements", request_body = ChangeConfirm,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "confirmed, waiting or refused", body = ConfirmationStep),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    super::step((app, Act::Replacement, id), request, super::confirm).await
}

/// Replaces the card, once: answers the demand in the same step, and signs the receipt.
#[utoipa::path(
    post, path = "/v1/replacements/{id}/commit", operation_id = "commit_replacement", tag = "replacements", request_body = ChangeCommit,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "committed or refused", body = Committal),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn commit(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    super::step((app, Act::Replacement, id), request, super::finish).await
}

/// The receipt of a case that was committed: signed, without the number.
#[utoipa::path(
    get, path = "/v1/replacements/{id}/receipt", operation_id = "replacement_receipt", tag = "replacements",
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "The receipt", body = Committal),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn receipt(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    super::receipt((app, Act::Replacement, id), request).await
}
