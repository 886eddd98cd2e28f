//! The certificate and its key, read again when their files change.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::SetupError;
use crate::config::Tls;
use crate::files::read;

/// What TLS is spoken with.
pub(crate) struct Secured {
    files: Tls,
    held: RwLock<Held>,
}

struct Held {
    acceptor: TlsAcceptor,
    /// Of both files.
    digest: [u8; 32],
}

impl Secured {
    pub(crate) fn load(files: &Tls) -> Result<Self, SetupError> {
        let (certificate, key) = both(files)?;
        let held =
            RwLock::new(Held { acceptor: acceptor(&certificate, &key)?, digest: digest(&certificate, &key) });
        Ok(Self { files: files.clone(), held })
    }

    /// For the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.held.read().unwrap_or_else(PoisonError::into_inner).acceptor.clone()
    }

    /// Reads the files again; says whether others are used now. Files that can't be used, or don't belong together yet, change nothing.
    pub(crate) fn renew(&self) -> Result<bool, SetupError> {
        let (certificate, key) = both(&self.files)?;
        let digest = digest(&certificate, &key);
        if self.held.read().unwrap_or_else(PoisonError::into_inner).digest == digest {
            return Ok(false);
        }
        let acceptor = acceptor(&certificate, &key)?;
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Held { acceptor, digest };
        Ok(true)
    }
}

fn both(files: &Tls) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), SetupError> {
    let key = |path: &Path| read(path).map(Zeroizing::new);
    Ok((read(&files.certificate)?, key(&files.key)?))
}

fn digest(certificate: &[u8], key: &[u8]) -> [u8; 32] {
    let length = u64::try_from(certificate.len()).unwrap_or(u64::MAX).to_be_bytes();
    Sha256::new_with_prefix(length).chain_update(certificate).chain_update(key).finalize().into()
}

fn acceptor(certificate: &[u8], key: &[u8]) -> Result<TlsAcceptor, SetupError> {
    let bad = |error: &dyn std::fmt::Display| SetupError::Tls(error.to_string());
    let chain = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| bad(&error))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| bad(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&error))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| bad(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
