//! The macro that gives an error its codes.

/// Gives a type its codes: one row for each pattern, exhaustive, so that a new variant without a row doesn't compile.
///
/// A row is `pattern => "code", Fault, "English.", "中文。";`. A wrapped error speaks for itself: its pattern binds it under
/// `through`.
///
/// ```
/// use realname_terms::{Codes, Explain, Fault, Lang, explain};
///
/// enum Inner { Full }
/// enum Outer { Name, Wrapped(Inner) }
///
/// explain! {
///     Inner {
///         Self::Full => "inner_full", Store, "Make room.", "请清理空间。";
///     }
/// }
/// explain! {
///     Outer {
///         Self::Name => "outer_name", Caller, "Give another name.", "请更换名称。";
///     }
///     through { Self::Wrapped(inner) => inner; }
/// }
///
/// assert_eq!(Outer::Wrapped(Inner::Full).code(), "inner_full");
/// assert_eq!(Outer::Name.fault(), Fault::Caller);
/// assert_eq!(Outer::Name.advice(Lang::Zh), "请更换名称。");
/// assert_eq!(Outer::ENTRIES.len(), 1);
/// ```
///
/// ```compile_fail
/// enum Two { One, Other }
/// realname_terms::explain! {
///     Two {
///         Self::One => "one", Caller, "Forget nothing.", "请勿遗漏。";
///     }
/// }
/// ```
#[macro_export]
macro_rules! explain {
    (
        $type:ty {
            $($pattern:pat $(if $guard:expr)? => $code:expr, $fault:ident, $en:expr, $zh:expr;)*
        }
        $(through { $($through:pat => $inner:expr;)* })?
    ) => {
        impl $crate::Explain for $type {
            fn entry(&self) -> $crate::Entry {
                match self {
                    $($pattern $(if $guard)? => $crate::Entry {
                        code: $code,
                        fault: $crate::Fault::$fault,
                        advice: $crate::Advice { en: $en, zh: $zh },
                    },)*
                    $($($through => $crate::Explain::entry(&$inner),)*)?
                }
            }
        }

        impl $crate::Codes for $type {
            const NAME: &'static str = stringify!($type);
            const ENTRIES: &'static [$crate::Entry] = &[
                $($crate::Entry {
                    code: $code,
                    fault: $crate::Fault::$fault,
                    advice: $crate::Advice { en: $en, zh: $zh },
                },)*
            ];
        }
    };
}
