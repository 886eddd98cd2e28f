//! Reports of spam messages: taken in, and their signed outcome. Whether one holds is judged elsewhere, on the same store.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::confirmation::PhoneNumber;
use realname::document::Personal;
use realname::report::Report;
use realname::store::{Put, Space, Store};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::Refusal;
use crate::app::App;
use crate::call::{Call, Path, answer};
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::scope::Scope;

/// Which principals took a report in.
const TAKEN: Space = Space::new("report_taken");
/// How long they find it.
const KEPT: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Somebody's complaint about messages from a number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReport {
    /// The number that the messages came from (E.164). It isn't looked up when the report comes in.
    #[schema(value_type = String, pattern = r"^\+[0-9]{5,15}$", example = "+8619900000001")]
    number: Personal,
    /// The reporter's own number (E.164), which the caller has made sure of.
    #[schema(value_type = String, pattern = r"^\+[0-9]{5,15}$", example = "+8619900000002")]
    reporter: Personal,
    /// The outlet that sold the number, where the reporter knows it.
    #[schema(pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    outlet: Option<String>,
    /// The batch of a roll-out that it is a complaint about.
    #[schema(pattern = r"^[A-Za-z0-9._:-]{1,64}$")]
    batch: Option<String>,
}

/// A report that was taken in.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportTaken {
    report: String,
    /// Whether the caller had reported this number for this reporter on this natural day (UTC+8) before.
    again: bool,
    /// Until when it is answered.
    #[schema(value_type = String, format = DateTime)]
    deadline: Timestamp,
}

/// How far a report is.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportProgress {
    report: String,
    /// `received` or `answered`. The steps in between aren't told: they would say whose the number is.
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    deadline: Timestamp,
    /// `held` or `not_held`, signed (`realname-report-outcome+jwt`); once it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
}

/// Takes a report in: one a reporter, number and natural day. The same again is told the same id.
#[utoipa::path(
    post, path = "/v1/reports", operation_id = "receive_report", tag = "reports", request_body = NewReport,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 201, description = "Taken in", body = ReportTaken),
        (status = 200, description = "It was taken in before", body = ReportTaken),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["report"]))
)]
pub(crate) async fn receive(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Report).await?;
    let (came, body) = call.json::<NewReport>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let told = app
        .pool
        .run(move || {
            let now = now();
            let principal = &caller.grant.principal;
            once.run(operator.store.as_ref(), now, |seed| take(&operator, &came, principal, seed, now))
        })
        .await?;
    Ok(answer(StatusCode::from_u16(told.status).unwrap_or(StatusCode::OK), &told.of))
}

fn take(
    operator: &Operator,
    came: &NewReport,
    principal: &str,
    seed: &Seed,
    now: Timestamp,
) -> Result<Told, Refusal> {
    let phone = |text: &Personal| text.as_str().parse::<PhoneNumber>().map_err(Refusal::PhoneNumber);
    let (number, reporter) = (phone(&came.number)?, phone(&came.reporter)?);
    let report = Report {
        number: &number,
        reporter: &reporter,
        outlet: came.outlet.as_deref(),
        batch: came.batch.as_deref(),
        by: Some(principal),
    };
    let store = operator.store.as_ref();
    let received = operator.reports()?.receive(&report, store, now)?;
    // The seed is this call's, which may have been cut off before.
    let key = taken(&received.report, principal);
    let again = match store.put(TAKEN, &key, &seed.bits, now.checked_add(KEPT).unwrap_or(Timestamp::MAX))? {
        Put::Stored => false,
        Put::Exists => store.get(TAKEN, &key)?.is_some_and(|entry| *entry.value != seed.bits),
    };
    let told = ReportTaken { report: received.report, again, deadline: received.deadline };
    Ok(Told { status: if again { 200 } else { 201 }, of: json!(told) })
}

fn taken(report: &str, principal: &str) -> Vec<u8> {
    format!("{report} {principal}").into_bytes()
}

/// How far a report of one's own is, and its signed outcome.
#[utoipa::path(
    get, path = "/v1/reports/{id}", operation_id = "report_progress", tag = "reports",
    params(("id" = String, Path, description = "The report")),
    responses(
        (status = 200, description = "How far it is", body = ReportProgress),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["report"]))
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let call = Call::admit(&app, request, Scope::Report).await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let progress = app.pool.run(move || look(&operator, id, &caller.grant.principal)).await?;
    Ok(answer(StatusCode::OK, &progress))
}

fn look(operator: &Operator, report: String, principal: &str) -> Result<ReportProgress, Refusal> {
    let reports = operator.reports()?;
    let store: &dyn Store = operator.store.as_ref();
    if report.len() > 64 || store.get(TAKEN, &taken(&report, principal))?.is_none() {
        return Err(Refusal::NotFound);
    }
    let progress = reports.progress(&report)?;
    let state = if progress.outcome.is_some() { "answered" } else { "received" };
    Ok(ReportProgress { report, state, deadline: progress.deadline, outcome: progress.outcome })
}
