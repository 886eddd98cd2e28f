//! The relying side: what a presentation is worth, as one verdict with every reason.
//!
//! ```text
//!  text ─▶ UnverifiedPresentation ─verify(pending demand, trust list, now)─▶ Verdict
//!    └──── answer(store, …): look, verify, record consumed + digest + verdict in one step ────▶ Answer { verdict, record }
//!    └──── Answering::parse ─▶ judge ─▶ recorded: the same in parts, for callers with a store of their own
//! ```
//!
//! It never imports the issuing side: what one side signs, the other reads as strangers do.

mod answer;
mod answering;
mod asked;
mod code;
mod disclosed;
mod explain;
mod exposure;
mod facts;
mod inspect;
mod judge;
mod limits;
mod presentation;
mod record;
mod recorded;
mod sense;
mod telling;
mod times;
mod verdict;

pub use answer::{answer, recorded};
pub use answering::{Answering, Judged, Recording, SUPERSEDED};
pub use asked::{Answer, DemandRef};
pub use code::sd_jwt_code;
pub use disclosed::Disclosed;
pub use inspect::{InspectError, Inspected, inspect};
pub use limits::Limits;
pub use presentation::UnverifiedPresentation;
pub use record::{Record, RecordError};
pub use recorded::RecordedVerdict;
pub use telling::{Accepting, Telling, answer_telling};
pub use verdict::{TrustBasis, Verdict};
