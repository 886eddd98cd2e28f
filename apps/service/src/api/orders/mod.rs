//! An online sale to the door, step by step: the order, the buyer's online check, the check at the door, one activation. Buyer and number
//! come with each step, as the shop's own system has them.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use realname::handover::{Activated, HandoverError, Opened, Order, Sold, Stage};
use realname::profile::ReasonCode;
use realname::rely::Limits;
use serde::Serialize;
use serde_json::json;

use self::desk::Desk;
use self::forms::{
    Acceptance, ActivationStep, AskDoor, NewOrder, OrderAnswer, OrderAsked, OrderProgress, OrderRefused,
    settled,
};
use crate::Refusal;
use crate::app::App;
use crate::call::{Call, Path, answer};
use crate::once::Told;
use crate::scope::Scope;

mod desk;
mod forms;
mod telling;

fn told(of: &impl Serialize) -> Told {
    Told { status: 200, of: json!(of) }
}

fn refused(code: ReasonCode) -> Told {
    told(&OrderRefused::new(vec![code.into()]))
}

const NOT_SOLD: Refusal = Refusal::NotYet { missing: "the buyer's online check comes first" };

/// Opens an order, or finds it again, and makes the demand for the buyer's online check. Again when a demand ran out.
#[utoipa::path(
    post, path = "/v1/orders", operation_id = "open_order", tag = "orders", request_body = NewOrder,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Open, with the demand for the online check", body = OrderAsked),
        (status = 200, description = "Refused, with reasons", body = OrderRefused),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<NewOrder>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    app.pool
        .run(move || {
            let desk = Desk::new(&operator, &caller);
            let (order, asking) = (wanted.buyer.order(&wanted.order)?, wanted.asking.read()?);
            let told = once.run(desk.store(), desk.now, |seed| match desk.open(&order)? {
                Stage::Opened(opened) => {
                    desk.ask(seed, |bits| opened.ask(desk.store(), &asking.nonce(bits), desk.now))
                }
                _ => Ok(refused(ReasonCode::StepDone)),
            })?;
            desk.asked(&told, order.id())
        })
        .await
}

/// Judges the answer of the online check and keeps it: its demand is answered at activation. After it the order may be sent.
#[utoipa::path(
    post, path = "/v1/orders/{id}/accept", operation_id = "accept_order", tag = "orders", request_body = OrderAnswer,
    params(
        ("id" = String, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _"),
    ),
    responses(
        (status = 200, description = "sold or refused", body = Acceptance),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["verify"]))
)]
pub(crate) async fn accept(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Verify).await?;
    let (came, body) = call.json::<OrderAnswer>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let desk = Desk::new(&operator, &caller);
            let order = came.buyer.order(&id)?;
            once.run(desk.store(), desk.now, |_| sell(&desk, &order, &came.presentation))
        })
        .await?;
    Ok(answer(StatusCode::OK, &told.of))
}

fn sell(desk: &Desk<'_>, order: &Order, presentation: &str) -> Result<Told, Refusal> {
    let accept = |opened: Opened| {
        desk.is_asked(presentation)?;
        let trust = desk.operator.trust(desk.now)?;
        let sold = opened.accept(desk.store(), presentation, &trust.list, &Limits::default(), desk.now);
        sold.map(drop).map_err(Refusal::from)
    };
    let accepted = match desk.stage(order)? {
        Stage::Opened(opened) => accept(opened),
        // The step is asked for a second time, as after an answer that got lost on the way.
        Stage::Sold(sold) => sold.again(presentation).map_err(Refusal::from),
        _ => Err(HandoverError::from(ReasonCode::StepDone).into()),
    };
    Ok(match accepted {
        Ok(()) => told(&Acceptance::Sold),
        Err(Refusal::Handover(error)) => told(&Acceptance::Refused { reasons: settled(error)? }),
        Err(other) => return Err(other),
    })
}

/// Makes the demand for the check at the door: of the very person who was checked online, with the original, after this demand. Again at
/// every try to deliver.
#[utoipa::path(
    post, path = "/v1/orders/{id}/door", operation_id = "ask_door", tag = "orders", request_body = AskDoor,
    params(
        ("id" = String, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _"),
    ),
    responses(
        (status = 201, description = "The demand for the courier", body = OrderAsked),
        (status = 200, description = "Refused, with reasons", body = OrderRefused),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn door(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<AskDoor>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    app.pool
        .run(move || {
            let desk = Desk::new(&operator, &caller);
            let (order, asking) = (wanted.buyer.order(&id)?, wanted.asking.read()?);
            let told = once.run(desk.store(), desk.now, |seed| match desk.stage(&order)? {
                Stage::Opened(_) => Err(NOT_SOLD),
                Stage::Sold(sold) => {
                    desk.ask(seed, |bits| sold.ask_door(desk.store(), &asking.nonce(bits), desk.now))
                }
                _ => Ok(refused(ReasonCode::OrderActivated)),
            })?;
            desk.asked(&told, order.id())
        })
        .await
}

/// Judges the door's answer, and consumes the order and both demands in one step, or nothing at all: one activation for each order.
#[utoipa::path(
    post, path = "/v1/orders/{id}/activate", operation_id = "activate_order", tag = "orders", request_body = OrderAnswer,
    params(
        ("id" = String, Path, description = "The order"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _"),
    ),
    responses(
        (status = 200, description = "activated or refused", body = ActivationStep),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["verify"]))
)]
pub(crate) async fn activate(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Verify).await?;
    let (came, body) = call.json::<OrderAnswer>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let desk = Desk::new(&operator, &caller);
            let order = came.buyer.order(&id)?;
            let told = once.run(desk.store(), desk.now, |_| finish(&desk, &order, &came.presentation))?;
            operator.wake(desk.principal);
            Ok(told)
        })
        .await?;
    app.take_events();
    Ok(answer(StatusCode::OK, &told.of))
}

fn finish(desk: &Desk<'_>, order: &Order, presentation: &str) -> Result<Told, Refusal> {
    let activated = match desk.stage(order)? {
        Stage::Opened(_) => return Err(NOT_SOLD),
        Stage::Sold(sold) => switch_on(desk, &sold, presentation),
        Stage::Activated(activation) => activation.again(presentation).map_err(Refusal::from),
        _ => return Err(Refusal::Internal),
    };
    Ok(match activated {
        Ok(activated) => {
            let first = matches!(activated, Activated::Now(_));
            told(&ActivationStep::activated(first, activated.activation()))
        }
        Err(Refusal::Handover(error)) => told(&ActivationStep::Refused { reasons: settled(error)? }),
        Err(other) => return Err(other),
    })
}

fn switch_on(desk: &Desk<'_>, sold: &Sold, presentation: &str) -> Result<Activated, Refusal> {
    desk.is_asked(presentation)?;
    let (operator, trust) = (desk.operator, desk.operator.trust(desk.now)?);
    let outbox = operator.store.as_ref();
    sold.activate_telling(outbox, presentation, &trust.list, &Limits::default(), desk.now, |activating| {
        telling::of(operator, desk.principal, activating)
    })
}

/// How far an order of one's own is.
#[utoipa::path(
    get, path = "/v1/orders/{id}", operation_id = "order_progress", tag = "orders",
    params(("id" = String, Path, description = "The order")),
    responses(
        (status = 200, description = "How far it is", body = OrderProgress),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let call = Call::admit(&app, request, Scope::Demand).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let progress = app
        .pool
        .run(move || {
            let desk = Desk::new(&operator, &caller);
            let progress = desk.progress(&id)?;
            let state = match (&progress.activation, progress.sold) {
                (Some(_), _) => "activated",
                (None, true) => "sold",
                (None, false) => "opened",
            };
            let activation = progress.activation;
            Ok(OrderProgress {
                order: id,
                state,
                expires_at: progress.over,
                at: activation.as_ref().map(|activation| activation.at),
                sale: activation.as_ref().map(|activation| activation.sale.clone()),
                door: activation.map(|activation| activation.door),
            })
        })
        .await?;
    Ok(answer(StatusCode::OK, &progress))
}
