//! A text on its way, part after part.
//!
//! One after the other, so that a gateway which doesn't want the first has got none. As soon as a part may be out, nothing is certain any
//! more: a phone may show it.

use std::time::Duration;

use realname_flow::confirmation::MessengerError;

use crate::protocol::Outcome;
use crate::text::Piece;

/// How often a later part is submitted again to a gateway that is busy.
const AGAIN: u32 = 5;
/// How long it is left alone before that.
const PAUSE: Duration = Duration::from_secs(1);

/// A text on its way.
pub(crate) struct Sending {
    pieces: Vec<Piece>,
    taken: usize,
    again: u32,
}

/// What is to be done.
pub(crate) enum Step {
    /// Submit this piece, after a pause.
    Submit(Duration),
    /// That was it.
    Done(Result<(), MessengerError>),
}

impl Sending {
    pub(crate) fn new(pieces: Vec<Piece>) -> Self {
        Self { pieces, taken: 0, again: 0 }
    }

    /// The piece that is next.
    pub(crate) fn piece(&self) -> Option<&Piece> {
        self.pieces.get(self.taken)
    }

    /// What follows from that piece's outcome.
    pub(crate) fn step(&mut self, outcome: &Outcome) -> Step {
        match outcome {
            Outcome::Accepted(_) => {
                self.taken = self.taken.saturating_add(1);
                self.again = 0;
                if self.piece().is_some() { Step::Submit(Duration::ZERO) } else { Step::Done(Ok(())) }
            }
            Outcome::Throttled if self.taken > 0 && self.again < AGAIN => {
                self.again = self.again.saturating_add(1);
                Step::Submit(PAUSE)
            }
            Outcome::Throttled => self.stopped(MessengerError::Busy),
            Outcome::Refused(status) => {
                self.stopped(MessengerError::Refused { status: u16::try_from(*status).ok() })
            }
            Outcome::Unknown => Step::Done(Err(MessengerError::Indeterminate)),
        }
    }

    /// The next piece couldn't even be submitted, for that reason.
    pub(crate) fn stopped(&self, error: MessengerError) -> Step {
        Step::Done(Err(if self.taken == 0 { error } else { MessengerError::Indeterminate }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::split;

    fn steps(outcomes: &[Outcome]) -> Option<Result<(), MessengerError>> {
        let mut sending = Sending::new(split(&"长".repeat(140), 1).unwrap());
        outcomes.iter().find_map(|outcome| match sending.step(outcome) {
            Step::Done(done) => Some(done),
            Step::Submit(_) => None,
        })
    }

    #[test]
    fn only_what_certainly_isnt_out_is_called_not_sent() {
        let taken = || Outcome::Accepted(vec![1]);
        assert_eq!(steps(&[taken(), taken(), taken()]), Some(Ok(())));
        assert_eq!(steps(&[taken(), taken()]), None);
        assert_eq!(steps(&[Outcome::Throttled]), Some(Err(MessengerError::Busy)));
        assert_eq!(steps(&[Outcome::Refused(13)]), Some(Err(MessengerError::Refused { status: Some(13) })));
        assert_eq!(steps(&[Outcome::Refused(70_000)]), Some(Err(MessengerError::Refused { status: None })));
        let unknown = Some(Err(MessengerError::Indeterminate));
        assert_eq!(steps(&[Outcome::Unknown]), unknown);
        assert_eq!(steps(&[taken(), Outcome::Refused(13)]), unknown);
        assert_eq!(steps(&[taken(), Outcome::Throttled, taken(), taken()]), Some(Ok(())));
        let busy = [vec![taken()], vec![Outcome::Throttled; 6]].concat();
        assert_eq!(steps(&busy), unknown);
    }
}
