//! What `/openapi.json` says of answers that are written elsewhere.

use utoipa::{ToResponse, ToSchema};

/// A call that was refused. The code is in docs/codes.md.
#[derive(ToResponse)]
#[response(description = "Refused", content_type = "application/json")]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct Error(ErrorShown);

#[derive(ToSchema)]
#[schema(as = Error)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct ErrorShown {
    error: ErrorParts,
}

#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct ErrorParts {
    /// Stable; docs/codes.md lists all.
    code: String,
    /// What happened.
    message: String,
    action: Action,
}

/// What to do next.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct Action {
    en: String,
    zh: String,
}

/// As `realname verify --json`; docs/schemas/verdict.json has it in full.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what is written elsewhere")]
pub(crate) struct VerdictShown {
    /// `accepted` or `refused`.
    verdict: String,
    #[schema(value_type = Vec<Object>)]
    reasons: (),
    purpose: Option<String>,
    #[schema(value_type = Vec<Object>)]
    checks: (),
    #[schema(value_type = Option<Object>)]
    claims: (),
    #[schema(value_type = Option<Object>)]
    trust: (),
    /// Seconds between the check and the verdict.
    age: Option<i64>,
    issuer: Option<String>,
    terminal: Option<String>,
}
