//! Another holder for a number, from another province.

use axum::extract::{Request, State};
use axum::response::Response;
use realname::change::{Act, ChangeOpening};

use super::forms::{
    ChangeCommit, ChangeConfirm, ChangeIdentification, ChangeProof, ChangeRefused, NewTransfer,
    TransferOpened, change,
};
use crate::Refusal;
use crate::api::cancellations::forms::{Committal, ConfirmationStep};
use crate::app::App;
use crate::call::Path;

/// Opens a transfer: seals the account and the taker, and gives two demands, one for each desk.
#[utoipa::path(
    post, path = "/v1/transfers", operation_id = "open_transfer", tag = "transfers", request_body = NewTransfer,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Open, with both demands", body = TransferOpened),
        (status = 200, description = "Refused, with reasons", body = ChangeRefused),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let read = |wanted: &NewTransfer| {
        let opening = ChangeOpening::default().holder(wanted.giver_desk.opening()?);
        let opening = opening.taker(wanted.taker_desk.opening()?);
        Ok((wanted.account.read()?, change(None, Some(&wanted.taker))?, opening))
    };
    super::open(app, request, read, |transfer, demands| {
        let mut demands = demands.into_iter();
        Some(TransferOpened { transfer, giver: demands.next()?, taker: demands.next()? })
    })
    .await
}

/// Judges a presentation, the giver's or the taker's, in either order; when both are proven, gives what that desk shows.
#[utoipa::path(
    post, path = "/v1/transfers/{id}/snapshot", operation_id = "snapshot_transfer", tag = "transfers", request_body = ChangeProof,
    params(("id" = String, Path, description = "The case")),
    responses(
        (status = 200, description = "waiting, proven or refused", body = ChangeIdentification),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn snapshot(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    super::step((app, Act::Transfer, id), request, super::prove).await
}

/// Records what both acknowledged and what the number confirmed. Without a grant the number is asked.
#[utoipa::path(
    post, path = "/v1/transfers/{id}/confirm", operation_id = "confirm_transfer", tag = "transfers", request_body = ChangeConfirm,
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
    super::step((app, Act::Transfer, id), request, super::confirm).await
}

/// Transfers the number, once: answers both demands in the same step, and signs the receipt.
#[utoipa::path(
    post, path = "/v1/transfers/{id}/commit", operation_id = "commit_transfer", tag = "transfers", request_body = ChangeCommit,
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
    super::step((app, Act::Transfer, id), request, super::finish).await
}

/// The receipt of a case that was committed: signed, without the number.
#[utoipa::path(
    get, path = "/v1/transfers/{id}/receipt", operation_id = "transfer_receipt", tag = "transfers",
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
    super::receipt((app, Act::Transfer, id), request).await
}
