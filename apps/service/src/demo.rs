//! What only the demonstration has: somebody synthetic who stands at the desk, with a card and a telephone.

use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use realname::cancellation::CANCEL_SERVICE;
use realname::confirmation::CustomerReply;
use realname::document::Personal;
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::Refusal;
use crate::app::App;
use crate::call::{self, MAX_BODY, answer};
use crate::clock::now;
use crate::sessions;

/// What the demonstration has that no other service has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Demo {
    /// Whose demands and sessions the visitor's are.
    pub principal: String,
    /// Who comes to the desk.
    pub(crate) customer: Option<Customer>,
}

/// Somebody synthetic who wants a number cancelled, and the token of the desk that they come to.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "built by its callers")]
pub struct Customer {
    /// Of the scope `desk`.
    pub token: Zeroizing<String>,
    /// Which number they want cancelled (E.164).
    pub number: &'static str,
    /// Shows the card for a demand: gives the presentation, or what went wrong.
    pub shows: Arc<Shows>,
}

/// Answers a demand with a presentation.
pub type Shows = dyn Fn(&str) -> Result<String, String> + Send + Sync;

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Demo {
    /// For that principal.
    pub fn new(principal: impl Into<String>) -> Self {
        Self { principal: principal.into(), customer: None }
    }

    /// With somebody at the desk.
    pub fn with_customer(mut self, customer: Customer) -> Self {
        self.customer = Some(customer);
        self
    }
}

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
