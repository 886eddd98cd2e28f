//! `libtermb.so`: `CVR_…` and `Get…` of the vendors' `termb`, and the family of `InitComm` that other makers put under the same
//! name.
//!
//! One open reader in a process, as those libraries have it. A text is written with its terminator and `len` becomes its length
//! in bytes; what `len` was isn't looked at, because programs pass 3 for a nation of six bytes and 70 for a buffer of 30.
#![allow(non_snake_case)] // They are the vendors' names.

mod cvr;
mod getters;
mod initcomm;
mod reading;
