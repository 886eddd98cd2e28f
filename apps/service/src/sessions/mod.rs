//! Sessions of online checks: the photos of one buyer for one demand, sealed in the store until the session ends.

mod api;
mod decide;
mod live;
mod live_state;
mod page_calls;
mod photos;
mod seal;
mod session;
mod shelf;
mod state;
mod told;

pub(crate) use api::{__path_make, __path_show, make, open_for, show};
pub(crate) use decide::{__path_complete, complete};
pub(crate) use live::{__path_live, __path_live_frame, live, live_frame};
pub(crate) use live_state::LiveOffer;
pub(crate) use page_calls::same_origin;
pub(crate) use page_calls::{__path_consent, __path_declare, __path_open, consent, declare, open};
pub(crate) use photos::{__path_annotated, __path_upload, annotated, upload};
pub(crate) use seal::Secret;
pub(crate) use shelf::Sessions;
pub(crate) use state::state;
