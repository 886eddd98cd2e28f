//! A service whose store is awaited: the parts of `answer` around a map that is never ready at once.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use realname::demand::{Kept, PendingDemand};
use realname::rely::{Answer, Answering, DemandRef, Judged, Limits};
use realname::store::{Answered, Entry, StoreError};
use realname::trust::TrustList;

#[derive(Default)]
pub(crate) struct AwaitedMap(Mutex<HashMap<String, Entry>>);

impl AwaitedMap {
    pub(crate) async fn put(&self, pending: &PendingDemand) {
        wait().await;
        let entry = Entry { value: pending.to_bytes(), expires_at: pending.expires_at(), answer: None };
        self.0.lock().unwrap().insert(pending.nonce().to_owned(), entry);
    }

    async fn get(&self, nonce: &str) -> Option<Entry> {
        wait().await;
        self.0.lock().unwrap().get(nonce).cloned()
    }

    async fn answer(&self, nonce: &str, answer: &[u8], now: Timestamp) -> Answered {
        wait().await;
        match self.0.lock().unwrap().get_mut(nonce) {
            None => Answered::Unknown,
            Some(Entry { answer: Some(answer), .. }) => Answered::Already(answer.clone()),
            Some(entry) if entry.expires_at < now => Answered::Expired,
            Some(entry) => {
                entry.answer = Some(answer.to_vec());
                Answered::Recorded
            }
        }
    }

    pub(crate) async fn decide(
        &self,
        presentation: &str,
        asked: DemandRef<'_>,
        list: &TrustList,
        now: Timestamp,
    ) -> Result<Answer, StoreError> {
        let answering = match Answering::parse(presentation, asked) {
            Ok(answering) => answering,
            Err(refused) => return Ok(refused.into()),
        };
        let kept = self.get(answering.nonce()).await.map(Kept::read).transpose()?;
        match answering.judge(kept, list, now, &Limits::default()) {
            Judged::Settled(answer) => Ok(answer),
            Judged::Acceptable(recording) => {
                let answered = self.answer(recording.nonce(), recording.answer(), now).await;
                Ok(recording.recorded(answered))
            }
        }
    }
}

/// Not ready when it is first asked.
async fn wait() {
    let mut asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls two at once, in turns, so that each stands between its two steps while the other does its own.
pub(crate) fn both<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> (T, T) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let context = &mut Context::from_waker(Waker::noop());
    let (mut first, mut second) = (None, None);
    loop {
        if first.is_none()
            && let Poll::Ready(value) = one.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = other.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => return (first, second),
            (one, other) => (first, second) = (one, other),
        }
    }
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}
