//! Telling events to whoever asked for them: signed, at least once, in no promised order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use realname::demand::PendingDemand;
use sha2::Sha256;

use crate::Refusal;
use crate::app::App;
use crate::clock::now;
use crate::hex::hex;
use crate::hook::{Event, Hook, NO_DIGEST, SPACE};
use crate::measures::Named;

/// How long an event waits for what it tells of.
const AWAITED: SignedDuration = SignedDuration::from_mins(2);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Starts telling. Each webhook has a thread, which ends with the service.
pub(crate) fn start(app: &App) {
    for hook in &app.operator.hooks {
        let woken = hook.woken.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let (app, hook) = (app.clone(), Arc::clone(hook));
        if let Some(woken) = woken {
            std::thread::spawn(move || tell(&app, &hook, &woken));
        }
    }
}

/// An event that is still to be told.
struct Due {
    number: u64,
    pause: Duration,
    at: std::time::Instant,
}

fn tell(app: &App, hook: &Hook, woken: &Receiver<()>) {
    let agent = agent();
    let (mut looked, mut due): (Option<u64>, Vec<Due>) = (None, Vec::new());
    while !app.is_ending() {
        let store = app.operator.store.as_ref();
        let found = (|| {
            let first = match looked {
                Some(looked) => looked,
                None => hook.seen(store, "told")?,
            };
            let last = hook.seen(store, "last")?;
            due.extend((first + 1..=last).map(|number| Due {
                number,
                pause: FIRST_PAUSE,
                at: std::time::Instant::now(),
            }));
            looked = Some(last.max(first));
            Ok::<_, Refusal>(last)
        })();
        if let Ok(last) = found {
            due.retain_mut(|due| due.at > std::time::Instant::now() || !settled(app, hook, &agent, due));
            // All events before the first one that is still to be told are told: the pointer says so after a restart, too.
            let done = due.iter().map(|due| due.number - 1).min().unwrap_or(last);
            let _ = store.advance(SPACE, &hook.pointer("told"), done, &NO_DIGEST);
        }
        match woken.recv_timeout(Duration::from_millis(500)) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Whether nothing is left to do for it.
fn settled(app: &App, hook: &Hook, agent: &ureq::Agent, due: &mut Due) -> bool {
    let (store, now) = (app.operator.store.as_ref(), now());
    let count = |outcome: &str| {
        app.measures.webhooks.get_or_create(&Named("outcome", outcome.to_owned())).inc();
    };
    let place = hook.place(due.number);
    let entry = match store.get(SPACE, &place) {
        Ok(Some(entry)) if entry.answer.is_none() => entry,
        Ok(_) => return true,
        Err(_) => return false,
    };
    let Ok(event) = serde_json::from_slice::<Event>(&entry.value) else { return true };
    if event.event == "demand.answered" {
        let nonce = event.nonce.as_deref().unwrap_or_default();
        match PendingDemand::load(store, nonce) {
            Ok(Some(kept)) if kept.answer.is_some() => {}
            Ok(_) => return event.time.checked_add(AWAITED).is_ok_and(|end| end < now),
            Err(_) => return false,
        }
    }
    if entry.expires_at < now {
        count("given_up");
        return true;
    }
    if post(agent, hook, &event, &entry.value, now) {
        count("told");
        let _ = store.answer(SPACE, &place, b"told", now);
        return true;
    }
    count("failed");
    due.at = std::time::Instant::now() + due.pause;
    due.pause = (due.pause * 2).min(LONGEST_PAUSE);
    false
}

/// `Realname-Signature: t=SECONDS,v1=HEX`: HMAC-SHA256 under the secret over `SECONDS.BODY`.
fn post(agent: &ureq::Agent, hook: &Hook, event: &Event, body: &[u8], now: Timestamp) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(hook.secret.as_bytes()) else { return false };
    let seconds = now.as_second().to_string();
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    let signature = format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()));
    let sent = agent
        .post(&hook.url)
        .header("Content-Type", "application/json")
        .header("Realname-Event-Id", &event.id)
        .header("Realname-Signature", &signature)
        .send(body);
    sent.is_ok_and(|response| response.status().is_success())
}

fn agent() -> ureq::Agent {
    let roots = realname_https::system_roots().unwrap_or_default();
    ureq::Agent::config_builder()
        .tls_config(realname_https::config(roots, None))
        .timeout_global(Some(Duration::from_secs(10)))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}
