//! What is printed. On a terminal it is good to look at; in a pipe it is plain.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};

use realname::profile::to_visible_json;
use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::lang;

/// The first line that couldn't be written to standard output.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);
/// Standard output is kept for what `--out -` writes: lines for people go to standard error.
static KEPT: AtomicBool = AtomicBool::new(false);

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
    let padding = " ".repeat(width.saturating_sub(columns(label)));
    format!("{}{padding} {value}", paint(Tone::Faint, label))
}

/// Keeps standard output for a file's content.
pub(crate) fn keep_standard_output() {
    KEPT.store(true, Ordering::SeqCst);
}

/// Prints a line on standard output. A pager that was left isn't an error of ours; a full disk is told in the end.
pub(crate) fn line(text: impl std::fmt::Display) {
    if KEPT.load(Ordering::SeqCst) {
        return note(text);
    }
    let written = writeln!(anstream::stdout(), "{text}");
    remember(written, |error| error.kind() != io::ErrorKind::BrokenPipe);
}

/// Prints a line on standard error.
pub(crate) fn note(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints the one JSON value of `--json`. Whoever asked for it is a program, which must not miss it.
pub(crate) fn json(value: &impl Serialize) {
    let mut out = io::stdout().lock();
    let value = serde_json::to_value(value).map_err(io::Error::from);
    let written = value.and_then(|value| to_visible_json(&value).map_err(io::Error::from));
    let written = written.and_then(|text| writeln!(out, "{text}"));
    remember(written.and_then(|()| out.flush()), |_| true);
}

/// Prints a JSON value on one line of a stream. Whoever reads it has gone when that fails: there is nothing left to do.
pub(crate) fn json_line(value: &serde_json::Value) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = to_visible_json(value).map_err(io::Error::from).and_then(|text| {
        // Its line feeds are those of the layout: one in a text is escaped.
        writeln!(out, "{}", text.lines().map(str::trim_start).collect::<String>())
    });
    remember(written.and_then(|()| out.flush()), |_| true);
    still_heard()
}

/// Fails when standard output has failed.
pub(crate) fn still_heard() -> Result<(), Failure> {
    lost().map_or(Ok(()), Err)
}

fn remember(written: io::Result<()>, counts: impl FnOnce(&io::Error) -> bool) {
    if let Err(error) = written
        && counts(&error)
    {
        LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// What is wrong with standard output, when something that was to stand there is lost.
pub(crate) fn lost() -> Option<Failure> {
    remember(io::stdout().flush(), |error| error.kind() != io::ErrorKind::BrokenPipe);
    let error = LOST.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    Some(Failure::trouble(
        "output_lost",
        lang::pick(
            format!("standard output couldn't be written: {error}"),
            format!("无法写入标准输出：{}", lang::of_system(&error)),
        ),
        lang::pick(
            "check where it goes and the disk; a verdict that was recorded is shown again by `realname verify --nonce N --again`",
            "请检查输出位置和磁盘；已记录的判定可用 realname verify --nonce N --again 再次显示",
        ),
    ))
}

/// Prints a failure: one line on standard error, and with `--json` the error object on standard output.
pub(crate) fn failure(failure: &Failure, as_json: bool) {
    if as_json {
        json(&failure.to_json());
    } else if let Some(table) = failure.table() {
        line(table);
    }
    let word = match failure.exit {
        Exit::Refused => lang::pick("refused:", "拒绝："),
        _ => lang::pick("error:", "错误："),
    };
    note(format_args!("{} {failure}", paint(Tone::Bad, word)));
}

/// The text with blanks up to this many columns; a Chinese character takes two.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// A table for people: on a terminal as wide as that, else as wide as its longest row, a line for each.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    laid_out(head, rows, io::stdout().is_terminal(), width())
}

fn laid_out<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    framed: bool,
    width: Option<u16>,
) -> String {
    let mut table = Table::new();
    table.load_style(if framed { presets::UTF8_FULL_CONDENSED } else { presets::ASCII_MARKDOWN });
    table.set_content_arrangement(ContentArrangement::Disabled).set_header(head);
    for row in rows {
        table.add_row(row);
    }
    let whole = table.to_string();
    match width {
        Some(width) if whole.lines().any(|line| columns(line) > usize::from(width)) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            table.to_string()
        }
        _ => whole,
    }
}

/// The terminal's width in columns, or what `COLUMNS` says; `None` where nothing limits it.
fn width() -> Option<u16> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0);
    said.or_else(terminal).filter(|width| *width > 0)
}

/// How many columns a text takes; a Chinese character takes two.
fn columns(text: &str) -> usize {
    text.chars().map(|character| if character >= '\u{2E80}' { 2 } else { 1 }).sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_no_wider_than_the_terminal() {
        let row = || {
            [
                "the same presentation again",
                "拒绝",
                "already_answered, holder_mismatch, list_rolled_back",
                "1.2ms",
            ]
            .map(str::to_owned)
        };
        for width in [60, 80, 100] {
            let text =
                laid_out(["who presents", "verdict", "why", "decided in"], [row(), row()], true, Some(width));
            assert!(text.lines().all(|line| columns(line) <= usize::from(width)), "{text}");
        }
        let piped = laid_out(["a", "b", "c", "d"], [row()], false, None);
        assert_eq!(piped.lines().count(), 3, "a line for each row: {piped}");
    }
}
