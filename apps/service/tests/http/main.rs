//! The service over real sockets: what every call takes, refuses and says, as docs/operations.md and /openapi.json have it.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attacks;
mod calls;
mod cancellations;
mod changes;
mod confirmations;
mod desk;
mod document;
mod form;
mod hostile;
mod journal;
mod line;
mod live;
mod once;
mod orders;
mod own_app;
mod reports;
mod restarts;
mod sessions;
mod tls;
mod voice;
mod webhooks;
mod world;
