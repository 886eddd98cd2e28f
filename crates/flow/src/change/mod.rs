//! A new card or a new holder for a number, away from home, step by step: replacement and transfer. This is the home side's part, as in
//! [`cancellation`](crate::cancellation), whose account, seal, notices and confirmation it uses. `docs/replacement-and-transfer.md`.
//!
//! ```text
//!  Changes::open ─▶ Opened ─accept─▶ Proven ─acknowledge─▶ Acknowledged ─confirm─▶ Confirmed ─commit─▶ Receipt
//!       │  sealed     ▲  each its      │ release   notices    second confirmation     one transaction:
//!       ▼             │  own demand    ▼                      on the number itself    the act's row and
//!   one Demand a part ┴─ desk ◀─── Snapshot                                           the demand of every part
//! ```
//!
//! A replacement has one part: the holder, whose demand is bound to the very card that is handed out. A transfer has **two**: giver and
//! taker, asked at once about one act, each with its own expectation, in whatever order they come. Their answers are judged when they
//! come, while their attestations live, and kept; the demands are answered in the commit only, in the same step as the act's row
//! ([`Store::answer_all`](crate::store::Store::answer_all)). So whatever stops on the way, nothing is half done, and of any number of
//! processes one commits.
//!
//! The store holds neither name nor identity number, nor the card's, nor any of the six items; as every demand about a number, those in it
//! hold the number.

mod act;
mod case;
mod changes;
mod commit;
mod error;
mod explain;
mod notice;
mod opening;
mod proof;
mod receipt;
mod snapshot;
mod steps;
mod telling;

pub use act::{Act, Admission, Change, NewCard, NewCardError, Part, Taker};
pub use changes::{Changes, Silent};
pub use error::ChangeError;
pub use opening::{Asked, ChangeOpening, Stage};
pub use receipt::VerifiedChange;
pub use snapshot::{ChangeSnapshot, ComesWith};
pub use steps::{Acknowledged, Arrived, Confirmed, Opened, Proven};
pub use telling::Changing;

use crate::store::Space;

/// Replacements and transfers, step by step.
pub const SPACE: Space = Space::new("change");
/// New cards, each by the replacement that it was given out in.
pub const CARDS: Space = Space::new("change_card");
