//! The load: a number of connections that stay open, each of which sends the next body when it has the last answer.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Where bodies go.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    pub(crate) address: &'a str,
    pub(crate) path: &'a str,
    pub(crate) token: &'a str,
}

/// An answer, and how long it was waited for: from the request's being sent to the answer's last byte.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
    pub(crate) took: Duration,
}

/// Posts all bodies over that many connections; gives the answers in the order of the bodies, and the time for all. One thread
/// does it, so that the server has the other core and most of this one.
pub(crate) fn post(call: &Call<'_>, bodies: &[Bytes], connections: usize) -> (Vec<Answer>, Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("a runtime");
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let (bodies, next): (Rc<[Bytes]>, _) = (bodies.into(), Rc::new(Cell::new(0)));
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(connect(call.address).await);
        }
        let begin = Instant::now();
        let at_work: Vec<_> = open
            .into_iter()
            .map(|sender| {
                let one = One {
                    sender,
                    path: call.path.to_owned(),
                    host: call.address.to_owned(),
                    bearer: format!("Bearer {}", call.token),
                    bodies: Rc::clone(&bodies),
                    next: Rc::clone(&next),
                };
                tokio::task::spawn_local(one.work())
            })
            .collect();
        let mut answers = Vec::with_capacity(bodies.len());
        for one in at_work {
            answers.extend(one.await.expect("a connection's work"));
        }
        let took = begin.elapsed();
        answers.sort_by_key(|(at, _)| *at);
        (answers.into_iter().map(|(_, answer)| answer).collect(), took)
    })
}

async fn connect(address: &str) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("no delay");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::task::spawn_local(async move {
        let _ = connection.await;
    });
    sender
}

/// One connection.
struct One {
    sender: SendRequest<Full<Bytes>>,
    path: String,
    host: String,
    bearer: String,
    bodies: Rc<[Bytes]>,
    next: Rc<Cell<usize>>,
}

impl One {
    async fn work(mut self) -> Vec<(usize, Answer)> {
        let mut answers = Vec::new();
        loop {
            let at = self.next.replace(self.next.get() + 1);
            let Some(body) = self.bodies.get(at) else { return answers };
            let request = Request::post(self.path.as_str())
                .header(header::HOST, self.host.as_str())
                .header(header::AUTHORIZATION, self.bearer.as_str())
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::new(body.clone()))
                .expect("a request");
            let sent = Instant::now();
            self.sender.ready().await.expect("an open connection");
            let answer = self.sender.send_request(request).await.expect("an answer");
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
            answers.push((at, Answer { status, body, took: sent.elapsed() }));
        }
    }
}
