//! Readers.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyString;
use realname_bindings::{self as shared, Failure, WatchEvent};
use serde_json::json;

use crate::card::CardRead;
use crate::waiting::interruptible;
use crate::{errors, shown};

/// Between two looks at the signals.
const SLICE: Duration = Duration::from_millis(40);

/// The ports of this machine where a reader may be: a list of dicts.
#[pyfunction]
pub(crate) fn list_readers(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let listed = errors::told(py, py.detach(shared::list_readers))?;
    shown::object(py, &listed["ports"])
}

/// An open reader: a serial port (`/dev/ttyUSB0`, `COM3`), `usb:0400:c35a`, `hid:0400:c35a` or
/// `bridge:127.0.0.1:7890`, that of a running bridge; without a name the only one there is.
/// Without a rate the one at which it answers is looked for.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Reader {
    pub(crate) reader: Arc<shared::Reader>,
}

#[pymethods]
impl Reader {
    #[new]
    #[pyo3(signature = (name=None, baud=None))]
    fn new(py: Python<'_>, name: Option<String>, baud: Option<u32>) -> PyResult<Self> {
        let opened = py.detach(|| shared::Reader::open(name.as_deref(), baud));
        Ok(Self { reader: Arc::new(errors::told(py, opened)?) })
    }

    /// Waits up to `wait` seconds for a card that is laid down for this reading, and reads it. `lying_card` reads one again
    /// that wasn't lifted; `confirm` is `until_trusted`, `in_doubt` or `always`.
    #[pyo3(signature = (wait=10.0, *, fingerprint=false, lying_card=false, confirm="until_trusted"))]
    fn read(
        &self,
        py: Python<'_>,
        wait: f64,
        fingerprint: bool,
        lying_card: bool,
        confirm: &str,
    ) -> PyResult<CardRead> {
        let options =
            json!({"wait": wait, "fingerprint": fingerprint, "lying_card": lying_card, "confirm": confirm})
                .to_string();
        interruptible(py, || self.reader.cancel(), || self.reader.read(&options)).map(CardRead::new)
    }

    /// Whether the reader is there and who it is: `{"sam_id": …, "baud": …}`.
    fn probe<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let probe = interruptible(py, || self.reader.cancel(), || self.reader.probe())?;
        shown::object(py, &probe)
    }

    /// What happens at the reader, event after event, through unplugging and back, until `cancel()`.
    fn watch(&self, py: Python<'_>) -> PyResult<Watch> {
        let reader = self.reader.clone();
        let (events, next) = mpsc::sync_channel(16);
        let (began, begin) = mpsc::channel();
        let thread = thread::Builder::new().name("realname-watch".into()).spawn(move || {
            let watching = match reader.watch("") {
                Ok(watching) => watching,
                Err(failure) => {
                    let _ = began.send(Err(failure));
                    return;
                }
            };
            let _ = began.send(Ok(()));
            for event in watching {
                if events.send(event).is_err() {
                    break;
                }
            }
        });
        let thread = thread.map_err(|_| errors::raised(py, &Failure::internal()))?;
        let begin = Mutex::new(begin);
        let started = py.detach(|| {
            let begin = begin.lock().unwrap_or_else(PoisonError::into_inner);
            begin.recv().unwrap_or_else(|_| Err(Failure::internal()))
        });
        errors::told(py, started)?;
        let running = Running { events: next, thread: Some(thread), reader: self.reader.clone() };
        Ok(Watch { running: Mutex::new(Some(running)) })
    }

    /// Stops what the reader does now, and its watch. From any thread; an idle reader isn't touched.
    fn cancel(&self) {
        self.reader.cancel();
    }

    /// Stops what the reader does and frees its port.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.reader.close());
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> bool {
        self.close(py);
        false
    }

    fn __repr__(&self) -> String {
        "<Reader>".to_owned()
    }
}

struct Running {
    events: Receiver<WatchEvent>,
    thread: Option<JoinHandle<()>>,
    reader: Arc<shared::Reader>,
}

impl Running {
    /// Ends the thread: it is told until it has heard.
    fn end(mut self) {
        let Some(thread) = self.thread.take() else { return };
        while !thread.is_finished() {
            self.reader.cancel();
            while self.events.try_recv().is_ok() {}
            thread::sleep(Duration::from_millis(5));
        }
        let _ = thread.join();
    }
}

/// An iterator over events.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Watch {
    running: Mutex<Option<Running>>,
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Result<WatchEvent, RecvTimeoutError> {
        match self.lock().as_ref() {
            Some(running) => running.events.recv_timeout(SLICE),
            None => Err(RecvTimeoutError::Disconnected),
        }
    }

    fn end(&self) {
        let running = self.lock().take();
        if let Some(running) = running {
            running.end();
        }
    }
}

#[pymethods]
impl Watch {
    fn __iter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Event>> {
        loop {
            match py.detach(|| self.next()) {
                Ok(event) => return Ok(Some(Event { event })),
                Err(RecvTimeoutError::Disconnected) => {
                    py.detach(|| self.end());
                    return Ok(None);
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = py.check_signals() {
                        py.detach(|| self.end());
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Ends the watch and frees its reader for other calls.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.end());
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> bool {
        self.close(py);
        false
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end();
    }
}

/// One event: `reader_ready`, `reader_gone`, `card_read`, `card_off`, `fault`.
#[pyclass(frozen, module = "realname")]
pub(crate) struct Event {
    event: WatchEvent,
}

impl Event {
    fn value(&self) -> shared::Told {
        shared::event_json(&self.event)
    }
}

#[pymethods]
impl Event {
    /// Which one.
    #[getter]
    fn event(&self) -> &'static str {
        self.event.as_str()
    }

    /// The card, of `card_read`.
    #[getter]
    fn card(&self) -> Option<CardRead> {
        match &self.event {
            WatchEvent::Card(card) => Some(CardRead::new((**card).clone())),
            _ => None,
        }
    }

    /// The code, of `fault`.
    #[getter]
    fn code(&self) -> Option<String> {
        self.value()["error"]["code"].as_str().map(str::to_owned)
    }

    /// What to do next, of `fault`.
    #[getter]
    fn action(&self) -> Option<String> {
        self.value()["error"]["action"].as_str().map(str::to_owned)
    }

    /// What `realname reader watch --json` prints.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, &errors::told(py, shared::json(&self.value()))?))
    }

    fn __repr__(&self) -> String {
        format!("<Event {}>", self.event.as_str())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(shown::unpicklable())
    }
}
