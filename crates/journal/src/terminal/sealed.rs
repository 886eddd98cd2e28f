//! What a terminal tells the operator alone: who it was, and which photo. It stands in the statement as a JWE (RFC 7516) to the operator's
//! key, ECDH-ES with A256GCM over P-256, so the terminal itself can't read what it kept.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use p256::elliptic_curve::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::DecodePrivateKey;
use realname_token::jose::{Algorithm, JoseError, Json, Jwk, VerifyingKey, decode, encode, random};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::TerminalError;
use crate::tree::Hash;

/// More than a sealed text can have.
const MOST: usize = 4096;

/// The operator's public key, to which terminals seal.
#[derive(Clone, Debug)]
pub struct SealTo(p256::PublicKey);

/// The operator's private key, which opens what terminals sealed. It never sits on a terminal.
pub struct OpenWith(p256::SecretKey);

/// Who a statement is about.
pub struct Sealed {
    /// The document's kind, in the words of `id_type`.
    pub kind: String,
    /// The document's number, a final X in upper case.
    pub number: Zeroizing<String>,
    /// SHA-256 of the photo that was taken of the holder.
    pub photo: Option<Hash>,
}

impl SealTo {
    /// From a public P-256 key.
    pub fn new(key: &VerifyingKey) -> Result<Self, JoseError> {
        if key.algorithm() != Algorithm::Es256 {
            return Err(JoseError::Key);
        }
        Self::from_jwk(&key.to_jwk())
    }

    fn from_jwk(jwk: &Json) -> Result<Self, JoseError> {
        let coordinate = |name| decode(jwk.text(name)?);
        let point = [&[4][..], &coordinate("x")?, &coordinate("y")?].concat();
        p256::PublicKey::from_sec1_bytes(&point).map(Self).map_err(|_| JoseError::Key)
    }

    /// Seals it. Nobody but the operator reads it again, not even who sealed it.
    pub fn seal(&self, sealed: &Sealed) -> Result<String, JoseError> {
        let secret = loop {
            let scalar = Zeroizing::new(random::<32>()?);
            if let Ok(secret) = p256::SecretKey::from_slice(&scalar[..]) {
                break secret;
            }
        };
        let point = secret.public_key().to_sec1_point(false);
        let coordinates = point.x().zip(point.y()).ok_or(JoseError::Key)?;
        let epk = Json::object([
            ("kty", "EC".into()),
            ("crv", "P-256".into()),
            ("x", encode(coordinates.0).into()),
            ("y", encode(coordinates.1).into()),
        ]);
        let header = Json::object([("alg", "ECDH-ES".into()), ("enc", "A256GCM".into()), ("epk", epk)]);
        let header = encode(&header.to_bytes());
        let iv: [u8; 12] = random()?;
        let mut members =
            vec![("kind", Json::from(sealed.kind.as_str())), ("number", sealed.number.as_str().into())];
        members.extend(sealed.photo.map(|photo| ("photo", photo.to_base64url().into())));
        let plain = Json::object(members).to_bytes();
        let payload = Payload { msg: &plain, aad: header.as_bytes() };
        let cipher = cipher(&secret, &self.0)?;
        let text = cipher.encrypt(&Nonce::from(iv), payload).map_err(|_| JoseError::Key)?;
        let (text, tag) = text.split_at_checked(plain.len()).ok_or(JoseError::Key)?;
        Ok(format!("{header}..{}.{}.{}", encode(&iv), encode(text), encode(tag)))
    }
}

impl OpenWith {
    /// From PKCS#8 PEM with a P-256 key.
    pub fn from_pem(pem: &str) -> Result<Self, JoseError> {
        p256::SecretKey::from_pkcs8_pem(pem).map(Self).map_err(|_| JoseError::Pem)
    }

    /// Opens what was sealed to this key.
    pub fn open(&self, compact: &str) -> Result<Sealed, TerminalError> {
        self.read(compact).ok_or(TerminalError::Sealed)
    }

    fn read(&self, compact: &str) -> Option<Sealed> {
        if compact.len() > MOST {
            return None;
        }
        let parts: Vec<&str> = compact.split('.').collect();
        let [header, "", iv, text, tag] = parts.as_slice() else { return None };
        let said = Json::parse(&decode(header).ok()?, MOST).ok()?;
        if said.text("alg").ok()? != "ECDH-ES" || said.text("enc").ok()? != "A256GCM" {
            return None;
        }
        // The key is judged as any other that comes from outside: on the curve, and no other.
        let epk = Jwk::from_json(said.member("epk")?).ok()?;
        let epk = SealTo::new(epk.key()).ok()?;
        let iv: [u8; 12] = decode(iv).ok()?.try_into().ok()?;
        let text = [decode(text).ok()?, decode(tag).ok()?].concat();
        let payload = Payload { msg: &text, aad: header.as_bytes() };
        let plain = Zeroizing::new(cipher(&self.0, &epk.0).ok()?.decrypt(&Nonce::from(iv), payload).ok()?);
        let said = Json::parse(&plain, MOST).ok()?;
        let photo = match said.member("photo") {
            None => None,
            Some(photo) => Some(Hash::from_base64url(photo.as_str()?)?),
        };
        Some(Sealed {
            kind: said.text("kind").ok()?.to_owned(),
            number: Zeroizing::new(said.text("number").ok()?.to_owned()),
            photo,
        })
    }
}

fn cipher(secret: &p256::SecretKey, public: &p256::PublicKey) -> Result<Aes256Gcm, JoseError> {
    let shared = diffie_hellman(secret.to_nonzero_scalar(), public.as_affine());
    let mut key = derive(shared.raw_secret_bytes(), "A256GCM", (&[], &[]), 32);
    let cipher = Aes256Gcm::new_from_slice(&key).map_err(|_| JoseError::Key);
    key.zeroize();
    cipher
}

/// The Concat KDF of RFC 7518, section 4.6.2, in its one round: for keys up to a digest's length.
fn derive(shared: &[u8], algorithm: &str, (apu, apv): (&[u8], &[u8]), length: usize) -> Vec<u8> {
    let mut hash = Sha256::new().chain_update(1_u32.to_be_bytes()).chain_update(shared);
    for part in [algorithm.as_bytes(), apu, apv] {
        hash.update(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        hash.update(part);
    }
    hash.update(u32::try_from(length * 8).unwrap_or_default().to_be_bytes());
    let mut key = hash.finalize().to_vec();
    key.truncate(length);
    key
}

impl std::fmt::Debug for OpenWith {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenWith([redacted])")
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use realname_token::jose::{Signer, SigningKey};

    use super::*;

    fn who() -> Sealed {
        Sealed {
            kind: "resident_id".into(),
            number: Zeroizing::new("119999199001010004".into()),
            photo: Some(Hash::of(b"photo")),
        }
    }

    fn pair() -> (SealTo, OpenWith) {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        (
            SealTo::new(Signer::verifying_key(&key)).unwrap(),
            OpenWith::from_pem(&key.to_pem().unwrap()).unwrap(),
        )
    }

    /// RFC 7518, appendix C.
    #[test]
    fn derives_the_key_of_the_specification() {
        let shared = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
            218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        assert_eq!(encode(&derive(&shared, "A128GCM", (b"Alice", b"Bob"), 16)), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn only_the_operator_opens_it() {
        let (to, with) = pair();
        let text = to.seal(&who()).unwrap();
        assert_ne!(text, to.seal(&who()).unwrap(), "the same person twice can't be told from two");
        let opened = with.open(&text).unwrap();
        assert_eq!((&opened.kind, &opened.number, opened.photo), (&who().kind, &who().number, who().photo));
        assert!(matches!(pair().1.open(&text), Err(TerminalError::Sealed)));
        assert_eq!(
            format!("{opened:?} {with:?}"),
            "Sealed { kind: \"resident_id\", .. } OpenWith([redacted])"
        );
    }

    #[test]
    fn what_was_changed_anywhere_isnt_opened() {
        let (to, with) = pair();
        let text = to.seal(&who()).unwrap();
        for at in (0..text.len()).step_by(3) {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(matches!(with.open(&changed), Err(TerminalError::Sealed)), "at {at}");
            assert!(with.open(&text[..at]).is_err(), "cut at {at}");
        }
        assert!(SealTo::new(SigningKey::from_ed25519_seed(&[1; 32]).verifying_key()).is_err());
    }
}
