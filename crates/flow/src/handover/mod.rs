//! An online sale, from the order to activation: the buyer is checked online, and once more at the door, by who delivers.
//!
//! ```text
//!  Shop::open ─▶ Opened ─accept─▶ Sold ─activate─▶ Activated      one transaction: the order's row and both demands
//!                  │  ▲             │  ▲
//!            ask   ▼  │   ask_door  ▼  │
//!                Demand │         Demand │    delivery.handover: expects the very person who was checked online,
//!                 buyer ┘        courier ┘    asks for `delivery_original`, checked after it was made
//! ```
//!
//! Activation needs **two** attestations about **one** order: of the person who bought it, and of the person who took it at the
//! door with the original document, checked after the sale. Another person at the door, another order's answer, a door before
//! the sale, one door for two orders: each is refused and uses nothing up. Every value allows the next step and no other, and
//! [`Shop::resume`] finds an order again where it stood.
//!
//! The sale's answer is judged when it comes, while its attestation lives, and kept; its demand is answered at activation
//! only, in the same step as the door's demand and the order's row ([`Store::answer_all`](crate::store::Store::answer_all)). So
//! whatever stops on the way, nothing is half activated, and the sale's answer can be used for nothing else meanwhile.
//!
//! The store holds the buyer's name and number as salted digests only; the demands in it hold the phone number, as every
//! demand about a number does.

mod activation;
mod error;
mod explain;
mod opening;
mod order;
mod part;
mod row;
mod shop;
mod steps;
mod telling;

pub use activation::{Activated, Activation};
pub use error::HandoverError;
pub use opening::{Progress, Stage};
pub use order::{Asking, Order};
pub use shop::Shop;
pub use steps::{Opened, Sold};
pub use telling::Activating;

use crate::store::Space;

/// Orders, and the sales of those that were sold.
pub const SPACE: Space = Space::new("handover");
