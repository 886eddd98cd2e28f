//! The macro that gives an error its codes.

/// Gives a type its codes: one row for each pattern, exhaustive, so that a new variant without a row doesn't compile.
///
/// A row is `pattern => "code", Fault, "Next.", "下一步。", "发生了什么";`: what to do next in both languages, then what
/// happened in Chinese. Without the last one, what happened is the first clause of the Chinese advice. In English it is the
/// type's `Display`, or a further text where more belongs to it. These two may name what the pattern binds, as `format!` does
/// (arguments in brackets behind the text), and the error itself under the name that stands behind `as`. A wrapped error speaks
/// for itself: its pattern binds it under `through`.
///
/// ```
/// use realname_terms::{Codes, Explain, Fault, Lang, explain};
///
/// #[derive(Debug)]
/// enum Inner { Full }
/// #[derive(Debug)]
/// enum Outer { Name { got: usize }, Wrapped(Inner) }
/// # impl std::fmt::Display for Inner {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("no room") }
/// # }
/// # impl std::fmt::Display for Outer {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("a wrong name") }
/// # }
///
/// explain! {
///     Inner {
///         Self::Full => "inner_full", Store, "Make room.", "空间不足，请清理。";
///     }
/// }
/// explain! {
///     Outer as error {
///         Self::Name { got } => "outer_name", Caller, "Give another name.", "请更换名称。", "名称有 {got} 个字符（{error}）";
///     }
///     through { Self::Wrapped(inner) => inner; }
/// }
///
/// let wrapped = Outer::Wrapped(Inner::Full);
/// assert_eq!((wrapped.code(), wrapped.message(Lang::Zh)), ("inner_full", "空间不足".to_owned()));
/// let name = Outer::Name { got: 3 };
/// assert_eq!(name.fault(), Fault::Caller);
/// assert_eq!(name.advice(Lang::Zh), "请更换名称。");
/// assert_eq!(name.message(Lang::En), "a wrong name");
/// assert_eq!(name.message(Lang::Zh), "名称有 3 个字符（a wrong name）");
/// assert_eq!(Outer::ENTRIES.len(), 1);
/// ```
///
/// ```compile_fail
/// #[derive(Debug)]
/// enum Two { One, Other }
/// # impl std::fmt::Display for Two {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("one of two") }
/// # }
/// realname_terms::explain! {
///     Two {
///         Self::One => "one", Caller, "Forget nothing.", "有遗漏，请补充。";
///     }
/// }
/// ```
#[macro_export]
macro_rules! explain {
    (
        $type:ty $(as $error:ident)? {
            $($pattern:pat $(if $guard:expr)? => $code:expr, $fault:ident, $en:expr, $zh:expr
                $(, $what:literal $(($($arg:expr),+))? $(, $says:literal $(($($part:expr),+))?)?)?;)*
        }
        $(through { $($through:pat => $inner:expr;)* })?
    ) => {
        impl $crate::Explain for $type {
            #[allow(unused_variables)] // What a pattern binds may be for the message alone.
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

            #[allow(unused_variables)] // What a pattern binds may be for the guard, or for one language, alone.
            fn message(&self, lang: $crate::Lang) -> ::std::string::String {
                $(let $error = self;)?
                match self {
                    $($pattern $(if $guard)? => match lang {
                        $crate::Lang::En => $crate::__happened!(english, self $($(, $says $($(, $part)+)?)?)?),
                        $crate::Lang::Zh => $crate::__happened!(chinese, $zh $(, $what $($(, $arg)+)?)?),
                    },)*
                    // In English the wrapping says what was tried, in Chinese the wrapped error what happened.
                    $($($through => match lang {
                        $crate::Lang::En => ::std::string::ToString::to_string(self),
                        $crate::Lang::Zh => $crate::Explain::message(&$inner, lang),
                    },)*)?
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

/// What happened, for [`explain!`](crate::explain!): the row's own text, or what stands for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __happened {
    (english, $error:expr) => {
        ::std::string::ToString::to_string($error)
    };
    (chinese, $advice:expr) => {
        ::std::borrow::ToOwned::to_owned($crate::Advice { en: "", zh: $advice }.opening())
    };
    (english, $error:expr, $says:literal $(, $part:expr)*) => {
        ::std::format!($says $(, $part)*)
    };
    (chinese, $advice:expr, $what:literal $(, $arg:expr)*) => {
        ::std::format!($what $(, $arg)*)
    };
}
