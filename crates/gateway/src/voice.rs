//! A voice platform: it is told whom to call with which prompt, and calls back with the key that was pressed.

use std::time::Duration;

use jiff::Timestamp;
use realname_flow::confirmation::{
    Confirmer, CustomerReply, Form, GatewayError, HttpGateway, Key, Message, Messenger, MessengerError,
    Replied,
};
use realname_terms::{Lang, explain};
use realname_token::jose::Json;
use realname_token::store::Store;
use subtle::ConstantTimeEq;

use crate::{InboxError, Secret};

/// The longest call-back that is looked at, in bytes.
const MAX_BODY: usize = 4096;

/// A voice platform over HTTPS: what sends questions of the voice form, and what reads its call-backs.
///
/// A question is posted as [`HttpGateway`] posts it: `id`, `to`, `service`, `prompt_version` and the rest. The platform plays the prompt of
/// that version, and posts `{"number", "service", "key", "prompt_version"}` back, with `Authorization: Bearer …` and the call-back's secret.
/// Who serves HTTP hands header and body to [`heard`](Self::heard). A key that was pressed to another version's prompt confirms nothing.
#[derive(Debug)]
pub struct VoicePlatform {
    gateway: HttpGateway,
    secret: Secret,
}

/// A call-back that says nothing. Nothing is confirmed by it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Without the secret, or with another one.
    #[error("the call-back doesn't carry the secret that was agreed with the voice platform")]
    Stranger,
    /// Not JSON of that form.
    #[error("the call-back isn't JSON with number, service, key and prompt_version")]
    Form,
    /// It couldn't be worked on: the platform should call back again.
    #[error(transparent)]
    Work(#[from] InboxError),
}

explain! {
    CallbackError {
        Self::Stranger => "voice_callback_stranger", Caller,
            "Give the voice platform the call-back's secret, as Authorization: Bearer.", "请为语音平台配置回调密钥（Authorization: Bearer）。", "语音平台回调未携带约定的密钥";
        Self::Form => "voice_callback_form", Caller,
            "Post JSON with number, service, key and prompt_version, as docs/gateways.md has it.", "请按 docs/gateways.md 提交包含 number、service、key、prompt_version 的 JSON。", "语音平台回调格式有误";
    }
    through { Self::Work(error) => error; }
}

impl VoicePlatform {
    /// A platform at that URL: `https`, or `http` on this machine. `secret` is what its call-backs carry.
    pub fn new(url: &str, secret: Secret, timeout: Duration) -> Result<Self, GatewayError> {
        Ok(Self { gateway: HttpGateway::new(url, timeout)?, secret })
    }

    /// The value of the `Authorization` header of our own requests. It is in no log and no `Debug`.
    pub fn with_authorization(self, value: &str) -> Result<Self, GatewayError> {
        Ok(Self { gateway: self.gateway.with_authorization(value)?, ..self })
    }

    /// Whether a call-back with this `Authorization` header comes from the platform; asked before its body is read.
    pub fn knows(&self, authorization: Option<&str>) -> bool {
        // Nothing is no secret, even where nothing was agreed.
        let carried =
            authorization.and_then(|value| value.strip_prefix("Bearer ")).filter(|value| !value.is_empty());
        carried.is_some_and(|carried| carried.as_bytes().ct_eq(self.secret.bytes()).into())
    }

    /// Reads a call-back and signs the grant, once. `authorization` is the value of its header.
    pub fn heard(
        &self,
        authorization: Option<&str>,
        body: &[u8],
        (confirmer, store): (&Confirmer, &dyn Store),
        now: Timestamp,
    ) -> Result<Replied, CallbackError> {
        if !self.knows(authorization) {
            return Err(CallbackError::Stranger);
        }
        let json = Json::parse(body, MAX_BODY).map_err(|_| CallbackError::Form)?;
        let reply = pressed(&json).ok_or(CallbackError::Form)?;
        Ok(confirmer.reply(store, &reply, now).map_err(InboxError::from)?)
    }
}

fn pressed(json: &Json) -> Option<CustomerReply> {
    let text = |name| json.text(name).ok();
    let mut signs = text("key")?.chars();
    let (Some(sign), None) = (signs.next(), signs.next()) else { return None };
    let version = u32::try_from(json.seconds("prompt_version").ok()?).ok()?;
    let (number, service) = (text("number")?.parse().ok()?, text("service")?.parse().ok()?);
    Some(CustomerReply::key(number, service, Key::new(sign).ok()?, version))
}

impl Messenger for VoicePlatform {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        match message.form() {
            Form::Voice { .. } => self.gateway.send(message, lang),
            // Nobody reads a code aloud that is to be typed.
            _ => Err(MessengerError::Refused { status: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use realname_flow::confirmation::{Asking, LedgerSecret, Price, Question};
    use realname_terms::ReasonCode;
    use realname_token::jose::{Algorithm, SigningKey};
    use realname_token::store::MemoryStore;

    use super::*;

    fn refusal(replied: Replied) -> Option<ReasonCode> {
        match replied {
            Replied::Refused(code) => Some(code),
            _ => None,
        }
    }

    #[test]
    fn a_key_confirms_for_the_prompt_that_was_played() {
        let now: Timestamp = "2026-11-21T12:00:00+08:00".parse().unwrap();
        let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
        let confirmer = Confirmer::new("https://home.example", key, LedgerSecret::new([1; 32])).unwrap();
        let store = MemoryStore::new();
        let form = Form::Voice { prompt_version: 3, yes: Key::new('1').unwrap() };
        let question = Question::new(
            "+8613800000000".parse().unwrap(),
            "vas:1".parse().unwrap(),
            Price::fen(500),
            "测试业务",
        );
        let Asking::Ask(_challenge) = confirmer.ask(&store, question.unwrap().form(form), now).unwrap()
        else {
            panic!("asked before")
        };
        let secret = Secret::new("CANARY");
        let platform = VoicePlatform::new("http://127.0.0.1:1/", secret, Duration::from_secs(1)).unwrap();
        assert!(!format!("{platform:?}").contains("CANARY"));
        let heard = |authorization, body: &str| {
            platform.heard(authorization, body.as_bytes(), (&confirmer, &store), now)
        };
        let body = |key: &str, version: u32| {
            format!(
                r#"{{"number":"+8613800000000","service":"vas:1","key":"{key}","prompt_version":{version}}}"#
            )
        };
        for stranger in [None, Some("Bearer other"), Some("CANARY"), Some("Bearer ")] {
            assert!(matches!(heard(stranger, &body("1", 3)), Err(CallbackError::Stranger)));
        }
        let open =
            VoicePlatform::new("http://127.0.0.1:1/", Secret::new(""), Duration::from_secs(1)).unwrap();
        for nothing in [None, Some("Bearer "), Some("")] {
            let heard = open.heard(nothing, body("1", 3).as_bytes(), (&confirmer, &store), now);
            assert!(matches!(heard, Err(CallbackError::Stranger)), "an empty secret lets nobody in");
        }
        let known = Some("Bearer CANARY");
        for bad in ["", "{}", &body("11", 3), &body("x", 3), &body("1", 3).replace("+86", "")] {
            assert!(matches!(heard(known, bad), Err(CallbackError::Form)), "{bad}");
        }
        assert_eq!(refusal(heard(known, &body("1", 2)).unwrap()), Some(ReasonCode::ConfirmationWrongForm));
        assert_eq!(refusal(heard(known, &body("9", 3)).unwrap()), Some(ReasonCode::ConfirmationWrongReply));
        assert!(matches!(heard(known, &body("1", 3)).unwrap(), Replied::Granted(_)));
        assert!(matches!(heard(known, &body("1", 3)).unwrap(), Replied::AlreadyGranted(_)));
    }
}
