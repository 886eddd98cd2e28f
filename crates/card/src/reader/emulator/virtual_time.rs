//! One reading without a line, a thread or a clock.

use std::time::Instant;

use super::Emulator;
use crate::reader::session::{CardReply, Event, Outcome, Request, Session, SessionConfig};
use crate::reader::{ReadOptions, ReaderError};

impl Emulator {
    /// Lets a session read the card that lies on this reader, in virtual time: patience costs nothing. `now` is where that
    /// time begins. The card's origin is the one that `config` states.
    ///
    /// # Errors
    /// What a reader of this behaviour leads to.
    pub fn read_in_virtual_time(
        &mut self,
        config: SessionConfig,
        options: ReadOptions,
        mut now: Instant,
    ) -> Result<CardReply, ReaderError> {
        let mut session = Session::new(config);
        session.start(now, Request::Read(options))?;
        loop {
            let mut idle = true;
            while let Some(bytes) = session.poll_transmit() {
                self.handle_input(now, &bytes);
                idle = false;
            }
            while let Some(bytes) = self.poll_output(now) {
                session.handle_input(now, &bytes);
                idle = false;
            }
            while let Some(event) = session.poll_event() {
                if let Event::Finished(outcome) = event
                    && let Outcome::Card(reply) = outcome?
                {
                    return Ok(*reply);
                }
            }
            if !idle {
                continue;
            }
            // Time goes on to whatever comes next: the emulator's answer, or the session's patience.
            let next = [self.poll_timeout(), session.poll_timeout()].into_iter().flatten().min();
            now = next.map_or(now, |next| next.max(now));
            session.handle_timeout(now);
        }
    }
}
