//! `libSynIDCardAPI.so`: `Syn_…` and its settings. Success is 0 here, and a card that isn't found is 128.
#![allow(non_snake_case, clippy::too_many_arguments)] // They are the vendors' names and parameters.

#[path = "../../sdtapi/src/boundary.rs"]
mod boundary;
mod message;
mod more;
mod plain;
mod settings;
