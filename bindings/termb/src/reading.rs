//! The open port and the card that was read from it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use realname::document::SamId;
use realname::reader::wire::Command;
use realname_dropin::{Card, Desk, Fields, Place, bitmap, code, desk, gbk, place, remove, write};
use zeroize::Zeroizing;

/// What a call returns: done, or not.
pub(crate) const YES: i32 = 1;
pub(crate) const NO: i32 = 0;
/// The numbers of serial ports. The rate of a line is theirs alone: programs ask for 9600 and then open a reader on USB.
const SERIAL: std::ops::RangeInclusive<i32> = 1..=16;
/// The reader isn't there any more.
pub(crate) const NOT_CONNECTED: i32 = 4;

#[derive(Default)]
pub(crate) struct Reading {
    /// 0: none.
    pub(crate) port: i32,
    pub(crate) card: Option<(Card, Fields)>,
    /// What CVR_SetBaudRate asked for; `None`: what readers leave the factory with.
    pub(crate) rate: Option<u32>,
    /// The card was read with its fingerprints, be there some or none.
    with_prints: bool,
    /// What GetName and its like returned a pointer to.
    pub(crate) shown: Zeroizing<Vec<u8>>,
}

static READING: Mutex<Option<Reading>> = Mutex::new(None);

/// Runs one call; a panic is a call that wasn't done, and leaves no card.
pub(crate) fn call(job: impl FnOnce(&mut Reading) -> i32) -> i32 {
    let mut kept: MutexGuard<'_, Option<Reading>> = READING.lock().unwrap_or_else(PoisonError::into_inner);
    let reading = kept.get_or_insert_default();
    catch_unwind(AssertUnwindSafe(|| job(reading))).unwrap_or_else(|_| {
        reading.card = None;
        99
    })
}

impl Reading {
    fn desk(&self) -> Option<std::sync::Arc<Desk>> {
        (self.port != 0).then(|| desk(self.port))
    }

    pub(crate) fn open(&mut self, port: i32) -> i32 {
        if self.port != 0 && self.port != port {
            desk(self.port).close();
        }
        self.card = None;
        let opened = desk(port).open_at(self.rate.filter(|_| SERIAL.contains(&port)));
        self.port = if opened == code::DONE { port } else { 0 };
        opened
    }

    pub(crate) fn close(&mut self) -> i32 {
        let closed = self.desk().map(|desk| desk.close());
        *self = Self { rate: self.rate, ..Self::default() };
        if closed.is_some() { YES } else { NO }
    }

    /// Find and select: 1; 0 not initialised, 2 nothing new found, 3 not selected, 4 no reader.
    pub(crate) fn authenticate(&mut self) -> i32 {
        match self.find() {
            YES => self.select(),
            other => other,
        }
    }

    /// The first half of [`authenticate`](Self::authenticate).
    pub(crate) fn find(&mut self) -> i32 {
        // The last customer's fields are dropped first, so that a failed find can't leave them for this one.
        self.card = None;
        let Some(desk) = self.desk() else { return NO };
        match desk.find(0) {
            code::FOUND => YES,
            code::PORT | code::TIMED_OUT | code::TRANSMISSION => NOT_CONNECTED,
            _ => 2,
        }
    }

    /// The second.
    pub(crate) fn select(&mut self) -> i32 {
        self.card = None;
        let Some(desk) = self.desk() else { return NO };
        match desk.select(0) {
            code::DONE => YES,
            code::PORT | code::TIMED_OUT | code::TRANSMISSION => NOT_CONNECTED,
            _ => 3,
        }
    }

    /// Reads the card that was selected.
    pub(crate) fn read(&mut self) -> i32 {
        self.read_with(false)
    }

    /// The same, with the fingerprints where the reader and the card have them.
    pub(crate) fn read_with_prints(&mut self) -> i32 {
        match self.read_with(true) {
            // Not every reader knows that command.
            NO => self.read_with(false),
            read => read,
        }
    }

    fn read_with(&mut self, prints: bool) -> i32 {
        self.card = None;
        let Some(desk) = self.desk() else { return NO };
        match desk.read(prints, 0) {
            Ok(card) => match Fields::of(&card) {
                Some(fields) => {
                    (self.card, self.with_prints) = (Some((card, fields)), prints);
                    YES
                }
                None => NO,
            },
            Err(code::PORT | code::TIMED_OUT | code::TRANSMISSION) => NOT_CONNECTED,
            Err(_) => NO,
        }
    }

    /// Reads, and writes the files of that mode: 1 to 4 as the manual has them; with another number none.
    pub(crate) fn read_to_files(&mut self, mode: i32, directory: &Path) -> i32 {
        match self.read() {
            YES => self.write(mode, directory),
            failed => failed,
        }
    }

    /// Writes the files of that mode, of the card that was read.
    pub(crate) fn write(&self, mode: i32, directory: &Path) -> i32 {
        let place = place(directory);
        let Some((card, fields)) = &self.card else { return NO };
        let raw = |name: &str, bytes: &[u8]| write(&place, Path::new(name), bytes);
        let done = match mode {
            1 => raw("WZ.TXT", card.text()) && raw("XP.WLT", card.photo()) && picture(&place, card),
            2 => raw("WZ.TXT", card.text()) && raw("XP.WLT", card.photo()),
            3 => match self.address() {
                Ok(address) => raw("NEWADD.TXT", &address),
                Err(code) => code == code::NO_ITEM && raw("NEWADD.TXT", &[]),
            },
            4 => raw("WZ.TXT", &gbk(&fields.lines())) && picture(&place, card),
            _ => true,
        };
        if done { YES } else { NO }
    }

    /// The newest additional address, raw.
    pub(crate) fn address(&self) -> Result<Zeroizing<Vec<u8>>, i32> {
        self.desk().map_or(Err(code::PORT), |desk| desk.address(0)).map(Zeroizing::new)
    }

    pub(crate) fn fingerprints(&self) -> Option<Zeroizing<Vec<u8>>> {
        if let Some((card, _)) = self.card.as_ref().filter(|_| self.with_prints) {
            return Some(Zeroizing::new(card.fingerprints().to_vec()));
        }
        let card = self.desk()?.read(true, 0).ok()?;
        Some(Zeroizing::new(card.fingerprints().to_vec()))
    }

    /// The module's number as a text of 36 characters.
    pub(crate) fn sam_id(&self) -> Option<String> {
        let mut id = None;
        self.desk()?.data(Command::SamId, 0, |data| {
            id = <[u8; 16]>::try_from(data).ok().map(|bytes| SamId::from_bytes(bytes).to_string());
        });
        id
    }
}

/// `ZP.BMP`, where there is a decoder. Without one no customer's picture is left from before.
pub(crate) fn picture(place: &Place, card: &Card) -> bool {
    match bitmap(card.photo()) {
        Some(bytes) => write(place, Path::new("ZP.BMP"), &bytes),
        None => {
            remove(place, Path::new("ZP.BMP"));
            true
        }
    }
}
