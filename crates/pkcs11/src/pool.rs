//! Sessions of one token, each used by one caller at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;

use crate::modules::{Module, Opened, Sessions};
use crate::{KeyUri, Pin, Pkcs11Error};

/// A session in which the key was found.
pub(crate) struct Seat {
    pub(crate) session: Session,
    pub(crate) key: ObjectHandle,
    generation: u64,
    // After the session, so that it is closed before it isn't counted any more.
    _opened: Opened,
}

pub(crate) struct Pool {
    module: Arc<Module>,
    uri: KeyUri,
    pin: Pin,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    idle: Vec<Seat>,
    /// Counts up when everything that was opened is given up: what comes back from before isn't kept.
    generation: u64,
    refused: Option<Refused>,
}

/// What the token said of the PIN.
enum Refused {
    /// It isn't tried again: a token has few tries.
    Wrong,
    /// Tried again a while after. A lock costs no more tries, and it may be somebody else's who passes: a TPM locks all its tokens for
    /// a time when one PIN was wrong too often, and a token's security officer unlocks it without telling this program.
    Locked(Instant),
}

/// How long a lock is believed.
const LOCKED: Duration = Duration::from_secs(60);

/// More sessions than callers that sign at once aren't of use; tokens have few.
const IDLE: usize = 64;

impl Sessions for Mutex<State> {
    fn forget(&self) {
        self.lock().unwrap_or_else(PoisonError::into_inner).forget();
    }
}

impl State {
    /// Gives up everything that was opened so far.
    fn forget(&mut self) {
        self.generation += 1;
        self.idle.clear();
    }

    /// Why no login is tried.
    fn refusal(&self, now: Instant) -> Option<Pkcs11Error> {
        match self.refused {
            Some(Refused::Wrong) => Some(Pkcs11Error::WrongPin),
            Some(Refused::Locked(since)) if now.saturating_duration_since(since) < LOCKED => {
                Some(Pkcs11Error::PinLocked)
            }
            Some(Refused::Locked(_)) | None => None,
        }
    }

    fn note(&mut self, opened: Option<&Pkcs11Error>, now: Instant) {
        self.refused = match opened {
            Some(Pkcs11Error::WrongPin) => Some(Refused::Wrong),
            Some(Pkcs11Error::PinLocked) => Some(Refused::Locked(now)),
            // Another trouble says nothing of the PIN.
            Some(_) | None => None,
        };
    }
}

impl Pool {
    pub(crate) fn new(module: Arc<Module>, uri: KeyUri, pin: Pin) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let sessions: Arc<dyn Sessions> = state.clone();
        module.used_by(Arc::downgrade(&sessions));
        Self { module, uri, pin, state }
    }

    pub(crate) fn module(&self) -> &Module {
        &self.module
    }

    /// A session that nobody uses, or a new one.
    #[allow(
        clippy::disallowed_methods,
        reason = "how long a lock has been believed is seen on the process's own clock"
    )]
    pub(crate) fn seat(&self) -> Result<Seat, Pkcs11Error> {
        // Before the lock: whoever waits for a module that begins again holds nobody up who gives a session back.
        let _opening = self.module.opening();
        let mut state = self.lock();
        if let Some(error) = state.refusal(Instant::now()) {
            return Err(error);
        }
        if let Some(seat) = state.idle.pop() {
            return Ok(seat);
        }
        // Opened under the lock: one caller at a time logs in, and a wrong PIN is tried once.
        let opened = self.open(state.generation);
        state.note(opened.as_ref().err(), Instant::now());
        opened
    }

    pub(crate) fn give_back(&self, seat: Seat) {
        let mut state = self.lock();
        if seat.generation == state.generation && state.idle.len() < IDLE && !self.module.is_ending() {
            state.idle.push(seat);
        }
    }

    /// Gives up everything that was opened as long as this seat: the token was pulled, or the user was logged out.
    pub(crate) fn give_up(&self, seat: Seat) {
        let generation = seat.generation;
        drop(seat);
        let mut state = self.lock();
        if generation == state.generation {
            state.forget();
        }
    }

    fn open(&self, generation: u64) -> Result<Seat, Pkcs11Error> {
        let slot = self.slot()?;
        let opened = self.module.opened();
        let session = self.module.library.open_ro_session(slot).map_err(told)?;
        let info = self.module.library.get_token_info(slot).map_err(told)?;
        if info.login_required() {
            let pin = self.pin.get().map(|pin| AuthPin::from(pin.as_str()));
            if pin.is_none() && !info.protected_authentication_path() {
                return Err(Pkcs11Error::NoPin);
            }
            match session.login(UserType::User, pin.as_ref()) {
                // A login belongs to the token, not to one session.
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(error) => return Err(told(error)),
            }
        }
        let key = one(&session, &self.template(ObjectClass::PRIVATE_KEY), Pkcs11Error::NoKey)?;
        Ok(Seat { session, key, generation, _opened: opened })
    }

    /// The one token that fits.
    fn slot(&self) -> Result<Slot, Pkcs11Error> {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let mut found = Vec::new();
        for slot in self.module.library.get_slots_with_initialized_token().map_err(told)? {
            let info = self.module.library.get_token_info(slot).map_err(told)?;
            let uri = &self.uri;
            if fits(&uri.token, info.label())
                && fits(&uri.serial, info.serial_number())
                && fits(&uri.model, info.model())
                && fits(&uri.manufacturer, info.manufacturer_id())
                && uri.slot_id.is_none_or(|id| id == slot.id())
            {
                found.push(slot);
            }
        }
        match found[..] {
            [slot] => Ok(slot),
            [] => Err(Pkcs11Error::NoToken),
            _ => Err(Pkcs11Error::Several(found.len(), "tokens")),
        }
    }

    pub(crate) fn template(&self, class: ObjectClass) -> Vec<Attribute> {
        let mut template = vec![Attribute::Class(class)];
        template.extend(self.uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
        template.extend(self.uri.id.as_ref().map(|id| Attribute::Id(id.clone())));
        template
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one object that fits.
pub(crate) fn one(
    session: &Session,
    template: &[Attribute],
    none: Pkcs11Error,
) -> Result<ObjectHandle, Pkcs11Error> {
    match session.find_objects(template).map_err(told)?[..] {
        [object] => Ok(object),
        [] => Err(none),
        ref several => Err(Pkcs11Error::Several(several.len(), "keys")),
    }
}

/// What the module said. Its words name functions and no values.
pub(crate) fn told(error: Error) -> Pkcs11Error {
    match error {
        Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            Pkcs11Error::WrongPin
        }
        Error::Pkcs11(RvError::PinLocked | RvError::PinExpired, _) => Pkcs11Error::PinLocked,
        Error::Pkcs11(RvError::MechanismInvalid, _) => Pkcs11Error::Mechanism,
        Error::Pkcs11(code, function) => Pkcs11Error::Token(format!("{function:?} says {code:?}")),
        other => Pkcs11Error::Token(other.to_string()),
    }
}

/// Whether it is the session, the login or the token that went away, so that opening everything anew may help.
pub(crate) fn went_away(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::UserNotLoggedIn
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid
                | RvError::SlotIdInvalid
                | RvError::GeneralError,
            _
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "an instant can't be made otherwise")]
    fn a_wrong_pin_is_tried_once_and_a_lock_is_looked_at_again() {
        let now = Instant::now();
        let mut state = State::default();
        assert!(state.refusal(now).is_none());
        state.note(Some(&Pkcs11Error::PinLocked), now);
        assert!(matches!(state.refusal(now), Some(Pkcs11Error::PinLocked)));
        assert!(matches!(state.refusal(now + LOCKED - Duration::from_secs(1)), Some(Pkcs11Error::PinLocked)));
        assert!(state.refusal(now + LOCKED).is_none(), "somebody may have unlocked it");
        state.note(Some(&Pkcs11Error::WrongPin), now);
        assert!(matches!(state.refusal(now + LOCKED * 1000), Some(Pkcs11Error::WrongPin)));
        state.note(None, now);
        assert!(state.refusal(now).is_none());
    }
}
