//! Why a call isn't done, as it is answered: `{"error": {"code", "message", "action": {"en", "zh"}}}`.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use realname::appraisal::{CaseError, DeclaredError, QuotaError};
use realname::attest::AttestError;
use realname::cancellation::CancellationError;
use realname::capture::live::LiveError;
use realname::capture::{CaptureError, SessionError};
use realname::change::{ChangeError, NewCardError};
use realname::confirmation::{
    ConfirmationError, MessengerError, PhoneNumberError, QuestionError, ServiceIdError,
};
use realname::demand::{AnswerError, AskError};
use realname::gateway::CallbackError;
use realname::handover::HandoverError;
use realname::jose::JoseError;
use realname::journal::JournalError;
use realname::profile::{Advice, Explain, Lang, explain};
use realname::rely::RecordError;
use realname::report::ReportError;
use realname::standing::StandingError;
use realname::store::StoreError;
use realname::trust::TrustError;
use serde_json::json;

use crate::clock::now;
use crate::scope::Scope;

/// Why a call isn't done. No personal value is in it. A refused **verdict** isn't one: that is an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No token came along.
    #[error("this call needs a token")]
    NoToken,
    /// The token isn't known, has expired or was withdrawn.
    #[error("the token isn't known here, or its time is over")]
    TokenRefused,
    /// The token is good for other calls.
    #[error("the token lacks the scope {0}")]
    ScopeMissing(Scope),
    /// The page's cookie is missing, or is another session's.
    #[error("this call is for the page that the session's link opened")]
    NotThePage,
    /// The link was used, or never was one.
    #[error("the link was opened before, or isn't this session's")]
    LinkUsed,
    /// A browser sent it from another site's page.
    #[error("the call comes from a page of another origin")]
    OtherOrigin,
    /// Nothing is there, or nothing that this token sees.
    #[error("there is nothing under this address")]
    NotFound,
    /// Something is there, for another method.
    #[error("this address takes another method")]
    Method,
    /// The session is over, and what it held is gone.
    #[error("the session has ended")]
    Ended,
    /// Too many bytes.
    #[error("the request's body is too large: at most {limit} bytes")]
    TooLarge {
        /// What is taken.
        limit: usize,
    },
    /// Too long a head.
    #[error("the request's head is too large: at most {limit} bytes")]
    HeadTooLarge {
        /// What is taken.
        limit: usize,
    },
    /// Another content type.
    #[error("the content type isn't {expected}")]
    ContentType {
        /// What is taken.
        expected: &'static str,
    },
    /// The body can't be read as JSON.
    #[error("the body can't be read: {0}")]
    Json(JoseError),
    /// A member is missing, not known, or of the wrong type.
    #[error("the body can't be read: {0}")]
    Members(&'static str),
    /// A member's value is outside what the service takes.
    #[error("{member}: {problem}")]
    Value {
        /// Which.
        member: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// The address' query has a parameter that isn't known.
    #[error("the address has a parameter that isn't known, or a value that isn't taken")]
    Parameter,
    /// A header can't be read.
    #[error("the header {0} can't be read")]
    Header(&'static str),
    /// No key, or not of its form.
    #[error("the Idempotency-Key isn't 1 to 64 of A-Z a-z 0-9 - _")]
    IdempotencyKey,
    /// The same key with another body.
    #[error("this Idempotency-Key was used with another body")]
    IdempotencyMismatch,
    /// The first call isn't done yet.
    #[error("the first call with this Idempotency-Key still runs")]
    IdempotencyRunning,
    /// The step isn't due: something before it is missing, or it was done.
    #[error("the session isn't at this step: {missing}")]
    NotYet {
        /// What comes first.
        missing: &'static str,
    },
    /// The text that was agreed to isn't the one that was shown.
    #[error("the text that was agreed to isn't the one that is shown")]
    OtherText,
    /// This service doesn't do that: its configuration has no part for it.
    #[error("this service isn't set up for {0}")]
    NotSetUp(&'static str),
    /// The home's systems don't answer, or not as they should.
    #[error("the home's systems can't be asked for the account")]
    AccountsAway,
    /// What they answer is no account, or another number's.
    #[error("what the home's systems answer is no account of this number")]
    AccountsUnreadable,
    /// All hands are full.
    #[error("the service is busy")]
    Busy,
    /// Too many of a kind.
    #[error("too many {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// Seconds to wait.
        retry: u32,
    },
    /// The request took too long to arrive or to be done.
    #[error("the request wasn't whole, or wasn't done, within {seconds} seconds")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// The trust list's time is over, or it can't be had.
    #[error("the trust list isn't in force: {0}")]
    Trust(TrustError),
    /// The request's first line or a header isn't HTTP.
    #[error("the request's head can't be read")]
    Head,
    /// A fault of this program.
    #[error("the service failed")]
    Internal,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The demand can't be made.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The demand can't be answered here.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The record can't be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Not a phone number.
    #[error(transparent)]
    PhoneNumber(PhoneNumberError),
    /// Not a service.
    #[error(transparent)]
    Service(ServiceIdError),
    /// A customer is asked about a service once a day, and the answer is the asker's.
    #[error("the customer was asked about this service today by another principal")]
    AskedByAnother,
    /// The question can't be asked.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// The confirmation failed.
    #[error(transparent)]
    Confirmation(#[from] ConfirmationError),
    /// The cancellation's step failed.
    #[error(transparent)]
    Cancellation(#[from] CancellationError),
    /// The order's step failed.
    #[error(transparent)]
    Handover(#[from] HandoverError),
    /// The report isn't taken in, or isn't there.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The step of a replacement or transfer failed.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Not a card's number.
    #[error(transparent)]
    NewCard(#[from] NewCardError),
    /// The question didn't go out, or nobody knows.
    #[error(transparent)]
    Messenger(MessengerError),
    /// A voice platform's call-back says nothing.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The photo can't be used.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The photo has no place in the session.
    #[error(transparent)]
    Photo(#[from] SessionError),
    /// The frame doesn't answer the live capture's challenge.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// What was typed.
    #[error(transparent)]
    Declared(#[from] DeclaredError),
    /// The evidence can't be appraised as asked.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Nothing can be signed.
    #[error(transparent)]
    Attest(#[from] AttestError),
    /// Who answered may not sell.
    #[error(transparent)]
    Standing(#[from] StandingError),
    /// The journal can't be read, so nobody knows who may sell.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too many checks.
    #[error(transparent)]
    Quota(#[from] QuotaError),
}

explain! {
    Refusal {
        Self::NoToken => "no_token", Caller, "Send Authorization: Bearer with a token of this service.", "请用 Authorization: Bearer 提供本服务的令牌。";
        Self::TokenRefused => "token_refused", Caller, "Use a token that is in force; `realname serve token new` makes one.", "请使用有效的令牌；可用 realname serve token new 生成。";
        Self::ScopeMissing(_) => "scope_missing", Caller, "Use a token with that scope.", "请使用具有该权限的令牌。";
        Self::NotThePage => "not_the_page", Caller, "Open the link that you were sent, in this browser, and press its button.", "请在本浏览器中打开收到的链接并点击按钮。";
        Self::LinkUsed => "link_used", Caller, "Go on in the browser that opened the link first, or ask for a new link.", "请在首次打开链接的浏览器中继续，或索取新的链接。";
        Self::OtherOrigin => "other_origin", Caller, "Call the service from its own pages, or from a program with a token.", "请从本服务的页面，或由持有令牌的程序调用。";
        Self::NotFound => "not_found", Caller, "Check the address, and whether the token belongs to who made it.", "请检查地址，以及令牌是否属于创建者。";
        Self::Method => "method_not_allowed", Caller, "See /openapi.json for what the address takes.", "请查看 /openapi.json 中该地址支持的方法。";
        Self::Ended => "session_ended", Caller, "Ask the shop for a new link: nothing of the old one is kept.", "请向商家索取新的链接；旧会话的内容已全部删除。";
        Self::TooLarge { .. } => "request_too_large", Caller, "Send less; a photo as the phone's camera makes it is small enough.", "请减小内容；手机普通模式拍摄的照片大小合适。";
        Self::HeadTooLarge { .. } => "head_too_large", Caller, "Send fewer and shorter headers.", "请减少或缩短请求头。";
        Self::ContentType { .. } => "content_type", Caller, "Send the content type that /openapi.json names for this call.", "请使用 /openapi.json 中为该调用指定的内容类型。";
        Self::Members(_) => "body_members", Caller, "Send the members that /openapi.json names, each once and no other.", "请只提供 /openapi.json 中列出的成员，且每个只出现一次。";
        Self::Value { .. } => "value_refused", Caller, "Correct the member; /openapi.json says what it takes.", "请修正该成员；/openapi.json 说明了可用的取值。";
        Self::Parameter => "parameter_unknown", Caller, "Leave the parameter out; /openapi.json names those that are known.", "请去掉该参数；/openapi.json 列出了已知参数。";
        Self::Header(_) => "header_malformed", Caller, "Correct the header, or leave it out.", "请修正或去掉该请求头。";
        Self::IdempotencyKey => "idempotency_key", Caller, "Send a new key for each act: 1 to 64 of A-Z a-z 0-9 - _.", "请为每次操作提供新的键：1 至 64 个字符，限 A-Z a-z 0-9 - _。";
        Self::IdempotencyMismatch => "idempotency_mismatch", Caller, "Use a new key for another act; to repeat one, send the same body.", "其他操作请使用新的键；重复操作请发送相同内容。";
        Self::IdempotencyRunning => "idempotency_running", Caller, "Wait a moment and send the same again.", "请稍候并重新发送相同内容。";
        Self::NotYet { .. } => "step_not_due", Caller, "Do the steps in their order; the session's state says which is next.", "请按顺序办理；会话状态会说明下一步。";
        Self::OtherText => "consent_other_text", Caller, "Show the text again and send the digest that the session gives.", "请重新展示文本，并发送会话给出的摘要。";
        Self::NotSetUp(_) => "not_set_up", Setup, "Add that part to the service's configuration (docs/operations.md).", "请在服务配置中补充该部分（docs/operations.md）。";
        Self::AccountsAway => "accounts_unavailable", System, "Try again; if it stays, tell who runs the home's systems.", "请重试；如仍失败，请联系归属地系统的管理人员。";
        Self::AccountsUnreadable => "accounts_unreadable", Setup, "Tell who runs the home's systems: an account is answered as POST /v1/cancellations takes it.", "请联系归属地系统的管理人员：账户须按 POST /v1/cancellations 的格式返回。";
        Self::Busy => "busy", System, "Try again in a moment.", "请稍后重试。";
        Self::TooMany { .. } => "too_many_requests", Caller, "Wait as long as Retry-After says.", "请等待 Retry-After 所示时间后重试。";
        Self::Timeout { .. } => "request_timeout", Network, "Send it again over a better connection; with an Idempotency-Key nothing happens twice.", "请在网络较好时重新发送；使用 Idempotency-Key 不会重复办理。";
        Self::AskedByAnother => "confirmation_asked", Caller, "Ask tomorrow, or name your own service: a customer is asked once a service and day, and only who asked has the answer.", "请次日再询问，或使用自己的业务名称：每项业务每日只询问用户一次，答复只告知询问方。";
        Self::Head => "request_malformed", Caller, "Send HTTP/1.1; look at what stands between the program and the service, too.", "请使用 HTTP/1.1；也请检查程序与服务之间的设备。";
        Self::Internal => "internal", System, "Try again; if it stays, report the X-Request-Id.", "请重试；如仍失败，请反馈 X-Request-Id。";
    }
    through {
        Self::Json(error) => error;
        Self::Trust(error) => error;
        Self::Store(error) => error;
        Self::Ask(error) => error;
        Self::Answer(error) => error;
        Self::Record(error) => error;
        Self::PhoneNumber(error) => error;
        Self::Service(error) => error;
        Self::Question(error) => error;
        Self::Confirmation(error) => error;
        Self::Cancellation(error) => error;
        Self::Handover(error) => error;
        Self::Report(error) => error;
        Self::Change(error) => error;
        Self::NewCard(error) => error;
        Self::Messenger(error) => error;
        Self::Callback(error) => error;
        Self::Capture(error) => error;
        Self::Photo(error) => error;
        Self::Live(error) => error;
        Self::Declared(error) => error;
        Self::Case(error) => error;
        Self::Attest(error) => error;
        Self::Standing(error) => error;
        Self::Journal(error) => error;
        Self::Quota(error) => error;
    }
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Json(_) | Self::Members(_) | Self::Parameter | Self::Header(_) | Self::IdempotencyKey | Self::Head
            | Self::Callback(CallbackError::Form) => {
                StatusCode::BAD_REQUEST
            }
            Self::NoToken | Self::TokenRefused | Self::NotThePage | Self::Callback(CallbackError::Stranger) => {
                StatusCode::UNAUTHORIZED
            }
            Self::ScopeMissing(_) | Self::LinkUsed | Self::OtherOrigin => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::IdempotencyMismatch
            | Self::IdempotencyRunning
            | Self::NotYet { .. }
            | Self::AskedByAnother
            | Self::Handover(HandoverError::OrderExists | HandoverError::OtherOrder) => {
                StatusCode::CONFLICT
            }
            Self::Ended => StatusCode::GONE,
            Self::TooLarge { .. } | Self::Capture(CaptureError::TooManyBytes { .. }) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::HeadTooLarge { .. } => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::ContentType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. }
            | Self::Quota(QuotaError::TooManyChecks { .. })
            | Self::Report(ReportError::Slow { .. }) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Busy
            | Self::AccountsAway
            | Self::AccountsUnreadable
            | Self::Trust(_)
            | Self::Store(_)
            | Self::Messenger(_)
            | Self::Journal(_)
            // The platform calls back again.
            | Self::Callback(_)
            | Self::Cancellation(
                CancellationError::Store(_) | CancellationError::Confirmation(ConfirmationError::Store(_)),
            )
            | Self::Change(
                ChangeError::Store(_)
                | ChangeError::Ask(AskError::Store(_))
                | ChangeError::Confirmation(ConfirmationError::Store(_)),
            )
            | Self::Confirmation(ConfirmationError::Store(_))
            | Self::Ask(AskError::Store(_))
            | Self::Handover(HandoverError::Store(_) | HandoverError::Ask(AskError::Store(_)))
            | Self::Report(ReportError::Store(_) | ReportError::Contended)
            | Self::Quota(QuotaError::Store(_) | QuotaError::NoRandomness) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal
            | Self::Ask(AskError::NonceTaken | AskError::Jose(_))
            | Self::Handover(
                HandoverError::Jose(_) | HandoverError::Record | HandoverError::Ask(AskError::Jose(_)),
            )
            | Self::Report(ReportError::Jose(_) | ReportError::Record)
            | Self::Cancellation(CancellationError::Jose(_) | CancellationError::Record)
            | Self::Change(ChangeError::Jose(_) | ChangeError::Record)
            | Self::Confirmation(ConfirmationError::Jose(_) | ConfirmationError::Record) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Value { .. }
            | Self::OtherText
            | Self::NotSetUp(_)
            | Self::Ask(_)
            | Self::Answer(_)
            | Self::Record(_)
            | Self::PhoneNumber(_)
            | Self::Service(_)
            | Self::Question(_)
            | Self::Confirmation(_)
            | Self::Cancellation(_)
            | Self::Handover(_)
            | Self::Report(_)
            | Self::Change(_)
            | Self::NewCard(_)
            | Self::Capture(_)
            | Self::Photo(_)
            | Self::Live(_)
            | Self::Declared(_)
            | Self::Case(_)
            | Self::Attest(_)
            | Self::Standing(_)
            | Self::Quota(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Seconds after which it is worth another try.
    fn retry(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry, .. } => Some(*retry),
            Self::Quota(QuotaError::TooManyChecks { .. }) => Some(600),
            Self::Report(ReportError::Slow { until }) => {
                Some(until.duration_since(now()).as_secs().max(1).try_into().unwrap_or(u32::MAX))
            }
            Self::IdempotencyRunning => Some(1),
            refusal if refusal.status() == StatusCode::SERVICE_UNAVAILABLE => Some(1),
            _ => None,
        }
    }
}

impl Refusal {
    /// The answer's body.
    pub(crate) fn text(&self) -> String {
        let entry = self.entry();
        error_json(entry.code, &self.message(Lang::En), entry.advice).to_string()
    }
}

/// The JSON of an error.
pub(crate) fn error_json(code: &str, message: &str, action: Advice) -> serde_json::Value {
    json!({"error": {"code": code, "message": message, "action": {"en": action.en, "zh": action.zh}}})
}

/// The code of the answer, for the log.
#[derive(Clone, Copy)]
pub(crate) struct Coded(pub(crate) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let entry = self.entry();
        let mut response = Response::new(Body::from(self.text()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Coded(entry.code));
        response
    }
}

impl From<TrustError> for Refusal {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Store(error) => Self::Store(error),
            error => Self::Trust(error),
        }
    }
}
