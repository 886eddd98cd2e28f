//! Reading and writing the files that the commands name. `-` is standard input or output.

mod input;
mod lines;
mod output;
mod spared;

use std::path::Path;

pub(crate) use input::{of_this_user_only, open, read, read_text, unreadable};
pub(crate) use output::{Output, Trouble, write, write_new_secret};

/// Whether it stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}
