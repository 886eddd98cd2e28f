//! The embedded register: a file of synthetic people, for trying things out. Everything about it is TEST.

mod matcher;
mod register;

pub use matcher::TestPortraitMatcher;
pub use register::RegisterError;

use std::path::Path;

use super::{Authority, AuthorityError, Finding, Query};
use register::Register;

/// A register read from a JSON file of synthetic people with a reference portrait each. Never a real register:
/// [`is_test`](Authority::is_test) is `true` and can't be changed.
#[derive(Debug)]
pub struct DirectoryAuthority {
    register: Register,
    matcher: TestPortraitMatcher,
}

impl DirectoryAuthority {
    /// The id that it states.
    pub const ID: &'static str = "TEST-directory";

    /// Reads the register and all portraits that it names (paths relative to it).
    ///
    /// # Errors
    /// [`RegisterError`] when the file or a portrait is missing or garbled. Half a register is none.
    pub fn open(path: &Path) -> Result<Self, RegisterError> {
        Ok(Self { register: Register::open(path)?, matcher: TestPortraitMatcher::default() })
    }
}

impl Authority for DirectoryAuthority {
    fn id(&self) -> &str {
        Self::ID
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.register.look_up(query, &self.matcher)
    }
}
