//! What is printed. On a terminal it is good to look at; in a pipe it is plain.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use crate::failure::{Exit, Failure};

const HEADING: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default();
const FAINT: Style = Style::new().dimmed();

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Heading,
    Good,
    Bad,
    Warn,
    Faint,
}

/// The text with its style. `anstream` takes the escapes out again when nobody sees them.
pub(crate) fn paint(tone: Tone, text: impl std::fmt::Display) -> String {
    let style = match tone {
        Tone::Heading => HEADING,
        Tone::Good => GOOD,
        Tone::Bad => BAD,
        Tone::Warn => WARN,
        Tone::Faint => FAINT,
    };
    format!("{style}{text}{style:#}")
}

/// A faint label, `width` columns wide, and a value. Chinese characters take two columns each.
pub(crate) fn labelled(label: &str, width: usize, value: impl std::fmt::Display) -> String {
    let columns: usize = label.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum();
    let padding = " ".repeat(width.saturating_sub(columns));
    format!("{}{padding} {value}", paint(Tone::Faint, label))
}

/// Prints a line on standard output. A reader that has gone away isn't an error of ours.
pub(crate) fn line(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Prints a line on standard error.
pub(crate) fn note(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints the one JSON value of `--json`.
pub(crate) fn json(value: &serde_json::Value) {
    let mut out = std::io::stdout().lock();
    let _ = serde_json::to_writer_pretty(&mut out, value);
    let _ = writeln!(out);
}

/// Prints a failure: one line on standard error, and with `--json` the error object on standard output.
pub(crate) fn failure(failure: &Failure, as_json: bool) {
    if as_json {
        json(&failure.to_json());
    } else if let Some(table) = failure.table() {
        line(table);
    }
    let word = if failure.exit == Exit::Refused { "refused:" } else { "error:" };
    note(format_args!("{} {failure}", paint(Tone::Bad, word)));
}

/// The text with blanks up to this many columns; a Chinese character takes two.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c >= '\u{2E80}' { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width)))
}

/// A table for people.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    let preset =
        if std::io::stdout().is_terminal() { presets::UTF8_FULL_CONDENSED } else { presets::ASCII_MARKDOWN };
    table.load_style(preset).set_content_arrangement(ContentArrangement::Disabled).set_header(head);
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// A spinner on a terminal; silent elsewhere.
pub(crate) struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    pub(crate) fn start(text: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = indicatif::ProgressBar::new_spinner();
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        bar.set_message(text.to_owned());
        Self(Some(bar))
    }

    pub(crate) fn say(&self, text: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(text.to_owned());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
