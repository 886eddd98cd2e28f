//! The terminal.

use pyo3::prelude::*;
use realname_bindings as shared;
use serde_json::json;

use crate::reader::Reader;
use crate::waiting::interruptible;
use crate::{errors, shown};

/// A terminal: `config` is the path of a configuration (the keys of `attest --config`); trust list, anchor and register are
/// named there or here, as on the command line.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Terminal {
    terminal: shared::Terminal,
}

#[pymethods]
impl Terminal {
    #[new]
    #[pyo3(signature = (config, *, trust=None, anchor=None, authority=None))]
    fn new(
        py: Python<'_>,
        config: &Bound<'_, PyAny>,
        trust: Option<&Bound<'_, PyAny>>,
        anchor: Option<&Bound<'_, PyAny>>,
        authority: Option<&str>,
    ) -> PyResult<Self> {
        let text = |path: Option<&Bound<'_, PyAny>>| {
            path.map(|path| path.str().map(|text| text.to_string())).transpose()
        };
        let given = json!({
            "config": config.str()?.to_string(), "trust": text(trust)?, "anchor": text(anchor)?, "authority": authority,
        });
        let given = given.to_string();
        let opened = py.detach(|| shared::Terminal::open(&given));
        Ok(Self { terminal: errors::told(py, opened)? })
    }

    /// Who asks, for what, and what would be disclosed, verified: what `realname demand check --json` prints, as a dict.
    fn check<'py>(&self, py: Python<'py>, demand: &str) -> PyResult<Bound<'py, PyAny>> {
        let checked = errors::told(py, py.detach(|| self.terminal.check(demand)))?;
        shown::object(py, &checked)
    }

    /// Checks the person (card, live photo, register) and answers the demand with a presentation. `consent`: the person
    /// agreed to what `check()` told.
    #[pyo3(signature = (demand, *, reader, live, consent, wait=10.0))]
    fn attest(
        &self,
        py: Python<'_>,
        demand: &str,
        reader: &Reader,
        live: &[u8],
        consent: bool,
        wait: f64,
    ) -> PyResult<String> {
        let (consent, options) = (json!({"given": consent}).to_string(), json!({"wait": wait}).to_string());
        let reader = &reader.reader;
        interruptible(
            py,
            || reader.cancel(),
            || self.terminal.attest(demand, reader, &options, live, &consent),
        )
    }

    fn __repr__(&self) -> String {
        "<Terminal>".to_owned()
    }
}
