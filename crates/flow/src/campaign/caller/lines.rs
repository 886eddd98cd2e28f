//! Calls as lines of JSON: one line out, one line back.

use std::io::{BufRead, Read, Write};
use std::sync::{Mutex, PoisonError};

use super::{Called, Caller, CallerError};
use crate::campaign::{Call, Outcome};
use crate::form::is_id;
use crate::jose::Json;

/// The longest answer, in bytes.
const MOST_BYTES: u64 = 4096;

/// Writes each call as one line of JSON (`attempt`, `number`, `place`, `until`) and reads one (`attempt`, `outcome`, `channel`) for it: for another
/// program, or a person with a list. The lines hold numbers.
pub struct LineCaller<R, W> {
    ends: Mutex<(R, W)>,
}

impl<R: BufRead + Send, W: Write + Send> LineCaller<R, W> {
    /// Reads answers there and writes calls here.
    pub fn new(answers: R, calls: W) -> Self {
        Self { ends: Mutex::new((answers, calls)) }
    }
}

impl<R, W> std::fmt::Debug for LineCaller<R, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineCaller").finish_non_exhaustive()
    }
}

impl<R: BufRead + Send, W: Write + Send> Caller for LineCaller<R, W> {
    fn call(&self, call: &Call) -> Result<Called, CallerError> {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let (answers, calls) = &mut *ends;
        let mut line = written(call).to_bytes();
        line.push(b'\n');
        calls.write_all(&line).and_then(|()| calls.flush()).map_err(|_| CallerError::Unreachable)?;
        let mut answer = Vec::new();
        let read = answers.by_ref().take(MOST_BYTES).read_until(b'\n', &mut answer);
        if read.map_err(|_| CallerError::Unreachable)? == 0 {
            return Err(CallerError::Unreachable);
        }
        heard(&answer, &call.attempt)
    }
}

/// A call as it is written.
pub(super) fn written(call: &Call) -> Json {
    Json::object([
        ("attempt", call.attempt.as_str().into()),
        ("number", call.number.as_str().into()),
        ("place", i64::try_from(call.place).unwrap_or(i64::MAX).into()),
        ("until", call.until.to_string().into()),
    ])
}

/// What was answered, if it is about this attempt.
pub(super) fn heard(answer: &[u8], attempt: &str) -> Result<Called, CallerError> {
    let read = || {
        let json = Json::parse(answer.trim_ascii(), answer.len()).ok()?;
        let about = json.member("attempt")?.as_str()? == attempt;
        let outcome = Outcome::from_name(json.member("outcome")?.as_str()?)?;
        let channel = json.optional_text("channel").ok()?.map(str::to_owned);
        (about && channel.as_deref().is_none_or(is_id)).then_some(Called { outcome, channel })
    };
    read().ok_or(CallerError::Said)
}
