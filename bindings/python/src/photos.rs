//! The three photos of an online sale.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use realname_bindings as shared;
use serde_json::Value;

use crate::errors;

/// Looks at the three photos of an online sale, as JPEG, PNG or WebP.
#[pyfunction]
#[pyo3(signature = (*, portrait, emblem, holder))]
pub(crate) fn check_photos(
    py: Python<'_>,
    portrait: &[u8],
    emblem: &[u8],
    holder: &[u8],
) -> PyResult<Photos> {
    let checked = py.detach(|| shared::check_photos(portrait, emblem, holder));
    Ok(Photos { value: errors::told(py, checked)? })
}

/// What was seen.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Photos {
    value: Value,
}

#[pymethods]
impl Photos {
    /// `pass`, `fail` or `inconclusive`.
    #[getter]
    fn outcome(&self) -> &str {
        self.value["outcome"].as_str().unwrap_or_default()
    }

    /// What is against the photos, the most telling first.
    #[getter]
    fn faults(&self) -> Vec<Fault> {
        let faults = self.value["faults"].as_array().into_iter().flatten();
        faults.map(|value| Fault { value: value.clone() }).collect()
    }

    /// What `realname capture check --json` prints.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, &errors::told(py, shared::json(&self.value))?))
    }

    fn __repr__(&self) -> String {
        format!("<Photos {}>", self.outcome())
    }
}

/// One thing that is against the photos.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Fault {
    value: Value,
}

#[pymethods]
impl Fault {
    /// The stable code.
    #[getter]
    fn code(&self) -> &str {
        self.value["code"].as_str().unwrap_or_default()
    }

    /// `fail` or `inconclusive`.
    #[getter]
    fn outcome(&self) -> &str {
        self.value["outcome"].as_str().unwrap_or_default()
    }

    /// Which photos.
    #[getter]
    fn slots(&self) -> Vec<String> {
        let slots = self.value["slots"].as_array().into_iter().flatten();
        slots.filter_map(|slot| slot.as_str().map(str::to_owned)).collect()
    }

    /// What the buyer does next: `en` or `zh`.
    #[pyo3(signature = (lang="en"))]
    fn text(&self, lang: &str) -> PyResult<&str> {
        if !["en", "zh"].contains(&lang) {
            return Err(PyValueError::new_err("lang is en or zh"));
        }
        Ok(self.value["advice"][lang].as_str().unwrap_or_default())
    }

    fn __repr__(&self) -> String {
        format!("<Fault {}>", self.code())
    }
}
