//! The Python package `realname`: `realname._realname`.

#![allow(clippy::result_large_err, reason = "a failure has its texts in two languages, and is rare")]

mod card;
mod errors;
mod photos;
mod reader;
mod relying;
mod shown;
mod terminal;
mod waiting;

use pyo3::prelude::*;

/// Proves, with a signature, that a person was checked against a real identity document.
#[pymodule]
fn _realname(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<card::CardRead>()?;
    module.add_class::<card::Document>()?;
    module.add_class::<reader::Event>()?;
    module.add_class::<reader::Reader>()?;
    module.add_class::<reader::Watch>()?;
    module.add_class::<relying::Claims>()?;
    module.add_class::<relying::Demand>()?;
    module.add_class::<relying::Reason>()?;
    module.add_class::<relying::Store>()?;
    module.add_class::<relying::Trust>()?;
    module.add_class::<relying::Verdict>()?;
    module.add_class::<photos::Fault>()?;
    module.add_class::<photos::Photos>()?;
    module.add_class::<terminal::Terminal>()?;
    module.add_function(wrap_pyfunction!(reader::list_readers, module)?)?;
    module.add_function(wrap_pyfunction!(relying::answer, module)?)?;
    module.add_function(wrap_pyfunction!(relying::audit, module)?)?;
    module.add_function(wrap_pyfunction!(relying::demand, module)?)?;
    module.add_function(wrap_pyfunction!(relying::record, module)?)?;
    module.add_function(wrap_pyfunction!(photos::check_photos, module)?)?;
    Ok(())
}
