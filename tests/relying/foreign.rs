//! Presentations made by other libraries verify here. `fixtures/foreign` has one by each; `tests/interop/run.sh` makes them anew
//! and points `$REALNAME_FOREIGN` at them.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use realname::demand::PendingDemand;
use realname::profile::{ClaimName, Expectation};
use realname::rely::{Limits, UnverifiedPresentation};
use realname::trust::{Anchor, TrustList};

#[test]
fn presentations_by_other_libraries_verify() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let vectors = fixtures.join("vectors");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
    let now = Timestamp::from_second(1_790_000_030).unwrap();
    let anchors = Anchor::parse_all(read(vectors.join("anchor.json")).as_bytes()).unwrap();
    let list = TrustList::as_of(&read(vectors.join("context/list-1.txt")), &anchors, now).unwrap();
    let asker = list.keys().iter().find(|record| record.iss() == "https://home.example").unwrap();
    let expectation = Expectation::new("测试甲", "119999199001010004");
    let demand = read(vectors.join("context/demand-1.txt"));
    let pending = PendingDemand::recall(&demand, asker.key(), Some(&expectation)).unwrap();
    let made = std::env::var_os("REALNAME_FOREIGN").map_or(fixtures.join("foreign"), PathBuf::from);
    let mut makers = Vec::new();
    for entry in std::fs::read_dir(&made).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = read(path);
        let presentation = UnverifiedPresentation::parse(&text).unwrap();
        let verdict = presentation.verify(&pending, &list, now, &Limits::default());
        assert!(verdict.is_accepted(), "{name}: {:?}", verdict.reasons());
        assert_eq!(verdict.claims().unwrap().text(ClaimName::Name), Some("测试甲".into()));
        makers.push(name);
    }
    makers.sort_unstable();
    println!("made by {makers:?}");
    assert!(makers.len() >= 5, "{makers:?}");
}
