//! What holds for the whole house: the codes of `docs/codes.md`, no personal value in anything that is shown,
//! one style of setters.

mod canary;
mod codes;
mod setters;
