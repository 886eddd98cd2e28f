use super::*;
use crate::files::mortal::End;

const LIFE: u64 = u64::MAX / 2;

/// A run of a journal that is stopped after so many bytes and changes. Gives what was acknowledged, the last checkpoint that was
/// handed out, and how much was spent.
fn run(files: &Mortal, life: u64, sizes: &[u64]) -> (Vec<u64>, Vec<SignedCheckpoint>, u64) {
    let mut acknowledged = Vec::new();
    let mut signed = Vec::new();
    let Ok(mut journal) = opened(files) else { return (acknowledged, signed, 0) };
    files.live(life);
    let mut next = journal.size();
    for (step, size) in sizes.iter().enumerate() {
        let Ok(receipt) = journal.accept(events(next..next + size), now()) else { break };
        assert_eq!(receipt.first, next);
        acknowledged.extend(next..next + size);
        next += size;
        // Two calls a checkpoint.
        if step % 2 == 1 {
            let Ok(checkpoint) = journal.integrate() else { break };
            signed.push(checkpoint.clone());
        }
    }
    (acknowledged, signed, files.spent(life))
}

/// Kills the writer after every `step`th byte or change, in every way that a world ends.
fn every_end(before: u64, sizes: &[u64], step: usize) {
    let begin = Mortal::new();
    let mut journal = created(&begin);
    journal.append(events(0..before), now()).unwrap();
    drop(journal);
    let (all, _, spent) = run(&begin.after(End::Kill), LIFE, sizes);
    assert_eq!(all.len() as u64, sizes.iter().sum::<u64>());
    let mut opened_again = 0;
    for life in (0..=spent).step_by(step) {
        let files = begin.after(End::Kill);
        let (acknowledged, signed, _) = run(&files, life, sizes);
        for end in [End::Kill, End::Power, End::PowerAndEmptyFiles] {
            let files = files.after(end);
            let mut journal = opened(&files).unwrap_or_else(|error| panic!("{life} {end:?}: {error}"));
            let told = before + acknowledged.len() as u64;
            assert!(journal.size() >= told, "{life} {end:?}: {} of {told}", journal.size());
            // It goes on as if nothing had been.
            let size = journal.size();
            journal.append(events(size..size + 2), now()).unwrap();
            assert_eq!(numbers(&files), (0..size + 2).collect::<Vec<_>>(), "{life} {end:?}");
            // No tree that was ever handed out is contradicted.
            for checkpoint in &signed {
                Audit::new(vec![vkey()]).since(checkpoint.clone()).run(&reader(&files)).unwrap();
            }
            opened_again += 1;
        }
    }
    assert_eq!(opened_again, 3 * (spent / step as u64 + 1));
}

#[test]
fn killed_at_every_byte_of_a_small_journal() {
    every_end(0, &[1, 1], 1);
    every_end(3, &[2, 1, 1, 1], 3);
}

/// Where a tile becomes full, and the level above begins. Its files are long and alike, so not each of their bytes is tried.
#[test]
fn killed_anywhere_around_a_full_tile() {
    every_end(254, &[1, 1], 331);
    every_end(255, &[1, 1], 337);
}

#[test]
fn killed_while_it_is_made() {
    let whole = Mortal::new();
    whole.live(LIFE);
    drop(created(&whole));
    for life in 0..whole.spent(LIFE) {
        let files = Mortal::new();
        files.live(life);
        let made = Journal::create_over(Arc::new(files.clone()), key(), ORIGIN);
        for end in [End::Kill, End::Power, End::PowerAndEmptyFiles] {
            let files = files.after(end);
            // Either it is there, or it can be made.
            let journal =
                opened(&files).or_else(|_| Journal::create_over(Arc::new(files.clone()), key(), ORIGIN));
            if made.is_ok() {
                assert!(opened(&files).is_ok() || journal.is_ok());
            }
            if end != End::PowerAndEmptyFiles {
                journal.unwrap_or_else(|error| panic!("{life} {end:?}: {error}"));
            }
        }
    }
}

/// After a write that failed nothing more is done until it is opened again.
#[test]
fn a_failed_write_stops_the_journal() {
    let files = Mortal::new();
    let mut journal = created(&files);
    files.live(10);
    assert!(matches!(journal.accept(events(0..1), now()), Err(crate::JournalError::Io(_))));
    files.live(LIFE);
    for _ in 0..2 {
        assert!(matches!(journal.accept(events(0..1), now()), Err(crate::JournalError::Stopped)));
        assert!(matches!(journal.integrate(), Err(crate::JournalError::Stopped)));
    }
    drop(journal);
    let files = files.after(End::Kill);
    opened(&files).unwrap().append(events(0..1), now()).unwrap();
    assert_eq!(numbers(&files), [0]);
}
