//! The Rust call that `rn_answer` and `realname.answer` are measured against: `answer STORE TRUST ANCHOR PRESENTATION CALLS` prints
//! the microseconds that one `rely::answer` takes, the median of nine rounds. See `bindings/bench.sh`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::time::Instant;

use jiff::Timestamp;
use realname::rely::{self, DemandRef, Limits};
use realname::store::SqliteStore;
use realname::trust::{Anchor, TrustList};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [store, trust, anchor, presentation, calls] = arguments.as_slice() else { panic!("five arguments") };
    let store = SqliteStore::open_dir(store).unwrap();
    let anchors = Anchor::parse_all(&std::fs::read(anchor).unwrap()).unwrap();
    let list = std::fs::read_to_string(trust).unwrap();
    let list = TrustList::verify(list.trim(), &anchors, Timestamp::now(), &store).unwrap();
    let presentation = std::fs::read_to_string(presentation).unwrap();
    let presentation = presentation.trim();
    let calls: u32 = calls.parse().unwrap();
    let mut rounds: Vec<f64> = (0..9)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..calls {
                let now = Timestamp::now();
                let answer = rely::answer(
                    &store,
                    presentation,
                    DemandRef::ByPresentation,
                    &list,
                    now,
                    &Limits::default(),
                );
                assert!(answer.unwrap().verdict.has(realname::profile::ReasonCode::AlreadyAnswered));
            }
            begin.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    println!("{:.2}", rounds[4]);
}
