//! What a store sees of a reply: keyed digests, and bytes sealed with AES-256-GCM.

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use realname_token::jose::{JoseError, random};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a nonce.
const NONCE: usize = 12;

/// Keys made from the ledger's secret, for this and nothing else.
pub(super) struct Keys {
    digest: Zeroizing<[u8; 32]>,
    seal: Zeroizing<[u8; 32]>,
}

impl Keys {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| Zeroizing::new(mac(secret, "realname gateway 1", &[purpose]));
        Self { digest: derive(b"digest"), seal: derive(b"seal") }
    }

    /// HMAC-SHA-256 over a purpose and parts, each preceded by its length.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.digest, purpose, parts)
    }

    /// A random nonce, then what is sealed. `about` isn't hidden, and must be the same to open it.
    pub(super) fn seal(&self, plain: &[u8], about: &[u8]) -> Result<Vec<u8>, JoseError> {
        let nonce = random::<NONCE>()?;
        let cipher = Aes256Gcm::new((&*self.seal).into());
        let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: about });
        Ok([&nonce[..], &sealed.map_err(|_| JoseError::Key)?].concat())
    }

    pub(super) fn open(&self, sealed: &[u8], about: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let cipher = Aes256Gcm::new((&*self.seal).into());
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: about }).ok().map(Zeroizing::new)
    }
}

fn mac(key: &[u8; 32], purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    // RFC 2104 pads a short key with zeros to the digest's block anyway.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_secret_and_name_only() {
        let keys = Keys::new(&[7; 32]);
        let sealed = keys.seal(b"Y1234", b"key").unwrap();
        assert!(!sealed.windows(5).any(|window| window == b"Y1234"));
        assert_eq!(keys.open(&sealed, b"key").unwrap().as_slice(), b"Y1234");
        assert!(keys.open(&sealed, b"other").is_none());
        assert!(Keys::new(&[8; 32]).open(&sealed, b"key").is_none());
        assert!(keys.open(&sealed[..5], b"key").is_none());
        assert_ne!(keys.mac("a", &[b"b", b"c"]), keys.mac("a", &[b"bc"]));
    }
}
