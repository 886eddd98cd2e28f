//! Which services a number was asked about: a bare "N" names none.

use jiff::Timestamp;
use realname_flow::confirmation::{NaturalDay, PhoneNumber, ServiceId};
use realname_token::store::{Put, Store};

use super::{InboxError, Replies, SPACE};

/// Most services that a number is asked about in a day.
const MOST: u32 = 64;

impl Replies {
    /// Remembers that a question about that service is on its way to the number. Before it is sent, so that no reply is faster.
    pub(crate) fn asking(
        &self,
        number: &PhoneNumber,
        service: &ServiceId,
        now: Timestamp,
    ) -> Result<(), InboxError> {
        let end = NaturalDay::of(now).after(2).map_or(Timestamp::MAX, NaturalDay::begin);
        let store: &dyn Store = self.store.as_ref();
        for place in 0..MOST {
            let key = self.place(number, now, place);
            if store.put(SPACE, &key, service.as_str().as_bytes(), end)? == Put::Stored {
                return Ok(());
            }
            let there = store.get(SPACE, &key)?;
            if there.is_some_and(|entry| entry.value[..] == *service.as_str().as_bytes()) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What that was on the day of that moment.
    pub(super) fn asked_on(&self, number: &PhoneNumber, at: Timestamp) -> Result<Vec<ServiceId>, InboxError> {
        let mut services = Vec::new();
        for place in 0..MOST {
            let Some(entry) = self.store.get(SPACE, &self.place(number, at, place))? else { break };
            services.extend(std::str::from_utf8(&entry.value).ok().and_then(|name| name.parse().ok()));
        }
        Ok(services)
    }

    fn place(&self, number: &PhoneNumber, at: Timestamp, place: u32) -> [u8; 32] {
        let day = NaturalDay::of(at).to_string();
        self.keys.mac("asked", &[number.as_str().as_bytes(), day.as_bytes(), &place.to_be_bytes()])
    }
}
