//! The log: one JSON object a line on standard error, at every level, a panic's too.

use std::panic::PanicHookInfo;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log at that level. Libraries below log warnings and errors only: what they say at finer levels may hold what
/// came over the wire.
pub fn start(level: Level) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr);
    let targets = Targets::new()
        .with_default(Level::WARN)
        .with_target("realname_service", level)
        .with_target("realname_bridge", level);
    // Started twice in one process, as tests do, the first stays.
    let _ = tracing_subscriber::registry().with(targets).with(lines).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// Where it happened, and not what: a panic's text may quote a value.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
    tracing::error!(place = place.unwrap_or_default(), "a fault of this program");
}
