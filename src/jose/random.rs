//! Random bytes from the operating system.

use super::{JoseError, encode};

/// `N` bytes that nobody can guess.
pub fn random<const N: usize>() -> Result<[u8; N], JoseError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| JoseError::Random)?;
    Ok(bytes)
}

/// A 128-bit random value in base64url: nonces, salts, `jti`, `sub`.
pub fn random_id() -> Result<String, JoseError> {
    Ok(encode(&random::<16>()?))
}
