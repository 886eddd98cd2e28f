//! What goes wrong on purpose.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::Response;

/// One way in which a register fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegisterFault {
    /// Takes the connection and reads nothing.
    Deaf,
    /// Takes the question, works on it and doesn't answer.
    Silent,
    /// Breaks the connection off before the question is read.
    ResetBefore,
    /// Works on the question and breaks the connection off.
    ResetAfter,
    /// Sends half of the reply.
    HalfBody,
    /// Sends the reply byte by byte, too slowly.
    SlowDrip,
    /// Says 503 before it works on the question.
    Busy,
    /// Says 500 after it worked on the question, as a gateway may that lost the reply.
    FailedAfter,
    /// Sends another JSON, rightly signed.
    WrongSchema,
    /// Answers with a code that isn't in the vocabulary.
    UnknownCode,
    /// Turns every "no" into a "yes" and keeps the signature of the "no".
    WrongSignature,
    /// Says "found" and "match" first and the truth after it, in one object.
    DuplicateMember,
    /// Sends the reply twice.
    DuplicateReply,
    /// Sends the answer to an earlier question, with its signature.
    OtherAnswer,
    /// Sends more than any client should read.
    Oversized,
    /// Sends what isn't HTTP.
    Garbage,
    /// Sends the caller elsewhere.
    Redirect,
}

realname_terms::names! {
    RegisterFault {
        Deaf = "deaf",
        Silent = "silent",
        ResetBefore = "reset-before",
        ResetAfter = "reset-after",
        HalfBody = "half-body",
        SlowDrip = "slow-drip",
        Busy = "busy",
        FailedAfter = "failed-after",
        WrongSchema = "wrong-schema",
        UnknownCode = "unknown-code",
        WrongSignature = "wrong-signature",
        DuplicateMember = "duplicate-member",
        DuplicateReply = "duplicate-reply",
        OtherAnswer = "other-answer",
        Oversized = "oversized",
        Garbage = "garbage",
        Redirect = "redirect",
    }
}

/// Which connection gets which fault. Clones share the count.
#[derive(Clone)]
pub struct RegisterFaults {
    choose: Arc<Choose>,
    count: Arc<AtomicU64>,
    /// The last answer that was given as it should be, for [`RegisterFault::OtherAnswer`].
    earlier: Arc<Mutex<Option<Response>>>,
}

type Choose = dyn Fn(u64) -> Option<RegisterFault> + Send + Sync;

impl RegisterFaults {
    /// None ever.
    pub fn none() -> Self {
        Self::by(|_| None)
    }

    /// The same fault every time.
    pub fn always(fault: RegisterFault) -> Self {
        Self::by(move |_| Some(fault))
    }

    /// Any fault on about `share` of 256 connections, the same sequence for the same seed.
    pub fn random(seed: u64, share: u8) -> Self {
        Self::by(move |number| {
            let roll = mix(seed ^ number);
            let index = usize::try_from((roll >> 8) % RegisterFault::ALL.len() as u64).ok()?;
            if (roll & 0xff) < u64::from(share) { RegisterFault::ALL.get(index).copied() } else { None }
        })
    }

    /// By the connection's number, from 0.
    pub fn by(choose: impl Fn(u64) -> Option<RegisterFault> + Send + Sync + 'static) -> Self {
        Self { choose: Arc::new(choose), count: Arc::default(), earlier: Arc::default() }
    }

    pub(super) fn remember(&self, reply: Response) {
        *self.earlier.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
    }

    pub(super) fn earlier(&self) -> Option<Response> {
        self.earlier.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn next(&self) -> Option<RegisterFault> {
        (self.choose)(self.count.fetch_add(1, Ordering::Relaxed))
    }
}

impl std::fmt::Debug for RegisterFaults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterFaults").finish_non_exhaustive()
    }
}

/// SplitMix64's finaliser.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
