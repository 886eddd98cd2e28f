//! Who makes the calls.

#[cfg(feature = "http")]
mod gateway;
mod lines;

#[cfg(feature = "http")]
pub use gateway::HttpCaller;
pub use lines::LineCaller;

use super::{Call, Campaign, CampaignError, Outcome};
use crate::store::Store;

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what a caller says")]
pub struct Called {
    /// The outcome.
    pub outcome: Outcome,
    /// How the holder was called, as an id: `voice`, `clerk`.
    pub channel: Option<String>,
}

/// Makes calls. The plug-in for an operator's call centre; it does the I/O, blocking.
pub trait Caller: Send + Sync {
    /// Makes one call and says what came of it.
    fn call(&self, call: &Call) -> Result<Called, CallerError>;
}

/// Nobody knows what came of a call. It isn't made again in this window: the holder may have been called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallerError {
    /// The caller can't be reached, or broke off.
    #[error("the caller can't be reached, or broke off")]
    Unreachable,
    /// What it said isn't an outcome.
    #[error("the caller said something that isn't an outcome")]
    Said,
}

realname_terms::explain! {
    CallerError {
        Self::Unreachable => "caller_unreachable", Network,
            "Look after the call centre; the numbers are due again in a later window.", "请检查呼叫中心；相关号码将在之后的时段再次回访。", "无法连接呼叫中心";
        Self::Said => "caller_said", Network,
            "Have it answer as docs/campaign.md says; the numbers are due again in a later window.", "请让其按文档格式应答；相关号码将在之后的时段再次回访。", "呼叫中心的应答无法识别";
    }
}

impl Campaign<'_> {
    /// Makes what is due now, at most `max` calls, one after the other; says how many, and what kept the last one from being told.
    pub fn call(
        &self,
        caller: &dyn Caller,
        store: &dyn Store,
        now: &dyn Fn() -> jiff::Timestamp,
        max: u32,
    ) -> Result<(u64, Option<CallerError>), CampaignError> {
        let mut made = 0;
        while made < u64::from(max) {
            // One at a time: whoever is stopped in between holds no other number's turn.
            let Some(call) = self.next(store, now(), 1)?.calls.pop() else { break };
            match caller.call(&call) {
                Ok(called) => {
                    self.record(&call.attempt, called.outcome, called.channel.as_deref(), store, now())?
                }
                Err(error) => return Ok((made, Some(error))),
            }
            made += 1;
        }
        Ok((made, None))
    }
}
