//! The durable stores: one SQLite file for one machine, PostgreSQL for several. Their trait and the memory store are in
//! `realname_token::store`.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod own;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(all(feature = "reuse", any(feature = "sqlite", feature = "postgres")))]
mod reuse;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(all(feature = "reuse", feature = "postgres"))]
pub use self::reuse::PostgresReuse;
#[cfg(all(feature = "reuse", feature = "sqlite"))]
pub use self::reuse::SqliteReuse;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use realname_token::store;
