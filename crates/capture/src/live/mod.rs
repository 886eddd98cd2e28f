//! A capture on live: a challenge that nobody could know before, and frames that answer it in order and in time.
//!
//! The challenge (which prompts, in which order, when) is made from fresh randomness and the demand's nonce when the camera is
//! on, never before: a film that was made earlier doesn't fit it. Frames are refused when they come twice, out of order, out of time,
//! from another camera or in another size, or when nothing moves between them. Every frame's digest goes into a chain that
//! begins with demand and challenge, so frames of another session don't continue it.
//!
//! Nothing here says that anybody is alive: that is the word of a
//! [`LivenessChecker`](crate::plugin::LivenessChecker), to whom the frames go. What can't be excluded is a camera in software that
//! renders an answer while the challenge runs; its [signs](Signs) are figures, never a verdict.
//!
//! No clock, no randomness of its own and no I/O: times and entropy are the caller's.

mod capture;
mod challenge;
mod still;

pub use capture::{Frame, LiveCapture, LiveError, LiveTake, Signs};
pub use challenge::{Challenge, Prompt, Step};

#[cfg(test)]
mod tests;
