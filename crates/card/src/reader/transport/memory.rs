//! Two ends of a line inside one process.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use zeroize::Zeroize;

use super::{Transport, TransportError};

/// One end of a line in memory; dropping it hangs up.
pub struct Memory {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
}

/// Both ends of a new line.
pub fn pair() -> (Memory, Memory) {
    let (there, back) = (Arc::new(Pipe::default()), Arc::new(Pipe::default()));
    let host = Memory { incoming: Arc::clone(&back), outgoing: Arc::clone(&there) };
    (host, Memory { incoming: there, outgoing: back })
}

#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: VecDeque<u8>,
    closed: bool,
}

impl Pipe {
    /// A panic elsewhere leaves bytes that are still bytes.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.bytes.make_contiguous().zeroize();
    }
}

impl Transport for Memory {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let until = Instant::now().checked_add(timeout);
        let mut state = self.incoming.lock();
        while state.bytes.is_empty() {
            if state.closed {
                return Err(TransportError::Disconnected);
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(0);
            }
            let waited = self.incoming.changed.wait_timeout(state, left.min(Duration::from_secs(3600)));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let count = buffer.len().min(state.bytes.len());
        for (slot, byte) in buffer.iter_mut().zip(state.bytes.drain(..count)) {
            *slot = byte;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let mut state = self.outgoing.lock();
        if state.closed {
            return Err(TransportError::Disconnected);
        }
        state.bytes.extend(bytes);
        self.outgoing.changed.notify_all();
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        let mut state = self.incoming.lock();
        state.bytes.make_contiguous().zeroize();
        state.bytes.clear();
        Ok(())
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        for pipe in [&self.incoming, &self.outgoing] {
            pipe.lock().closed = true;
            pipe.changed.notify_all();
        }
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Origin;

    #[test]
    fn bytes_cross_and_hanging_up_is_seen() {
        let (mut host, mut reader) = pair();
        assert_eq!(host.origin(), Origin::Emulated);
        host.write(&[1, 2, 3]).unwrap();
        let mut buffer = [0; 2];
        assert_eq!(reader.read(&mut buffer, Duration::ZERO), Ok(2));
        assert_eq!(buffer, [1, 2]);
        reader.clear_input().unwrap();
        assert_eq!(reader.read(&mut buffer, Duration::from_millis(1)), Ok(0));
        drop(host);
        assert_eq!(reader.read(&mut buffer, Duration::MAX), Err(TransportError::Disconnected));
        assert_eq!(reader.write(&[1]), Err(TransportError::Disconnected));
    }
}
