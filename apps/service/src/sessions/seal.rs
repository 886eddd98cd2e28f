//! What the store sees of a session: sealed bytes.
//!
//! The record is sealed under a key of the processes', which isn't in the store. Photos and what the buyer typed are sealed under
//! the page's cookie as well, which only the buyer's browser has: when its session is over, nobody opens them any more, not even
//! out of a backup.

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use realname::jose::random;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Refusal;

/// Bytes of a nonce.
const NONCE: usize = 12;
/// How much longer sealed bytes are.
pub(super) const OVERHEAD: usize = NONCE + 16;

/// The key of the processes on one store.
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

/// A key of one session's.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Secret {
    pub(crate) fn new(secret: Zeroizing<[u8; 32]>) -> Self {
        Self(secret)
    }

    /// For a session's record.
    pub(super) fn of_session(&self, id: &str) -> Key {
        self.derive(&[b"realname session 1", id.as_bytes()])
    }

    /// For what only its page opens.
    pub(super) fn of_page(&self, id: &str, cookie: &str) -> Key {
        self.derive(&[b"realname session page 1", id.as_bytes(), cookie.as_bytes()])
    }

    fn derive(&self, parts: &[&[u8]]) -> Key {
        Key(Zeroizing::new(mac(&*self.0, parts)))
    }
}

impl Key {
    /// A random nonce, then what is sealed. `about` isn't hidden, and must be the same to open it.
    pub(super) fn seal(&self, plain: &[u8], about: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let nonce = random::<NONCE>().map_err(|_| Refusal::Internal)?;
        let cipher = Aes256Gcm::new((&*self.0).into());
        let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: about });
        Ok(Zeroizing::new([&nonce[..], &sealed.map_err(|_| Refusal::Internal)?].concat()))
    }

    /// `None` when it was sealed otherwise, or about something else.
    pub(super) fn open(&self, sealed: &[u8], about: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let cipher = Aes256Gcm::new((&*self.0).into());
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: about }).ok().map(Zeroizing::new)
    }
}

/// HMAC-SHA-256 over parts, each preceded by its length.
pub(super) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // RFC 2104 pads a short key with zeros to the digest's block, and digests a long one. Ours have 32 bytes, or 43.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_opens_and_only_about_the_same() {
        let (one, two) = (Secret::new(Zeroizing::new([1; 32])), Secret::new(Zeroizing::new([2; 32])));
        let key = one.of_page("s", "cookie");
        let sealed = key.seal(b"photo", b"holder").unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD);
        assert!(!sealed.windows(5).any(|window| window == b"photo"));
        assert_eq!(one.of_page("s", "cookie").open(&sealed, b"holder").unwrap().as_slice(), b"photo");
        let others = [
            one.of_page("s", "other"),
            one.of_page("t", "cookie"),
            two.of_page("s", "cookie"),
            one.of_session("s"),
        ];
        assert!(others.iter().all(|key| key.open(&sealed, b"holder").is_none()));
        assert!(key.open(&sealed, b"emblem_side").is_none() && key.open(b"short", b"holder").is_none());
    }
}
