//! JSON as Python's own objects, and what nothing personal is shown by.

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use serde_json::Value;

/// A value as `dict`, `list`, `str`, `int`, `float`, `bool`, `None`.
pub(crate) fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    // Python's copy is Python's; ours is wiped.
    let text =
        realname_bindings::line(value).map_err(|failure| PyRuntimeError::new_err(failure.to_string()))?;
    py.import("json")?.call_method1("loads", (text.as_str(),))
}

/// Why what holds a person's data can't be pickled: a pickle is a file that nobody thinks of as one.
pub(crate) fn unpicklable() -> PyErr {
    PyTypeError::new_err("what holds personal data can't be pickled; json() is its open form")
}
