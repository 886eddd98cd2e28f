//! How a command ends when it doesn't end well.

use std::fmt;

use realname::profile::ErrorBody;

use crate::outside;

/// Exit codes, fixed by contract with the scripts that call this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The answer is no, including anything wrong with keys and trust.
    Refused = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Device, file, network or authority trouble.
    Trouble = 3,
    /// The input is damaged or not what it claims to be.
    Damaged = 4,
}

/// One failure: a stable code, what happened and whose fault, and what to do next. Never a personal value.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) action: String,
    details: Option<Box<Details>>,
}

/// More than a line: members beside `error` in JSON, and a table for people.
#[derive(Debug)]
struct Details {
    json: serde_json::Value,
    table: String,
}

impl Failure {
    pub(crate) fn new(
        exit: Exit,
        code: impl Into<String>,
        message: impl fmt::Display,
        action: impl fmt::Display,
    ) -> Self {
        Self {
            exit,
            code: code.into(),
            message: one_line(&message.to_string()),
            action: one_line(&action.to_string()),
            details: None,
        }
    }

    pub(crate) fn refused(
        code: impl Into<String>,
        message: impl fmt::Display,
        action: impl fmt::Display,
    ) -> Self {
        Self::new(Exit::Refused, code, message, action)
    }

    pub(crate) fn usage(message: impl fmt::Display, action: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, "usage", message, action)
    }

    pub(crate) fn trouble(
        code: impl Into<String>,
        message: impl fmt::Display,
        action: impl fmt::Display,
    ) -> Self {
        Self::new(Exit::Trouble, code, message, action)
    }

    pub(crate) fn damaged(
        code: impl Into<String>,
        message: impl fmt::Display,
        action: impl fmt::Display,
    ) -> Self {
        Self::new(Exit::Damaged, code, message, action)
    }

    /// Says with which argument of this program the advice is followed.
    pub(crate) fn advising(mut self, action: impl fmt::Display) -> Self {
        self.action = one_line(&action.to_string());
        self
    }

    /// Says what it is about: one of several files, say.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{}: {}", one_line(what), self.message);
        self
    }

    /// The error object of `--json`.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut value =
            self.details.as_ref().map_or_else(|| serde_json::json!({}), |details| details.json.clone());
        value["error"] = serde_json::json!(ErrorBody {
            code: self.code.clone(),
            message: self.message.clone(),
            action: self.action.clone()
        });
        value
    }

    /// Adds members for JSON (an object) and a table for people.
    pub(crate) fn with_details(mut self, json: serde_json::Value, table: String) -> Self {
        self.details = Some(Box::new(Details { json, table }));
        self
    }

    /// The table for people.
    pub(crate) fn table(&self) -> Option<&str> {
        self.details.as_ref().map(|details| details.table.as_str()).filter(|table| !table.is_empty())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code)?;
        if self.action.is_empty() { Ok(()) } else { write!(f, " -> {}", self.action) }
    }
}

/// One line, whatever a message quotes: it may hold paths, terminal ids, and what a register said.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    outside::shown(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_quotes_writes_no_line_of_its_own() {
        let failure =
            Failure::trouble("file", "can't read a\n\u{1b}[31mrefused", "try\u{202e} again").about("x\ry");
        let text = failure.to_string();
        assert!(!text.contains(['\n', '\r', '\u{1b}', '\u{202e}']), "{text}");
        let json = failure.to_json().to_string();
        assert!(!json.contains("\\u001b"), "{json}");
    }
}
