//! What every HTTPS client of this crate trusts: the system's roots, unless it is told others. None are bundled, so none go
//! stale with this crate's version.

use std::sync::Arc;

use ureq::tls::{Certificate, ClientCert, RootCerts, TlsConfig};

/// The system's roots; `None` when it has none.
pub fn system_roots() -> Option<Vec<Certificate<'static>>> {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found.iter().map(|certificate| Certificate::from_der(certificate.as_ref()).to_owned());
    Some(roots.collect()).filter(|roots: &Vec<_>| !roots.is_empty())
}

/// Trusts these roots and shows this certificate.
pub fn config(roots: Vec<Certificate<'static>>, client: Option<ClientCert>) -> TlsConfig {
    TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .client_cert(client)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}
