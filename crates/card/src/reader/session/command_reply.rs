//! The answer to one command, whatever it says.

use zeroize::ZeroizeOnDrop;

use crate::reader::wire::{Reply, Status};

/// What a reader answered to one command. It may hold a card's data: `Debug` shows its length.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct CommandReply {
    #[zeroize(skip)]
    status: Status,
    data: Vec<u8>,
}

impl CommandReply {
    pub(super) fn new(status: Status, data: &[u8]) -> Self {
        Self { status, data: data.to_vec() }
    }

    /// Status and data, as they came.
    pub fn reply(&self) -> Reply<'_> {
        Reply { status: self.status, data: &self.data }
    }
}

impl std::fmt::Debug for CommandReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.reply().fmt(f)
    }
}
