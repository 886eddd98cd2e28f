//! A port and the card on it. The state is the port's, not the opening's: what was found and selected survives a close and a
//! reopen, because programs open and close in every call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use realname::reader::wire::{Command, Reply, StatusWord, TEXT_LENGTH};
use realname::reader::{CommandReply, Reader, ReaderError};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{code, opening, ports};

/// What readers leave the factory with.
const RATE: u32 = 115_200;

/// The rates of a serial line that readers have.
pub const RATES: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];

/// The parts of a card's data, as the chip has them. Wiped when it goes.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Card {
    text: Vec<u8>,
    photo: Vec<u8>,
    fingerprints: Vec<u8>,
}

impl Card {
    fn of(reply: &Reply<'_>) -> Option<Self> {
        let blocks = reply.card().ok()?;
        Some(Self {
            text: blocks.text.to_vec(),
            photo: blocks.photo.to_vec(),
            fingerprints: blocks.fingerprints.to_vec(),
        })
    }

    /// The text block: 256 bytes of UTF-16LE.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The photo block, in its closed format: 1024 bytes on every card described.
    pub fn photo(&self) -> &[u8] {
        self.photo.get(..1024).unwrap_or(&self.photo)
    }

    /// None, one or two fingers' blocks of 512 bytes.
    pub fn fingerprints(&self) -> &[u8] {
        self.fingerprints.get(..1024).unwrap_or(&self.fingerprints)
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::new().chain_update(&self.text).chain_update(&self.photo).finalize().into()
    }
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card")
    }
}

/// How far the card is. A step without the one before it is refused: what lies there then may be the last customer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Nothing,
    Found,
    Selected,
}

/// One port. Two threads on it take turns.
pub struct Desk {
    number: i32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reader: Option<Reader>,
    /// By the caller; else by a call that closes it again.
    kept_open: bool,
    phase: Phase,
    rate: Option<u32>,
    /// The card that was read last.
    last: Option<[u8; 32]>,
    /// Since then the reader said that there is nothing to find: what it finds now was laid down since.
    empty: bool,
    /// A card that was read to see that it isn't the last one.
    ahead: Option<Card>,
}

/// The port of that number, for this process.
pub fn desk(number: i32) -> Arc<Desk> {
    static DESKS: Mutex<Option<HashMap<i32, Arc<Desk>>>> = Mutex::new(None);
    let mut desks = DESKS.lock().unwrap_or_else(PoisonError::into_inner);
    let new = || Arc::new(Desk { number, state: Mutex::default() });
    desks.get_or_insert_default().entry(number).or_insert_with(new).clone()
}

impl Desk {
    /// A panic in between leaves nothing to rely on: the port is closed.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            let mut state = poisoned.into_inner();
            *state = State::default();
            self.state.clear_poison();
            state
        })
    }

    /// Opens it for the calls to come. One that is open stays so.
    pub fn open(&self) -> i32 {
        self.open_at(None)
    }

    /// The same, at that rate where the line has one.
    pub fn open_at(&self, rate: Option<u32>) -> i32 {
        let mut state = self.lock();
        let before = state.rate;
        state.rate = rate.or(before);
        match state.open(self.number) {
            Ok(()) => {
                state.kept_open = true;
                code::DONE
            }
            Err(code) => {
                state.rate = before;
                code
            }
        }
    }

    /// Closes it.
    pub fn close(&self) -> i32 {
        let mut state = self.lock();
        state.kept_open = false;
        state.ahead = None;
        if state.reader.take().is_some() { code::DONE } else { code::PORT }
    }

    /// Whether it was opened by the caller.
    pub fn is_open(&self) -> bool {
        self.lock().kept_open
    }

    /// Whether a reader answers there.
    pub fn answers(&self) -> bool {
        self.using(1, |_| Ok(code::DONE)) == code::DONE
    }

    /// Runs a call with the port open. `if_open` 0: the caller has opened it; else it is opened for this call, unless it is
    /// open already.
    fn using(&self, if_open: i32, job: impl FnOnce(&mut State) -> Result<i32, i32>) -> i32 {
        let mut state = self.lock();
        if if_open == 0 && !state.kept_open {
            return code::PORT;
        }
        if let Err(code) = state.open(self.number) {
            return code;
        }
        let code = job(&mut state).unwrap_or_else(|code| code);
        if !state.kept_open {
            state.reader = None;
        }
        code
    }

    /// One command whose status alone counts.
    pub fn command(&self, command: Command, if_open: i32) -> i32 {
        self.using(if_open, |state| state.ask(command).map(|reply| word(&reply)))
    }

    /// One command that gives data, which `take` gets when it is done.
    pub fn data(&self, command: Command, if_open: i32, take: impl FnOnce(&[u8])) -> i32 {
        self.using(if_open, |state| {
            let reply = state.ask(command)?;
            if reply.reply().status.word == StatusWord::Done {
                take(reply.reply().data);
            }
            Ok(word(&reply))
        })
    }

    /// Finds a card that wasn't read yet.
    pub fn find(&self, if_open: i32) -> i32 {
        self.using(if_open, |state| {
            (state.phase, state.ahead) = (Phase::Nothing, None);
            let code = word(&state.ask(Command::Find)?);
            if code != code::FOUND {
                state.empty |= code == code::NOT_FOUND;
                return Ok(code);
            }
            // Readers that were reset, or lost their power, or never remember, find a card again that was read and still
            // lies there.
            if state.last.is_some() && !state.empty && state.is_the_last()? {
                return Ok(code::NOT_FOUND);
            }
            state.phase = Phase::Found;
            Ok(code::FOUND)
        })
    }

    /// Selects the card that was found.
    pub fn select(&self, if_open: i32) -> i32 {
        self.using(if_open, |state| {
            if state.phase == Phase::Nothing {
                return Ok(code::NOT_SELECTED);
            }
            let code = if state.ahead.is_some() { code::DONE } else { word(&state.ask(Command::Select)?) };
            state.phase = if code == code::DONE { Phase::Selected } else { Phase::Found };
            Ok(code)
        })
    }

    /// Reads the card that was selected.
    ///
    /// # Errors
    /// The code to return.
    pub fn read(&self, fingerprints: bool, if_open: i32) -> Result<Card, i32> {
        let mut read = None;
        let code = self.using(if_open, |state| {
            if state.phase != Phase::Selected {
                return Ok(code::READ_FAILED);
            }
            if let Some(card) = state.ahead.take().filter(|_| !fingerprints) {
                read = Some(card);
                return Ok(code::DONE);
            }
            let command = if fingerprints { Command::ReadWithFingerprint } else { Command::Read };
            let reply = state.ask(command)?;
            if reply.reply().status.word != StatusWord::Done {
                return Ok(word(&reply));
            }
            let card = Card::of(&reply.reply()).ok_or(code::READ_FAILED)?;
            state.was_read(&card);
            read = Some(card);
            Ok(code::DONE)
        });
        read.ok_or(code)
    }

    /// The newest additional address: 70 bytes of UTF-16LE.
    ///
    /// # Errors
    /// The code to return; 0x91 when the card has none.
    pub fn address(&self, if_open: i32) -> Result<Vec<u8>, i32> {
        let mut address = None;
        let code = self.data(Command::ReadAddress, if_open, |data| {
            // Older readers give up to four, the newest last.
            let start = data.len().saturating_sub(1) / 70 * 70;
            let mut newest = data.get(start..).unwrap_or_default().to_vec();
            while newest.len() < 70 {
                newest.extend([0x20, 0]);
            }
            address = Some(newest);
        });
        address.ok_or(code)
    }

    /// Resets the security module.
    pub fn reset(&self, if_open: i32) -> i32 {
        self.using(if_open, |state| {
            (state.phase, state.empty, state.ahead) = (Phase::Nothing, false, None);
            let reader = state.reader.as_mut().ok_or(code::PORT)?;
            reader.reset().map_err(|error| code::of(&error))?;
            Ok(code::DONE)
        })
    }

    /// Looks for the rate at which a reader answers.
    ///
    /// # Errors
    /// 0x01 no such port, 0x05 no rate works.
    pub fn rate(&self) -> Result<u32, i32> {
        let mut state = self.lock();
        let name = ports::name(self.number).ok_or(code::PORT)?;
        if let Some(rate) = state.reader.as_ref().and_then(Reader::baud) {
            return Ok(rate);
        }
        let reader = Reader::open(&name, None).map_err(|error| match error {
            ReaderError::Transport(_) => code::PORT,
            _ => code::NO_RATE,
        })?;
        let rate = reader.baud().ok_or(code::PORT)?;
        state.rate = Some(rate);
        Ok(rate)
    }

    /// Changes the line's rate on both sides; this process opens the port at it from then on.
    pub fn set_rate(&self, current: u32, wanted: u32) -> i32 {
        if !RATES.contains(&current) || !RATES.contains(&wanted) {
            return code::WRONG_COMMAND;
        }
        let mut state = self.lock();
        let Some(name) = ports::name(self.number) else { return code::PORT };
        if name.starts_with("bridge:") {
            // Others use that line, too.
            return code::WRONG_COMMAND;
        }
        let was_open = state.reader.take().is_some();
        let changed = Reader::open(&name, Some(current)).and_then(|mut reader| reader.set_baud(wanted));
        match changed {
            Ok(()) => state.rate = Some(wanted),
            Err(ReaderError::NoAnswer { .. } | ReaderError::LineDamaged { .. }) => return code::TIMED_OUT,
            Err(error) => return code::of(&error),
        }
        if was_open && state.open(self.number).is_err() {
            return code::PORT;
        }
        code::DONE
    }
}

impl State {
    fn open(&mut self, number: i32) -> Result<(), i32> {
        if self.reader.is_none() {
            let name = ports::name(number).ok_or(code::PORT)?;
            self.reader = Some(opening::open(&name, self.rate.unwrap_or(RATE))?);
        }
        Ok(())
    }

    fn ask(&mut self, command: Command) -> Result<CommandReply, i32> {
        let reader = self.reader.as_mut().ok_or(code::PORT)?;
        reader.exchange(command).map_err(|error| {
            if matches!(error, ReaderError::Transport(_)) {
                // Unplugged: the next call opens it anew, and what it finds then may be the card that was read.
                self.reader = None;
                (self.phase, self.empty) = (Phase::Nothing, false);
            }
            code::of(&error)
        })
    }

    /// Reads the card that was found, to tell whether it is the one that was read last. Another one is kept for its customer.
    fn is_the_last(&mut self) -> Result<bool, i32> {
        if word(&self.ask(Command::Select)?) != code::DONE {
            return Ok(false);
        }
        let reply = self.ask(Command::Read)?;
        let Some(card) = Card::of(&reply.reply()) else { return Ok(false) };
        if self.last == Some(card.digest()) {
            return Ok(true);
        }
        self.was_read(&card);
        self.ahead = Some(card);
        Ok(false)
    }

    fn was_read(&mut self, card: &Card) {
        (self.last, self.empty) = (Some(card.digest()), false);
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if let Some(last) = &mut self.last {
            last.zeroize();
        }
    }
}

fn word(reply: &CommandReply) -> i32 {
    i32::from(reply.reply().status.word.code())
}

const _: () = assert!(TEXT_LENGTH == 256);
