//! A scheme as a configuration writes it, and what of it can't be right.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SignatureError;
use super::pattern::{Pattern, Slot};
use crate::http::code_map::Source;
use crate::http::secret::SecretPlace;

/// `[signature]` of a register's configuration. `docs/authorities.md` explains every key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(feature = "http"),
    expect(dead_code, reason = "checked for its form; read by who asks a register")
)]
pub(in crate::http) struct RawSignature {
    source: String,
    label: String,
    time: TimeForm,
    parts: Vec<SignedPart>,
    scope: Option<String>,
    #[serde(default)]
    key_prefix: String,
    #[serde(default)]
    key_steps: Vec<String>,
    signed_headers: Vec<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    path_ends_with_slash: bool,
    #[serde(default = "authorization")]
    header: String,
    template: String,
    pub(in crate::http) id: SecretPlace,
    pub(in crate::http) secret: SecretPlace,
}

fn authorization() -> String {
    "Authorization".into()
}

/// How a moment is written. Always UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TimeForm {
    /// `1795975750`
    UnixSeconds,
    /// `2026-11-29T18:09:11Z`
    Extended,
    /// `20261129T180911Z`
    Basic,
}

/// A line of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SignedPart {
    Label,
    Time,
    Scope,
    /// SHA-256 of the canonical request, in hexadecimal.
    RequestSha256,
}

/// A scheme that could be right.
#[derive(Clone, Debug)]
pub(super) struct Scheme {
    pub(super) label: String,
    pub(super) time: TimeForm,
    pub(super) parts: Vec<SignedPart>,
    pub(super) scope: Option<Pattern>,
    pub(super) key_prefix: String,
    pub(super) key_steps: Vec<Pattern>,
    /// In lower case, sorted.
    pub(super) signed_headers: Vec<String>,
    pub(super) headers: Vec<(String, Pattern)>,
    pub(super) path_ends_with_slash: bool,
    pub(super) header: String,
    pub(super) template: Pattern,
}

impl Scheme {
    pub(super) fn read(raw: &RawSignature) -> Result<Self, SignatureError> {
        if Source::read("signature", "signature", &raw.source).is_err() {
            return Err(SignatureError::Source);
        }
        let days = [Slot::Date, Slot::Day];
        let label = Pattern::read("label", &raw.label, &[])?.filled(|_| "");
        let scope = raw.scope.as_deref().map(|text| Pattern::read("scope", text, &days)).transpose()?;
        let steps = raw.key_steps.iter().map(|text| Pattern::read("key_steps", text, &days));
        let slots = [Slot::Label, Slot::Id, Slot::Scope, Slot::Headers, Slot::Signature];
        let template = Pattern::read("template", &raw.template, &slots)?;
        if template.count(Slot::Signature) != 1 {
            return Err(SignatureError::Unsigned);
        }
        let named = |part| raw.parts.iter().filter(|known| **known == part).count();
        if named(SignedPart::RequestSha256) != 1 {
            return Err(SignatureError::Parts);
        }
        let uses_scope = named(SignedPart::Scope) + template.count(Slot::Scope) > 0;
        if uses_scope != scope.is_some() {
            return Err(SignatureError::Scope);
        }
        if !is_header_name(&raw.header) {
            return Err(SignatureError::Header(raw.header.clone()));
        }
        let mut signed_headers: Vec<String> =
            raw.signed_headers.iter().map(|name| name.to_ascii_lowercase()).collect();
        signed_headers.sort_unstable();
        let twice = signed_headers.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| &pair[0]);
        let unfit = |name: &&String| !is_header_name(name) || name.eq_ignore_ascii_case(&raw.header);
        if let Some(name) = twice.or_else(|| signed_headers.iter().find(unfit)) {
            return Err(SignatureError::Header(name.clone()));
        }
        if let Some(name) = raw.headers.keys().find(unfit) {
            return Err(SignatureError::Header(name.clone()));
        }
        let slots = [Slot::Date, Slot::Day, Slot::Time, Slot::Nonce, Slot::BodySha256];
        let headers = raw.headers.iter();
        let headers = headers.map(|(name, text)| Ok((name.clone(), Pattern::read("headers", text, &slots)?)));
        Ok(Self {
            label,
            time: raw.time,
            parts: raw.parts.clone(),
            scope,
            key_prefix: raw.key_prefix.clone(),
            key_steps: steps.collect::<Result<_, _>>()?,
            signed_headers,
            headers: headers.collect::<Result<_, _>>()?,
            path_ends_with_slash: raw.path_ends_with_slash,
            header: raw.header.clone(),
            template,
        })
    }
}

/// A token as RFC 9110 section 5.6.2 has it.
fn is_header_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
