//! Who was refused and got it next door. Persons who were refused stand in no log, not even under a keyed digest: they stay sealed in the
//! outboxes that the operator holds. What goes into the journal is that a sale had such a refusal before it.

use std::collections::HashMap;

use super::{Opener, Statement};
use crate::tree::Hash;

/// How long after a refusal a sale elsewhere is told, in seconds.
const SOON: i64 = 30 * 60;

/// The sales among these statements that had a refusal elsewhere before them, in whatever order the outboxes came.
pub(super) fn sold_after_refusal<'a>(
    statements: impl Iterator<Item = &'a Statement>,
    opener: &Opener,
) -> Vec<&'a Statement> {
    let (mut refused, mut sales) = (HashMap::<Hash, Vec<(&str, i64)>>::new(), Vec::new());
    for statement in statements {
        let Some(agent) = statement.text("agent") else { continue };
        let Some((Some(person), _)) = opener.keys_of(statement).ok() else { continue };
        let second = statement.time().as_second();
        match statement.text("event") {
            Some("refused") => refused.entry(person).or_default().push((agent, second)),
            Some("attested") => sales.push((statement, person, agent, second)),
            _ => {}
        }
    }
    let before = |person: &Hash, agent: &str, second: i64| {
        let all = refused.get(person).into_iter().flatten();
        all.into_iter().any(|(by, at)| *by != agent && (0..=SOON).contains(&(second - at)))
    };
    sales.retain(|(_, person, agent, second)| before(person, agent, *second));
    sales.into_iter().map(|(sale, ..)| sale).collect()
}
