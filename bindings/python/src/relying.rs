//! The relying side.

use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use realname_bindings as shared;
use realname_bindings::Told;
use serde_json::{Value, json};

use crate::{errors, shown};

/// What must happen once: a directory, or a `postgres://` URL.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Store {
    store: Arc<shared::Store>,
}

#[pymethods]
impl Store {
    #[new]
    fn new(py: Python<'_>, place: &Bound<'_, PyAny>) -> PyResult<Self> {
        let place = place.str()?.to_string();
        let opened = py.detach(|| shared::Store::open(&place));
        Ok(Self { store: Arc::new(errors::told(py, opened)?) })
    }

    fn __repr__(&self) -> String {
        "<Store>".to_owned()
    }
}

/// A trust list (its text) and the anchor file (its text) that it must be signed by.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Trust {
    trust: Arc<shared::Trust>,
}

#[pymethods]
impl Trust {
    #[new]
    #[pyo3(signature = (list, *, anchor))]
    fn new(py: Python<'_>, list: &str, anchor: &str) -> PyResult<Self> {
        let loaded = py.detach(|| shared::Trust::load(list, anchor));
        Ok(Self { trust: Arc::new(errors::told(py, loaded)?) })
    }

    /// The list's sequence.
    #[getter]
    fn sequence(&self) -> u64 {
        self.trust.sequence()
    }

    fn __repr__(&self) -> String {
        format!("<Trust, list {}>", self.trust.sequence())
    }
}

/// A demand that was signed and is remembered.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Demand {
    issued: shared::Issued,
}

#[pymethods]
impl Demand {
    /// What is sent.
    #[getter]
    fn jwt(&self) -> &str {
        &self.issued.jwt
    }

    /// What an answer names it by.
    #[getter]
    fn nonce(&self) -> &str {
        &self.issued.nonce
    }

    fn __repr__(&self) -> String {
        format!("<Demand {}>", self.issued.nonce)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(shown::unpicklable())
    }
}

/// Signs a demand and remembers it. `key`: PKCS#8 PEM text, a file's path, or `pkcs11:…`; `expect`: `{"name": …, "id_number": …}`, which a
/// high-risk purpose needs; times in seconds.
#[pyfunction]
#[pyo3(signature = (*, key, iss, purpose, store, number=None, claims=Vec::new(), checks=Vec::new(), expect=None,
    locality=None, max_age=None, terminal=None, ttl=600, env="production", action=None, region=None, text=None))]
#[allow(clippy::too_many_arguments, reason = "each has its name in every call")]
pub(crate) fn demand(
    py: Python<'_>,
    key: &Bound<'_, PyAny>,
    iss: &str,
    purpose: &str,
    store: &Store,
    number: Option<&str>,
    claims: Vec<String>,
    checks: Vec<String>,
    expect: Option<std::collections::HashMap<String, String>>,
    locality: Option<&str>,
    max_age: Option<u32>,
    terminal: Option<&str>,
    ttl: u32,
    env: &str,
    action: Option<&str>,
    region: Option<&str>,
    text: Option<&str>,
) -> PyResult<Demand> {
    let request = json!({
        "iss": iss, "purpose": purpose, "number": number, "claims": claims, "checks": checks, "expect": expect,
        "locality": locality, "max_age": max_age, "terminal": terminal, "ttl": ttl, "env": env,
        "action": action, "region": region, "text": text,
    });
    let (key, request, store) = (key.str()?.to_string(), request.to_string(), store.store.clone());
    let issued = py.detach(|| shared::demand(&store, &key, &request));
    Ok(Demand { issued: errors::told(py, issued)? })
}

/// Decides on a presentation, once for each demand; without a nonce the demand that it names is meant.
#[pyfunction]
#[pyo3(signature = (presentation, *, trust, store, nonce=None))]
pub(crate) fn answer(
    py: Python<'_>,
    presentation: &str,
    trust: &Trust,
    store: &Store,
    nonce: Option<&str>,
) -> PyResult<Verdict> {
    let decided = py.detach(|| shared::answer(&store.store, &trust.trust, presentation, nonce));
    Ok(Verdict { decided: errors::told(py, decided)? })
}

/// The record that the store keeps of an accepted answer; None when nothing was accepted for this nonce.
#[pyfunction]
#[pyo3(signature = (nonce, *, store))]
pub(crate) fn record(py: Python<'_>, nonce: &str, store: &Store) -> PyResult<Option<Vec<u8>>> {
    errors::told(py, py.detach(|| shared::recorded_json(&store.store, nonce)))
}

/// Judges a record as of a time, in seconds since 1970. Answers nothing, changes nothing.
#[pyfunction]
#[pyo3(signature = (record, *, list, anchor, at))]
pub(crate) fn audit(py: Python<'_>, record: &[u8], list: &str, anchor: &str, at: i64) -> PyResult<Verdict> {
    Ok(Verdict { decided: errors::told(py, py.detach(|| shared::audit(list, anchor, record, at)))? })
}

/// A decision.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Verdict {
    decided: shared::Decided,
}

#[pymethods]
impl Verdict {
    /// Whether the flow may go on.
    #[getter]
    fn accepted(&self) -> bool {
        self.decided.verdict().is_accepted()
    }

    /// Every reason against it.
    #[getter]
    fn reasons(&self) -> Vec<Reason> {
        self.decided.verdict().reasons().iter().map(|reason| Reason { code: reason.code }).collect()
    }

    /// What the demand asked for, when it is accepted.
    #[getter]
    fn claims(&self, py: Python<'_>) -> PyResult<Option<Claims>> {
        Ok(errors::told(py, self.decided.claims())?.map(|claims| Claims { claims }))
    }

    /// The demand's purpose, once the signatures held.
    #[getter]
    fn purpose(&self) -> Option<&str> {
        self.decided.verdict().purpose().map(|purpose| purpose.as_str())
    }

    /// Which order it is about.
    #[getter]
    fn nonce(&self) -> Option<&str> {
        self.decided.nonce()
    }

    /// What `realname verify --json` prints.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let text = self.decided.told().and_then(|told| shared::json(&told));
        Ok(PyString::new(py, &errors::told(py, text)?))
    }

    fn __bool__(&self) -> PyResult<bool> {
        Err(PyValueError::new_err("ask for .accepted"))
    }

    fn __repr__(&self) -> String {
        let reasons: Vec<_> =
            self.decided.verdict().reasons().iter().map(|reason| reason.code.as_str()).collect();
        if reasons.is_empty() {
            "<Verdict accepted>".to_owned()
        } else {
            format!("<Verdict refused: {}>", reasons.join(", "))
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(shown::unpicklable())
    }
}

/// A reason against a presentation.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Reason {
    code: shared::ReasonCode,
}

#[pymethods]
impl Reason {
    /// The stable code.
    #[getter]
    fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// What the clerk is told: `en` or `zh`.
    #[pyo3(signature = (lang="en"))]
    fn text(&self, lang: &str) -> PyResult<&'static str> {
        match lang {
            "en" => Ok(self.code.text(shared::Lang::En)),
            "zh" => Ok(self.code.text(shared::Lang::Zh)),
            _ => Err(PyValueError::new_err("lang is en or zh")),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Reason {}>", self.code.as_str())
    }
}

/// What was disclosed, by name. Its values are shown by asking for them only.
#[pyclass(frozen, mapping, module = "realname")]
pub(crate) struct Claims {
    claims: Told,
}

impl Claims {
    fn names(&self) -> impl ExactSizeIterator<Item = &String> {
        self.claims.as_object().into_iter().flat_map(|claims| claims.keys()).collect::<Vec<_>>().into_iter()
    }
}

#[pymethods]
impl Claims {
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let value = self.claims.get(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        shown::object(py, value)
    }

    /// A claim, or None.
    fn get<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        shown::object(py, self.claims.get(name).unwrap_or(&Value::Null))
    }

    /// The names.
    fn keys(&self) -> Vec<String> {
        self.names().cloned().collect()
    }

    fn __contains__(&self, name: &str) -> bool {
        self.claims.get(name).is_some()
    }

    fn __len__(&self) -> usize {
        self.names().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyIterator>> {
        pyo3::types::PyList::new(py, self.names())?.try_iter()
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.names().map(String::as_str).collect();
        format!("<Claims {}: not shown>", names.join(", "))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(shown::unpicklable())
    }
}
