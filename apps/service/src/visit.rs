//! What the demonstration's visitor does at the desk, where the customer is synthetic.

use std::io::BufRead;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use realname::cancellation::CANCEL_SERVICE;
use realname::confirmation::CustomerReply;
use realname::document::Personal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Refusal;
use crate::app::App;
use crate::call::{self, MAX_BODY, answer};
use crate::clock::now;
use crate::demo::Customer;
use crate::sessions;

fn customer(app: &App) -> Result<Customer, Refusal> {
    app.demo.as_ref().and_then(|demo| demo.customer.clone()).ok_or(Refusal::NotFound)
}

async fn posted<T: serde::de::DeserializeOwned>(app: &App, request: Request) -> Result<T, Refusal> {
    let (parts, body) = request.into_parts();
    sessions::same_origin(app, &parts.headers)?;
    let bytes = call::read(&parts.headers, body, MAX_BODY, &["application/json"]).await?;
    call::members(&bytes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// The visitor becomes the clerk.
pub(crate) async fn desk(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let customer = customer(&app)?;
    let Nothing {} = posted(&app, request).await?;
    Ok(answer(StatusCode::OK, &json!({ "token": customer.token.as_str(), "number": customer.number })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    demand: String,
}

/// The customer shows their card: read by a reader in software, with all that a desk's program does.
pub(crate) async fn card(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let customer = customer(&app)?;
    let asked: Asked = posted(&app, request).await?;
    let presentation = app
        .photos
        .run(move || {
            (customer.shows)(&asked.demand).map_err(|problem| {
                tracing::warn!(problem, "the demonstration's customer couldn't show the card");
                Refusal::Members("the demand can't be answered here")
            })
        })
        .await?;
    Ok(answer(StatusCode::OK, &json!({ "presentation": presentation })))
}

/// What stands on the customer's telephone: the last message.
pub(crate) async fn phone(State(app): State<App>) -> Result<Response, Refusal> {
    let number = customer(&app)?.number;
    let run = app.clone();
    let message = app.pool.run(move || last(&run, number)).await?;
    Ok(answer(StatusCode::OK, &json!({ "body": message["body"], "reply": message["reply"] })))
}

/// The messages of the demonstration lie in a file.
fn last(app: &App, number: &str) -> Result<Value, Refusal> {
    let file = app.config.confirmation.as_ref().and_then(|asking| asking.lines.as_ref());
    let file = std::fs::File::open(file.ok_or(Refusal::NotFound)?).map_err(|_| Refusal::NotFound)?;
    let messages = std::io::BufReader::new(file).lines().map_while(Result::ok);
    let messages = messages.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
    messages.filter(|message| message["to"] == number).last().ok_or(Refusal::NotFound)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    text: Personal,
}

/// The customer replies.
pub(crate) async fn reply(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let number = customer(&app)?.number;
    let typed: Typed = posted(&app, request).await?;
    let operator = app.operator.clone();
    let run = move || {
        let number = number.parse().map_err(Refusal::PhoneNumber)?;
        let service = CANCEL_SERVICE.parse().map_err(Refusal::Service)?;
        let reply = CustomerReply::text(number, service, typed.text.as_str());
        // Whoever asks how the question stands is told what came of it.
        let _ = operator.asker()?.confirmer.reply(operator.store.as_ref(), &reply, now())?;
        Ok(())
    };
    app.pool.run(run).await?;
    Ok(answer(StatusCode::OK, &json!({})))
}
