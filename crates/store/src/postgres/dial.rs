//! Calling a server, whatever the kind of TLS.

use std::pin::Pin;
use std::task::{Context, Poll};

use postgres::Socket;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, Error};

/// A future that stays on the store's thread.
pub(super) type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A connection to one host, and what carries it.
pub(super) type Called = Result<(Client, Box<dyn Wire>), Error>;

/// Opens connections and asks servers to give up.
pub(super) trait Dial: Send {
    /// Opens a connection to one host.
    fn connect<'a>(&'a self, host: &'a Config) -> Local<'a, Called>;

    /// Asks the server to give up what it does for the connection of that token.
    fn cancel(&self, token: CancelToken) -> Local<'_, Result<(), Error>>;
}

/// Carries what a [`Client`] sends and gets.
pub(super) trait Wire {
    /// What the server says unasked; nothing more once the connection is over.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>>;
}

impl<S, T> Wire for Connection<S, T>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<AsyncMessage, Error>>> {
        self.poll_message(context)
    }
}

/// With this kind of TLS.
pub(super) struct With<T>(pub(super) T);

impl<T> Dial for With<T>
where
    T: MakeTlsConnect<Socket> + Clone + Send + 'static,
    T::Stream: 'static,
    T::TlsConnect: TlsConnect<Socket>,
{
    fn connect<'a>(&'a self, host: &'a Config) -> Local<'a, Called> {
        Box::pin(async move {
            let (client, wire) = host.connect(self.0.clone()).await?;
            Ok((client, Box::new(wire) as Box<dyn Wire>))
        })
    }

    fn cancel(&self, token: CancelToken) -> Local<'_, Result<(), Error>> {
        let tls = self.0.clone();
        Box::pin(async move { token.cancel_query(tls).await })
    }
}
