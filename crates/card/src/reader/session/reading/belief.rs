//! Is a complete reading believed?

use zeroize::Zeroizing;

use super::Reading;
use crate::reader::error::ReaderError;
use crate::reader::options::{Confirm, Progress};
use crate::reader::session::link::Failure;
use crate::reader::session::{Line, Next};
use crate::reader::wire::ReplyError;

/// Readings without two alike in a row before none is believed. A count, because more tries do harm: each is another chance
/// for two that are damaged alike.
const READINGS: u32 = 10;

impl Reading {
    /// A reply whose inside contradicts itself is refused. Twice the same in a row, and it is the card's.
    pub(super) fn contradicted(&mut self, data: &[u8], reason: ReplyError, line: &mut Line<'_>) -> Next {
        self.doubt = true;
        self.current = None;
        if self.malformed.as_ref().is_some_and(|before| before.as_slice() == data) {
            return Next::Finish(Err(match reason {
                ReplyError::UnknownKind { flag } => ReaderError::UnknownDocument { flag },
                ReplyError::Blank => ReaderError::CardBlank,
                reason => ReaderError::CardMalformed { reason },
            }));
        }
        self.malformed = Some(Zeroizing::new(data.to_vec()));
        self.line_failed(Failure { command: self.read_command(), silent: false }, line)
    }

    /// A reading is complete and the line is quiet: is it believed?
    pub(super) fn judge(&mut self, line: &mut Line<'_>) -> Next {
        let Some(current) = self.current.take() else { return self.find() };
        // Nobody can tell which data belong to which card, and asking again could bring the wrong card's alone.
        if line.link.saw_two_cards() {
            return Next::Finish(Err(ReaderError::TwoCards));
        }
        let demanded = match self.options.confirm {
            Confirm::InDoubt => false,
            Confirm::UntilTrusted => !line.link.trust.is_earned(),
            Confirm::Always => true,
        };
        let doubt = demanded || self.doubt || line.link.trust.is_damaged() || current.decoded.doubtful;
        let confirmed = self.previous.as_ref().is_some_and(|previous| previous.agrees(&current));
        if !doubt || confirmed {
            return self.deliver(current, confirmed, line);
        }
        // Two readings that differ prove damage, or that the card was changed.
        self.doubt |= self.previous.is_some();
        self.readings += 1;
        if self.readings >= READINGS {
            return Next::Finish(Err(ReaderError::Unconfirmed { readings: self.readings }));
        }
        self.previous = Some(current);
        self.direct = true;
        line.progress(Progress::Confirming);
        Next::Send(self.read_command())
    }

    /// The second reading that was to confirm the first is refused in due form: the reader gives a card once until it is
    /// lifted, or it has been lifted. Where nothing at all speaks against the first one, it is believed.
    pub(super) fn believe_the_only_one(&mut self, line: &mut Line<'_>) -> Option<Next> {
        let spotless = self.options.confirm == Confirm::UntilTrusted
            && !self.doubt
            && !self.trouble.has_line_failed()
            && !line.link.trust.is_damaged();
        let only = self.previous.take_if(|only| spotless && !only.decoded.doubtful)?;
        Some(self.deliver(only, false, line))
    }
}
