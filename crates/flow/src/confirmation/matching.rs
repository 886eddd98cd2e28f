//! The reply: matched with its question, and turned into a grant once.

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::record::{Decision, Kept};
use super::reply::Answer;
use super::{
    ConfirmationError, Confirmer, CustomerReply, Form, NaturalDay, PhoneNumber, Replied, grant, redeem,
};
use crate::profile::{ReasonCode, Refused};
use crate::store::{Answered, Counted, Store};

impl Confirmer {
    /// Matches a reply with its question and signs the grant, once.
    pub fn reply(
        &self,
        store: &dyn Store,
        reply: &CustomerReply,
        now: Timestamp,
    ) -> Result<Replied, ConfirmationError> {
        let day = NaturalDay::of(now);
        let key = self.key(&reply.number, &reply.service, day);
        let Some(entry) = store.get(super::SPACE, &key)? else {
            return self.not_today(store, reply, day);
        };
        let kept = Kept::parse(&entry.value)?;
        if entry.answer.is_none() && now > kept.until {
            return Ok(Replied::Refused(ReasonCode::ConfirmationLate));
        }
        let confirms = match self.confirms(store, &kept, &key, reply, now)? {
            Ok(confirms) => confirms,
            Err(Refused(code)) => return Ok(Replied::Refused(code)),
        };
        if let Some(recorded) = entry.answer {
            return self.before(store, &kept, &recorded, (confirms, now), &key, &reply.number);
        }
        let (decision, replied) = if confirms {
            let jws = self.sign(&kept, &key, &reply.number, now)?;
            (Decision::Granted(jws.clone()), Replied::Granted(self.grant(&key, jws, &reply.number)?))
        } else {
            (Decision::Declined, Replied::Declined)
        };
        let answer = decision.to_json().to_bytes();
        Ok(match store.answer(super::SPACE, &key, &answer, now)? {
            Answered::Recorded => replied,
            // Another thread or process was first; what this one signed is thrown away unseen.
            Answered::Already(recorded) => {
                self.before(store, &kept, &recorded, (confirms, now), &key, &reply.number)?
            }
            Answered::Expired | Answered::Claimed => Replied::Refused(ReasonCode::ConfirmationLate),
            _ => Replied::Refused(ReasonCode::ConfirmationNotAsked),
        })
    }

    /// Whether a reply says yes or no to this question, or why it says nothing.
    fn confirms(
        &self,
        store: &dyn Store,
        kept: &Kept,
        key: &[u8; 32],
        reply: &CustomerReply,
        now: Timestamp,
    ) -> Result<Result<bool, Refused>, ConfirmationError> {
        let text = match (&reply.answer, kept.form) {
            (Answer::Text(text), Form::Code | Form::Message) => text,
            (Answer::Key { key, prompt_version: played }, Form::Voice { prompt_version, yes }) => {
                return Ok(match () {
                    () if *played != prompt_version => Err(ReasonCode::ConfirmationWrongForm.into()),
                    () if *key != yes => Err(ReasonCode::ConfirmationWrongReply.into()),
                    () => Ok(true),
                });
            }
            _ => return Ok(Err(ReasonCode::ConfirmationWrongForm.into())),
        };
        if text.declines() {
            return Ok(Ok(false));
        }
        // Counted before it is looked at, so that any number of tries at once are no more than the limit. The same reply
        // again, as a network delivers it twice, is one try.
        let member = self.secret.mac("try", &[key, text.as_bytes()]);
        let tries = self.secret.mac("tries", &[key]);
        let end = kept.day.end();
        if let Counted::Full(_) = store.count(super::SPACE, &tries, &member, self.replies, end, now)? {
            return Ok(Err(ReasonCode::ConfirmationTooManyReplies.into()));
        }
        // The code itself is never compared: its MAC is looked up, which an observer of the time can't steer.
        let code = self.code_key(&reply.number, kept.day, text);
        Ok(match store.get(super::SPACE, &code)? {
            None => Err(ReasonCode::ConfirmationWrongReply.into()),
            Some(pointer) if bool::from(pointer.value.ct_eq(key)) => Ok(true),
            Some(_) => Err(ReasonCode::ConfirmationWrongService.into()),
        })
    }

    /// No question today. One of yesterday makes the reply late.
    fn not_today(
        &self,
        store: &dyn Store,
        reply: &CustomerReply,
        today: NaturalDay,
    ) -> Result<Replied, ConfirmationError> {
        let Some(yesterday) = today.after(-1) else {
            return Ok(Replied::Refused(ReasonCode::ConfirmationNotAsked));
        };
        let key = self.key(&reply.number, &reply.service, yesterday);
        let asked = store.get(super::SPACE, &key)?.is_some();
        Ok(Replied::Refused(if asked {
            ReasonCode::ConfirmationLate
        } else {
            ReasonCode::ConfirmationNotAsked
        }))
    }

    /// What was decided before, told to a reply that says the same. A no inside the question's time counts whatever came first, since
    /// a network brings two replies in any order: it takes the grant's use away, unless an order had it. Any other reply comes too late.
    fn before(
        &self,
        store: &dyn Store,
        kept: &Kept,
        recorded: &[u8],
        (confirms, now): (bool, Timestamp),
        key: &[u8; 32],
        number: &PhoneNumber,
    ) -> Result<Replied, ConfirmationError> {
        Ok(match (Decision::parse(recorded)?, confirms) {
            (Decision::Granted(jws), true) => {
                if redeem::is_withdrawn(store, &grant::jti(&jws)?)? {
                    return Ok(Replied::Refused(ReasonCode::ConfirmationDeclined));
                }
                Replied::AlreadyGranted(self.grant(key, jws, number)?)
            }
            (Decision::Granted(jws), false) => {
                let inside = now <= kept.until;
                // As long as a use of it would be kept.
                let end = kept.day.after(2).map_or(Timestamp::MAX, NaturalDay::begin);
                if inside && redeem::withdraw(store, &grant::jti(&jws)?, end)? {
                    Replied::Declined
                } else {
                    Replied::Refused(ReasonCode::ConfirmationLate)
                }
            }
            (Decision::Declined, true) => Replied::Refused(ReasonCode::ConfirmationDeclined),
            (Decision::Declined, false) => Replied::Declined,
        })
    }
}
