//! Telling events to whoever asked for them: signed, at least once, in no promised order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use realname::store::Task;
use sha2::Sha256;

use crate::Refusal;
use crate::app::App;
use crate::clock::now;
use crate::hex::hex;
use crate::hook::{Event, Hook, Listener, Waiting};
use crate::measures::Named;
use crate::outward::agent;

/// How long an event is tried.
const TRIED: SignedDuration = SignedDuration::from_hours(72);
/// How long an event waits for what it tells of.
const AWAITED: SignedDuration = SignedDuration::from_mins(2);
/// How long an event that was taken is nobody else's. Longer than what is begun within `TURN` takes.
const TAKEN: SignedDuration = SignedDuration::from_secs(30);
/// After that nothing more is begun of what was taken.
const TURN: Duration = Duration::from_secs(15);
/// How long one answer of a receiver is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many are taken at once.
const BATCH: u32 = 32;
/// The longest pause between two tries, in seconds: reached with the tenth.
const LONGEST_PAUSE: i64 = 600;

/// Starts telling. Each principal's events have a thread, which ends with the service.
pub(crate) fn start(app: &App) {
    for listener in &app.operator.listeners {
        let (app, listener) = (app.clone(), Arc::clone(listener));
        if let Some(woken) = listener.woken() {
            std::thread::spawn(move || tell(&app, &listener, &woken));
        }
    }
}

fn tell(app: &App, listener: &Listener, woken: &Receiver<()>) {
    let agent = agent(PATIENCE);
    while !app.is_ending() {
        // What can't be had from the store now is had later.
        let whole = turn(app, listener, &agent).unwrap_or(false);
        if whole {
            continue;
        }
        match woken.recv_timeout(Duration::from_millis(500)) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Takes what is due and tells it; says whether there may be more.
fn turn(app: &App, listener: &Listener, agent: &ureq::Agent) -> Result<bool, Refusal> {
    let (begin, now) = (Instant::now(), now());
    let until = now.checked_add(TAKEN).unwrap_or(Timestamp::MAX);
    let tasks = app.operator.store.take(listener.list(), now, until, BATCH)?;
    let whole = tasks.len() == BATCH as usize;
    for task in tasks {
        // What isn't begun any more comes again when its time is over: to this node or to another.
        if begin.elapsed() > TURN || app.is_ending() {
            return Ok(false);
        }
        tell_one(app, listener, agent, &task, begin)?;
    }
    Ok(whole)
}

/// Tells one event to each webhook that didn't take it yet. Told to all, or given up, it goes.
fn tell_one(
    app: &App,
    listener: &Listener,
    agent: &ureq::Agent,
    task: &Task,
    begin: Instant,
) -> Result<(), Refusal> {
    let (store, now) = (app.operator.store.as_ref(), now());
    let drop_it = || store.drop_these(listener.list(), std::slice::from_ref(&task.key));
    let Ok(mut waiting) = serde_json::from_slice::<Waiting>(&task.work.value) else {
        drop_it()?;
        return Ok(());
    };
    if !waiting.certain {
        match happened(app, &waiting.event, now)? {
            Some(true) => waiting.certain = true,
            Some(false) => {
                drop_it()?;
                return Ok(());
            }
            None => {
                let due = now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now);
                let _ = store.change(listener.list(), &task.key, task.revision, &waiting.work(due)?)?;
                return Ok(());
            }
        }
    }
    let count = |outcome: &str| {
        app.measures.webhooks.get_or_create(&Named("outcome", outcome.to_owned())).inc();
    };
    for hook in &listener.hooks {
        if waiting.told.contains(&hook.mark) || begin.elapsed() > TURN {
            continue;
        }
        if post(agent, hook, &waiting.event, now) {
            count("told");
            waiting.told.push(hook.mark.clone());
        } else {
            count("failed");
        }
    }
    let is_told = listener.hooks.iter().all(|hook| waiting.told.contains(&hook.mark));
    let is_late = waiting.event.time.checked_add(TRIED).is_ok_and(|end| end < now);
    if is_told || is_late {
        if !is_told {
            count("given_up");
        }
        drop_it()?;
        return Ok(());
    }
    let pause = 1_i64.checked_shl(waiting.tries).unwrap_or(LONGEST_PAUSE).clamp(1, LONGEST_PAUSE);
    waiting.tries = waiting.tries.saturating_add(1).min(16);
    let due = now.checked_add(SignedDuration::from_secs(pause)).unwrap_or(now);
    // Another node's by now, if that node's clock says that this one had its time.
    let _ = store.change(listener.list(), &task.key, task.revision, &waiting.work(due)?)?;
    Ok(())
}

/// Whether what a session's event tells of came about; `None` when it may still. Of a session that is gone nobody knows: then it is told.
fn happened(app: &App, event: &Event, now: Timestamp) -> Result<Option<bool>, Refusal> {
    let Some(id) = &event.session else { return Ok(Some(true)) };
    match app.sessions.find(id, now) {
        Ok(session) if session.is_over() => Ok(Some(true)),
        Ok(_) => Ok(event.time.checked_add(AWAITED).is_ok_and(|end| end < now).then_some(false)),
        Err(Refusal::Ended | Refusal::NotFound) => Ok(Some(true)),
        Err(error) => Err(error),
    }
}

/// `Realname-Signature: t=SECONDS,v1=HEX`: HMAC-SHA256 under the secret over `SECONDS.BODY`.
fn post(agent: &ureq::Agent, hook: &Hook, event: &Event, now: Timestamp) -> bool {
    let Ok(body) = serde_json::to_vec(event) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(hook.secret.as_bytes()) else { return false };
    let seconds = now.as_second().to_string();
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(&body);
    let signature = format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()));
    let sent = agent
        .post(&hook.url)
        .header("Content-Type", "application/json")
        .header("Realname-Event-Id", &event.id)
        .header("Realname-Signature", &signature)
        .send(&body);
    sent.is_ok_and(|response| response.status().is_success())
}
