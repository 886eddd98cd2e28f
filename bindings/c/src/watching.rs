//! A watch: a thread of its own that calls back.

use std::ffi::{c_char, c_void};
use std::sync::{Arc, mpsc};
use std::thread;

use realname_bindings::{Failure, event_json, line};
use zeroize::Zeroize;

use crate::boundary;
use crate::errors::rn_status;
use crate::handles::{self, rn_reader};
use crate::held::Held;
use crate::strings;

/// Told of one event: the JSON that `reader watch --json` prints, which is the library's and holds during the call. It may
/// call any function of this library.
pub type rn_watch_callback = Option<unsafe extern "C" fn(event_json: *const c_char, context: *mut c_void)>;

/// Marks the end, however the thread comes to it.
struct Running(Arc<Held>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.watcher.ended();
    }
}

struct Context(*mut c_void);

// SAFETY: the pointer is handed back to its owner and never followed here; that the callback may be called from another
// thread is said to whoever gives it.
unsafe impl Send for Context {}

impl Context {
    fn pointer(&self) -> *mut c_void {
        self.0
    }
}

/// Watches the reader from a thread of the library's and tells the callback what happens, card after card, through unplugging
/// and back, until rn_reader_cancel or rn_reader_close. It returns at once. While it watches the reader does nothing else
/// (RN_BUSY). The callback returns nothing: stopping is a call. `context` is handed to it as it is, and must stay there while a
/// callback may run: after rn_reader_cancel that is until another call on this reader, such as rn_reader_probe, no longer gives RN_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_reader_watch(
    reader: *mut rn_reader,
    callback: rn_watch_callback,
    context: *mut c_void,
) -> rn_status {
    boundary::call(|| {
        let callback = callback.ok_or_else(|| Failure::argument("callback is null"))?;
        let held = handles::find(reader)?;
        let context = Context(context);
        let (began, begin) = mpsc::channel();
        let shared = held.clone();
        held.watcher.begin()?;
        let thread = thread::Builder::new().name("realname-watch".into()).spawn(move || {
            let running = Running(shared);
            let held = &running.0;
            let mut watching = match held.reader.watch("") {
                Ok(watching) => watching,
                Err(failure) => {
                    held.watcher.ending();
                    let _ = began.send(Err(failure));
                    return;
                }
            };
            let _ = began.send(Ok(()));
            for event in watching.by_ref() {
                let told = line(&event_json(&event)).and_then(|text| strings::owned(&text));
                let Ok(text) = told else { continue };
                // SAFETY: the text ends with a NUL and outlives the call; the function is the caller's.
                held.watcher.calling(|| unsafe { callback(text.as_ptr(), context.pointer()) });
                text.into_bytes_with_nul().zeroize();
            }
            // Before the reader is free: whoever sees that it is may watch it again at once.
            held.watcher.ending();
        });
        match thread {
            Ok(thread) => held.watcher.keep(thread),
            Err(_) => {
                held.watcher.ended();
                return Err(Failure::internal());
            }
        }
        begin.recv().unwrap_or_else(|_| Err(Failure::internal()))
    })
}
