//! Readers.

use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use realname_bindings::{Failure, Reader, json, list_readers};

use crate::errors::rn_status;
use crate::handles::{self, rn_reader};
use crate::held::{Held, Watcher};
use crate::{boundary, strings};

/// Uses a reader; one in which something panicked is closed.
pub(crate) fn with<T>(
    handle: *const rn_reader,
    job: impl FnOnce(&Held) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let held = handles::find(handle)?;
    catch_unwind(AssertUnwindSafe(|| job(&held))).unwrap_or_else(|panic| {
        if let Ok(held) = handles::close(handle) {
            held.reader.close();
        }
        resume_unwind(panic)
    })
}

/// Lists the ports where a reader may be: what `reader list --json` prints.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_list(json: *mut *mut c_char) -> rn_status {
    boundary::call(|| {
        let place = boundary::place(json)?;
        let text = self::json(&list_readers()?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(place, &text) }
    })
}

/// Opens a reader: a serial port (`/dev/ttyUSB0`, `COM3`), `usb:0400:c35a`, `hid:0400:c35a`, or `bridge:127.0.0.1:7890`, the reader
/// of a `realname bridge` that runs on this machine, which other programs and pages use, too; null is the only reader there is.
/// `baud` 0 looks for the line's rate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_open(
    name: *const c_char,
    baud: u32,
    reader: *mut *mut rn_reader,
) -> rn_status {
    boundary::call(|| {
        let place = boundary::place(reader)?;
        // SAFETY: null or a text, as the caller promises.
        let name = unsafe { boundary::maybe_text(name, "name") }?;
        let opened = Reader::open(name, (baud > 0).then_some(baud))?;
        let handle = handles::open::<rn_reader>(Held { reader: opened, watcher: Watcher::default() });
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { boundary::put(place, handle) }
    })
}

/// Asks whether the reader is there and who it is: what `reader probe --json` prints.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_probe(reader: *mut rn_reader, json: *mut *mut c_char) -> rn_status {
    boundary::call(|| {
        let place = boundary::place(json)?;
        let text = with(reader, |held| self::json(&held.reader.probe()?))?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(place, &text) }
    })
}

/// Waits for a card that is laid down for this reading, and reads it: what `reader read --json` prints. `options_json` may be
/// null: `{"wait": 10, "fingerprint": false, "lying_card": false, "confirm": "until_trusted"}`. `wait` is in seconds;
/// `lying_card` reads a card again that wasn't lifted; `confirm` is also `in_doubt` or `always`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_read(
    reader: *mut rn_reader,
    options_json: *const c_char,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::call(|| {
        let place = boundary::place(json)?;
        // SAFETY: null or a text, as the caller promises.
        let options = unsafe { boundary::maybe_text(options_json, "options_json") }?.unwrap_or_default();
        let text = with(reader, |held| self::json(&held.reader.read(options)?.to_plain()))?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(place, &text) }
    })
}

/// Stops what the reader does now, and its watch. From any thread; an idle reader isn't touched.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_cancel(reader: *mut rn_reader) -> rn_status {
    boundary::call(|| {
        handles::find(reader)?.reader.cancel();
        Ok(())
    })
}

/// Closes the reader. What it does is stopped, the port is free and no thread is left when this returns; only a callback that
/// is running isn't waited for, because it may wait for this very thread. So its context may be freed after a close only when no
/// callback can be running: rn_reader_watch says how to know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_close(reader: *mut rn_reader) -> rn_status {
    boundary::call(|| {
        let held = handles::close(reader)?;
        held.reader.close();
        held.watcher.wait();
        Ok(())
    })
}
