//! One question on its way.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::confirmation::{Form, PhoneNumber, Price, Question, ServiceId};
use crate::profile::Lang;

/// What a messenger sends. It holds the number and, for two of the forms, what the answer must be.
pub struct Message<'a> {
    id: &'a str,
    question: &'a Question,
    reply: &'a str,
    until: Timestamp,
}

impl<'a> Message<'a> {
    pub(in crate::confirmation) fn new(
        id: &'a str,
        question: &'a Question,
        reply: &'a str,
        until: Timestamp,
    ) -> Self {
        Self { id, question, reply, until }
    }

    /// 128 random bits in base64url, one per question: the idempotency key towards a gateway.
    pub fn id(&self) -> &str {
        self.id
    }

    /// Whom to ask.
    pub fn number(&self) -> &PhoneNumber {
        &self.question.number
    }

    /// What for.
    pub fn service(&self) -> &ServiceId {
        &self.question.service
    }

    /// At which price.
    pub fn price(&self) -> Price {
        self.question.price
    }

    /// How it is answered: a voice platform plays the prompt of that version.
    pub fn form(&self) -> Form {
        self.question.form
    }

    /// What the operator wrote of the service.
    pub fn text(&self) -> &str {
        &self.question.text
    }

    /// What the customer must answer: six digits, `Y` and four digits, or the key.
    pub fn reply(&self) -> &str {
        self.reply
    }

    /// After this the answer is too late.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The whole text as the customer reads or hears it: what, at which price, and how to answer.
    pub fn body(&self, lang: Lang) -> Zeroizing<String> {
        let (text, price, reply) = (self.text(), self.price(), self.reply);
        let free = price.is_free();
        Zeroizing::new(match (lang, self.form()) {
            (Lang::Zh, form) => {
                let cost = if free { "免费".to_owned() } else { format!("资费{price}元") };
                let how = match form {
                    Form::Code => format!("确认码{reply}，请勿告知他人；"),
                    Form::Message => format!("确认请回复{reply}，不同意请回复N；"),
                    Form::Voice { .. } => format!("确认请按{reply}键；"),
                };
                format!("{text}，{cost}。{how}未确认不办理、不收费。")
            }
            (_, form) => {
                let cost = if free { "free of charge".to_owned() } else { format!("{price} yuan") };
                let how = match form {
                    Form::Code => format!("Your code is {reply}; tell it to nobody."),
                    Form::Message => format!("Reply {reply} to confirm, N to decline."),
                    Form::Voice { .. } => format!("Press {reply} to confirm."),
                };
                format!("{text}, {cost}. {how} Without that nothing is done or charged.")
            }
        })
    }
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("service", self.service())
            .finish_non_exhaustive()
    }
}
