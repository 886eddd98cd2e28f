//! What holds for the whole house: the codes of `docs/codes.md`, and no personal value in anything that is shown.

mod canary;
mod codes;
