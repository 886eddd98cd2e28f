//! Why a call isn't done, as it is answered: `{"error": {"code", "message", "action": {"en", "zh"}}}`.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use realname::profile::{Advice, Explain, Fault, Lang, explain};
use realname::reader::ReaderError;
use serde_json::json;

/// Why a call isn't done. No personal value is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The name under which it was called is no loopback's: a page elsewhere may have had its name moved here.
    #[error("the call is addressed to another host than this machine")]
    OtherHost,
    /// A page of another origin than those that were allowed.
    #[error("the call comes from a page whose origin isn't allowed")]
    OtherOrigin,
    /// A page asks for what is for programs.
    #[error("this call is for programs that have the token")]
    ProgramsOnly,
    /// No page, and no token.
    #[error("this call needs a token: it names no origin")]
    NoToken,
    /// Another token.
    #[error("the token isn't this bridge's")]
    TokenRefused,
    /// Nothing is there.
    #[error("there is nothing under this address")]
    NotFound,
    /// Something is there, for another method.
    #[error("this address takes another method")]
    Method,
    /// Too many bytes.
    #[error("the request's body is too large: at most {limit} bytes")]
    TooLarge {
        /// What is taken.
        limit: usize,
    },
    /// Another content type.
    #[error("the content type isn't application/json")]
    ContentType,
    /// The body isn't JSON with the known members.
    #[error("the body can't be read: {0}")]
    Members(&'static str),
    /// A member's value is outside what is taken.
    #[error("{member}: {problem}")]
    Value {
        /// Which.
        member: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// The address' query isn't known.
    #[error("the address has a parameter that isn't known, or a value that isn't taken")]
    Parameter,
    /// Not opened as a WebSocket.
    #[error("this address is a WebSocket")]
    NotAWebSocket,
    /// The body took too long.
    #[error("the request wasn't whole within {seconds} seconds")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// Too many wait for a card already, or watch.
    #[error("too many wait for the reader")]
    Busy,
    /// The bridge is about to end.
    #[error("the bridge is ending")]
    Ending,
    /// No card was laid down for this read.
    #[error("no card was laid down within {seconds} s; one that was read before counts once it was lifted")]
    NoCard {
        /// How long was waited.
        seconds: u64,
    },
    /// The person has to be asked.
    #[error("the person wasn't asked, or what was agreed to is another thing, or was used, or is over")]
    NeedsConsent,
    /// There is no reader.
    #[error(transparent)]
    NoReader(ReaderError),
    /// The card, the line or the reader made trouble.
    #[error(transparent)]
    Reader(ReaderError),
    /// A fault of this program.
    #[error("the bridge failed")]
    Internal,
}

explain! {
    Refusal {
        Self::OtherHost => "other_host", Caller, "Call the bridge as 127.0.0.1 or localhost.", "请以 127.0.0.1 或 localhost 访问本地服务。";
        Self::OtherOrigin => "other_origin", Caller, "Start the bridge with --allow-origin and this page's scheme, host and port.", "请在启动本地服务时用 --allow-origin 指定该页面的协议、主机和端口。";
        Self::ProgramsOnly => "programs_only", Caller, "Use POST /v1/read from a page.", "网页请使用 POST /v1/read。";
        Self::NoToken => "no_token", Caller, "Start the bridge with --token FILE, and send Authorization: Bearer with what stands in it.", "请用 --token FILE 启动本地服务，并以 Authorization: Bearer 提供该文件中的令牌。";
        Self::TokenRefused => "token_refused", Caller, "Send the token that stands in the file of --token.", "请使用 --token 所指文件中的令牌。";
        Self::NotFound => "not_found", Caller, "See docs/bridge.md for the addresses.", "请查看 docs/bridge.md 中的地址。";
        Self::Method => "method_not_allowed", Caller, "See docs/bridge.md for what the address takes.", "请查看 docs/bridge.md 中该地址支持的方法。";
        Self::TooLarge { .. } => "request_too_large", Caller, "Send less; a photo as a camera makes it is small enough.", "请减小内容；相机普通模式拍摄的照片大小合适。";
        Self::ContentType => "content_type", Caller, "Send application/json.", "请使用 application/json。";
        Self::Members(_) => "body_members", Caller, "Send the members that docs/bridge.md names, each once and no other.", "请只提供 docs/bridge.md 中列出的成员，且每个只出现一次。";
        Self::Value { .. } => "value_refused", Caller, "Correct the member; docs/bridge.md says what it takes.", "请修正该成员；docs/bridge.md 说明了可用的取值。";
        Self::Parameter => "parameter_unknown", Caller, "Leave the parameter out; docs/bridge.md names those that are known.", "请去掉该参数；docs/bridge.md 列出了已知参数。";
        Self::NotAWebSocket => "not_a_websocket", Caller, "Open it as a WebSocket: new WebSocket(\"ws://…\").", "请以 WebSocket 方式打开：new WebSocket(\"ws://…\")。";
        Self::Timeout { .. } => "request_timeout", Caller, "Send the whole request at once.", "请一次发送完整的请求。";
        Self::Busy => "busy", System, "Try again in a moment; end reads that nobody waits for.", "请稍后重试；请结束无人等待的读取。";
        Self::Ending => "ending", System, "Try again when the bridge has been started again.", "请在本地服务重新启动后重试。";
        Self::NoCard { .. } => "no_card", Card, "place a card; if one lies there, lift it and put it back", "请放置证件；如证件已在读卡器上，请拿起后重新放置";
        Self::NeedsConsent => "needs_consent", Caller, "Show the person who asks, for what and what is disclosed; when they agree, send the same again with the consent's id.", "请向本人展示请求方、用途和将披露的内容；本人同意后，请附上同意编号重新发送。";
        Self::Internal => "internal", System, "Start the bridge again; report what its log says.", "请重新启动本地服务，并反馈其日志内容。";
    }
    through {
        Self::NoReader(error) => error;
        Self::Reader(error) => error;
    }
}

impl Refusal {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::OtherOrigin | Self::ProgramsOnly => StatusCode::FORBIDDEN,
            Self::NoToken | Self::TokenRefused => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Members(_) | Self::Parameter => StatusCode::BAD_REQUEST,
            Self::NeedsConsent => StatusCode::CONFLICT,
            Self::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::Value { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Timeout { .. } | Self::NoCard { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Busy | Self::Ending | Self::NoReader(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Reader(error) if error.entry().fault == Fault::Card => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Reader(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
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
        let (entry, status) = (self.entry(), self.status());
        let body = error_json(entry.code, &self.message(Lang::En), entry.advice).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        response.extensions_mut().insert(Coded(entry.code));
        response
    }
}
