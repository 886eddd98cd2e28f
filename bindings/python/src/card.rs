//! A card that was read.

use pyo3::prelude::*;
use pyo3::types::PyString;
use realname_bindings::{CardRead as Read, Told, card_json};

use crate::{errors, shown};

/// What the card says. Nothing of it is in its `repr`.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Document {
    value: Told,
}

impl Document {
    fn text(&self, name: &str) -> Option<&str> {
        self.value[name].as_str()
    }
}

macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        #[pymethods]
        impl Document {
            $($(#[doc = $doc])* #[getter]
            fn $name(&self) -> Option<&str> {
                self.text(stringify!($name))
            })*

            /// `{"code": "01", "name": "汉"}`; the name is None where the code isn't known.
            #[getter]
            fn ethnic_group<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                shown::object(py, &self.value["ethnic_group"])
            }

            /// How often a residence permit was issued.
            #[getter]
            fn issue_count(&self) -> Option<u64> {
                self.value["issue_count"].as_u64()
            }

            /// How often a foreigner's card of 2023 was renewed.
            #[getter]
            fn renewals(&self) -> Option<u64> {
                self.value["renewals"].as_u64()
            }

            fn __repr__(&self) -> String {
                format!("<Document {}: not shown>", self.value["kind"].as_str().unwrap_or_default())
            }

            fn __reduce__(&self) -> PyResult<()> {
                Err(shown::unpicklable())
            }
        }
    };
}

texts! {
    /// `resident`, `residence_permit`, `permanent_resident_2017`, `permanent_resident_2023`.
    kind,
    /// In Chinese characters, exactly as on the card.
    name,
    /// In Latin letters, on foreigners' cards.
    english_name,
    /// `male`, `female`, `unknown`, `not_stated`.
    sex,
    /// `YYYY-MM-DD`.
    birth_date,
    /// As printed.
    address,
    /// The identity number.
    number,
    /// The issuing authority as printed.
    authority,
    /// Four digits, on a foreigner's card of 2017.
    authority_code,
    /// `YYYY-MM-DD`.
    valid_from,
    /// `YYYY-MM-DD` or `long_term`.
    valid_until,
    /// Three letters.
    nationality,
    /// On a residence permit.
    travel_permit_number,
    /// The number that the holder had before.
    former_number,
}

/// A reading. Nothing of it is in its `repr`; `json()` is its open form.
#[pyclass(frozen, module = "realname")]
pub(crate) struct CardRead {
    card: Read,
}

impl CardRead {
    pub(crate) fn new(card: Read) -> Self {
        Self { card }
    }

    fn value(&self) -> Told {
        card_json(&self.card)
    }
}

#[pymethods]
impl CardRead {
    /// What the card says.
    #[getter]
    fn document(&self) -> Document {
        Document { value: self.value().member("document") }
    }

    /// What a careful reader should know about the fields.
    #[getter]
    fn flags(&self) -> Vec<&'static str> {
        self.card.document().flags().iter().map(|flag| flag.as_str()).collect()
    }

    /// Whether the number's form and check digit hold: `valid` and others.
    #[getter]
    fn number_check(&self) -> String {
        self.value()["number_check"].as_str().unwrap_or_default().to_owned()
    }

    /// The newest address written to the chip after the card was issued.
    #[getter]
    fn additional_address(&self) -> Option<&str> {
        self.card.additional_address().map(|address| address.as_str())
    }

    /// The id that the reader's security module stated.
    #[getter]
    fn sam_id(&self) -> String {
        self.card.sam_id().to_string()
    }

    /// The chip's photo in its closed format.
    #[getter]
    fn photo(&self) -> &[u8] {
        self.card.photo().bytes()
    }

    /// What `realname reader read --json` prints.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, &errors::told(py, realname_bindings::json(&self.card.to_plain()))?))
    }

    fn __repr__(&self) -> String {
        "<CardRead: not shown>".to_owned()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(shown::unpicklable())
    }
}
