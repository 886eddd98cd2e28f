//! What a call returned, and why: kept for the thread that made it. `last_error` tells it.

use std::cell::RefCell;
use std::ffi::{CString, c_char};

use realname_bindings::{Failure, Status};

/// How a call ended. The numbers never change their meaning.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rn_status {
    /// Done; what was asked about is accepted.
    RN_OK = 0,
    /// The answer is no, including anything wrong with keys and trust.
    RN_REFUSED = 1,
    /// An argument is null, no UTF-8, no JSON, or out of its range.
    RN_BAD_ARGUMENT = 2,
    /// A device, a file, the network, a register or a store made trouble: nothing was decided.
    RN_TROUBLE = 3,
    /// What was handed in is damaged or not what it claims to be.
    RN_DAMAGED = 4,
    /// The handle is none of this kind, or was closed.
    RN_BAD_HANDLE = 5,
    /// No card was laid down in time; one that was read before and not lifted is none.
    RN_NO_CARD = 6,
    /// Another thread stopped it.
    RN_CANCELLED = 7,
    /// The reader is being watched.
    RN_BUSY = 8,
    /// A fault of this library; the reader that was used is closed.
    RN_INTERNAL = 9,
}

impl From<Status> for rn_status {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::RN_OK,
            Status::Refused => Self::RN_REFUSED,
            Status::Argument => Self::RN_BAD_ARGUMENT,
            Status::Trouble => Self::RN_TROUBLE,
            Status::Damaged => Self::RN_DAMAGED,
            Status::Handle => Self::RN_BAD_HANDLE,
            Status::NoCard => Self::RN_NO_CARD,
            Status::Cancelled => Self::RN_CANCELLED,
            Status::Busy => Self::RN_BUSY,
            Status::Internal => Self::RN_INTERNAL,
        }
    }
}

/// Why the last call of this thread didn't end in RN_OK. The texts are the library's: they hold until this thread's next call
/// that fails. None of them holds a personal value.
#[repr(C)]
pub struct rn_error {
    /// What the call returned; RN_OK, and no text, when none has failed on this thread.
    pub status: rn_status,
    /// The stable code: docs/codes.md.
    pub code: *const c_char,
    /// What happened.
    pub text_en: *const c_char,
    /// The same in Chinese.
    pub text_zh: *const c_char,
    /// What to do next.
    pub action_en: *const c_char,
    /// The same in Chinese.
    pub action_zh: *const c_char,
    /// More, as JSON: a refusal with all its checks. Null when there isn't more.
    pub details: *const c_char,
}

struct Kept {
    status: rn_status,
    texts: [CString; 5],
    details: Option<CString>,
}

thread_local! {
    static LAST: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// Keeps a failure for this thread; what it returns.
pub(crate) fn keep(failure: &Failure) -> rn_status {
    let status = failure.status.into();
    let text = |text: &str| CString::new(text.replace('\0', " ")).unwrap_or_default();
    let Failure { code, message, message_zh, action, action_zh, details, .. } = failure;
    let texts = [code, message, message_zh, action, action_zh].map(|one| text(one));
    let details = details.as_ref().map(|value| text(&value.to_string()));
    // A thread that ends has lost its place already; its last error is nobody's any more.
    let _ = LAST.try_with(|last| *last.borrow_mut() = Some(Kept { status, texts, details }));
    status
}

/// What this thread keeps. The pointers hold until its next call that fails.
pub(crate) fn last() -> rn_error {
    LAST.with(|last| {
        let null = std::ptr::null();
        let mut told = rn_error {
            status: rn_status::RN_OK,
            code: null,
            text_en: null,
            text_zh: null,
            action_en: null,
            action_zh: null,
            details: null,
        };
        if let Some(Kept { status, texts, details }) = &*last.borrow() {
            let [code, text_en, text_zh, action_en, action_zh] = texts;
            told = rn_error {
                status: *status,
                code: code.as_ptr(),
                text_en: text_en.as_ptr(),
                text_zh: text_zh.as_ptr(),
                action_en: action_en.as_ptr(),
                action_zh: action_zh.as_ptr(),
                details: details.as_ref().map_or(null, |details| details.as_ptr()),
            };
        }
        told
    })
}
