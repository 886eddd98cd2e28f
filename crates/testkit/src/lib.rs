//! The one world that the tests live in. Everything in it is synthetic and says so.
//!
//! | module | holds |
//! |---|---|
//! | [`world`] | an anchor, an operator, an asker, lists, demands, and people who are really checked |
//! | [`wire`] | a second writer of the reader's bytes, which shares no code with the first |
//! | [`truth`] | a face finder that knows where the face was drawn |

pub mod truth;
pub mod wire;
pub mod world;
