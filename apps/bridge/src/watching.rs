//! `GET /v1/events`: a WebSocket, one JSON text a message.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::refusal::Refusal;

/// What a client may say: nothing that is listened to.
const LARGEST: usize = 4 * 1024;
/// Between two signs of life.
const PING: Duration = Duration::from_secs(30);
/// How long a client may take to take a message.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn events(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let documents = match query.as_deref() {
        None | Some("" | "documents=0") => false,
        Some("documents=1") => true,
        Some(_) => return Err(Refusal::Parameter),
    };
    let upgrade = upgrade.map_err(|_| Refusal::NotAWebSocket)?;
    let place = Arc::clone(&app.watchers).try_acquire_owned().map_err(|_| Refusal::Busy)?;
    if app.is_ending() {
        return Err(Refusal::Ending);
    }
    let upgrade = upgrade.max_message_size(LARGEST).max_frame_size(LARGEST);
    Ok(upgrade
        .on_upgrade(move |socket| async move {
            let _place = place;
            tell(&app, socket, documents).await;
        })
        .into_response())
}

/// Tells a client what happens, until it goes.
async fn tell(app: &App, mut socket: WebSocket, documents: bool) {
    let Ok(mut watching) = app.desk.watch() else { return };
    let mut life = tokio::time::interval(PING);
    life.tick().await;
    let mut end = app.ending();
    let code = loop {
        let message = tokio::select! {
            event = watching.next() => match event {
                Some(event) => Message::Text(event.to_json(documents).as_str().into()),
                None => break close_code::AGAIN,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = life.tick() => Message::Ping(Default::default()),
            () = end.wait() => break close_code::AWAY,
        };
        match tokio::time::timeout(PATIENCE, socket.send(message)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    };
    let close = Message::Close(Some(CloseFrame { code, reason: Default::default() }));
    let _ = tokio::time::timeout(PATIENCE, socket.send(close)).await;
}
