use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname_terms::Explain;

use super::*;
use crate::jose::SigningKey;
use crate::journal::entry::{Event, Stated};
use crate::journal::note::{KeyKind, VerifierKey};
use crate::journal::tree::Hash;
use crate::journal::{Audit, Journal, Reader};

const ORIGIN: &str = "operator.example/journal";
const ID: &str = "2026-w48";

fn now() -> Timestamp {
    "2026-11-29T08:00:00Z".parse().unwrap()
}

fn key(number: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[number; 32])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn secret(number: u8) -> Secret {
    Secret::from_bytes([number; 32])
}

fn terms(first: u64, rate_ppm: u64) -> Terms {
    let agents = ["shop-2", "shop-1"].map(str::to_owned);
    Terms::new(ORIGIN, ID, first, "2026-11-30T00:00:00Z".parse().unwrap(), agents, rate_ppm).unwrap()
}

/// The vectors of `docs/inspection.md`, which were computed with another program.
#[test]
fn the_documented_vectors() {
    let terms = terms(100, 100_000);
    assert_eq!(
        terms.to_text(),
        r#"{"agents":["shop-1","shop-2"],"first":100,"inspection":"2026-w48","journal":"operator.example/journal","rate_ppm":100000,"to":"2026-11-30T00:00:00Z","v":1}"#
    );
    let commitment = |role, number| secret(number).commitment(role, &terms).to_base64url();
    assert_eq!(commitment(Role::Operator, 1), "6C1b0Fef1vEBM9oP7t3IdKrxFgX-xhW6eYtGFX1VrQM");
    assert_eq!(commitment(Role::Witness, 2), "v41a_i3pbCD5GYJ1ZA1rru6OeAVGgMEzBR7cr0G31S0");
    let seed = seed(&secret(1), &secret(2), &Hash::from_bytes([3; 32]));
    assert_eq!(hex(&seed), "8a2e491356cfdb05a1d13785e0794d7cd163f91af79a146c976b1d2ac643b679");
    let drawn =
        |below: u64, rate: u64| (0..below).filter(|index| is_drawn(&seed, *index, rate)).collect::<Vec<_>>();
    let tenth =
        [10, 19, 23, 26, 27, 39, 47, 51, 53, 62, 101, 121, 122, 136, 149, 157, 166, 175, 182, 183, 199];
    assert_eq!(drawn(200, 100_000), tenth);
    assert_eq!(drawn(2000, 5_000), [26, 262, 659, 905, 1164, 1329, 1715]);
    assert_eq!(drawn(100, 1_000_000).len(), 100);
}

/// χ² over 10^5 draws: by last digit of the index, by block of the journal, and drawn beside not drawn.
#[test]
fn draws_are_spread_as_chance_spreads_them() {
    const DRAWS: u64 = 100_000;
    // The 99.9th percentile of χ² with one and with nine degrees of freedom. One seed, so this passes or fails for good.
    let (one, nine) = (10.83, 27.88);
    let seed = seed(&secret(7), &secret(8), &Hash::of(b"root"));
    for rate in [5_000, 100_000, 500_000] {
        let share = rate as f64 / 1e6;
        let drawn: Vec<u64> = (0..DRAWS).filter(|index| is_drawn(&seed, *index, rate)).collect();
        let expected = DRAWS as f64 * share;
        let off = drawn.len() as f64 - expected;
        let all = off * off / expected + off * off / (DRAWS as f64 - expected);
        assert!(all < one, "{rate}: {} of {expected}", drawn.len());
        for class in [|index: u64| index % 10, |index: u64| index / (DRAWS / 10)] {
            let mut counts = [0.0; 10];
            drawn.iter().for_each(|index| counts[class(*index) as usize] += 1.0);
            let each = drawn.len() as f64 / 10.0;
            let chi: f64 = counts.iter().map(|count| (count - each) * (count - each) / each).sum();
            assert!(chi < nine, "{rate}: {chi} {counts:?}");
        }
    }
}

struct Desk {
    _dir: tempfile::TempDir,
    path: std::path::PathBuf,
    journal: Journal,
    clock: Timestamp,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let journal = Journal::create(&path, Arc::new(key(1)), ORIGIN).unwrap();
        Self { _dir: dir, path, journal, clock: now() }
    }

    fn append(&mut self, event: Event) -> u64 {
        self.journal.append(vec![event], self.clock).unwrap().first
    }

    fn sell(&mut self, count: u64) {
        let size = self.journal.size();
        let sale = |number: u64| {
            Event::new("attested")
                .with("agent", Stated::Text(&format!("shop-{}", number % 3)))
                .with("record", Stated::Digest(Hash::of(&number.to_be_bytes())))
        };
        self.journal.append((size..size + count).map(sale).collect(), self.clock).unwrap();
    }

    fn commit(&mut self, terms: &Terms, role: Role, number: u8) {
        self.append(terms.commit(role, &secret(number), Some(&key(2))).unwrap());
    }

    fn close(&mut self) {
        let size = self.journal.size();
        self.append(
            Event::new("inspection_closed")
                .with("inspection", Stated::Text(ID))
                .with("size", Stated::Count(size)),
        );
    }

    fn reveal(&mut self, role: Role, number: u8) {
        self.append(secret(number).reveal(role, ID));
    }

    fn a_day_later(&mut self) {
        self.clock += SignedDuration::from_hours(24);
    }

    fn reader(&self) -> Reader {
        Reader::open(&self.path).unwrap()
    }

    fn find(&self) -> Result<Inspection, InspectionError> {
        let log = VerifierKey::new(ORIGIN, KeyKind::Log, key(1).verifying_key()).unwrap();
        let witness = VerifierKey::new("witness.example", KeyKind::Witness, key(2).verifying_key()).unwrap();
        Inspection::find(&self.reader(), &Audit::new(vec![log]), ID, &witness)
    }

    fn refused(&self, code: &str) {
        assert_eq!(self.find().unwrap_err().code(), code);
    }

    /// An inspection that ran as it should.
    fn whole(rate: u64) -> Self {
        let mut desk = Self::new();
        desk.sell(10);
        let terms = terms(10, rate);
        desk.commit(&terms, Role::Operator, 3);
        desk.commit(&terms, Role::Witness, 4);
        desk.sell(300);
        desk.a_day_later();
        desk.close();
        desk.sell(50);
        desk.reveal(Role::Witness, 4);
        desk.reveal(Role::Operator, 3);
        desk
    }
}

#[test]
fn anybody_with_the_journal_draws_the_same() {
    let desk = Desk::whole(200_000);
    let found = desk.find().unwrap();
    assert_eq!(found.size(), 312);
    let (drawn, of) = found.draw(&desk.reader()).unwrap();
    // Two of three agents are inspected, from the first entry of the terms to the close.
    assert_eq!(of, 200);
    assert!((20..60).contains(&drawn.len()), "{}", drawn.len());
    assert!(drawn.iter().all(|sample| (12..312).contains(&sample.index) && sample.agent != "shop-0"));
    let root = desk.reader().root_at(312).unwrap();
    let again: Vec<u64> = (12..312)
        .filter(|index| index % 3 != 0 && is_drawn(&seed(&secret(3), &secret(4), &root), *index, 200_000))
        .collect();
    assert_eq!(drawn.iter().map(|sample| sample.index).collect::<Vec<_>>(), again);
}

/// Neither id nor period nor rate nor agents can be picked afterwards: what was committed first counts.
#[test]
fn terms_that_come_later_change_nothing() {
    let mut desk = Desk::whole(200_000);
    let before = *desk.find().unwrap().seed();
    let other = terms(200, 1);
    desk.commit(&other, Role::Operator, 9);
    desk.commit(&other, Role::Witness, 9);
    desk.close();
    desk.reveal(Role::Operator, 9);
    let found = desk.find().unwrap();
    assert_eq!((*found.seed(), found.size(), found.terms().rate_ppm()), (before, 312, 200_000));
    // The same bytes under another id, rate, period or agent are another commitment.
    let commitment = |terms: &Terms| secret(3).commitment(Role::Operator, terms);
    let ours = terms(10, 200_000);
    let to = ours.to();
    let changed = [
        Terms::new(ORIGIN, "2026-w49", 10, to, ["shop-1".into(), "shop-2".into()], 200_000),
        Terms::new("other.example", ID, 10, to, ["shop-1".into(), "shop-2".into()], 200_000),
        Terms::new(ORIGIN, ID, 11, to, ["shop-1".into(), "shop-2".into()], 200_000),
        Terms::new(
            ORIGIN,
            ID,
            10,
            to + SignedDuration::from_secs(1),
            ["shop-1".into(), "shop-2".into()],
            200_000,
        ),
        Terms::new(ORIGIN, ID, 10, to, ["shop-1".into()], 200_000),
        Terms::new(ORIGIN, ID, 10, to, ["shop-1".into(), "shop-2".into()], 200_001),
    ];
    for other in changed {
        assert_ne!(commitment(&other.unwrap()), commitment(&ours));
    }
    assert_ne!(secret(3).commitment(Role::Witness, &ours), commitment(&ours));
}

#[test]
fn who_commits_after_the_close_or_to_something_else_is_refused() {
    let mut desk = Desk::new();
    desk.refused("inspection_not_committed");
    desk.commit(&terms(0, 500_000), Role::Operator, 3);
    desk.refused("inspection_not_committed");
    desk.sell(30);
    desk.a_day_later();
    desk.close();
    desk.commit(&terms(0, 500_000), Role::Witness, 4);
    desk.reveal(Role::Operator, 3);
    desk.reveal(Role::Witness, 4);
    desk.refused("inspection_not_committed");

    let mut desk = Desk::new();
    desk.commit(&terms(0, 500_000), Role::Operator, 3);
    desk.commit(&terms(0, 400_000), Role::Witness, 4);
    desk.refused("inspection_terms_differ");
}

/// The operator writes the journal, so it could commit in the witness' name, with bytes that it knows.
#[test]
fn a_commitment_that_the_witness_didnt_sign_isnt_the_witness() {
    let mut desk = Desk::new();
    let terms = terms(0, 500_000);
    desk.commit(&terms, Role::Operator, 3);
    desk.append(terms.commit(Role::Witness, &secret(5), Some(&key(1))).unwrap());
    desk.refused("inspection_not_committed");
    // The real one counts, though it came later.
    desk.commit(&terms, Role::Witness, 4);
    desk.sell(30);
    desk.a_day_later();
    desk.close();
    desk.reveal(Role::Operator, 3);
    desk.reveal(Role::Witness, 5);
    desk.refused("inspection_not_revealed");
    desk.reveal(Role::Witness, 4);
    assert!(desk.find().is_ok());
}

/// The tree that the draw rests on is the one at the first close, and it isn't closed before its time.
#[test]
fn the_closing_tree_cant_be_picked() {
    let mut desk = Desk::new();
    let terms = terms(0, 500_000);
    desk.commit(&terms, Role::Operator, 3);
    desk.commit(&terms, Role::Witness, 4);
    desk.sell(30);
    desk.refused("inspection_not_closed");
    desk.close();
    desk.reveal(Role::Operator, 3);
    desk.reveal(Role::Witness, 4);
    desk.a_day_later();
    desk.close();
    desk.refused("inspection_not_closed");
    // A close that names a tree to come.
    let mut desk = Desk::new();
    desk.commit(&terms, Role::Operator, 3);
    desk.commit(&terms, Role::Witness, 4);
    desk.a_day_later();
    let close = Event::new("inspection_closed").with("inspection", Stated::Text(ID));
    desk.append(close.with("size", Stated::Count(90)));
    desk.sell(100);
    desk.reveal(Role::Operator, 3);
    desk.reveal(Role::Witness, 4);
    desk.refused("inspection_not_closed");
}

#[test]
fn who_doesnt_reveal_or_reveals_too_early_or_something_else_is_named() {
    let mut desk = Desk::new();
    let terms = terms(0, 500_000);
    desk.commit(&terms, Role::Operator, 3);
    desk.commit(&terms, Role::Witness, 4);
    desk.reveal(Role::Witness, 4);
    desk.sell(30);
    desk.a_day_later();
    desk.close();
    desk.reveal(Role::Operator, 3);
    assert!(matches!(desk.find(), Err(InspectionError::NotRevealed(Role::Witness))));
    desk.reveal(Role::Witness, 5);
    assert!(matches!(desk.find(), Err(InspectionError::NotRevealed(Role::Witness))));
    desk.reveal(Role::Witness, 4);
    assert!(desk.find().is_ok());
}

/// Padding changes nothing: however many entries of others are added, an entry's own chance of being drawn stays the same. Over many
/// seeds the share with which one index is drawn is the rate, among ten entries as among ten thousand.
#[test]
fn padding_dilutes_nobody() {
    const SEEDS: u64 = 4_000;
    for index in [9u64, 9_999] {
        let hits = (0..SEEDS)
            .filter(|number| {
                is_drawn(&seed(&secret(1), &secret(2), &Hash::of(&number.to_be_bytes())), index, 100_000)
            })
            .count();
        let (low, _, high) = share(hits as u64, SEEDS).unwrap();
        assert!(low < 0.1 && 0.1 < high, "{index}: {hits}");
    }
    // And one that knows everything but the other's bytes is as far as one that knows nothing: over all of the other's bytes the index
    // is drawn as often, whatever it chose itself.
    for chosen in 0..5 {
        let hits = (0..SEEDS).filter(|number| {
            let mut other = [0; 32];
            other[..8].copy_from_slice(&number.to_be_bytes());
            is_drawn(&seed(&secret(chosen), &Secret::from_bytes(other), &Hash::of(b"root")), 17, 100_000)
        });
        let (low, _, high) = share(hits.count() as u64, SEEDS).unwrap();
        assert!(low < 0.115 && 0.085 < high, "{chosen}");
    }
}

#[test]
fn what_was_produced_is_compared_entry_by_entry() {
    let desk = Desk::whole(400_000);
    let (drawn, _) = desk.find().unwrap().draw(&desk.reader()).unwrap();
    let deadline = now() + SignedDuration::from_hours(72);
    let line = |sample: &Sample, record: &Hash, at: Timestamp| {
        format!("{{\"index\":{},\"record\":\"{}\",\"at\":\"{at}\"}}\n", sample.index, record.to_base64url())
    };
    let mut text = String::new();
    for (place, sample) in drawn.iter().enumerate() {
        match place % 5 {
            0 => {}
            1 => text += &line(sample, &Hash::of(b"another record"), now()),
            2 => text += &line(sample, &sample.record, deadline + SignedDuration::from_secs(1)),
            3 => {
                text += &line(sample, &sample.record, now());
                text += &line(sample, &Hash::of(b"another record"), now());
            }
            _ => text += &line(sample, &sample.record, deadline),
        }
    }
    let produced = Produced::parse_all(&text).unwrap();
    let judged = judge(&drawn, &produced, deadline);
    let wanted = [Outcome::Missing, Outcome::Differs, Outcome::Late, Outcome::Differs, Outcome::Produced];
    for (place, (index, outcome)) in judged.entries.iter().enumerate() {
        assert_eq!((*index, *outcome), (drawn[place].index, wanted[place % 5]));
    }
    assert_eq!(judged.agents.values().map(|agent| agent.drawn).sum::<u64>(), drawn.len() as u64);
    let mut desk = desk;
    for (agent, outcome) in &judged.agents {
        desk.append(outcome.to_event(agent, ID));
        assert_eq!(outcome.drawn, outcome.produced + outcome.missing + outcome.differs + outcome.late);
    }
    for bad in ["", "{}", "{\"index\":1}", "{\"index\":-1,\"record\":\"x\",\"at\":\"x\"}"] {
        assert!(
            matches!(Produced::parse_all(&format!("{bad}\n")), Err(InspectionError::Produced(1))),
            "{bad}"
        );
    }
}

#[test]
fn a_share_has_its_bound_and_its_n() {
    let (low, found, high) = share(8, 10).unwrap();
    assert!((low - 0.4902).abs() < 1e-3 && (high - 0.9433).abs() < 1e-3 && found == 0.8);
    assert_eq!(share(0, 0), None);
    let (low, _, high) = share(0, 30).unwrap();
    assert!(low == 0.0 && (high - 0.1135).abs() < 1e-3);
    assert!(matches!(Terms::new(ORIGIN, ID, 0, now(), [], 0), Err(InspectionError::Rate)));
    assert!(matches!(terms(0, 5).commit(Role::Witness, &secret(1), None), Err(InspectionError::Unsigned)));
}
