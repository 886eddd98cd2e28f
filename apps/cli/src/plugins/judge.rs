//! Who compares faces and judges whether somebody is alive: a program beside this one, or a service over HTTPS.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::capture::plugin::{
    CheckerAddressError, FaceMatcher, HelperFaceMatcher, HelperLivenessChecker, HttpFaceMatcher,
    HttpLivenessChecker, LivenessChecker,
};
use serde::Deserialize;

use super::{Helper, built};
use crate::failure::Failure;
use crate::{files, outside};

/// A program, or a service.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a path, or a table with program or url, and arguments, authorization, id, real, limit_ms"
)]
pub(crate) enum Judge {
    Service(ServiceTable),
    Program(Helper),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceTable {
    url: String,
    /// The file with the value of the `Authorization` header.
    authorization: Option<PathBuf>,
    /// Which service and model it is; its host when absent.
    id: Option<String>,
    /// The operator's word that it is no stand-in. Production asks no other.
    #[serde(default)]
    real: bool,
    limit_ms: Option<u64>,
}

macro_rules! asked {
    ($table:expr, $kind:ident, $base:expr) => {{
        let (table, base) = ($table, $base);
        let about = |error: CheckerAddressError| Failure::from(error).about(&outside::shown(&table.url));
        let limit = table.limit_ms.map_or($kind::DEFAULT_LIMIT, Duration::from_millis);
        let mut service = $kind::new(table.name(), &table.url, limit).map_err(about)?;
        if let Some(file) = &table.authorization {
            let file = base.join(file);
            files::of_this_user_only(&file)?;
            service = service.with_authorization(files::read_text(&file)?.trim()).map_err(about)?;
        }
        if table.real { service.measured_on_real_faces() } else { service }
    }};
}

impl ServiceTable {
    /// Its own, or the host: what stands between the scheme, whatever names a user, and the next mark.
    fn name(&self) -> String {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        self.id.clone().unwrap_or_else(|| host.to_owned())
    }
}

impl Judge {
    pub(super) fn matcher(&self, base: &Path) -> Result<Box<dyn FaceMatcher>, Failure> {
        Ok(match self {
            Self::Service(table) => Box::new(asked!(table, HttpFaceMatcher, base)),
            Self::Program(helper) => Box::new(built!(helper.parts("face_matcher", base)?, HelperFaceMatcher)),
        })
    }

    pub(super) fn liveness(&self, base: &Path) -> Result<Box<dyn LivenessChecker>, Failure> {
        Ok(match self {
            Self::Service(table) => Box::new(asked!(table, HttpLivenessChecker, base)),
            Self::Program(helper) => Box::new(built!(helper.parts("liveness", base)?, HelperLivenessChecker)),
        })
    }
}
