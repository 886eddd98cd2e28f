//! The store that the configuration names.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use realname::jose::{decode, encode, random};
use realname::store::{Outbox, SqliteStore};
use zeroize::Zeroizing;

use crate::SetupError;
use crate::config::{Database, StoreAt};
use crate::files::read_secret;

/// The file beside SQLite's.
const SEALING: &str = "sessions.secret";

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

/// What sessions are sealed under: beside SQLite's file, where each process of this machine finds it, or in the file that the
/// configuration names. Whoever checks nobody (`!checks`) has no sessions.
pub(crate) fn sealing(at: &StoreAt, checks: bool) -> Result<Zeroizing<[u8; 32]>, SetupError> {
    let path = match at {
        StoreAt::Directory(directory) => {
            let path = directory.join(SEALING);
            if !path.exists() {
                make(directory, &path).map_err(|source| SetupError::File { path: path.clone(), source })?;
            }
            path
        }
        StoreAt::Postgres(Database { secret: Some(path), .. }) => path.clone(),
        StoreAt::Postgres(_) if checks => return Err(no_secret()),
        StoreAt::Postgres(_) => return random().map(Zeroizing::new).map_err(|_| no_secret()),
    };
    let text = Zeroizing::new(read_secret(&path)?);
    let secret = decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    secret.map(Zeroizing::new).ok_or_else(no_secret)
}

fn no_secret() -> SetupError {
    SetupError::Value {
        key: "store.secret",
        problem: "sessions of [check] need a file with 32 random bytes in base64url",
    }
}

/// Makes the file whole or not at all; one that another process made meanwhile is as good.
fn make(directory: &Path, path: &Path) -> std::io::Result<()> {
    let secret = Zeroizing::new(random::<32>().map_err(std::io::Error::other)?);
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(encode(&*secret).as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(_) if path.exists() => Ok(()),
        Err(error) => Err(error.error),
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
