//! Registers of persons over real connections on loopback. The vendors' code maps are tried in `crates/authority/tests`.

#[cfg(feature = "http")]
mod camara;
#[cfg(all(feature = "http", feature = "http-server"))]
mod faults;
#[cfg(all(feature = "http", feature = "http-server"))]
mod http;
#[cfg(feature = "http")]
mod people;
#[cfg(feature = "http")]
mod tls;
#[cfg(all(feature = "http", feature = "http-server"))]
mod trial;
