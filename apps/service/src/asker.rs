//! Who asks customers.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use realname::confirmation::{Confirmer, LedgerSecret, Messenger, NaturalDay, PhoneNumber, ServiceId};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Refusal;

/// Who asks customers.
pub(crate) struct Asker {
    pub(crate) confirmer: Arc<Confirmer>,
    pub(crate) messenger: Box<dyn Messenger>,
    /// The same secret as the confirmer's, for ids.
    pub(crate) secret: Zeroizing<[u8; 32]>,
}

impl Asker {
    pub(crate) fn secret(&self) -> LedgerSecret {
        LedgerSecret::new(*self.secret)
    }

    /// Where the id of a day's question is kept. It holds nothing of the number.
    pub(crate) fn place(
        &self,
        owner: &str,
        number: &PhoneNumber,
        service: &ServiceId,
        now: Timestamp,
    ) -> Result<Vec<u8>, Refusal> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.secret).map_err(|_| Refusal::Internal)?;
        let day = NaturalDay::of(now).to_string();
        for part in ["realname confirmation id 1", owner, number.as_str(), service.as_str(), &day] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Ok(mac.finalize().into_bytes().to_vec())
    }
}
