//! What a card is said to have printed on it.

use serde::Serialize;

use super::measure::{Measurement, PrintedLine, PrintedOutcome, Thresholds};
use super::plugin::{TextField, TextReader};
use super::read::{ReadOutcome, ReadText, read};
use super::{Defect, PhotoFault, Slot};
use crate::document::{CardDate, IdNumber, Personal, ValidUntil};
use crate::profile::Outcome;

/// What somebody declared of a card, for comparing it with what is printed on the photographed one.
#[derive(Clone)]
pub struct DeclaredPrint {
    number: IdNumber,
    validity: Option<(CardDate, ValidUntil)>,
    name: Option<Personal>,
}

/// What was found of the declared values on the photos.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PrintedExamination {
    /// The number on the portrait side; absent when there was no card to look at.
    pub number: Option<PrintedLine>,
    /// The dates on the emblem side; absent when none were declared, or there was no card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity: Option<PrintedLine>,
    /// What a text reader read: the name, and number and dates where no template fits. None of it changes an outcome.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<ReadText>,
}

impl DeclaredPrint {
    /// The number alone.
    pub fn new(number: IdNumber) -> Self {
        Self { number, validity: None, name: None }
    }

    /// Also the dates of validity on the emblem side.
    pub fn with_validity(mut self, from: CardDate, until: ValidUntil) -> Self {
        self.validity = Some((from, until));
        self
    }

    /// Also the name on the portrait side, which only a [`TextReader`] reads.
    pub fn with_name(mut self, name: Personal) -> Self {
        self.name = Some(name);
        self
    }

    /// Compares it with the two sides. A photo that plainly shows something else isn't read.
    pub(crate) fn examine(
        &self,
        photos: &[Measurement],
        thresholds: &Thresholds,
        reader: Option<&dyn TextReader>,
    ) -> PrintedExamination {
        let card = |slot: Slot| {
            let photo =
                photos.iter().find(|photo| photo.slot == slot && photo.view.fits(slot) != Some(false));
            photo.and_then(|photo| photo.card.as_ref())
        };
        let validity = self
            .validity
            .as_ref()
            .zip(card(Slot::EmblemSide))
            .map(|((from, until), card)| card.printed_validity(&printed_dates(from, until), thresholds));
        let number =
            card(Slot::PortraitSide).map(|card| card.printed_number(&self.number.canonical(), thresholds));
        let dates = self.validity.as_ref().map(|(from, until)| printed_dates(from, until));
        let unread = |line: &Option<PrintedLine>| {
            line.as_ref().is_some_and(|line| line.outcome == PrintedOutcome::Unreadable)
        };
        let number_text = unread(&number).then(|| Personal::from(self.number.canonical().as_ref()));
        let fields = [
            (TextField::Name, Slot::PortraitSide, self.name.clone()),
            (TextField::IdNumber, Slot::PortraitSide, number_text),
            (TextField::Validity, Slot::EmblemSide, dates.filter(|_| unread(&validity)).map(Personal::from)),
        ];
        let texts = reader.into_iter().flat_map(|reader| {
            let fields = fields.iter();
            fields.filter_map(move |(field, slot, text)| {
                Some(read(reader, card(*slot)?, *field, text.as_ref()?))
            })
        });
        let texts = texts.collect();
        PrintedExamination { number, validity, texts }
    }
}

/// As a card has them: `2010.01.01-2030.01.01`, or up to the hyphen.
fn printed_dates(from: &CardDate, until: &ValidUntil) -> String {
    let dotted = |date: &CardDate| date.to_date().strftime("%Y.%m.%d").to_string();
    match until {
        ValidUntil::Day(until) => format!("{}-{}", dotted(from), dotted(until)),
        ValidUntil::LongTerm => format!("{}-", dotted(from)),
    }
}

impl PrintedExamination {
    /// How the comparison of the number ended: `not_run` when there was no card to look at.
    pub fn number_outcome(&self) -> Outcome {
        self.number.as_ref().map_or(Outcome::NotRun, |line| line.outcome.as_check())
    }

    /// What is wrong with the number.
    pub fn number_fault(&self) -> Option<Defect> {
        let code = match &self.number {
            Some(line) => line.outcome.number_fault()?,
            None => PhotoFault::NumberUnreadable,
        };
        Some(Defect::new(code, self.number_outcome(), &[Slot::PortraitSide]))
    }

    /// What is wrong with the dates; nothing when none were compared.
    pub fn validity_fault(&self) -> Option<Defect> {
        let line = self.validity.as_ref()?;
        Some(Defect::new(line.outcome.validity_fault()?, line.outcome.as_check(), &[Slot::EmblemSide]))
    }

    /// Whether a text reader read something else than what was declared.
    pub fn reads_otherwise(&self) -> bool {
        self.texts.iter().any(|text| text.outcome == ReadOutcome::ReadsOtherwise)
    }

    /// Whether the dates were compared and are others.
    pub fn validity_differs(&self) -> bool {
        self.validity.as_ref().is_some_and(|line| line.outcome == PrintedOutcome::Differs)
    }
}

impl std::fmt::Debug for DeclaredPrint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeclaredPrint([redacted])")
    }
}
