//! What a JSON tree keeps its texts and names as: memory of their own, or the place where they stand.

use zeroize::Zeroizing;

use super::Name;

/// Texts of a tree, and names that go with them.
pub trait Texts: AsRef<str> + Clone {
    /// A member's name.
    type Name: AsRef<str> + Clone + PartialEq;

    /// A text as a name.
    fn into_name(self) -> Self::Name;
}

impl Texts for Zeroizing<String> {
    type Name = Name;

    fn into_name(self) -> Name {
        self.as_str().into()
    }
}

impl Texts for InPlace<'_> {
    type Name = Self;

    fn into_name(self) -> Self {
        self
    }
}

/// A text that stands in the bytes it was parsed from; one with escapes is unescaped into memory of its own. A tree of them is
/// cheap to set up and to give back: nothing is allocated for a text, and whoever has the bytes wipes them all at once.
#[derive(Clone)]
pub struct InPlace<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    Standing(&'a str),
    Own(Zeroizing<String>),
}

impl AsRef<str> for InPlace<'_> {
    fn as_ref(&self) -> &str {
        match &self.0 {
            Form::Standing(text) => text,
            Form::Own(text) => text,
        }
    }
}

impl PartialEq for InPlace<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl<'a, 'b: 'a> From<&'b str> for InPlace<'a> {
    fn from(text: &'b str) -> Self {
        Self(Form::Standing(text))
    }
}

impl From<String> for InPlace<'_> {
    fn from(text: String) -> Self {
        Self(Form::Own(Zeroizing::new(text)))
    }
}

impl std::fmt::Debug for InPlace<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// How a tree takes the texts that the parser hands to it.
pub(super) trait Taken<'de>: Texts {
    /// Takes a text that stands in what is parsed, for as long as that.
    fn standing(text: &'de str) -> Self;
    /// Takes a text that is gone when the parser goes on.
    fn passing(text: &str) -> Self;

    /// As `standing`, of a name.
    fn name_standing(text: &'de str) -> Self::Name {
        Self::standing(text).into_name()
    }

    /// As `passing`, of a name.
    fn name_passing(text: &str) -> Self::Name {
        Self::passing(text).into_name()
    }
}

impl<'de> Taken<'de> for InPlace<'de> {
    fn standing(text: &'de str) -> Self {
        text.into()
    }

    fn passing(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<'de> Taken<'de> for Zeroizing<String> {
    fn standing(text: &'de str) -> Self {
        Self::passing(text)
    }

    fn passing(text: &str) -> Self {
        Zeroizing::new(text.to_owned())
    }

    fn name_standing(text: &'de str) -> Name {
        text.into()
    }

    fn name_passing(text: &str) -> Name {
        text.into()
    }
}
