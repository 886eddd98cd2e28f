//! The additional address: read with the card, and never a reason to be without it. What couldn't be read is a flag.

use super::Reading;
use crate::reader::session::answers::is_refusal;
use crate::reader::session::{Line, Next};
use crate::reader::wire::{Command, Reply, StatusWord, addresses};

/// Answers without an address before the card goes without.
const FAILURES: u32 = 3;
/// The same for refusals in a row: the command byte may have been damaged on its way, and an honest "unknown command" comes
/// every time.
const REFUSALS: u32 = 2;

impl Reading {
    /// The answer to the request for the additional addresses.
    pub(super) fn address(&mut self, reply: &Reply<'_>, line: &mut Line<'_>) -> Next {
        let word = reply.status.word;
        if !is_refusal(word) {
            self.trouble.address_refusals = 0;
        }
        match word {
            StatusWord::Done => match addresses(reply.data) {
                Ok((found, unusual)) => {
                    if let Some(current) = &mut self.current {
                        current.decoded.doubtful |= unusual;
                        current.addresses = found;
                    }
                    Next::Settle
                }
                Err(_) => {
                    self.trouble.address_failures += 1;
                    self.without_address(self.trouble.address_failures >= FAILURES)
                }
            },
            StatusWord::NoSuchItem => Next::Settle,
            // Counted apart from what the card answers, which says nothing of the command.
            word if is_refusal(word) => {
                self.trouble.address_refusals += 1;
                self.without_address(self.trouble.address_refusals >= REFUSALS)
            }
            // The card may have been lifted in between: then the whole sequence shows it.
            _ => {
                self.trouble.address_failures += 1;
                if self.trouble.address_failures < FAILURES {
                    return self.card_failed(reply.status, line);
                }
                self.give_up_address()
            }
        }
    }

    /// Asks once more, or goes without.
    fn without_address(&mut self, enough: bool) -> Next {
        if enough { self.give_up_address() } else { Next::Retry(Command::ReadAddress) }
    }

    fn give_up_address(&mut self) -> Next {
        self.trouble.address_given_up = true;
        // A first reading that had one isn't contradicted by a second without.
        self.doubt |= self.previous.as_ref().is_some_and(|previous| !previous.address_unread);
        if let Some(current) = &mut self.current {
            current.address_unread = true;
        }
        Next::Settle
    }
}
