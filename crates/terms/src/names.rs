//! The macro that gives an enum its names.

/// Gives an enum its stable names, written once: `as_str`, `from_name`, `ALL`, `Display`, `FromStr` and serde.
///
/// The match is exhaustive, so that a variant without a name doesn't compile. An unknown name has no value: it is never
/// guessed. A name after `|` is read and never written.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// pub enum Size { Small, Large }
/// realname_terms::names! { Size { Small = "small", Large = "large" } }
///
/// assert_eq!(Size::ALL.map(Size::as_str), ["small", "large"]);
/// assert_eq!(Size::from_name("large"), Some(Size::Large));
/// assert!("medium".parse::<Size>().is_err());
/// assert_eq!(serde_json::to_string(&Size::Small).unwrap(), r#""small""#);
/// ```
///
/// ```compile_fail
/// pub enum Size { Small, Large }
/// realname_terms::names! { Size { Small = "small" } }
/// ```
#[macro_export]
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal $(| $also:literal)*),+ $(,)? }) => {
        impl $type {
            /// All of them, in the order in which they are shown.
            pub const ALL: [$type; [$($name),+].len()] = [$($type::$variant),+];

            /// The names, in the order of [`ALL`](Self::ALL).
            pub const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];

            /// The stable name, on the wire and in files.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// From the stable name; `None` for a name that isn't one.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name $(| $also)* => Some(Self::$variant),)+ _ => None }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(name: &str) -> Result<Self, $crate::UnknownName> {
                Self::from_name(name).ok_or($crate::UnknownName { expected: &Self::NAMES })
            }
        }

        impl $crate::__serde::Serialize for $type {
            fn serialize<S: $crate::__serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::__schema! { $type, Self::NAMES }

        impl<'de> $crate::__serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::__name(deserializer, Self::from_name, &Self::NAMES)
            }
        }
    };
}

/// The JSON Schema of a type that is written as one of these texts. Nothing without the feature `schema`.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __schema {
    ($type:ty, $names:expr) => {
        impl $crate::__schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($type)).into()
            }

            fn json_schema(_: &mut $crate::__schemars::SchemaGenerator) -> $crate::__schemars::Schema {
                $crate::__names_schema($names)
            }
        }
    };
}

/// The JSON Schema of a type that is written as one of these texts. Nothing without the feature `schema`.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __schema {
    ($type:ty, $names:expr) => {};
}

/// The JSON Schema of one of these texts. For [`__schema!`](crate::__schema!).
#[cfg(feature = "schema")]
#[doc(hidden)]
pub fn __names_schema<'a>(names: impl IntoIterator<Item = &'a str>) -> schemars::Schema {
    schemars::json_schema!({"type": "string", "enum": names.into_iter().collect::<Vec<_>>()})
}

/// The text is none of a table's names. It isn't quoted: it came from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of: {}", expected.join(", "))]
pub struct UnknownName {
    /// The names that there are.
    pub expected: &'static [&'static str],
}

crate::explain! {
    UnknownName {
        _ => "unknown_name", Caller, "Give one of the names that are listed.", "请使用列出的名称之一。", "名称不在列表中";
    }
}

/// Reads a name. For [`names!`](crate::names!).
#[doc(hidden)]
pub fn __name<'de, D: serde::Deserializer<'de>, T>(
    deserializer: D,
    from_name: fn(&str) -> Option<T>,
    expected: &'static [&'static str],
) -> Result<T, D::Error> {
    use serde::de::{Deserialize, Error};
    let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    from_name(&name).ok_or_else(|| D::Error::unknown_variant(&name, expected))
}
