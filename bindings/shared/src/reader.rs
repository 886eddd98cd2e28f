//! A reader that several threads may hold: they take turns, and any of them stops it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use realname::document::CardRead;
use realname::reader::{self, Confirm, ReadOptions, ReaderError, WatchEvent};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::turns::Turns;
use crate::{Failure, Told};

/// Every port of this machine where a reader may be, as `reader list --json` prints it.
///
/// # Errors
/// When the system can't list its ports.
pub fn list_readers() -> Result<Value, Failure> {
    Ok(json!({ "ports": reader::numbered()? }))
}

/// An open reader. One that was unplugged is opened again by its name when it is used next.
pub struct Reader {
    name: Option<String>,
    baud: Option<u32>,
    slot: Mutex<Slot>,
    turns: Turns,
}

enum Slot {
    Open(Box<reader::Reader>),
    /// Unplugged, or left by a watch: opened again when it is needed.
    Lost,
    Watched,
    Closed,
}

/// What a reading is asked for: `{"wait": 10, "fingerprint": false, "lying_card": false, "confirm": "until_trusted"}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    wait: Option<f64>,
    fingerprint: Option<bool>,
    lying_card: Option<bool>,
    confirm: Option<String>,
}

impl Reader {
    /// Opens a reader by name (`/dev/ttyUSB0`, `COM3`, `usb:0400:c35a`, `hid:…`, `bridge:…`), or the only one there is. Without a rate the
    /// one at which it answers is looked for.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn open(name: Option<&str>, baud: Option<u32>) -> Result<Self, Failure> {
        let turns = Turns::default();
        let opened = open(name, baud)?.with_canceller(turns.canceller());
        Ok(Self {
            name: name.map(str::to_owned),
            baud,
            slot: Mutex::new(Slot::Open(Box::new(opened))),
            turns,
        })
    }

    /// Status and SAM id, as `reader probe --json` prints them.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn probe(&self) -> Result<Value, Failure> {
        self.with(|reader| {
            let probe = reader.probe()?;
            Ok(json!({"sam_id": probe.sam_id.to_string(), "baud": reader.baud()}))
        })
    }

    /// Waits for a card that was laid down for this reading, and reads it. `options` is JSON, or empty for the default.
    ///
    /// # Errors
    /// See [`ReaderError`]; a card that was read before and not lifted is `no_card`.
    pub fn read(&self, options: &str) -> Result<CardRead, Failure> {
        let options = read_options(options)?;
        self.with(|reader| reader.read_card(&options))
    }

    /// Stops what the reader does now and what waits for its turn; they end with `cancelled`. Does nothing to a reader that is
    /// idle.
    pub fn cancel(&self) {
        self.turns.cancel();
    }

    /// Starts to watch: the reader is the watch's until that is dropped.
    ///
    /// # Errors
    /// When it is watched already or closed, or can't be opened.
    pub fn watch(&self, options: &str) -> Result<Watching<'_>, Failure> {
        let options = read_options(options)?;
        self.turns.begin();
        let taken = self.take();
        let mut first = match taken {
            Ok(reader) => Some(reader),
            Err(failure) => {
                self.turns.done();
                return Err(failure);
            }
        };
        let (name, baud, canceller) = (self.name.clone(), self.baud, self.turns.canceller());
        let watch = reader::Watch::new(options, move || match first.take() {
            Some(reader) => Ok(reader),
            None => open(name.as_deref(), baud),
        })
        .with_canceller(canceller);
        Ok(Watching { watch, reader: self })
    }

    fn take(&self) -> Result<reader::Reader, Failure> {
        let mut slot = self.lock();
        match std::mem::replace(&mut *slot, Slot::Watched) {
            Slot::Open(reader) => Ok(*reader),
            Slot::Watched => Err(Failure::watched()),
            Slot::Closed => {
                *slot = Slot::Closed;
                Err(Failure::handle())
            }
            Slot::Lost => open(self.name.as_deref(), self.baud)
                .map(|reader| reader.with_canceller(self.turns.canceller()))
                .map_err(|error| {
                    *slot = Slot::Lost;
                    error.into()
                }),
        }
    }

    /// Closes the reader: what it does is stopped, and the port is free when this returns, except while a watch tells its
    /// caller something.
    pub fn close(&self) {
        self.turns.close();
        let mut slot = self.lock();
        if !matches!(*slot, Slot::Watched) {
            *slot = Slot::Closed;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // Poisoned by a panic inside the reader: nothing is known of the line, so it is opened anew.
        self.slot.lock().unwrap_or_else(|poisoned| {
            let mut slot = PoisonError::into_inner(poisoned);
            *slot = Slot::Lost;
            slot
        })
    }

    fn with<T>(&self, job: impl FnOnce(&mut reader::Reader) -> Result<T, ReaderError>) -> Result<T, Failure> {
        self.turns.begin();
        let result = self.in_turn(job);
        self.turns.done();
        result
    }

    fn in_turn<T>(
        &self,
        job: impl FnOnce(&mut reader::Reader) -> Result<T, ReaderError>,
    ) -> Result<T, Failure> {
        let mut slot = self.lock();
        if self.turns.closed() {
            *slot = Slot::Closed;
        }
        if matches!(*slot, Slot::Lost) {
            let opened = open(self.name.as_deref(), self.baud)?.with_canceller(self.turns.canceller());
            *slot = Slot::Open(Box::new(opened));
        }
        match &mut *slot {
            Slot::Open(reader) => {
                let result = job(reader);
                if matches!(result, Err(ReaderError::Transport(_))) {
                    *slot = Slot::Lost;
                }
                result.map_err(Failure::from)
            }
            Slot::Watched => Err(Failure::watched()),
            Slot::Lost | Slot::Closed => Err(Failure::handle()),
        }
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What happens at a reader, one event at a time, until it is cancelled.
pub struct Watching<'a> {
    watch: reader::Watch,
    reader: &'a Reader,
}

impl Iterator for Watching<'_> {
    type Item = WatchEvent;

    fn next(&mut self) -> Option<WatchEvent> {
        self.watch.next()
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        // The watch has let its reader go by now, or does so with its last field.
        self.watch = reader::Watch::new(ReadOptions::new(), || Err(ReaderError::NoReader));
        let mut slot = self.reader.lock();
        *slot = if self.reader.turns.closed() { Slot::Closed } else { Slot::Lost };
        self.reader.turns.resume();
        drop(slot);
        self.reader.turns.done();
    }
}

/// A reading as `reader read --json` prints it.
pub fn card_json(card: &CardRead) -> Told {
    Told::of(&card.to_plain()).unwrap_or_else(|_| Value::Null.into())
}

/// An event as `reader watch --json` prints it.
pub fn event_json(event: &WatchEvent) -> Told {
    let mut value: Told = match event {
        WatchEvent::Connected(probe) => json!({"sam_id": probe.sam_id.to_string()}).into(),
        WatchEvent::Card(card) => card_json(card),
        WatchEvent::Trouble(error) => Failure::of_reader(error).to_json().into(),
        _ => json!({}).into(),
    };
    value["event"] = event.as_str().into();
    value["at"] = json!(Timestamp::now());
    value
}

fn open(name: Option<&str>, baud: Option<u32>) -> Result<reader::Reader, ReaderError> {
    match name {
        Some(name) => reader::Reader::open(name, baud),
        None => reader::Reader::open_only(),
    }
}

fn read_options(text: &str) -> Result<ReadOptions, Failure> {
    let given: Options = if text.trim().is_empty() {
        Options::default()
    } else {
        serde_json::from_str(text).map_err(|error| Failure::argument(&format!("the options: {error}")))?
    };
    // A customer at a till lays the card down for this reading.
    let mut options = ReadOptions::new()
        .lying_card(given.lying_card.unwrap_or(false))
        .fingerprint(given.fingerprint.unwrap_or(false));
    if let Some(seconds) = given.wait {
        let wait =
            Duration::try_from_secs_f64(seconds).ok().filter(|wait| *wait <= Duration::from_secs(86_400));
        options = options.wait(wait.ok_or_else(|| Failure::argument("wait is 0 to 86400 seconds"))?);
    }
    Ok(match given.confirm.as_deref() {
        None | Some("until_trusted") => options,
        Some("in_doubt") => options.confirm(Confirm::InDoubt),
        Some("always") => options.confirm(Confirm::Always),
        Some(_) => return Err(Failure::argument("confirm is until_trusted, in_doubt or always")),
    })
}
