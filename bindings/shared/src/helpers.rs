//! Programs of the operator's that a terminal's configuration names, run as helpers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::capture::plugin::{
    ChipPhotoForm, HelperDecoder, HelperFaceMatcher, HelperLivenessChecker, RawOrder,
};
use serde::Deserialize;

use crate::Failure;

/// One helper: its path alone, or a table.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Helper {
    Path(PathBuf),
    Table {
        program: PathBuf,
        #[serde(default)]
        arguments: Vec<String>,
        id: Option<String>,
        /// The operator's word that it is no stand-in.
        #[serde(default)]
        real: bool,
        limit_ms: Option<u64>,
        form: Option<Form>,
    },
}

/// What a photo decoder writes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    Bmp,
    RawLeftToRight,
    RawRightToLeft,
}

struct Parts {
    id: String,
    program: PathBuf,
    arguments: Vec<String>,
    real: bool,
    limit: Option<Duration>,
    form: Option<Form>,
}

impl Helper {
    /// A helper works in a directory of its own, so its path must not depend on ours.
    fn parts(&self, base: &Path) -> Result<Parts, Failure> {
        let (path, arguments, id, real, limit, form) = match self {
            Self::Path(path) => (path, Vec::new(), None, false, None, None),
            Self::Table { program, arguments, id, real, limit_ms, form } => {
                (program, arguments.clone(), id.clone(), *real, *limit_ms, *form)
            }
        };
        let path = base.join(path);
        let program = std::fs::canonicalize(&path).map_err(|error| Failure::file(&path, &error))?;
        let file = program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let limit = limit.map(Duration::from_millis);
        Ok(Parts {
            id: id.filter(|id| !id.is_empty()).unwrap_or(file),
            program,
            arguments,
            real,
            limit,
            form,
        })
    }
}

macro_rules! built {
    ($parts:expr, $kind:ident) => {{
        let parts = $parts;
        let mut helper = $kind::new(parts.id, parts.program, parts.arguments);
        if let Some(limit) = parts.limit {
            helper = helper.with_limit(limit);
        }
        if parts.real { helper.measured_on_real_faces() } else { helper }
    }};
}

pub(crate) fn face_matcher(helper: &Helper, base: &Path) -> Result<HelperFaceMatcher, Failure> {
    Ok(built!(helper.parts(base)?, HelperFaceMatcher))
}

pub(crate) fn liveness(helper: &Helper, base: &Path) -> Result<HelperLivenessChecker, Failure> {
    Ok(built!(helper.parts(base)?, HelperLivenessChecker))
}

pub(crate) fn decoder(helper: &Helper, base: &Path) -> Result<HelperDecoder, Failure> {
    let parts = helper.parts(base)?;
    let form = match parts.form {
        None | Some(Form::Bmp) => ChipPhotoForm::Bmp,
        Some(Form::RawLeftToRight) => ChipPhotoForm::Raw(RawOrder::LeftToRight),
        Some(Form::RawRightToLeft) => ChipPhotoForm::Raw(RawOrder::RightToLeft),
    };
    let mut decoder = HelperDecoder::new(parts.program, parts.arguments, form);
    if let Some(limit) = parts.limit {
        decoder = decoder.with_limit(limit);
    }
    Ok(if parts.real { decoder.licensed() } else { decoder })
}
