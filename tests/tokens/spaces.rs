//! The names under which stores that were written have their records.

use realname::store::HOUSEKEEPING;
use realname::{appraisal, cancellation, change, confirmation, demand, trust};

/// A renamed space would be an empty one: every demand unknown, every quota unused, every old list new.
#[test]
fn spaces_keep_the_names_that_old_stores_have() {
    let owned = [
        (demand::SPACE, "demand"),
        (trust::SPACE, "trust_sequence"),
        (appraisal::SPACE, "quota"),
        (confirmation::SPACE, "confirmation"),
        (cancellation::SPACE, "cancellation"),
        (change::SPACE, "change"),
        (change::CARDS, "change_card"),
        (HOUSEKEEPING, "housekeeping"),
    ];
    for (space, name) in owned {
        assert_eq!(space.as_str(), name);
        assert!(owned.iter().filter(|(other, _)| *other == space).count() == 1, "{space} has two owners");
    }
}
