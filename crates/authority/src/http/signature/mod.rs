//! Signatures over a canonical request, as the large clouds want them: TC3, ACS3, SDK-HMAC and their relatives are one
//! scheme with other words, so the words are configuration.
//!
//! ```text
//! canonical = METHOD \n path \n sorted query \n {name:value\n for each signed header, sorted} \n names;joined \n hex(sha256(body))
//! to_sign   = the parts (label, time, scope, hex(sha256(canonical))), a line each
//! signature = hex(HMAC-SHA-256(key, to_sign))
//! ```
//!
//! The key is the prefix and the secret, or a chain of HMACs from there over the key steps.

mod error;
mod pattern;
mod scheme;

use hmac::Mac;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::seal::{hex, keyed};
use super::{Request, Secret};
pub use error::SignatureError;
use pattern::Slot;
pub(super) use scheme::RawSignature;
use scheme::{Scheme, SignedPart, TimeForm};

/// How requests are signed for a register that wants a canonical request under the signature.
#[derive(Clone, Debug)]
pub struct Signature {
    scheme: Scheme,
    id: Secret,
    secret: Secret,
}

impl Signature {
    /// From the text of a `[signature]` table (without the table's head) with our key's name and the key itself. What the
    /// text names as `id` and `secret` isn't read here.
    ///
    /// # Errors
    /// [`SignatureError`] names what can't be right.
    pub fn parse(toml: &str, id: Secret, secret: Secret) -> Result<Self, SignatureError> {
        let raw = toml::from_str(toml).map_err(|error| SignatureError::Syntax(error.message().to_owned()))?;
        Self::read(&raw, id, secret)
    }

    pub(super) fn read(raw: &RawSignature, id: Secret, secret: Secret) -> Result<Self, SignatureError> {
        let scheme = Scheme::read(raw)?;
        if id.expose().iter().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self { scheme, id, secret })
        } else {
            Err(SignatureError::Text { place: "id", written: String::new() })
        }
    }

    /// The request with the scheme's headers and its signature. `host` is what the `Host` header says (with the port when
    /// it isn't the default), `nonce` what no other request has (ASCII letters and digits).
    ///
    /// `None` when a header that is to be signed isn't there, or is there twice: which of them would count?
    pub fn signed(&self, mut request: Request, host: &str, now: Timestamp, nonce: &str) -> Option<Request> {
        let scheme = &self.scheme;
        let (date, day) = (now.strftime("%Y-%m-%d").to_string(), now.strftime("%Y%m%d").to_string());
        let time = match scheme.time {
            TimeForm::UnixSeconds => now.as_second().to_string(),
            TimeForm::Extended => now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            TimeForm::Basic => now.strftime("%Y%m%dT%H%M%SZ").to_string(),
        };
        let body_sha256 = hex(&Sha256::digest(&request.body));
        let id = std::str::from_utf8(self.id.expose()).ok()?;
        let scope = scheme.scope.as_ref().map(|scope| scope.filled(|slot| of_day(slot, &date, &day)));
        let scope = scope.unwrap_or_default();
        for (name, value) in &scheme.headers {
            let value = value.filled(|slot| match slot {
                Slot::Time => &time,
                Slot::Nonce => nonce,
                Slot::BodySha256 => &body_sha256,
                other => of_day(other, &date, &day),
            });
            request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            request = request.with_header(name, value);
        }
        request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case("host"));
        request = request.with_header("Host", host);

        let names = scheme.signed_headers.join(";");
        let canonical = self.canonical(&request, &names, &body_sha256)?;
        let request_sha256 = hex(&Sha256::digest(canonical.as_bytes()));
        let lines: Vec<&str> = scheme
            .parts
            .iter()
            .map(|part| match part {
                SignedPart::Label => scheme.label.as_str(),
                SignedPart::Time => &time,
                SignedPart::Scope => &scope,
                SignedPart::RequestSha256 => &request_sha256,
            })
            .collect();
        let key = self.key(&date, &day);
        let signature = hex(&*mac(&key, lines.join("\n").as_bytes()));
        let value = scheme.template.filled(|slot| match slot {
            Slot::Label => scheme.label.as_str(),
            Slot::Id => id,
            Slot::Scope => &scope,
            Slot::Headers => &names,
            Slot::Signature => &signature,
            other => of_day(other, &date, &day),
        });
        Some(request.with_header(&scheme.header, value))
    }

    /// The canonical request. It holds what the query holds, so it is wiped.
    fn canonical(&self, request: &Request, names: &str, body_sha256: &str) -> Option<Zeroizing<String>> {
        let target = request.target();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let slash = if self.scheme.path_ends_with_slash && !path.ends_with('/') { "/" } else { "" };
        let mut parameters: Vec<(&str, &str)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        parameters.sort_unstable();
        let mut canonical = Zeroizing::new(String::with_capacity(target.len() + 2048));
        let mut add = |texts: &[&str]| texts.iter().for_each(|text| canonical.push_str(text));
        add(&[request.method.as_str(), "\n", path, slash, "\n"]);
        for (index, (name, value)) in parameters.iter().enumerate() {
            add(&[if index > 0 { "&" } else { "" }, name, "=", value]);
        }
        add(&["\n"]);
        for name in &self.scheme.signed_headers {
            let mut values = request.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            let (_, value) = values.next()?;
            if values.next().is_some() {
                return None;
            }
            add(&[name, ":", value.trim(), "\n"]);
        }
        add(&["\n", names, "\n", body_sha256]);
        Some(canonical)
    }

    fn key(&self, date: &str, day: &str) -> Zeroizing<Vec<u8>> {
        let mut key = Zeroizing::new(Vec::with_capacity(256 + self.secret.expose().len()));
        key.extend_from_slice(self.scheme.key_prefix.as_bytes());
        key.extend_from_slice(self.secret.expose());
        for step in &self.scheme.key_steps {
            let next = mac(&key, step.filled(|slot| of_day(slot, date, day)).as_bytes());
            key = Zeroizing::new(next.to_vec());
        }
        key
    }
}

fn mac(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed(key);
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The two slots that every text may have; no text has another one by the time it is filled.
fn of_day<'a>(slot: Slot, date: &'a str, day: &'a str) -> &'a str {
    match slot {
        Slot::Date => date,
        Slot::Day => day,
        Slot::Time
        | Slot::Nonce
        | Slot::BodySha256
        | Slot::Label
        | Slot::Id
        | Slot::Scope
        | Slot::Headers
        | Slot::Signature => "",
    }
}

#[cfg(test)]
mod tests;
