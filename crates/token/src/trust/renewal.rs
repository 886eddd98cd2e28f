//! What an entry takes over from the list before: its window, its revocation, and what may not change.

use super::draft::DraftError;
use super::{KeyRecord, ListChange, ListEntry, Revocation};

/// One entry with its window and its revocation.
pub(super) fn renew(
    entry: &ListEntry,
    before: Option<&KeyRecord>,
    (iat, exp, now): (i64, i64, i64),
    place: &str,
    changes: &mut Vec<ListChange>,
) -> Result<KeyRecord, DraftError> {
    let refused =
        |name: &str, value: i64, problem| DraftError::new(format!("{place}.{name}"), value, problem);
    let begin = entry.nbf.or(before.map(|record| record.nbf)).unwrap_or(iat);
    let end = entry.exp.or(before.map(|record| record.exp)).unwrap_or(exp);
    if end <= begin {
        return Err(refused("exp", end, "a key's window ends after it begins (`nbf`)"));
    }
    let revoked = entry.revoked.or(before.and_then(|record| record.revoked));
    let record = entry.record(begin, end, revoked);
    let Some(before) = before else {
        let invented = entry.nbf.is_none() || entry.exp.is_none();
        changes.push(ListChange::Added(record.clone()));
        if invented {
            changes.push(ListChange::WindowOfList(record.clone()));
        } else if end < exp && revoked.is_none() {
            changes.push(ListChange::EndsEarly(record.clone()));
        }
        return Ok(record);
    };
    if begin > before.nbf {
        let problem = "the key's window began earlier in the list before; what it signed since then would stop counting";
        return Err(refused("nbf", begin, problem));
    }
    if end < before.exp && end <= now {
        let problem = "the key's window ended later in the list before; what it signed since then would stop counting \
                       (to retire a key, revoke it as `superseded`)";
        return Err(refused("exp", end, problem));
    }
    match (before.revoked, entry.revoked) {
        (Some(_), None) => changes.push(ListChange::RevocationKept(record.clone())),
        (Some(old), Some(new)) if is_weaker(new, old) => {
            let problem = "the list before revoked the key earlier, or as stolen; that can't be taken back";
            return Err(refused("revoked", new.revoked_at.as_second(), problem));
        }
        (old, new) if old != new => changes.push(ListChange::Revoked(record.clone())),
        _ => {}
    }
    if end > before.exp {
        changes.push(ListChange::Extended(record.clone()));
    } else if end < before.exp {
        changes.push(ListChange::Shortened(record.clone()));
    }
    if record.role != before.role {
        changes.push(ListChange::RoleChanged(record.clone()));
    }
    if end < exp && revoked.is_none() {
        changes.push(ListChange::EndsEarly(record.clone()));
    }
    Ok(record)
}

fn is_weaker(new: Revocation, old: Revocation) -> bool {
    old.is_compromise() && !new.is_compromise() || !new.is_compromise() && new.revoked_at > old.revoked_at
}
