//! How often what is printed on a card is verified, and how often something else is taken for it, as the tables of
//! `docs/captures-study.md`: `cargo bench -p realname-capture --bench print_rates -- [COUNT] [A|B|C|D] [speed]`. Photos are kept under
//! `target/captures`.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use realname_capture::measure::{Card, PrintedLine, PrintedOutcome, Thresholds, measure};
use realname_capture::{Intake, Slot};
use realname_specimen::photos::{Family, Flaw, Printed, Recipe, Shot, kept};

struct Study {
    family: Family,
    directory: PathBuf,
    thresholds: Thresholds,
}

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let count = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(20);
    let family = match arguments.get(1).map(String::as_str) {
        Some("A") => Family::A,
        Some("B") => Family::B,
        Some("C") => Family::C,
        _ => Family::D,
    };
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/captures");
    let study = Study { family, directory, thresholds: Thresholds::default() };
    println!("Family {family:?}");
    if arguments.iter().any(|argument| argument == "speed") {
        study.speed();
        return;
    }
    study.good(count);
    study.wrong(count);
    study.flawed(count);
}

/// Left out with a card that isn't found.
#[derive(Default)]
struct Tally {
    n: u64,
    no_card: u64,
    same: u64,
    differs: u64,
    covered: u64,
    unreadable: u64,
}

impl Tally {
    fn add(&mut self, line: Option<&PrintedLine>) {
        self.n += 1;
        match line.map(|line| line.outcome) {
            None => self.no_card += 1,
            Some(PrintedOutcome::Same) => self.same += 1,
            Some(PrintedOutcome::Differs) => self.differs += 1,
            Some(PrintedOutcome::Covered) => self.covered += 1,
            Some(PrintedOutcome::Unreadable) => self.unreadable += 1,
        }
    }

    fn row(&self, what: &str) {
        let Self { n, no_card, same, differs, covered, unreadable } = self;
        println!(
            "| {what} | {n} | {same} | {differs} | {covered} | {unreadable} | {no_card} | {:.1} % to {:.2} % |",
            100.0 * (1.0 - upper(n - same, *n)),
            100.0 * upper(*same, *n)
        );
    }
}

const HEAD: &str = "| what | n | same | differs | covered | unreadable | no card | same: 95 % at least and at most |\n|---|---|---|---|---|---|---|---|";

impl Study {
    fn card(&self, shot: Shot, flaw: Flaw, seed: u64) -> (Option<Card>, Printed) {
        let recipe = Recipe::new(self.family, shot, flaw, seed);
        let photo = kept(&recipe, &self.directory).unwrap();
        let slot = if shot == Shot::EmblemSide { Slot::EmblemSide } else { Slot::PortraitSide };
        let capture = Intake::default().take(slot, photo.jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap();
        (measure(capture.picture().unwrap(), slot, &self.thresholds).card, recipe.print())
    }

    /// Of a photo of 12 megapixels: the number, and the dates, against decoding that photo to RGB.
    fn speed(&self) {
        println!(
            "| what | median of {ROUNDS} | of decoding its photo to RGB with `image` | more memory at the peak |\n|---|---|---|---|"
        );
        for shot in [Shot::PortraitSide, Shot::EmblemSide] {
            let recipe = Recipe { longest: 4000, ..Recipe::new(self.family, shot, Flaw::None, 3) };
            let jpeg = kept(&recipe, &self.directory).unwrap().jpeg;
            let slot = if shot == Shot::EmblemSide { Slot::EmblemSide } else { Slot::PortraitSide };
            let capture = Intake::default().take(slot, jpeg.clone(), jiff::Timestamp::UNIX_EPOCH).unwrap();
            let card = measure(capture.picture().unwrap(), slot, &self.thresholds).card.unwrap();
            let print = recipe.print();
            let before = peak();
            let line = median(|| match shot {
                Shot::EmblemSide => drop(card.printed_validity(print.validity(), &self.thresholds)),
                _ => drop(card.printed_number(print.number(), &self.thresholds)),
            });
            let more = peak() - before;
            let whole = median(|| drop(image::load_from_memory(&jpeg).unwrap().into_rgb8()));
            let ratio = line.as_secs_f64() / whole.as_secs_f64();
            println!("| {slot} | {line:.1?} against {whole:.1?} | {ratio:.3} × | {more} KiB |");
        }
    }

    fn good(&self, count: u64) {
        println!("{HEAD}");
        let (mut number, mut validity) = (Tally::default(), Tally::default());
        for seed in 0..count {
            let (card, print) = self.card(Shot::PortraitSide, Flaw::None, seed);
            let line = card.map(|card| card.printed_number(print.number(), &self.thresholds));
            told(seed, line.as_ref());
            number.add(line.as_ref());
            let (card, print) = self.card(Shot::EmblemSide, Flaw::None, seed);
            let line = card.map(|card| card.printed_validity(print.validity(), &self.thresholds));
            told(seed, line.as_ref());
            validity.add(line.as_ref());
        }
        number.row("good photos, number");
        validity.row("good photos, validity");
    }

    /// Each place with each other digit, and neighbours exchanged.
    fn wrong(&self, count: u64) {
        let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
        for seed in 0..count.min(40) {
            let (Some(card), print) = self.card(Shot::PortraitSide, Flaw::None, seed) else { continue };
            let stranger = realname_specimen::photos::printed(self.family, seed + 1000);
            let stranger = ("somebody else's number", stranger.number().to_owned());
            for (kind, number) in others(print.number()).into_iter().chain([stranger]) {
                let line = card.printed_number(&number, &self.thresholds);
                if line.outcome == PrintedOutcome::Same {
                    println!("<!-- {seed}: {kind} taken for the right one: {:?} -->", line.figures);
                }
                kinds.entry(kind).or_default().add(Some(&line));
            }
        }
        for (kind, tally) in kinds {
            tally.row(kind);
        }
    }

    fn flawed(&self, count: u64) {
        let mut all = Tally::default();
        for flaw in [
            Flaw::DigitGone,
            Flaw::NumberUnderSkin,
            Flaw::NumberUnderBar,
            Flaw::NumberUnderGround,
            Flaw::NumberHalf,
            Flaw::NumberGlare,
        ] {
            let mut tally = Tally::default();
            for seed in 0..count {
                let (card, print) = self.card(Shot::PortraitSide, flaw, seed);
                let line = card.map(|card| card.printed_number(print.number(), &self.thresholds));
                if let Some(line) = line.as_ref().filter(|line| line.outcome == PrintedOutcome::Same) {
                    println!("<!-- {flaw:?} {seed} taken for the right one: {:?} -->", line.figures);
                }
                all.add(line.as_ref());
                tally.add(line.as_ref());
            }
            tally.row(&format!("{flaw:?}"));
        }
        all.row("all covered, erased or glared");
        for flaw in [Flaw::Blurred, Flaw::Dark, Flaw::Noisy, Flaw::Tilted, Flaw::Glare, Flaw::Sleeve] {
            let mut tally = Tally::default();
            for seed in 0..count.min(25) {
                let (card, print) = self.card(Shot::PortraitSide, flaw, seed);
                tally.add(card.map(|card| card.printed_number(print.number(), &self.thresholds)).as_ref());
            }
            tally.row(&format!("{flaw:?}, the right number"));
        }
    }
}

const ROUNDS: usize = 31;

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

/// The largest resident size so far, in KiB; 0 where the system doesn't say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn told(seed: u64, line: Option<&PrintedLine>) {
    match line {
        Some(line) if line.outcome != PrintedOutcome::Same => {
            let figures: Vec<_> =
                line.figures.iter().map(|figure| (figure.measure, figure.measured)).collect();
            println!("<!-- {seed}: {:?} {figures:?} -->", line.outcome);
        }
        _ => {}
    }
}

/// Wrong numbers that are near the right one.
fn others(number: &str) -> Vec<(&'static str, String)> {
    const ALIKE: [(u8, u8); 6] =
        [(b'3', b'8'), (b'0', b'6'), (b'1', b'7'), (b'0', b'8'), (b'6', b'8'), (b'5', b'6')];
    let digits = number.as_bytes();
    let mut wrong = Vec::new();
    for at in 0..digits.len() {
        for digit in b'0'..=b'9' {
            if digit == digits[at] {
                continue;
            }
            let mut other = digits.to_vec();
            other[at] = digit;
            let pair = (digit.min(digits[at]), digit.max(digits[at]));
            let kind = if ALIKE.contains(&pair) {
                "one digit wrong, a look-alike"
            } else {
                "one digit wrong, any other"
            };
            wrong.push((kind, String::from_utf8(other).unwrap()));
        }
        if at + 1 < digits.len() && digits[at] != digits[at + 1] {
            let mut other = digits.to_vec();
            other.swap(at, at + 1);
            wrong.push(("two neighbours exchanged", String::from_utf8(other).unwrap()));
        }
    }
    wrong
}

/// Upper end of the one-sided 95 % interval for a rate, given `wrong` of `n` (Clopper and Pearson 1934).
fn upper(wrong: u64, n: u64) -> f64 {
    if wrong >= n {
        return 1.0;
    }
    // The rate at which `wrong` or fewer would be seen one time in twenty.
    let chance = |rate: f64| {
        let mut term = (1.0 - rate).powi(n as i32);
        let mut sum = term;
        for k in 0..wrong {
            term *= (n - k) as f64 / (k + 1) as f64 * rate / (1.0 - rate);
            sum += term;
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if chance(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}
