//! Opening the line, reading it, and opening it anew.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel};
use std::time::Duration;

use jiff::Timestamp;
use zeroize::{Zeroize, Zeroizing};

use super::{Came, Line, LineState, Shared, named, tell};
use crate::protocol::{Pdu, Protocol};
use crate::session::{Event, Session};

/// How often the time is looked at while nothing comes.
const TICK: Duration = Duration::from_millis(50);

/// Keeps a line open until it is told to stop.
pub(super) fn run<P: Protocol>(shared: &Arc<Shared<P>>, came: &SyncSender<Came>) {
    let (shortest, longest) = shared.settings.pause;
    let mut pause = shortest;
    loop {
        let opened = match connect(shared) {
            Ok(socket) => line(shared, socket, came),
            Err(_) => {
                shared.lock().state = LineState::Unreachable;
                false
            }
        };
        // Who was let in is let in again soon; who wasn't asks less and less often.
        pause = if opened { shortest } else { pause.saturating_mul(2).min(longest) };
        shared.changed.notify_all();
        let until = shared.now().saturating_add(pause);
        let mut lines = shared.lock();
        while !lines.stopping && shared.now() < until {
            lines = shared.wait(lines, until.saturating_sub(shared.now()));
        }
        if lines.stopping {
            lines.state = LineState::Closed;
            return;
        }
    }
}

fn connect<P: Protocol>(shared: &Shared<P>) -> std::io::Result<TcpStream> {
    let mut failed = std::io::Error::from(ErrorKind::AddrNotAvailable);
    for address in shared.settings.address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, shared.settings.connect) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(TICK))?;
                // A gateway that takes nothing any more is none.
                socket.set_write_timeout(Some(shared.settings.timing.answer))?;
                return Ok(socket);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// One line from its opening to its end; says whether it was ever open.
fn line<P: Protocol>(shared: &Arc<Shared<P>>, mut socket: TcpStream, came: &SyncSender<Came>) -> bool {
    let (writer, written) = channel();
    let Ok(writing) = socket.try_clone() else { return false };
    let Ok(thread) = named("gateway-writer", move || write(writing, &written)) else { return false };
    let sequence = realname_token::jose::random::<4>().map_or(0, u32::from_be_bytes);
    let session = Session::open(
        Arc::clone(&shared.protocol),
        shared.settings.timing,
        sequence,
        Timestamp::now(),
        shared.now(),
    );
    {
        let mut lines = shared.lock();
        lines.count = lines.count.wrapping_add(1);
        lines.state = LineState::Opening;
        lines.line = Some(Line { session, writer });
        pump(shared, &mut lines, came);
    }
    let mut opened = false;
    let mut buffer = Zeroizing::new(vec![0; 16 * 1024]);
    loop {
        let read = socket.read(&mut buffer);
        let mut lines = shared.lock();
        let now = shared.now();
        let stopping = lines.stopping;
        let Some(line) = &mut lines.line else { break };
        match read {
            Ok(0) => line.session.broke(),
            Ok(length) => {
                line.session.handle_input(buffer.get(..length).unwrap_or_default(), now);
                if let Some(read) = buffer.get_mut(..length) {
                    read.zeroize();
                }
            }
            Err(error) if is_pause(&error) => {}
            Err(_) => line.session.broke(),
        }
        line.session.handle_timeout(now);
        if stopping {
            line.session.close(now);
        }
        let ended = pump(shared, &mut lines, came);
        opened |= lines.state == LineState::Open;
        if ended {
            if let Some(line) = lines.line.take() {
                // What is still to be said, as the answer to being closed, is written before the thread ends.
                drop(line.writer);
            }
            break;
        }
    }
    let _ = thread.join();
    let _ = socket.shutdown(Shutdown::Both);
    shared.changed.notify_all();
    opened
}

/// Hands on what the session wants to say and tell; says whether it is over.
fn pump<P: Protocol>(shared: &Shared<P>, lines: &mut super::Lines<P>, came: &SyncSender<Came>) -> bool {
    let mut ended = false;
    loop {
        let Some(line) = &mut lines.line else { return ended };
        line.transmit();
        let Some(event) = line.session.poll_event() else { break };
        match event {
            Event::Outcome(..) => shared.room.notify_one(),
            Event::Opened | Event::Ended(_) => {
                ended |= matches!(event, Event::Ended(_));
                shared.changed.notify_all();
                shared.room.notify_all();
            }
            Event::Delivered(..) => {}
        }
        if let Some((receipt, delivery)) = tell(lines, event, &shared.figures) {
            // With so much waiting it isn't answered, and comes again.
            let _ = came.try_send((lines.count, receipt, delivery));
        }
    }
    ended
}

fn is_pause(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Writes what it gets, as much at once as there is.
fn write(mut socket: TcpStream, pdus: &Receiver<Pdu>) {
    while let Ok(mut bytes) = pdus.recv() {
        while let Ok(more) = pdus.try_recv() {
            bytes.extend_from_slice(&more);
        }
        if socket.write_all(&bytes).is_err() {
            // The thread that reads sees it.
            let _ = socket.shutdown(Shutdown::Both);
            return;
        }
    }
}
