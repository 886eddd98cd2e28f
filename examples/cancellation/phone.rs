//! The customer's phone.

use std::sync::{Mutex, PoisonError};

use realname::confirmation::{Message, Messenger, MessengerError};
use realname::profile::Lang;

/// The customer's phone, and a messenger that reaches it.
#[derive(Default)]
pub(super) struct Phone(Mutex<String>);

impl Messenger for Phone {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        println!("  phone: \"{}\"", message.body(lang).as_str());
        message.reply().clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}

impl Phone {
    /// What the customer types.
    pub(super) fn answer(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
