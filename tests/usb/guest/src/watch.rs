//! A watch that goes on through unplugging, though the reader comes back under another name.

use realname::reader::{ReadOptions, Reader, Watch, WatchEvent};

use crate::device::NAME;
use crate::gadget::Gadget;
use crate::{Failure, check};

/// Watches the reader `name` while its plug is pulled and put back; `emulate` puts a card on the reader
/// behind it, and the reader there where it went with the plug.
pub(crate) fn through_unplugging<T>(
    name: &str,
    gadget: &Gadget,
    mut emulate: impl FnMut() -> Result<T, Failure>,
) -> Result<(), Failure> {
    let emulated = emulate()?;
    let mut watch = Reader::watch(name, None, ReadOptions::new());
    expect(&mut watch, "connected", |event| matches!(event, WatchEvent::Connected(_)))?;
    expect(&mut watch, "the card", is_the_card)?;

    gadget.unplug()?;
    drop(emulated);
    expect(&mut watch, "disconnected", |event| matches!(event, WatchEvent::Disconnected))?;

    gadget.plug()?;
    let _emulated = emulate()?;
    expect(&mut watch, "connected again", |event| matches!(event, WatchEvent::Connected(_)))?;
    expect(&mut watch, "the card again", is_the_card)?;
    watch.canceller().cancel();
    check(watch.next().is_none(), "a cancelled watch ends")?;
    println!("  watched {name} through unplugging");
    Ok(())
}

fn is_the_card(event: &WatchEvent) -> bool {
    matches!(event, WatchEvent::Card(card) if card.document().name().as_str() == NAME)
}

fn expect(watch: &mut Watch, what: &str, holds: impl Fn(&WatchEvent) -> bool) -> Result<(), Failure> {
    let event = watch.next();
    check(event.as_ref().is_some_and(holds), &format!("the watch tells: {what}, got {event:?}"))
}
