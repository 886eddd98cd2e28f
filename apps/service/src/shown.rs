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

/// What stands in docs/schemas: named here, and put in by [`crate::openapi`].
macro_rules! elsewhere {
    ($($(#[$doc:meta])* $type:ident as $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(ToSchema)]
        #[schema(as = $name)]
        pub(crate) struct $type {}
    )*};
}

elsewhere! {
    /// As `realname verify --json`.
    VerdictShown as Verdict;
    ReasonShown as VerdictReason;
    /// As `realname attest --json` has a refusal.
    RefusalShown as Refusal;
    DefectShown as ExaminationDefect;
    FigureShown as ExaminationFigure;
    NoteShown as ExaminationNote;
    TransactionShown as DemandCheckedShownTransaction;
}
