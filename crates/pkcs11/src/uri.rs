//! `pkcs11:` URIs (RFC 7512).

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// Which key of which token, and where its module and PIN are.
///
/// Read are the path attributes `token`, `manufacturer`, `model`, `serial`, `slot-id`, `object`, `id` and `type` (`private` only),
/// and the query attributes `module-path` and `pin-source` (`file:` only).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUri {
    /// The token's label.
    pub token: Option<String>,
    /// Who made the token.
    pub manufacturer: Option<String>,
    /// The token's model.
    pub model: Option<String>,
    /// The token's serial number.
    pub serial: Option<String>,
    /// The slot that the token is in. It changes from boot to boot with some modules.
    pub slot_id: Option<u64>,
    /// The key's label (`CKA_LABEL`).
    pub object: Option<String>,
    /// The key's id (`CKA_ID`).
    pub id: Option<Vec<u8>>,
    /// The module's library.
    pub module_path: Option<PathBuf>,
    /// A file with the PIN in it.
    pub pin_file: Option<PathBuf>,
}

/// What a URI that can't be used has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UriError {
    /// It doesn't begin with `pkcs11:`.
    #[error("not a pkcs11: URI")]
    Scheme,
    /// An attribute that isn't read here. It might name another key, so it isn't passed over.
    #[error("the attribute {0:?} isn't known here")]
    Attribute(String),
    /// An attribute that stands there twice.
    #[error("the attribute {0:?} stands there twice")]
    Twice(String),
    /// An attribute's value isn't percent-encoded text.
    #[error("the value of {0:?} isn't percent-encoded text")]
    Escape(String),
    /// A PIN in the URI: it would be in histories, process lists and logs.
    #[error("a PIN doesn't belong into a URI: use pin-source=file:…, or the environment")]
    PinInside,
    /// Neither `object` nor `id` is there.
    #[error("the URI names no key: object or id is needed")]
    NoKeyNamed,
    /// `slot-id` isn't a number.
    #[error("slot-id isn't a number")]
    SlotId,
    /// `pin-source` isn't `file:` with an absolute path.
    #[error("pin-source has to be file: with an absolute path")]
    PinSource,
}

impl KeyUri {
    /// The scheme with its colon: what sets a URI apart from a file's name.
    pub const SCHEME: &'static str = "pkcs11:";

    /// Reads one.
    ///
    /// # Errors
    /// [`UriError`] says what is wrong; no value of the URI is in it.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let rest = text.strip_prefix(Self::SCHEME).ok_or(UriError::Scheme)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        let attributes = path.split(';').chain(query.split('&'));
        for attribute in attributes.filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            if seen.contains(&name) {
                return Err(UriError::Twice(name.to_owned()));
            }
            seen.push(name);
            let text = || {
                decoded(name, value)
                    .and_then(|bytes| String::from_utf8(bytes).map_err(|_| UriError::Escape(name.to_owned())))
            };
            match name {
                "token" => uri.token = Some(text()?),
                "manufacturer" => uri.manufacturer = Some(text()?),
                "model" => uri.model = Some(text()?),
                "serial" => uri.serial = Some(text()?),
                "slot-id" => uri.slot_id = Some(value.parse().map_err(|_| UriError::SlotId)?),
                "object" => uri.object = Some(text()?),
                "id" => uri.id = Some(decoded(name, value)?),
                "type" if value == "private" => {}
                "module-path" => uri.module_path = Some(text()?.into()),
                "pin-source" => {
                    let source = text()?;
                    let file = source.strip_prefix("file:").ok_or(UriError::PinSource)?;
                    let file = file.strip_prefix("//").unwrap_or(file);
                    if !file.starts_with('/') {
                        return Err(UriError::PinSource);
                    }
                    uri.pin_file = Some(file.into());
                }
                "pin-value" => return Err(UriError::PinInside),
                _ => return Err(UriError::Attribute(name.to_owned())),
            }
        }
        if uri.object.is_none() && uri.id.is_none() { Err(UriError::NoKeyNamed) } else { Ok(uri) }
    }
}

/// Every `%` has its two digits, or the value isn't what it looks like.
fn decoded(name: &str, value: &str) -> Result<Vec<u8>, UriError> {
    let digits = |at: usize| {
        value.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    if value.bytes().enumerate().all(|(at, byte)| byte != b'%' || digits(at)) {
        Ok(percent_decode_str(value).collect())
    } else {
        Err(UriError::Escape(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_that_is_read() {
        let uri = KeyUri::parse(
            "pkcs11:token=The%20operator%27s;serial=0123;model=m;manufacturer=x;slot-id=7;object=issuing;id=%01%AB;type=private\
             ?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin",
        );
        let uri = uri.unwrap();
        assert_eq!(uri.token.as_deref(), Some("The operator's"));
        assert_eq!((uri.serial.as_deref(), uri.slot_id), (Some("0123"), Some(7)));
        assert_eq!((uri.object.as_deref(), uri.id.as_deref()), (Some("issuing"), Some(&[1, 0xAB][..])));
        assert_eq!(uri.pin_file, Some("/run/pin".into()));
        assert_eq!(uri.module_path, Some("/usr/lib/softhsm/libsofthsm2.so".into()));
    }

    #[test]
    fn what_names_no_key_or_more_than_is_read() {
        let of = |text| KeyUri::parse(text).unwrap_err();
        assert_eq!(of("issuer.pem"), UriError::Scheme);
        assert_eq!(of("pkcs11:token=a"), UriError::NoKeyNamed);
        assert_eq!(of("pkcs11:object=a?pin-value=1234"), UriError::PinInside);
        assert_eq!(of("pkcs11:object=a;object=b"), UriError::Twice("object".into()));
        assert_eq!(of("pkcs11:object=a;library-version=3"), UriError::Attribute("library-version".into()));
        assert_eq!(of("pkcs11:object=a;type=public"), UriError::Attribute("type".into()));
        assert_eq!(of("pkcs11:object=%zz"), UriError::Escape("object".into()));
        assert_eq!(of("pkcs11:object=%ff"), UriError::Escape("object".into()));
        assert_eq!(of("pkcs11:object=a;slot-id=x"), UriError::SlotId);
        assert_eq!(of("pkcs11:object=a?pin-source=|ask"), UriError::PinSource);
        assert!(!of("pkcs11:object=a?pin-value=1234").to_string().contains("1234"));
    }
}
