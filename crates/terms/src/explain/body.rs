//! The one JSON form of an error.

use serde::Serialize;

use super::Explain;
use crate::Lang;

/// What is told of an error: `{"code": …, "message": …, "action": …}`. The program prints it, a service answers with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBody {
    /// The stable code. For scripts.
    pub code: String,
    /// What happened. For people.
    pub message: String,
    /// What to do next. For people.
    pub action: String,
}

impl ErrorBody {
    /// What an error of these crates says.
    pub fn of(error: &(impl Explain + ?Sized), lang: Lang) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.message(lang),
            action: error.advice(lang).to_owned(),
        }
    }
}
