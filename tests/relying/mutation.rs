//! Property: no mutation of an honest presentation is accepted. Bits flipped, bytes and parts dropped, doubled, put in
//! another order, and parts swapped between two honest tokens.
#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;
use proptest::prelude::*;
use realname::demand::PendingDemand;
use realname::profile::Expectation;
use realname::rely::{Limits, UnverifiedPresentation};
use realname::trust::{Anchor, TrustList};

const NOW: i64 = 1_790_000_030;
/// Honest answers to the same demand.
const HONEST: [&str; 5] =
    ["001-onsite.txt", "003-p256.txt", "004-delegated.txt", "005-delegated-twice.txt", "008-alg-ed25519.txt"];

struct Setting {
    pending: PendingDemand,
    list: TrustList,
    honest: Vec<String>,
}

static SETTING: LazyLock<Setting> = LazyLock::new(|| {
    let anchors = Anchor::parse_all(read("anchor.json").as_bytes()).unwrap();
    let list = TrustList::as_of(&read("context/list-1.txt"), &anchors, now()).unwrap();
    let asker = list.keys().iter().find(|record| record.iss() == "https://home.example").unwrap();
    let expectation = Expectation::new("测试甲", "119999199001010004");
    let pending =
        PendingDemand::recall(&read("context/demand-1.txt"), asker.key(), Some(&expectation)).unwrap();
    Setting { pending, list, honest: HONEST.map(read).to_vec() }
});

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn is_accepted(text: &str) -> bool {
    UnverifiedPresentation::parse(text).is_ok_and(|presentation| {
        presentation.verify(&SETTING.pending, &SETTING.list, now(), &Limits::default()).is_accepted()
    })
}

/// Accepted only if it is one of the honest ones, apart from space around it.
fn check(mutant: &str) -> Result<(), TestCaseError> {
    let honest = SETTING.honest.iter().any(|honest| honest == mutant.trim_ascii());
    prop_assert_eq!(is_accepted(mutant), honest);
    Ok(())
}

/// The parts between `.` and `~`, each with the separator after it.
fn parts(text: &str) -> Vec<String> {
    text.split_inclusive(['.', '~']).map(str::to_owned).collect()
}

#[test]
fn the_honest_ones_are_accepted() {
    assert!(SETTING.honest.iter().all(|honest| is_accepted(honest)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped(which in 0..HONEST.len(), at in any::<prop::sample::Index>(), bit in 0..7u8) {
        let mut bytes = SETTING.honest[which].clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        check(&String::from_utf8(bytes).unwrap())?;
    }

    #[test]
    fn cut_and_doubled(which in 0..HONEST.len(), from in any::<prop::sample::Index>(), length in 1..200usize, double: bool) {
        let text = &SETTING.honest[which];
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        let keep = if double { &text[from..to] } else { "" };
        check(&format!("{}{keep}{}", &text[..if double { to } else { from }], &text[to..]))?;
    }

    #[test]
    fn parts_dropped_doubled_and_reordered(
        which in 0..HONEST.len(),
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        kind in 0..3,
    ) {
        let mut parts = parts(&SETTING.honest[which]);
        let (one, other) = (one.index(parts.len()), other.index(parts.len()));
        match kind {
            0 => drop(parts.remove(one)),
            1 => parts.insert(other, parts[one].clone()),
            _ => parts.swap(one, other),
        }
        check(&parts.concat())?;
    }

    #[test]
    fn parts_of_two_tokens(
        left in 0..HONEST.len(),
        right in 0..HONEST.len(),
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let (mut mine, theirs) = (parts(&SETTING.honest[left]), parts(&SETTING.honest[right]));
        let one = one.index(mine.len());
        mine[one] = theirs[other.index(theirs.len())].clone();
        check(&mine.concat())?;
    }
}
