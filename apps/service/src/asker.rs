//! Who asks customers.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use realname::confirmation::{
    Confirmer, Form, LedgerSecret, Message, Messenger, MessengerError, NaturalDay, PhoneNumber, ServiceId,
};
use realname::gateway::VoicePlatform;
use realname::profile::Lang;
use realname::store::{Put, Space, Store};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Refusal;

/// Whose the day's question to a number about a service is.
const ASKER: Space = Space::new("confirmation_asker");
/// As long as its day, wherever that is.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

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

    /// Whether the day's question is that principal's: it asked first, or does now.
    pub(crate) fn is_asked_by(
        &self,
        store: &dyn Store,
        owner: &str,
        (number, service): (&PhoneNumber, &ServiceId),
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let place = self.place("", number, service, now)?;
        let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        if store.put(ASKER, &place, owner.as_bytes(), end)? == Put::Stored {
            return Ok(true);
        }
        Ok(store.get(ASKER, &place)?.is_some_and(|entry| entry.value.as_slice() == owner.as_bytes()))
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
