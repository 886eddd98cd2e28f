//! What the plug-ins that are programs of their own have in common: who they are, and how long they may take.

use super::process::Program;

/// A program that is asked, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct AskedProgram {
    pub(super) program: Program,
    pub(super) id: String,
    pub(super) is_test: bool,
}

/// Gives a plug-in with a field `helper` its builder: how long it has by default, in seconds, and how one says that it is no stand-in.
macro_rules! builder {
    ($name:ident, $seconds:literal, $(#[$about:meta])* $real:ident) => {
        impl $name {
            /// How long a helper has when nobody says otherwise. Loading a model may take seconds.
            pub const DEFAULT_LIMIT: std::time::Duration = std::time::Duration::from_secs($seconds);

            /// A helper. `id` names the program and its model, for the operator's records.
            pub fn new(
                id: impl Into<String>,
                program: impl Into<std::path::PathBuf>,
                arguments: impl IntoIterator<Item = String>,
            ) -> Self {
                let (path, arguments) = (program.into(), arguments.into_iter().collect());
                let program = super::process::Program { path, arguments, limit: Self::DEFAULT_LIMIT };
                Self { helper: super::asked_program::AskedProgram { program, id: id.into(), is_test: true } }
            }

            /// Sets the time limit.
            pub fn with_limit(mut self, limit: std::time::Duration) -> Self {
                self.helper.program.limit = limit;
                self
            }

            $(#[$about])*
            pub fn $real(mut self) -> Self {
                self.helper.is_test = false;
                self
            }
        }
    };
}
pub(super) use builder;
