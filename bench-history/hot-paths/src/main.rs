//! `hot-paths NAME`: does that hot path [`ROUNDS`] times, for a tool that counts the instructions of `measured::*` and of
//! nothing else. What is prepared isn't counted; tables that are made once are, in the first round.

use std::path::Path;

use jiff::Timestamp;
use realname::attest::{Attestor, Terminal};
use realname::capture::Intake;
use realname::capture::measure::Thresholds;
use realname::demand::PendingDemand;
use realname::jose::SigningKey;
use realname::profile::{Expectation, Purpose};
use realname::rely::Limits;
use realname::trust::{Anchor, TrustList};
use realname_testkit::wire;
use realname_testkit::world::{ISS, NOW, Person, World, at, cancel, verified};

/// `measure.sh` divides by it.
const ROUNDS: usize = 8;

/// What is counted: each function is one round.
mod measured {
    use std::hint::black_box;

    use jiff::Timestamp;
    use realname::appraisal::Verified;
    use realname::attest::Attestor;
    use realname::capture::measure::{Thresholds, measure};
    use realname::capture::{Intake, Slot};
    use realname::demand::{PendingDemand, VerifiedDemand};
    use realname::reader::wire::{Framer, Reply, layout};
    use realname::rely::{Limits, UnverifiedPresentation};
    use realname::trust::TrustList;

    /// The bytes of a presentation to a verdict.
    #[inline(never)]
    pub(super) fn verify(
        presentation: &str,
        pending: &PendingDemand,
        list: &TrustList,
        now: Timestamp,
        limits: &Limits,
    ) {
        let parsed = UnverifiedPresentation::parse(black_box(presentation)).expect("parses");
        assert!(black_box(parsed.verify(pending, list, now, limits)).is_accepted());
    }

    /// An appraised person to the bytes of a presentation.
    #[inline(never)]
    pub(super) fn issue(attestor: &Attestor, verified: Verified, demand: &VerifiedDemand, now: Timestamp) {
        let attestation = attestor.attest(verified, demand, now).expect("attests");
        black_box(attestation.present(demand, now).expect("presents"));
    }

    /// The bytes of a reader's reply to what the card says.
    #[inline(never)]
    pub(super) fn card(bytes: &[u8]) {
        let mut framer = Framer::replies();
        let mut rest = black_box(bytes);
        let reply = Reply::decode(framer.next(&mut rest).expect("a frame")).expect("a reply");
        black_box(layout::decode(reply.card().expect("a card").text).expect("a document"));
    }

    /// The bytes of a live photo to a picture in memory and its figures.
    #[inline(never)]
    pub(super) fn photo(intake: &Intake, bytes: Vec<u8>, thresholds: &Thresholds) {
        let capture = intake.take(Slot::Live, bytes, Timestamp::UNIX_EPOCH).expect("taken");
        black_box(measure(capture.picture().expect("a picture"), Slot::Live, thresholds));
    }
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "verify" => verify(),
        "issue" => issue(),
        "card" => {
            let bytes = wire::card(&wire::resident(), &wire::photo(1));
            rounds(|| (), |()| measured::card(&bytes));
        }
        "photo" => photo(),
        _ => {
            println!("verify issue card photo");
            std::process::exit(2);
        }
    }
}

/// Prepares all rounds, then does them.
fn rounds<T>(prepare: impl Fn() -> T, work: impl Fn(T)) {
    let ready: Vec<T> = (0..ROUNDS).map(|_| prepare()).collect();
    ready.into_iter().for_each(work);
}

fn read(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name);
    std::fs::read(path).expect("a fixture")
}

fn text(name: &str) -> String {
    String::from_utf8(read(name)).expect("text")
}

fn verify() {
    let now = Timestamp::from_second(1_790_000_030).expect("a time");
    let anchors = Anchor::parse_all(&read("vectors/anchor.json")).expect("anchors");
    let list = TrustList::as_of(&text("vectors/context/list-1.txt"), &anchors, now).expect("a list");
    let asker = list.keys().iter().find(|record| record.iss() == "https://home.example").expect("an asker");
    let expectation = Expectation::new("测试甲", "119999199001010004");
    let pending =
        PendingDemand::recall(&text("vectors/context/demand-1.txt"), asker.key(), Some(&expectation));
    let (pending, presentation, limits) =
        (pending.expect("a demand"), text("vectors/001-onsite.txt"), Limits::default());
    rounds(|| (), |()| measured::verify(&presentation, &pending, &list, now, &limits));
}

fn issue() {
    let (_, demand) = World::new().demand(&cancel());
    let attestor = Attestor::new(ISS, SigningKey::from_ed25519_seed(&[2; 32]), Terminal::new("pos-1"))
        .expect("an attestor");
    let work = |verified| measured::issue(&attestor, verified, &demand, at(NOW + 20));
    rounds(|| verified(Person::Holder, &Purpose::SimCancel), work);
}

fn photo() {
    let (intake, thresholds) = (Intake::default(), Thresholds::default());
    rounds(|| read("portraits/jia-live-1.jpg"), |bytes| measured::photo(&intake, bytes, &thresholds));
}
