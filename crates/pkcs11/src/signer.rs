//! A key in a token, as a signer.

use std::path::Path;

use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use realname_token::jose::{SignError, Signer, Thumbprint, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::pool::{Pool, Seat, one, told, went_away};
use crate::shapes::Curve;
use crate::{KeyUri, Pin, Pkcs11Error, modules};

/// A key in a token. Any number of threads sign with it at once.
pub struct TokenSigner {
    pool: Pool,
    curve: Curve,
    public: VerifyingKey,
    kid: Thumbprint,
}

/// What a key signs when it is opened. No token, demand or list of this project begins like it.
const PROBE: &[u8] = b"realname: is this the key that the public half belongs to?";

impl TokenSigner {
    /// Opens the one key that `uri` names. `module` is the library where the URI has no `module-path`; the PIN comes from the
    /// URI's `pin-source` where there is one, and else from `pin`.
    ///
    /// # Errors
    /// [`Pkcs11Error`]: no such token or key, a PIN that is wrong, a curve that isn't signed with here.
    pub fn open(uri: &KeyUri, module: Option<&Path>, pin: Pin) -> Result<Self, Pkcs11Error> {
        let path = uri.module_path.as_deref().or(module).ok_or(Pkcs11Error::NoModule)?;
        let pin = uri.pin_file.as_ref().map_or(pin, Pin::in_file);
        let pool = Pool::new(modules::module(path)?, uri.clone(), pin);
        let seat = pool.seat()?;
        let (curve, public) = public_half(&pool, &seat)?;
        let signature = raw(&seat, curve, PROBE).map_err(told)?;
        public.verify(PROBE, &signature).map_err(|_| Pkcs11Error::OtherKey)?;
        pool.give_back(seat);
        let kid = public.thumbprint();
        Ok(Self { pool, curve, public, kid })
    }

    /// Signs, and says why not in full.
    ///
    /// # Errors
    /// [`Pkcs11Error`]; nothing was signed.
    pub fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let begun = self.pool.module().begun();
        match self.pool.seat() {
            Ok(seat) => match raw(&seat, self.curve, message) {
                Ok(signature) => {
                    self.pool.give_back(seat);
                    return Ok(signature);
                }
                Err(error) if went_away(&error) => self.pool.give_up(seat),
                Err(error) => {
                    self.pool.give_back(seat);
                    return Err(told(error));
                }
            },
            Err(error) if may_be_back(&error) => {}
            Err(error) => return Err(error),
        }
        // Opened anew; and once more by a module that looks for its tokens again. One that isn't back by now has to be plugged in
        // by somebody.
        match self.sign_anew(message) {
            Err(error) if may_be_back(&error) => {
                self.pool.module().begin_again(begun);
                self.sign_anew(message)
            }
            other => other,
        }
    }

    /// Signs with what is opened now, when it is the same key.
    fn sign_anew(&self, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let seat = self.pool.seat()?;
        // Another token with the same label, or a key that was made anew, must not sign under this one's name.
        if public_half(&self.pool, &seat)? != (self.curve, self.public.clone()) {
            return Err(Pkcs11Error::OtherKey);
        }
        let signature = match raw(&seat, self.curve, message) {
            Ok(signature) => signature,
            Err(error) => {
                self.pool.give_up(seat);
                return Err(told(error));
            }
        };
        self.public.verify(message, &signature).map_err(|_| Pkcs11Error::OtherKey)?;
        self.pool.give_back(seat);
        Ok(signature)
    }
}

/// Whether it is the token that is missing, or half of it, so that it may be there when it is looked for again.
fn may_be_back(error: &Pkcs11Error) -> bool {
    matches!(
        error,
        Pkcs11Error::NoToken | Pkcs11Error::NoKey | Pkcs11Error::NoPublicKey | Pkcs11Error::Token(_)
    )
}

/// What the token signs with the key: 64 bytes for both algorithms.
fn raw(seat: &Seat, curve: Curve, message: &[u8]) -> Result<Vec<u8>, Error> {
    let signature = match curve {
        Curve::Ed25519 => {
            let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
            seat.session.sign(&mechanism, seat.key, message)?
        }
        Curve::P256 => seat.session.sign(&Mechanism::Ecdsa, seat.key, &Sha256::digest(message))?,
    };
    if signature.len() == 64 { Ok(signature) } else { Err(Error::InvalidValue) }
}

/// The public key with the private key's id, or the URI's label where the private key has none.
fn public_half(pool: &Pool, seat: &Seat) -> Result<(Curve, VerifyingKey), Pkcs11Error> {
    let session = &seat.session;
    let attributes = session.get_attributes(seat.key, &[AttributeType::Id]).map_err(told)?;
    let id = attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::Id(id) if !id.is_empty() => Some(id),
        _ => None,
    });
    let template = match id {
        Some(id) => vec![Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(id)],
        None => pool.template(ObjectClass::PUBLIC_KEY),
    };
    let public = one(session, &template, Pkcs11Error::NoPublicKey)?;
    let wanted = [AttributeType::EcParams, AttributeType::EcPoint];
    let (mut curve, mut point) = (None, None);
    for attribute in session.get_attributes(public, &wanted).map_err(told)? {
        match attribute {
            Attribute::EcParams(parameters) => curve = Curve::read(&parameters),
            Attribute::EcPoint(bytes) => point = Some(bytes),
            _ => {}
        }
    }
    let curve = curve.ok_or(Pkcs11Error::Curve)?;
    Ok((curve, curve.point(&point.ok_or(Pkcs11Error::Curve)?)?))
}

impl Signer for TokenSigner {
    fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn kid(&self) -> Thumbprint {
        self.kid.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.try_sign(message).map_err(|error| match error {
            Pkcs11Error::Token(_) | Pkcs11Error::NoToken => SignError::Unavailable,
            _ => SignError::Refused,
        })
    }
}

impl std::fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSigner").field("public", &self.public).finish_non_exhaustive()
    }
}
