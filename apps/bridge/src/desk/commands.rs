//! The reader as a program sees it that has it for itself: command by command, without waiting for a card.

use std::sync::Arc;
use std::time::{Duration, Instant};

use realname::document::{Origin, SamId};
use realname::reader::ReaderError;
use realname::reader::wire::{Command, StatusWord};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::Desk;
use super::offer::body;
use super::state::{Doing, LOOK, Line, State};
use crate::refusal::Refusal;

/// How long a find waits for a card that is being read, at most. Programs wait a second and a half for the answer.
const FIND: Duration = Duration::from_millis(1_300);
/// Between two looks at what the reader is at.
const AGAIN: Duration = Duration::from_millis(15);
/// How long a reader that isn't there is looked for.
const LOST: Duration = Duration::from_millis(600);
/// How long reading a card once more, with its fingerprints, may take. Programs wait three and a half seconds.
const FINGERPRINTS: Duration = Duration::from_millis(3_300);
/// How often it is looked whether programs still ask.
const CHECK: Duration = Duration::from_secs(1);

/// What a reader answers: the body of its reply, and where its cards come from.
pub(crate) struct Said {
    pub(crate) origin: Origin,
    /// Of the reader's line, where it has one.
    pub(crate) baud: Option<u32>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Desk {
    /// What the reader answers to `command` of the program that calls itself `client`.
    pub(crate) async fn command(&self, client: &str, command: Command) -> Result<Said, Refusal> {
        self.polled()?;
        let (sam_id, origin, baud) = self.line(command).await?;
        let said = match command {
            Command::SamId => body(StatusWord::Done, &sam_id.to_bytes()),
            // It is shared: nobody's reset, and nobody's setting, is another one's matter.
            Command::Reset | Command::Status | Command::SetRfFrame(_) => body(StatusWord::Done, &[]),
            Command::Find => match self.find(client).await? {
                true => body(StatusWord::Found, &[0; 4]),
                false => body(StatusWord::NoCard, &[]),
            },
            Command::Select | Command::Read | Command::ReadWithFingerprint | Command::ReadAddress => {
                self.tell(client, command).await
            }
            _ => body(StatusWord::WrongCommand, &[]),
        };
        Ok(Said { origin, baud, body: said })
    }

    /// A program asks, so the reader is watched for a while.
    fn polled(&self) -> Result<(), Refusal> {
        let mut state = self.shared.lock();
        if state.ending {
            return Err(Refusal::Ending);
        }
        state.polled = Some(Instant::now());
        self.shared.poke(&state);
        if !std::mem::replace(&mut state.checked, true) {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                loop {
                    sleep(CHECK).await;
                    let mut state = shared.lock();
                    if state.ending || !state.is_polled() {
                        state.checked = false;
                        shared.poke(&state);
                        return;
                    }
                }
            });
        }
        Ok(())
    }

    /// Which reader it is. One that isn't there is looked for; who asks how the reader is has it asked.
    async fn line(&self, command: Command) -> Result<(SamId, Origin, Option<u32>), Refusal> {
        let open = |line: &Line| match line {
            Line::Open { sam_id, origin, baud, .. } => Some((*sam_id, *origin, *baud)),
            _ => None,
        };
        let ask = matches!(command, Command::SamId | Command::Status | Command::Reset);
        let known = open(&self.shared.lock().line);
        if let Some(known) = known.filter(|_| !ask) {
            return Ok(known);
        }
        let line = self.known_within(LOST).await.line;
        match (open(&line), line) {
            (Some(known), _) => Ok(known),
            (None, Line::Lost(error)) => Err(Refusal::NoReader(error)),
            (None, _) => Err(Refusal::NoReader(ReaderError::NoReader)),
        }
    }

    /// Whether there is a card for `client`: a look is taken, and a card that is found is read.
    async fn find(&self, client: &str) -> Result<bool, Refusal> {
        let until = Instant::now() + FIND;
        loop {
            {
                let mut state = self.shared.lock();
                if state.ending {
                    return Err(Refusal::Ending);
                }
                if let Line::Lost(error) = &state.line {
                    return Err(Refusal::NoReader(error.clone()));
                }
                if let Some(offer) = &mut state.offer {
                    return Ok(offer.is_found_by(client));
                }
                if state.has_looked() || Instant::now() >= until {
                    return Ok(false);
                }
            }
            sleep(AGAIN).await;
        }
    }

    async fn tell(&self, client: &str, command: Command) -> Zeroizing<Vec<u8>> {
        if self.shared.lock().offer.as_ref().is_some_and(|offer| offer.lacks(client, command)) {
            self.read_fingerprints().await;
        }
        let mut state = self.shared.lock();
        let told = state.offer.as_mut().and_then(|offer| offer.told(client, command));
        told.unwrap_or_else(|| match command {
            Command::Select => body(StatusWord::SelectFailed, &[]),
            _ => body(StatusWord::ReadFailed, &[]),
        })
    }

    /// Has the card that lies there read once more.
    async fn read_fingerprints(&self) {
        let (done, is_done) = oneshot::channel();
        {
            let mut state = self.shared.lock();
            state.again.push(done);
            self.shared.poke(&state);
        }
        let _ = timeout(FINGERPRINTS, is_done).await;
    }
}

impl State {
    /// Whether the reader has been asked and knows of no card to be read.
    fn has_looked(&self) -> bool {
        match self.doing {
            Doing::Looking { since, .. } => since.is_some_and(|since| since.elapsed() >= LOOK),
            Doing::Lying => true,
            Doing::Idle | Doing::Opening | Doing::Reading { .. } => false,
        }
    }
}
