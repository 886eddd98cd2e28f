//! Under which name the gateway has a message of ours.

use std::collections::{BTreeMap, VecDeque};

/// Most names that are remembered: reports come within days, and a name is kept as long as so many later ones allow.
const MOST: usize = 100_000;

/// The gateway's names of the parts that it took last, with our ids of their messages. In memory alone: after a restart the reports of what
/// was sent before are counted and named no more.
#[derive(Default)]
pub(super) struct Sent {
    messages: BTreeMap<Vec<u8>, String>,
    order: VecDeque<Vec<u8>>,
}

impl Sent {
    pub(super) fn put(&mut self, name: &[u8], message: String) {
        if name.is_empty() {
            return;
        }
        if self.messages.insert(name.to_vec(), message).is_none() {
            self.order.push_back(name.to_vec());
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.messages.remove(&oldest);
        }
    }

    pub(super) fn message(&self, name: &[u8]) -> Option<&str> {
        self.messages.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go() {
        let mut sent = Sent::default();
        for number in 0..=MOST {
            sent.put(&number.to_be_bytes(), number.to_string());
        }
        assert_eq!(sent.message(&0_usize.to_be_bytes()), None);
        assert_eq!(sent.message(&1_usize.to_be_bytes()), Some("1"));
        assert_eq!((sent.order.len(), sent.messages.len()), (MOST, MOST));
        sent.put(b"", "nothing".to_owned());
        assert_eq!(sent.message(b""), None);
    }
}
