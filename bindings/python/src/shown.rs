//! JSON as Python's own objects, and what nothing personal is shown by.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use realname_bindings::Failure;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::errors;

/// A value as `dict`, `list`, `str`, `int`, `float`, `bool`, `None`.
pub(crate) fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let text = text(py, realname_bindings::line(value))?;
    py.import("json")?.call_method1("loads", (text,))
}

/// A text for Python, whose copy it is from then on; ours is wiped.
pub(crate) fn text<'py>(
    py: Python<'py>,
    text: Result<Zeroizing<String>, Failure>,
) -> PyResult<Bound<'py, PyString>> {
    Ok(PyString::new(py, &errors::told(py, text)?))
}

/// Why what holds a person's data can't be pickled: a pickle is a file that nobody thinks of as one.
pub(crate) fn unpicklable() -> PyErr {
    PyTypeError::new_err("what holds personal data can't be pickled; json() is its open form")
}
