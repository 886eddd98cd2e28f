//! What happens at the reader, as WebSocket clients are told.

use std::sync::Arc;

use jiff::Timestamp;
use realname::document::{CardRead, SamId};
use realname::profile::Explain;
use realname::reader::ReaderError;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::refusal::{Refusal, error_json};

/// One thing that happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A reader answers, for the first time or again.
    Ready { sam_id: SamId, port: String, baud: Option<u32> },
    /// There is none, or it has gone.
    Gone(ReaderError),
    /// A card was laid down. It is being read.
    CardOn,
    /// It was read.
    CardRead(Arc<CardRead>),
    /// It was taken away.
    CardOff,
    /// A card or the line made trouble.
    Fault(ReaderError),
}

impl Event {
    pub(crate) fn now(what: What) -> Self {
        Self { at: Timestamp::now(), what }
    }

    /// The message. The person's data are in it only where a client asked for them. It is wiped by whoever sent it.
    pub(crate) fn to_json(&self, documents: bool) -> Zeroizing<String> {
        let mut value = match &self.what {
            What::Ready { sam_id, port, baud } => {
                json!({"event": "reader_ready", "sam_id": sam_id.to_string(), "port": port, "baud": baud})
            }
            What::Gone(error) => told("reader_gone", error),
            What::CardOn => json!({"event": "card_on"}),
            What::CardRead(card) => return self.card(card, documents),
            What::CardOff => json!({"event": "card_off"}),
            What::Fault(error) => told("fault", error),
        };
        value["at"] = json!(self.at);
        Zeroizing::new(value.to_string())
    }

    /// Written from the values that wipe themselves; a tree of JSON in between would leave copies.
    fn card(&self, card: &CardRead, documents: bool) -> Zeroizing<String> {
        let mut text = format!(r#"{{"event":"card_read","at":"{}""#, self.at);
        if documents && let Ok(plain) = plain_json(card) {
            // Its members, without the braces around them.
            let members = plain.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
            text.reserve_exact(members.len() + 2);
            text.push(',');
            text.push_str(members);
        }
        text.push('}');
        Zeroizing::new(text)
    }
}

/// What `reader read --json` prints, in one line.
pub(crate) fn plain_json(card: &CardRead) -> Result<Zeroizing<String>, Refusal> {
    // Enough for any card, so that the text isn't moved while it grows: what is left behind isn't wiped.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, &card.to_plain()).map_err(|_| Refusal::Internal)?;
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|_| Refusal::Internal)
}

fn told(event: &str, error: &ReaderError) -> Value {
    let entry = error.entry();
    let mut value = error_json(entry.code, &error.to_string(), entry.advice);
    value["event"] = event.into();
    value
}
