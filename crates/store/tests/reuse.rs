//! Every index against one suite. All of it is made up: digests of counters, hashes of a generator.
#![cfg(feature = "reuse")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use jiff::Timestamp;
use realname_capture::PerceptualHash;
use realname_capture::reuse::{IdentityKey, Kept, MOST_FINDINGS, MemoryReuse, Print, ReuseIndex, ReuseKind};

const DAY: i64 = 24 * 3_600;

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(number * DAY + 3_600).unwrap()
}

/// 32 bytes that no other seed gives.
fn bytes(seed: u64) -> [u8; 32] {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    std::array::from_fn(|_| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 56) as u8
    })
}

fn print(person: u64, capture: u64) -> Print {
    let key = IdentityKey::new([7; 32]);
    Print {
        identity: key.identity(&format!("TEST{person:014}")),
        file: bytes(1_000_000 + capture),
        pixels: bytes(2_000_000 + capture),
        photo: Some(PerceptualHash::from_bytes(bytes(3_000_000 + capture))),
    }
}

fn kept(print: Print, until: i64) -> Kept {
    Kept { print, until: day(until) }
}

/// The photo with these bits turned.
fn turned(print: Print, bits: impl IntoIterator<Item = usize>) -> Print {
    let mut hash = print.photo.unwrap().to_bytes();
    bits.into_iter().for_each(|bit| hash[bit / 8] ^= 1 << (bit % 8));
    Print { photo: Some(PerceptualHash::from_bytes(hash)), ..print }
}

fn kinds(index: &dyn ReuseIndex, print: &Print) -> Vec<(ReuseKind, Option<u32>)> {
    index.find(print).unwrap().iter().map(|finding| (finding.kind, finding.distance)).collect()
}

fn suite(index: &dyn ReuseIndex) {
    assert_eq!(kinds(index, &print(1, 1)), []);
    index.add(&[kept(print(1, 1), 100), kept(print(2, 2), 200)]).unwrap();

    // The same person once more with the same photo is no finding; with another one it is, of its own kind.
    assert_eq!(kinds(index, &print(1, 1)), []);
    let other_photo = print(1, 9);
    let found = index.find(&other_photo).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].other), (ReuseKind::SameIdentityOtherPhotos, other_photo.identity));

    // Somebody else: the file, the picture in another file, nearly the picture.
    let thief = print(3, 1);
    assert_eq!(kinds(index, &thief), [(ReuseKind::SameFile, Some(0))]);
    let resaved = Print { file: bytes(77), ..thief };
    assert_eq!(kinds(index, &resaved), [(ReuseKind::SamePixels, Some(0))]);
    let resized = Print { pixels: bytes(78), ..resaved };
    assert_eq!(kinds(index, &resized), [(ReuseKind::Near, Some(0))]);
    assert_eq!(index.find(&resized).unwrap()[0].other, print(1, 1).identity);

    // As far as the stated distance and no further, wherever the bits lie.
    for begin in 0..256 {
        for step in [1, 29, 31, 51] {
            let bits = |count: usize| (0..count).map(move |at| (begin + at * step) % 256);
            let near = kinds(index, &turned(resized, bits(8)));
            assert_eq!(near, [(ReuseKind::Near, Some(8))], "{begin} {step}");
            assert_eq!(kinds(index, &turned(resized, bits(9))), [], "{begin} {step}");
        }
    }

    // A side of a card has no hash: only its file and its pixels count.
    let card = Print { photo: None, ..print(4, 40) };
    index.add(&[kept(card, 100)]).unwrap();
    let same = Print { identity: print(5, 0).identity, ..card };
    assert_eq!(kinds(index, &same), [(ReuseKind::SameFile, None)]);
    assert_eq!(kinds(index, &Print { file: bytes(1), pixels: bytes(2), ..same }), []);

    // A crowd is found and cut off.
    let crowd: Vec<Kept> = (100..200).map(|person| kept(Print { ..print(person, 50) }, 100)).collect();
    index.add(&crowd).unwrap();
    assert_eq!(index.find(&print(6, 50)).unwrap().len(), MOST_FINDINGS);

    // Erased at a person's word, and nobody else.
    assert_eq!(index.erase(print(1, 0).identity).unwrap(), 1);
    assert_eq!(index.erase(print(1, 0).identity).unwrap(), 0);
    assert_eq!(kinds(index, &thief), []);
    assert_eq!(kinds(index, &print(3, 2)), [(ReuseKind::SameFile, Some(0))]);

    // Over when its record is: the day after its last.
    assert_eq!(index.expire(day(100), u32::MAX).unwrap(), 0);
    assert_eq!(index.expire(day(101), 60).unwrap(), 60);
    assert_eq!(index.expire(day(101), u32::MAX).unwrap(), 41);
    assert_eq!(kinds(index, &same), []);
    assert_eq!(kinds(index, &print(3, 2)), [(ReuseKind::SameFile, Some(0))]);
    assert_eq!(index.expire(day(201), u32::MAX).unwrap(), 1);
    assert_eq!(kinds(index, &print(3, 2)), []);
}

/// What was taken out and put in again many times is found as at first.
fn churn(index: &dyn ReuseIndex, rounds: u64) {
    let mut live = Vec::new();
    for round in 0..rounds {
        let one = print(10_000 + round, 10_000 + round);
        index.add(&[kept(one, 300)]).unwrap();
        live.push(one);
        if round % 3 == 0 {
            let gone = live.swap_remove((round as usize * 7) % live.len());
            assert_eq!(index.erase(gone.identity).unwrap(), 1);
            assert_eq!(kinds(index, &Print { identity: print(9, 0).identity, ..gone }), []);
        }
    }
    for one in live {
        let thief = Print { identity: print(9, 0).identity, file: bytes(1), pixels: bytes(2), ..one };
        assert_eq!(kinds(index, &thief), [(ReuseKind::Near, Some(0))]);
    }
}

#[test]
fn memory() {
    suite(&MemoryReuse::new());
    churn(&MemoryReuse::new(), 3_000);
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("reuse.sqlite3");
    suite(&realname_store::SqliteReuse::open(&path).unwrap());
    churn(&realname_store::SqliteReuse::open(&path).unwrap(), 60);
    // Another database isn't taken for one.
    let other = directory.path().join("other.sqlite3");
    drop(realname_store::SqliteStore::open(&other).unwrap());
    assert!(matches!(
        realname_store::SqliteReuse::open(&other),
        Err(realname_capture::reuse::ReuseError::Damaged)
    ));
}

/// On the server at `$REALNAME_POSTGRES_URL`, in a schema of its own; `tests/postgres/run.sh` starts one.
#[cfg(feature = "postgres")]
#[test]
#[ignore = "needs a PostgreSQL server"]
fn postgres() {
    let address = std::env::var("REALNAME_POSTGRES_URL").unwrap();
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    let schema = format!("reuse_{}", std::process::id());
    client.batch_execute(&format!("CREATE SCHEMA {schema}; SET search_path = {schema}")).unwrap();
    let index = realname_store::PostgresReuse::create(client).unwrap();
    suite(&index);
    churn(&index, 60);
}
