//! Registers of persons: the vendors' code maps, and registers over real connections on loopback.

#[cfg(feature = "http")]
mod camara;
mod code_maps;
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
