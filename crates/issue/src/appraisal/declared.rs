//! What a buyer typed in.

use zeroize::Zeroizing;

use crate::capture::DeclaredPrint;
use crate::document::{CardDate, DocumentKind, IdNumber, NumberCheck, NumberKind, Personal, ValidUntil};

/// Name and number as the buyer typed them. A type of its own, with no way from here to a
/// [`Document`](crate::document::Document) or a [`CardRead`](crate::document::CardRead): what was typed never passes for
/// what was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Declared {
    name: Personal,
    number: IdNumber,
    kind: DocumentKind,
    validity: Option<(CardDate, ValidUntil)>,
}

/// What was typed can't be right. The buyer corrects it; nobody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeclaredError {
    /// The name is blank, or longer than any card holds.
    #[error("the name must have 1 to 70 characters")]
    Name,
    /// The number has none of the known forms.
    #[error("the number has none of the known forms")]
    NumberForm,
    /// The number's check character is wrong.
    #[error("the number's check character is wrong")]
    NumberCheck,
    /// The number holds another birth date.
    #[error("the number holds another birth date")]
    BirthDate,
    /// The end of validity lies before its begin.
    #[error("the validity ends before it begins")]
    Validity,
}

impl Declared {
    /// Longest name that any of the four documents holds, in characters (a foreigner's card: 60 and a few).
    const LONGEST_NAME: usize = 70;

    /// Takes what was typed, and refuses what can't be right before anybody is asked and billed. Spaces around it and the
    /// case of a final `x` don't matter.
    ///
    /// # Errors
    /// [`DeclaredError`] says what to correct.
    pub fn new(name: &str, number: &str) -> Result<Self, DeclaredError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > Self::LONGEST_NAME {
            return Err(DeclaredError::Name);
        }
        let number = IdNumber::new(&Zeroizing::new(number.trim().to_ascii_uppercase()));
        match number.check() {
            NumberCheck::Valid => {}
            NumberCheck::Invalid => return Err(DeclaredError::NumberCheck),
            NumberCheck::Unknown => return Err(DeclaredError::NumberForm),
        }
        let kind = match number.kind() {
            NumberKind::Citizen => DocumentKind::Resident,
            NumberKind::ResidencePermit => DocumentKind::ResidencePermit,
            NumberKind::Foreigner2023 => DocumentKind::PermanentResident2023,
            NumberKind::Foreigner2017 => DocumentKind::PermanentResident2017,
            NumberKind::Other => return Err(DeclaredError::NumberForm),
        };
        Ok(Self { name: name.into(), number, kind, validity: None })
    }

    /// With the validity as the buyer typed it from the emblem side: then the register is asked the four-element question,
    /// which finds cards that were replaced.
    ///
    /// # Errors
    /// [`DeclaredError::Validity`].
    pub fn with_validity(mut self, from: CardDate, until: ValidUntil) -> Result<Self, DeclaredError> {
        if let ValidUntil::Day(last) = until
            && last < from
        {
            return Err(DeclaredError::Validity);
        }
        self.validity = Some((from, until));
        Ok(self)
    }

    /// Compares the birth date that the buyer typed with the one in the number. Nothing more is kept of it.
    ///
    /// # Errors
    /// [`DeclaredError::BirthDate`], also when the number holds none.
    pub fn born_on(self, birth: CardDate) -> Result<Self, DeclaredError> {
        match self.number.agrees_with_birth(birth.to_date()) {
            Some(true) => Ok(self),
            Some(false) | None => Err(DeclaredError::BirthDate),
        }
    }

    /// What a photo of the card must show of it.
    pub fn print(&self) -> DeclaredPrint {
        let print = DeclaredPrint::new(self.number.clone()).with_name(self.name.clone());
        match self.validity {
            Some((from, until)) => print.with_validity(from, until),
            None => print,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The number.
    pub fn number(&self) -> &IdNumber {
        &self.number
    }

    /// The kind of document that has such a number.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The validity, if it was typed.
    pub fn validity(&self) -> Option<(CardDate, ValidUntil)> {
        self.validity
    }
}

impl std::fmt::Debug for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Declared")
            .field("kind", &self.kind)
            .field("validity", &self.validity.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_data_is_corrected_before_anybody_is_asked() {
        assert!(Declared::new(" 测试甲 ", "119999199001010004").is_ok());
        assert_eq!(
            Declared::new("测试辛", "11999919900101008x").unwrap().number().as_str(),
            "11999919900101008X"
        );
        assert_eq!(Declared::new("", "119999199001010004"), Err(DeclaredError::Name));
        assert_eq!(Declared::new(&"长".repeat(71), "119999199001010004"), Err(DeclaredError::Name));
        assert_eq!(Declared::new("测试甲", "119999199001010005"), Err(DeclaredError::NumberCheck));
        assert_eq!(Declared::new("测试甲", "12345"), Err(DeclaredError::NumberForm));
        let day = |digits| CardDate::parse(digits).unwrap();
        let typed = Declared::new("测试甲", "119999199001010004").unwrap();
        let reversed = typed.clone().with_validity(day("20300101"), ValidUntil::Day(day("20200101")));
        assert_eq!(reversed, Err(DeclaredError::Validity));
        assert!(typed.clone().with_validity(day("20200101"), ValidUntil::LongTerm).is_ok());
        assert!(typed.clone().born_on(day("19900101")).is_ok());
        assert_eq!(typed.born_on(day("19900110")), Err(DeclaredError::BirthDate));
    }

    #[test]
    fn foreigners_by_the_form_of_their_number() {
        let kind = |number| Declared::new("TEST", number).unwrap().kind();
        assert_eq!(kind("911000199001010005"), DocumentKind::PermanentResident2023);
        assert_eq!(kind("UTO110190010118"), DocumentKind::PermanentResident2017);
        assert_eq!(kind("810000199001010000"), DocumentKind::ResidencePermit);
    }

    #[test]
    fn nothing_typed_is_shown() {
        let shown = format!("{:?}", Declared::new("测试甲", "119999199001010004").unwrap());
        assert!(!shown.contains("测试") && !shown.contains("1999"), "{shown}");
    }
}
