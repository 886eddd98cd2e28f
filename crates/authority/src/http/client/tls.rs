//! Whom a connection trusts, and who it says it is.

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, TlsConfig, parse_pem};

use super::Secret;

/// The certificates of a connection. By default the system's roots are trusted and no certificate of ours is shown.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    roots: Option<Vec<Certificate<'static>>>,
    client: Option<ClientCert>,
}

/// Why a connection can't be set up. The author of the configuration corrects it; nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The address isn't `https://host[:port]`, nor plain `http` on loopback.
    #[error("not a register's address: expected https://host[:port], or http on loopback for tests")]
    Address,
    /// There is a path, a query or a fragment behind host and port.
    #[error(
        "a register's address is scheme, host and port only: leave out what follows them (the path is the code map's, \
         as `path` of its [request], or CAMARA's `root`)"
    )]
    Path,
    /// A user or a password stands before the host. It isn't repeated.
    #[error("the address of a register holds no user and no password: name them under [[credentials]]")]
    UserInfo,
    /// Plain `http` to another machine.
    #[error(
        "plain http is for a register on this machine: a question holds a name, a number and a face. Expected https"
    )]
    PlainHttp,
    /// A file holds no certificate in PEM.
    #[error("no certificate in PEM found")]
    NoCertificate,
    /// A file holds no private key in PEM.
    #[error("no private key in PEM found")]
    NoKey,
    /// The system has no trusted roots and none were given.
    #[error("no trusted root certificates: the system has none, and the configuration names none")]
    NoRoots,
}

impl Tls {
    /// Trusts these roots (PEM) instead of the system's. A register is a partner under contract: naming its root is the
    /// better choice.
    ///
    /// # Errors
    /// [`TlsError::NoCertificate`].
    pub fn with_roots(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        self.roots = Some(certificates(pem)?);
        Ok(self)
    }

    /// Shows this certificate chain and proves it with this key (both PEM).
    ///
    /// # Errors
    /// [`TlsError::NoCertificate`], [`TlsError::NoKey`].
    pub fn with_client_certificate(mut self, chain: &[u8], key: &Secret) -> Result<Self, TlsError> {
        let key = PrivateKey::from_pem(key.expose()).map_err(|_| TlsError::NoKey)?;
        self.client = Some(ClientCert::new_with_certs(&certificates(chain)?, key));
        Ok(self)
    }

    /// Reads the system's roots now where none were given, so that a lack of them shows before anything is asked.
    pub(super) fn config(&self) -> Result<TlsConfig, TlsError> {
        let roots = match &self.roots {
            Some(roots) => roots.clone(),
            None => realname_https::system_roots().ok_or(TlsError::NoRoots)?,
        };
        Ok(realname_https::config(roots, self.client.clone()))
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, TlsError> {
    let items: Result<Vec<_>, _> = parse_pem(pem).collect();
    let found: Vec<_> = items
        .map_err(|_| TlsError::NoCertificate)?
        .into_iter()
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(TlsError::NoCertificate) } else { Ok(found) }
}
