//! `journal append`: events from a file, all or none.

use std::path::Path;

use jiff::Timestamp;
use realname::journal::JournalError;
use realname::journal::entry::Event;

use super::journal;
use crate::args::JournalAppendArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::journal::AppendedEvents;
use crate::{files, output, outside};

pub(super) fn run(args: &JournalAppendArgs) -> Done {
    let events = events(&args.event)?;
    let mut journal = journal(&args.dir, &args.key)?;
    let appended = journal
        .append(events, Timestamp::now())
        .map_err(|error| Failure::from(error).about(&outside::path(&args.event)))?;
    let told = AppendedEvents { size: appended.size, root: appended.root.to_string(), first: appended.first };
    if args.json {
        output::json(&told);
    } else {
        output::line(serde_json::json!(told));
    }
    done()
}

/// An event a line.
fn events(path: &Path) -> Result<Vec<Event>, Failure> {
    let text = files::read_text(path)?;
    let events = text.lines().enumerate().map(|(place, line)| {
        let wrong = |error| JournalError::Event { number: place + 1, error };
        Event::parse(line.as_bytes()).map_err(wrong)
    });
    let events: Result<Vec<Event>, JournalError> = events.collect();
    let events = events.map_err(|error| Failure::from(error).about(&outside::path(path)))?;
    if events.is_empty() {
        let error = JournalError::Event { number: 1, error: realname::journal::entry::EntryError::Json };
        return Err(Failure::from(error).about(&outside::path(path)));
    }
    Ok(events)
}
