//! The listening side: connections under limits, TLS, an orderly end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use realname::jose::random;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use crate::app::App;
use crate::bare::Worded;
use crate::call::Peer;
use crate::clock::now;
use crate::config::Config;
use crate::operator::Operator;
use crate::tls::Secured;
use crate::{Demo, SetupError, routes};

/// How long a request's head, a handshake, or a silent connection is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long running requests are waited for when the service ends.
const FAREWELL: Duration = Duration::from_secs(30);
/// What is buffered of a connection: a head that fills it is cut off. One that is only too large is answered (`routes.rs`).
const MAX_BUFFER: usize = 128 * 1024;
/// How often the trust list's file is looked at, sessions and the store are tidied up.
const ROUND: Duration = Duration::from_secs(10);

/// A service that listens.
pub struct Server {
    listener: TcpListener,
    tls: Option<Arc<Secured>>,
    app: App,
    router: Router,
    round: Duration,
}

/// What a configuration may not say, whatever its files hold.
pub(crate) fn judge(config: &Config) -> Result<(), SetupError> {
    let value = |key, problem| Err(SetupError::Value { key, problem });
    if config.tls.is_none() && !config.listen.ip().is_loopback() {
        return value("listen", "without [tls] the service listens on this machine only");
    }
    let urls = config.webhook.iter().map(|webhook| ("webhook.url", webhook.url.as_str()));
    let returns = config.returns.iter().map(|entry| ("return.url", entry.url.as_str()));
    let public = config.public.iter().map(|public| ("public", public.as_str()));
    let accounts = config.accounts.iter().filter_map(|at| Some(("accounts.url", at.url.as_deref()?)));
    for (key, url) in urls.chain(returns).chain(public).chain(accounts) {
        if !is_https(url) {
            return value(key, "it is an https URL; http only for this machine");
        }
    }
    if config.public.as_deref().is_some_and(|public| public.trim_end_matches('/').matches('/').count() != 2) {
        return value("public", "it is an origin: scheme, host and port");
    }
    Ok(())
}

/// HTTPS, or HTTP to this machine.
fn is_https(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let local = uri.host().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    match uri.scheme_str() {
        Some("https") => uri.host().is_some() && !url.contains('@'),
        Some("http") => local && !url.contains('@'),
        _ => false,
    }
}

impl Server {
    /// Loads everything and listens.
    ///
    /// # Errors
    /// [`SetupError`].
    pub async fn bind(mut config: Config, demo: Option<Demo>) -> Result<Self, SetupError> {
        judge(&config)?;
        let operator = Operator::load(&mut config, Timestamp::now())?;
        let tls = config.tls.as_ref().map(Secured::load).transpose()?.map(Arc::new);
        let listen = |source| SetupError::Listen { address: config.listen.to_string(), source };
        let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        let origin = config.origin(bound).trim_end_matches('/').to_owned();
        let node = random()?;
        let app = App::new(operator, config, origin, demo, node);
        let router = routes::router(app.clone());
        Ok(Self { listener, tls, app, router, round: ROUND })
    }

    /// How often the trust list's file is looked at, sessions and the store are tidied up; every 10 seconds if nothing is said. No
    /// time at all is taken for a millisecond.
    #[must_use]
    pub fn with_round(mut self, round: Duration) -> Self {
        self.round = round.max(Duration::from_millis(1));
        self
    }

    /// The address that it listens on, as a URL.
    pub fn origin(&self) -> &str {
        &self.app.origin
    }

    /// Serves until `end` is done, then lets running requests end.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let Self { listener, tls, app, router, round } = self;
        let (ending, watching) = watch::channel(false);
        let places = Arc::new(Semaphore::new(app.limits.connections));
        crate::webhooks::start(&app);
        let rounds = tokio::spawn(rounds(app.clone(), tls.clone(), round));
        tracing::info!(origin = app.origin, "listening");
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
            let (Ok(place), Ok((stream, peer))) = (place, accepted) else {
                // Out of handles: those that end give some back.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (tls, router, watching, app) = (tls.clone(), router.clone(), watching.clone(), app.clone());
            tokio::spawn(async move {
                let _place = place;
                app.measures.connections.inc();
                match tls {
                    None => connection(&app, stream, peer, router, watching).await,
                    Some(tls) => {
                        let accepted = tls.acceptor().accept(stream);
                        if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, accepted).await {
                            connection(&app, stream, peer, router, watching).await;
                        }
                    }
                }
                app.measures.connections.dec();
            });
        }
        app.end();
        rounds.abort();
        tracing::info!("ending");
        let _ = ending.send(true);
        drop(watching);
        // Each connection holds a watcher until it is done.
        if tokio::time::timeout(FAREWELL, ending.closed()).await.is_err() {
            tracing::warn!("requests were still running after {} seconds", FAREWELL.as_secs());
        }
        tracing::info!("ended");
    }
}

/// A call that runs.
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn new(running: &Arc<AtomicUsize>) -> Self {
        running.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(running))
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    app: &App,
    stream: S,
    peer: SocketAddr,
    router: Router,
    mut ending: watch::Receiver<bool>,
) {
    let running = Arc::new(AtomicUsize::new(0));
    let say = app.clone();
    let stream = Worded::new(stream, Arc::clone(&running), Box::new(move |status| routes::say(&say, status)));
    let service = hyper::service::service_fn(move |request: http::Request<Incoming>| {
        let (router, runs) = (router.clone(), Runs::new(&running));
        async move {
            let _runs = runs;
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
            router.oneshot(request).await.map_err(|never: Infallible| never)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
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

/// What is looked after by itself.
async fn rounds(app: App, tls: Option<Arc<Secured>>, every: Duration) {
    let mut round = tokio::time::interval(every);
    loop {
        round.tick().await;
        app.keep_house();
        app.take_events();
        if let Some(tls) = tls.clone() {
            match app.pool.run(move || Ok(tls.renew())).await {
                Ok(Ok(true)) => tracing::info!("another certificate is used"),
                Ok(Err(error)) => {
                    tracing::error!(
                        code = realname::profile::Explain::code(&error),
                        "the certificate wasn't renewed: {error}"
                    );
                }
                _ => {}
            }
        }
        let operator = Arc::clone(&app.operator);
        let renewed = app.pool.run(move || Ok(operator.renew(now()))).await;
        match renewed {
            Ok(Ok(true)) => tracing::info!("another trust list is in force"),
            Ok(Err(error)) => {
                tracing::error!(
                    code = realname::profile::Explain::code(&error),
                    "the trust list wasn't renewed: {error}"
                );
            }
            _ => {}
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
