//! Which human being decides, by why the machine doesn't.

use serde::{Deserialize, Serialize};

use crate::appraisal::Reason;

/// Names for the four cases that a machine never attests. What is absent is the policy's general route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HumanRoutes {
    /// For minors.
    #[serde(default)]
    pub minor: Option<String>,
    /// For who acts for somebody else.
    #[serde(default)]
    pub proxy: Option<String>,
    /// For documents without a chip, and those that the policy doesn't take.
    #[serde(default)]
    pub document: Option<String>,
    /// For who declines the comparison of faces.
    #[serde(default)]
    pub face: Option<String>,
}

impl HumanRoutes {
    /// The route of the first reason that has one of its own.
    pub(super) fn of(&self, reasons: &[Reason]) -> Option<&str> {
        reasons.iter().find_map(|reason| match reason {
            Reason::HolderIsMinor => self.minor.as_deref(),
            Reason::ActsForAnother => self.proxy.as_deref(),
            Reason::DocumentWithoutChip | Reason::DocumentKindNotAccepted => self.document.as_deref(),
            Reason::FaceDeclined => self.face.as_deref(),
            _ => None,
        })
    }

    /// Its names with what stands there.
    pub(in crate::appraisal) fn named(&self) -> [(&'static str, Option<&str>); 4] {
        [
            ("minor", self.minor.as_deref()),
            ("proxy", self.proxy.as_deref()),
            ("document", self.document.as_deref()),
            ("face", self.face.as_deref()),
        ]
    }
}
