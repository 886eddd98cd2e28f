//! A failure as the exception that the package has for it.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use realname_bindings::{Failure, Status};

use crate::shown;

/// The exception of a failure: a class of `realname._errors`.
pub(crate) fn raised(py: Python<'_>, failure: &Failure) -> PyErr {
    let name = match failure.status {
        Status::Ok | Status::Refused => "Refused",
        Status::Argument => "Usage",
        Status::Trouble => "Trouble",
        Status::Damaged => "Damaged",
        Status::Handle => "Closed",
        Status::NoCard => "NoCard",
        Status::Cancelled => "Cancelled",
        Status::Busy => "Busy",
        Status::Internal => "Internal",
    };
    let made = || {
        let details = failure.details.as_ref().map(|value| shown::object(py, value)).transpose()?;
        let arguments = (
            &failure.message,
            &failure.code,
            &failure.action,
            &failure.message_zh,
            &failure.action_zh,
            details,
        );
        py.import("realname._errors")?.getattr(name)?.call1(arguments)
    };
    match made() {
        Ok(error) => PyErr::from_value(error),
        // The package is there without its errors: somebody took it apart.
        Err(_) => PyRuntimeError::new_err(failure.to_string()),
    }
}

/// What a call gave, or its exception.
pub(crate) fn told<T>(py: Python<'_>, result: Result<T, Failure>) -> PyResult<T> {
    result.map_err(|failure| raised(py, &failure))
}
