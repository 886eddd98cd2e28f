//! What every desk of the operator's keeps in its list of tasks: the rules that it works by, with the secret that its keys are made
//! with, and its tasks, page by page.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::confirmation::LedgerSecret;
use crate::jose::{JoseError, Json, decode, encode, random};
use crate::store::{List, Put, Queue, StoreError, Task, Work};

/// Tasks that are looked at together.
const PAGE: u32 = 1000;

/// Keeps rules with a new secret. Where there are some already they stay, and so does their secret.
pub(crate) fn keep<E: From<JoseError> + From<StoreError>>(
    queue: &dyn Queue,
    (list, key): (List<'_>, &[u8]),
    rules: &impl Serialize,
    unreadable: E,
) -> Result<Put, E> {
    let secret = Zeroizing::new(random::<32>()?);
    let Ok(written) = serde_json::to_string(rules) else { return Err(unreadable) };
    let json =
        Json::object([("v", 1.into()), ("rules", written.into()), ("secret", encode(&*secret).into())]);
    let work = Work { value: json.to_bytes(), state: "open".to_owned(), due_at: None };
    Ok(queue.enlist(list, key, &work)?)
}

/// The rules that are kept there, and their secret: `none` where there are none.
pub(crate) fn find<R, F, E: From<StoreError>>(
    queue: &dyn Queue,
    (list, key): (List<'_>, &[u8]),
    parse: impl Fn(&[u8]) -> Result<R, F>,
    (none, unreadable): (E, E),
) -> Result<(R, LedgerSecret), E> {
    let Some(task) = queue.task(list, key)? else { return Err(none) };
    let value = task.work.value;
    let read = || {
        let json = Json::parse(&value, value.len().max(1)).ok()?;
        let rules = parse(json.member("rules")?.as_str()?.as_bytes()).ok()?;
        let secret: [u8; 32] = decode(json.member("secret")?.as_str()?).ok()?.try_into().ok()?;
        Some((rules, LedgerSecret::new(secret)))
    };
    read().ok_or(unreadable)
}

/// Shows every task of a list, in the order of their keys.
pub(crate) fn each<E: From<StoreError>>(
    queue: &dyn Queue,
    list: List<'_>,
    mut show: impl FnMut(Task) -> Result<(), E>,
) -> Result<(), E> {
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = queue.tasks(list, after.as_deref(), PAGE)?;
        after = page.last().map(|task| task.key.clone());
        let more = page.len() == PAGE as usize;
        for task in page {
            show(task)?;
        }
        if !more {
            return Ok(());
        }
    }
}
