//! The reply: matched with its question, and turned into a grant once.

use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::record::{Decision, Kept};
use super::reply::Answer;
use super::{ConfirmationError, Confirmer, CustomerReply, Form, NaturalDay, Replied, grant, redeem};
use crate::profile::ReasonCode;
use crate::store::{Answered, AnsweredWithin, Counted, Entry, Store, Within};

/// What a reply says to a question. Whether it is right is told only when it is counted among the question's tries.
enum Says {
    Yes,
    No,
    Nothing(ReasonCode),
}

/// A question of today, and the reply to it.
struct Asked<'a> {
    store: &'a dyn Store,
    key: [u8; 32],
    kept: Kept,
    reply: &'a CustomerReply,
    tried: Option<Try>,
    now: Timestamp,
}

/// Where a try is counted; a no and a key press aren't tries.
struct Try {
    key: [u8; 32],
    member: [u8; 32],
}

impl Confirmer {
    /// Matches a reply with its question and signs the grant, once.
    ///
    /// The grant is one step of the store: the answer is recorded while the tries are fewer than the limit, and stands for the
    /// try that it was.
    pub fn reply(
        &self,
        store: &dyn Store,
        reply: &CustomerReply,
        now: Timestamp,
    ) -> Result<Replied, ConfirmationError> {
        let day = NaturalDay::of(now);
        let key = self.key(&reply.number, &reply.service, day);
        // Who sends that text today: the question, or another one, or nobody.
        let code = match &reply.answer {
            Answer::Text(text) => Some(self.code_key(&reply.number, day, text)),
            Answer::Key { .. } => None,
        };
        if let Some(kept) = code.as_ref().and_then(|code| self.recent.take(&key, code, now)) {
            let tried = self.tried(&key, &kept, reply);
            let asked = Asked { store, key, kept, reply, tried, now };
            // A store that doesn't have it has to say why.
            match self.decide(&asked, &Says::Yes)? {
                Replied::Refused(ReasonCode::ConfirmationNotAsked) => {}
                replied => return Ok(replied),
            }
        }
        let keys: Vec<_> = std::iter::once(&key).chain(&code).map(|key| (super::SPACE, &key[..])).collect();
        let mut found = store.get_all(&keys)?.into_iter();
        let Some(entry) = found.next().flatten() else {
            return self.not_today(store, reply, day);
        };
        let pointer = found.next().flatten();
        let kept = Kept::parse(&entry.value)?;
        if entry.answer.is_none() && now > kept.until {
            return Ok(Replied::Refused(ReasonCode::ConfirmationLate));
        }
        let says = says(&kept, pointer, &key, reply);
        let tried = self.tried(&key, &kept, reply);
        let asked = Asked { store, key, kept, reply, tried, now };
        match (&says, &entry.answer) {
            (Says::Nothing(_), _) | (_, Some(_)) => self.tell(&asked, &says, entry.answer.as_deref()),
            (Says::Yes | Says::No, None) => self.decide(&asked, &says),
        }
    }

    /// Records a yes or a no to a question that was open when it was looked at.
    fn decide(&self, asked: &Asked<'_>, says: &Says) -> Result<Replied, ConfirmationError> {
        let Asked { store, key, kept, reply, tried, now } = asked;
        let signed = match says {
            Says::Yes => Some(self.sign(kept, key, &reply.number, *now)?),
            _ => None,
        };
        let decision = match &signed {
            Some(grant) => Decision::Granted(grant.record().to_owned()),
            None => Decision::Declined,
        };
        let answer = decision.to_json().to_bytes();
        let answered = match tried {
            Some(Try { key: tries, member }) => {
                let within = Within { key: tries, member, limit: self.replies };
                store.answer_within(super::SPACE, key, &answer, within, *now)?
            }
            None => AnsweredWithin::Answered(store.answer(super::SPACE, key, &answer, *now)?),
        };
        Ok(match answered {
            AnsweredWithin::Answered(Answered::Recorded) => {
                signed.map_or(Replied::Declined, Replied::Granted)
            }
            // Another thread or process was first; what this one signed is thrown away unseen.
            AnsweredWithin::Answered(Answered::Already(recorded)) => {
                self.tell(asked, says, Some(&recorded))?
            }
            AnsweredWithin::Answered(Answered::Expired | Answered::Claimed) => {
                Replied::Refused(ReasonCode::ConfirmationLate)
            }
            AnsweredWithin::Answered(Answered::Unknown) => Replied::Refused(ReasonCode::ConfirmationNotAsked),
            AnsweredWithin::Full(_) => Replied::Refused(ReasonCode::ConfirmationTooManyReplies),
        })
    }

    /// Where a reply is counted. The same reply again, as a network delivers it twice, is one try.
    fn tried(&self, key: &[u8; 32], kept: &Kept, reply: &CustomerReply) -> Option<Try> {
        match (&reply.answer, kept.form) {
            (Answer::Text(text), Form::Code | Form::Message) if !text.declines() => {
                let member = self.secret.mac("try", &[key, text.as_bytes()]);
                Some(Try { key: self.secret.mac("tries", &[key]), member })
            }
            _ => None,
        }
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

    /// What a reply is told when it doesn't decide the question. When it is a try that is counted first, so that any number of tries
    /// at once are no more than the limit.
    ///
    /// A no inside the question's time counts whatever came first, since a network brings two replies in any order: it takes the
    /// grant's use away, unless an order had it. Any other reply comes too late to change what was decided.
    fn tell(
        &self,
        asked: &Asked<'_>,
        says: &Says,
        recorded: Option<&[u8]>,
    ) -> Result<Replied, ConfirmationError> {
        let decision = recorded.map(Decision::parse).transpose()?;
        if let (Some(Decision::Granted(jws)), Says::Yes) = (&decision, says) {
            if redeem::is_withdrawn(asked.store, &grant::jti(jws)?)? {
                return Ok(Replied::Refused(ReasonCode::ConfirmationDeclined));
            }
            // The try that was granted stands in the grant.
            return Ok(Replied::AlreadyGranted(self.grant(&asked.key, jws.clone(), &asked.reply.number)?));
        }
        if self.too_many(asked)? {
            return Ok(Replied::Refused(ReasonCode::ConfirmationTooManyReplies));
        }
        Ok(match (decision, says) {
            (_, Says::Nothing(code)) => Replied::Refused(*code),
            (Some(Decision::Granted(jws)), _) => {
                let inside = asked.now <= asked.kept.until;
                // As long as a use of it would be kept.
                let end = asked.kept.day.after(2).map_or(Timestamp::MAX, NaturalDay::begin);
                let jti = grant::jti(&jws)?;
                let gone = match inside {
                    true => redeem::withdraw(asked.store, &jti, end)?,
                    // The same no again.
                    false => redeem::is_withdrawn(asked.store, &jti)?,
                };
                match gone {
                    true => Replied::Declined,
                    false => Replied::Refused(ReasonCode::ConfirmationLate),
                }
            }
            (None, _) => Replied::Refused(ReasonCode::ConfirmationLate),
            (Some(Decision::Declined), Says::Yes) => Replied::Refused(ReasonCode::ConfirmationDeclined),
            (Some(Decision::Declined), Says::No) => Replied::Declined,
        })
    }

    /// Counts a reply among the tries and says whether it is one too many. A grant is one of them that isn't counted: whoever
    /// fills the last place looks whether it was that one's.
    fn too_many(&self, asked: &Asked<'_>) -> Result<bool, ConfirmationError> {
        let Some(Try { key, member }) = &asked.tried else { return Ok(false) };
        let (limit, end) = (self.replies, asked.kept.day.end());
        let counted = match asked.store.count(super::SPACE, key, member, limit, end, asked.now)? {
            Counted::Full(_) => return Ok(true),
            Counted::Added(counted) | Counted::Present(counted) => counted,
        };
        if counted < limit {
            return Ok(false);
        }
        let entry = asked.store.get(super::SPACE, &asked.key)?;
        let decision =
            entry.and_then(|entry| entry.answer).map(|answer| Decision::parse(&answer)).transpose()?;
        Ok(matches!(decision, Some(Decision::Granted(_))))
    }
}

/// What a reply says, and `pointer` is what is kept of its text. Nobody is told before its try is counted.
fn says(kept: &Kept, pointer: Option<Entry>, key: &[u8; 32], reply: &CustomerReply) -> Says {
    match (&reply.answer, kept.form) {
        (Answer::Text(text), Form::Code | Form::Message) if text.declines() => Says::No,
        // The code itself is never compared: its MAC is looked up, which an observer of the time can't steer.
        (Answer::Text(_), Form::Code | Form::Message) => match pointer {
            None => Says::Nothing(ReasonCode::ConfirmationWrongReply),
            Some(pointer) if bool::from(pointer.value.ct_eq(key)) => Says::Yes,
            Some(_) => Says::Nothing(ReasonCode::ConfirmationWrongService),
        },
        (Answer::Key { key, prompt_version: played }, Form::Voice { prompt_version, yes }) => match () {
            () if *played != prompt_version => Says::Nothing(ReasonCode::ConfirmationWrongForm),
            () if *key != yes => Says::Nothing(ReasonCode::ConfirmationWrongReply),
            () => Says::Yes,
        },
        _ => Says::Nothing(ReasonCode::ConfirmationWrongForm),
    }
}
