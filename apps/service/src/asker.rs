//! Who asks customers.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use realname::confirmation::{
    Confirmer, Form, LedgerSecret, Message, Messenger, MessengerError, NaturalDay, PhoneNumber, ServiceId,
};
use realname::gateway::VoicePlatform;
use realname::profile::Lang;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Refusal;

/// Who asks customers.
pub(crate) struct Asker {
    pub(crate) confirmer: Arc<Confirmer>,
    pub(crate) messenger: Box<dyn Messenger>,
    /// Asks by telephone, and reads what its platform posts back.
    pub(crate) voice: Option<Arc<VoicePlatform>>,
    /// The same secret as the confirmer's, for ids.
    pub(crate) secret: Zeroizing<[u8; 32]>,
}

/// Questions by telephone go to the voice platform, all others to the messenger. Either may be missing.
pub(crate) struct Both {
    pub(crate) texts: Option<Box<dyn Messenger>>,
    pub(crate) voice: Arc<VoicePlatform>,
}

impl Messenger for Both {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        match (message.form(), &self.texts) {
            (Form::Voice { .. }, _) => self.voice.send(message, lang),
            (_, Some(texts)) => texts.send(message, lang),
            // Nothing of this service sends texts.
            (_, None) => Err(MessengerError::Refused { status: None }),
        }
    }
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
