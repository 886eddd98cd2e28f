//! The listening side: on this machine only, under limits, with an orderly end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use realname::reader::Opener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::app::App;
use crate::desk::Desk;
use crate::door::Door;
use crate::{Config, SetupError, routes};

/// How long a request's head is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long running requests are waited for when the bridge ends.
const FAREWELL: Duration = Duration::from_secs(30);
/// What is buffered of a connection: a larger head is cut off.
const MAX_BUFFER: usize = 64 * 1024;
/// Connections at once: those that wait, those that watch, and some to be refused.
const CONNECTIONS: usize = 256;

/// A bridge that listens.
pub struct Server {
    listener: TcpListener,
    app: Arc<App>,
    origin: String,
}

impl Server {
    /// Listens, and starts to look for the reader.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn bind(config: Config) -> Result<Self, SetupError> {
        if !config.listen.ip().is_loopback() {
            return Err(SetupError::NotLoopback(config.listen));
        }
        let failed = |source| SetupError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let mut opener = Opener::new(config.port.as_deref(), config.baud);
        if let Some(notes) = config.notes {
            opener = opener.with_notes(notes);
        }
        let desk = Desk::start(opener).map_err(failed)?;
        let door = Door::new(config.origins, config.token.as_ref().map(|token| token.as_str()));
        Ok(Self {
            listener,
            app: Arc::new(App::new(desk, door, config.terminal)),
            origin: format!("http://{bound}"),
        })
    }

    /// Where it listens, as a URL.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Serves until `end` is done, then lets running requests end.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let Self { listener, app, origin } = self;
        let router = routes::router(Arc::clone(&app));
        let (ending, watching) = watch::channel(false);
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        tracing::info!(origin, "listening");
        let mut end = std::pin::pin!(end);
        loop {
            let place = tokio::select! {
                () = &mut end => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = listener.accept() => accepted,
            };
            let (Ok(place), Ok((stream, _))) = (place, accepted) else {
                // Out of handles: those that end give some back.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (router, watching) = (router.clone(), watching.clone());
            tokio::spawn(async move {
                connection(stream, router, watching).await;
                drop(place);
            });
        }
        drop(listener);
        tracing::info!("ending");
        app.end();
        let _ = ending.send(true);
        drop(watching);
        let desk = Arc::clone(&app);
        let closed = tokio::task::spawn_blocking(move || desk.desk.end());
        let rest = async {
            let _ = closed.await;
            // Each connection holds a receiver until it is done, each client who watches a place.
            ending.closed().await;
            let _ = app.watchers.acquire_many(crate::app::WATCHERS).await;
        };
        if tokio::time::timeout(FAREWELL, rest).await.is_err() {
            tracing::warn!("requests were still running after {} seconds", FAREWELL.as_secs());
        }
        tracing::info!("ended");
    }
}

async fn connection(stream: TcpStream, router: Router, mut ending: watch::Receiver<bool>) {
    let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move { router.oneshot(request.map(Body::new)).await.map_err(|never: Infallible| never) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let told = async { ending.wait_for(|ending| *ending).await.is_ok() };
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = told => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// Done when the process is told to end.
pub(crate) async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut term), Ok(mut int)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
