//! Both messengers against gateways in other languages: the simulated ISMG of `tests/gateways`, npm's `smpp`, PyPI's `smpp34`.
//! `tests/gateways/run.sh` installs them and runs these tests.
#![allow(clippy::disallowed_methods, reason = "peers are processes")]

mod cmpp;
mod home;
mod peer;
mod smpp;
