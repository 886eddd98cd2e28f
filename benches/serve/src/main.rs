//! `realname serve` under load, against a peer in Node and against the library in process: `benches/serve/run.sh`.
//!
//! ```text
//! serve-bench PROGRAM PEER [--smoke]
//! ```
//!
//! `PROGRAM` is the `realname` to measure, `PEER` the directory of the peer with its packages installed. In each round all sides
//! decide on the same number of presentations, in an order that turns, each in a process of its own that was started for it.
//! **The load comes from the same machine**: it takes a part of its cores, the same from every side over HTTP, and none from the
//! calls in process. `ROUNDS` and `COUNT` make it shorter or longer; `--smoke` sees that it runs.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

mod figures;
#[path = "../../support/grain.rs"]
mod grain;
mod load;
mod photo;
mod process;
mod sides;
#[path = "../../support/mod.rs"]
mod support;
mod world;

use std::path::{Path, PathBuf};

use figures::{Figures, Row, mebibytes, per_second, seconds};
use sides::Load;
use world::World;

const CONNECTIONS: usize = 64;

/// One round: ours, the peer, the peer with one transaction for many, the library in process.
type Round = [Figures; 4];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = |option: &str| arguments.iter().any(|argument| argument == option);
    let smoke = asked("--smoke");
    let paths: Vec<PathBuf> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).map(PathBuf::from).collect();
    let [program, peer] = paths.as_slice() else {
        eprintln!("serve-bench PROGRAM PEER [--smoke | --photo]");
        std::process::exit(2);
    };
    let number = |name: &str, usual: usize| {
        std::env::var(name)
            .map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
    };
    let (rounds, count, warm) =
        if smoke { (1, 40, 20) } else { (number("ROUNDS", 7), number("COUNT", 4_000), 1_000) };
    let world = World::new(program);
    let load = Load { connections: CONNECTIONS, warm };
    let rounds = if asked("--photo") { 0 } else { rounds };
    let found: Vec<Round> = (0..rounds).map(|round| measure(&world, peer, (count, load), round)).collect();
    if rounds == 0 {
        println!("| what | limit or peer | aim | found |\n|---|---|---|---|");
    } else if smoke {
        println!("serve-bench: {count} presentations accepted by each side");
    } else {
        table(&found);
    }
    let drawn = photo::drawn(&program.with_file_name("photos"));
    let found = photo::measured(&world, &drawn, if smoke { 1 } else { number("PHOTOS", 25) });
    if !smoke {
        let what = format!(
            "a photo of 12 megapixels ({:.1} MB) to the buyer's page: last byte to figures",
            drawn.len() as f64 / 1e6
        );
        support::row(&what, "`capture` in process", "≤ 1.1 ×", &found);
    }
}

/// All sides, beginning with another one in each round.
fn measure(world: &World, peer: &Path, (count, load): (usize, Load), round: usize) -> Round {
    let mut pairs = world.pairs(load.warm + 2 * count, CONNECTIONS);
    // On the same store as ours, so it needs demands of its own.
    let others = pairs.split_off(load.warm + count);
    let run = |side: usize| match side {
        0 => sides::ours(world, &pairs, load),
        1 => sides::peer(world, peer, ("peer", &[]), &pairs, load),
        2 => sides::peer(world, peer, ("group", &["--group"]), &pairs, load),
        _ => sides::in_process(world, &others, CONNECTIONS),
    };
    let mut found = [None; 4];
    for turn in 0..4 {
        let side = (round + turn) % 4;
        let figures = run(side);
        eprintln!(
            "round {round}, side {side}: {:.0}/s, {:.1?} of the processor each, {:.1?} and {:.1?} waited, {} KiB",
            figures.rate, figures.cpu, figures.median, figures.p99, figures.peak
        );
        found[side] = Some(figures);
    }
    found.map(|figures| figures.expect("each side had its turn"))
}

fn table(rounds: &[Round]) {
    let sides = |other: usize, figure: &dyn Fn(&Figures) -> f64| -> Vec<(f64, f64)> {
        rounds.iter().map(|round| (figure(&round[0]), figure(&round[other]))).collect()
    };
    let cpu = |figures: &Figures| figures.cpu.as_secs_f64();
    let rate = |figures: &Figures| figures.rate;
    let what = format!(
        "`POST /v1/presentations`, durable, {CONNECTIONS} connections: the server's processor time each"
    );
    let node = "Node 20, fastify, `@sd-jwt/core`, `better-sqlite3`";
    let group = "that peer with one transaction for all that wait";
    let process = format!("`rely::answer` in process, {CONNECTIONS} threads, the same store");
    let row = |what, against, aim| Row { what, against, aim };
    println!("| what | limit or peer | aim | found |\n|---|---|---|---|");
    row(&what, node, "≤ 0.3 ×").print(&sides(1, &cpu), seconds);
    row("the same: presentations a second", node, "≥ 3 ×").print(&sides(1, &rate), per_second);
    let late: Vec<_> =
        rounds.iter().map(|round| (round[0].p99.as_secs_f64(), round[1].median.as_secs_f64())).collect();
    row("the same: one in a hundred waits longer", "its median", "≤ 1 ×").print(&late, seconds);
    row("the same: peak memory of the server", node, "≤ 0.5 ×")
        .print(&sides(1, &|figures| figures.peak as f64), mebibytes);
    row("the same: processor time each", group, "").print(&sides(2, &cpu), seconds);
    row("the same: presentations a second", group, "").print(&sides(2, &rate), per_second);
    row("the same: presentations a second", &process, "≥ 0.6 ×").print(&sides(3, &rate), per_second);
    row("the same: processor time each", &process, "").print(&sides(3, &cpu), seconds);
}
