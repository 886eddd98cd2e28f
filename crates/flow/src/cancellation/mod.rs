//! A number cancelled from another province, step by step. This is the home side's part; the desk's is to answer a
//! demand, to show what was released, and to hand over the receipt.
//!
//! ```text
//!  HomeSide::open ─▶ Asked ─identify─▶ Identified ─acknowledge─▶ Acknowledged ─confirm─▶ Confirmed ─commit─▶ Receipt
//!       │  six items  ▲  presentation     │ release        notices       second confirmation     checked      90 days
//!       ▼  sealed     │  of the holder    ▼ the values     told         on the number itself      again       begin
//!      Demand ─────▶ desk ◀────────────── Snapshot
//! ```
//!
//! Every value allows the next step and no other; every step is recorded once, in the home side's own store, and
//! [`HomeSide::resume`] finds a case again where it stood. The store holds neither number nor name nor any of the six
//! items: keys are HMACs and salts are made from a [`LedgerSecret`](crate::confirmation::LedgerSecret), so the account is
//! read anew for every step, sealed again, and compared. What changed in between is `snapshot_stale`.
//!
//! Nothing of the account can be shown before the person is proven, because only the proof makes the value that shows it:
//!
//! ```compile_fail
//! # use realname_flow::cancellation::{Account, Asked};
//! fn show(asked: &Asked, account: &Account, now: jiff::Timestamp) {
//!     asked.release(account, now);
//! }
//! ```

mod account;
mod beside;
pub(crate) mod case;
mod closing;
mod commit;
mod error;
mod explain;
pub(crate) mod grant;
mod home;
mod lease;
pub(crate) mod notice;
mod opening;
pub(crate) mod receipt;
pub(crate) mod snapshot;
pub(crate) mod statement;
mod steps;
mod telling;

pub use account::{Account, Contract, Items, Reach};
pub use beside::Beside;
pub use closing::{Brings, Paper, Papers, Unclosed};
pub use error::{CancellationError, StatementRefused};
pub use home::HomeSide;
pub use notice::{Acknowledgement, Notice, NoticeKind};
pub use opening::{DESK_CHECKS, OWN_APP_CHECKS, Opening, Stage};
pub use receipt::{Committed, QUARANTINE_DAYS, Receipt, VerifiedReceipt};
pub use snapshot::{Released, Snapshot};
pub use steps::{Acknowledged, Asked, CANCEL_SERVICE, Confirmed, Identified};
pub use telling::Cancelling;

use crate::store::Space;

/// Cancellations away from home, by case and by subscription.
pub const SPACE: Space = Space::new("cancellation");
