//! The store that the configuration names.

use std::sync::Arc;

use realname::store::{Outbox, SqliteStore};

use crate::SetupError;
use crate::config::StoreAt;

/// Opens the store. SQLite is made where there is none; a database without a store is an error, as it may be a mistyped one.
pub(crate) fn open(at: &StoreAt) -> Result<Arc<dyn Outbox>, SetupError> {
    match at {
        StoreAt::Directory(directory) => Ok(Arc::new(SqliteStore::open_dir(directory)?)),
        StoreAt::Postgres(database) => self::database::open(database),
    }
}

/// Makes the store, or brings what an earlier program made up to this one.
pub(crate) fn create(at: &StoreAt) -> Result<(), SetupError> {
    match at {
        StoreAt::Directory(directory) => Ok(SqliteStore::open_dir(directory).map(drop)?),
        StoreAt::Postgres(database) => self::database::create(database),
    }
}

#[cfg(not(feature = "postgres"))]
mod database {
    use std::sync::Arc;

    use realname::store::Outbox;

    use crate::SetupError;
    use crate::config::Database;

    const ABSENT: SetupError =
        SetupError::Value { key: "store.postgres", problem: "this program was built without PostgreSQL" };

    pub(super) fn open(_: &Database) -> Result<Arc<dyn Outbox>, SetupError> {
        Err(ABSENT)
    }

    pub(super) fn create(_: &Database) -> Result<(), SetupError> {
        Err(ABSENT)
    }
}

#[cfg(feature = "postgres")]
mod database {
    use std::sync::Arc;

    use postgres::Config;
    use realname::store::{Outbox, PostgresStore, StoreError};
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use tokio_postgres_rustls::MakeRustlsConnect;
    use zeroize::Zeroizing;

    use crate::SetupError;
    use crate::config::Database;
    use crate::files::{read, read_secret};

    pub(super) fn open(database: &Database) -> Result<Arc<dyn Outbox>, SetupError> {
        let (address, tls) = (address(database)?, tls(database)?);
        match PostgresStore::connect_with(address, tls, database.connections) {
            Ok(store) => Ok(Arc::new(store)),
            Err(StoreError::Missing) => Err(SetupError::NoStore),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn create(database: &Database) -> Result<(), SetupError> {
        let (address, tls) = (address(database)?, tls(database)?);
        Ok(PostgresStore::create_with(address, tls, database.connections).map(drop)?)
    }

    fn address(database: &Database) -> Result<Config, SetupError> {
        let text = Zeroizing::new(read_secret(&database.postgres)?);
        text.trim().parse().map_err(|_| StoreError::Address.into())
    }

    /// A server on another machine is only spoken to when its certificate is believed.
    fn tls(database: &Database) -> Result<MakeRustlsConnect, SetupError> {
        let bad = |error: &dyn std::fmt::Display| SetupError::Roots(error.to_string());
        let mut roots = RootCertStore::empty();
        match &database.roots {
            Some(path) => {
                for root in CertificateDer::pem_slice_iter(&read(path)?) {
                    let root = root.map_err(|error| bad(&error))?;
                    roots.add(root).map_err(|error| bad(&error))?;
                }
                if roots.is_empty() {
                    return Err(bad(&"the file has no certificate"));
                }
            }
            // None at all is no error: a server on this machine needs none.
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| bad(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}
