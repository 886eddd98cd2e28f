//! `libsdtapi.so`: the functions `SDT_…` of the vendors' `sdtapi`, under their names, with their codes.
//!
//! Parameters are in the order of all known headers. A buffer gets what the function gives and never more: 256 bytes of text,
//! 1024 of photo and of fingerprints, 70 of address, 28 of management information, 16 of a module's number, or its text and a
//! NUL. Null is refused where something has to be written, lengths are outputs and may be null.
#![allow(non_snake_case, clippy::too_many_arguments)] // They are the vendors' names and parameters.

mod absent;
mod boundary;
mod card;
mod files;
mod port;
