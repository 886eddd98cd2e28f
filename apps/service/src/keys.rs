//! The keys that the service signs with: in a file, or in a token.

use std::path::Path;
use std::sync::Arc;

use realname::jose::Signer;
use realname::pkcs11::KeyOpener;

use crate::SetupError;

/// Opens a signing key by its name, with password, PIN and module of the environment.
pub(crate) fn load(name: &Path) -> Result<Arc<dyn Signer>, SetupError> {
    Ok(Arc::from(KeyOpener::in_environment().open(name)?))
}
