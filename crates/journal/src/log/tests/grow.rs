use super::*;
use crate::JournalError;
use crate::entry::EntryError;
use crate::note::Quorum;
use crate::tree::{Hash, check_consistency};

#[test]
fn what_is_appended_is_read_proved_and_audited() {
    let files = Mortal::new();
    let mut journal = created(&files);
    let mut seen = vec![checkpoint(&files)];
    let mut size = 0;
    // Sizes around every kind of boundary of a tile.
    for step in [1, 1, 2, 250, 1, 1, 1, 255, 256, 257, 1, 66_000] {
        let appended = journal.append(events(size..size + step), now()).unwrap();
        assert_eq!((appended.first, appended.size), (size, size + step));
        size += step;
        seen.push(checkpoint(&files));
        // Against every tree before it while that is cheap; the last is by far the largest, and what follows an older tree is
        // audited in the same way whichever that is.
        let read = reader(&files);
        let since: Vec<usize> =
            if step < 1000 { (0..seen.len()).collect() } else { vec![0, 5, seen.len() - 2, seen.len() - 1] };
        for old in since {
            assert!(Audit::new(vec![vkey()]).since(seen[old].clone()).run(&read).is_ok(), "{old} of {size}");
        }
    }
    assert_eq!(numbers(&files), (0..size).collect::<Vec<_>>());
    let read = reader(&files);
    for index in [0, 1, 255, 256, 1024, 65_535, 65_536, size - 1] {
        let entry = read.entry(index).unwrap();
        let proof = read.prove(index).unwrap();
        assert_eq!(proof.verify(&entry, &[vkey()], &Quorum::none()).unwrap().checkpoint().size, size);
        assert!(proof.verify(b"{}", &[vkey()], &Quorum::none()).is_err());
    }
    assert!(matches!(read.entry(size), Err(JournalError::Index { .. })));
    for old in &seen {
        let (size, root) = (old.unverified().size, old.unverified().root);
        let path = read.prove_growth(size, &root).unwrap();
        let now = read.checkpoint().unverified();
        assert!(check_consistency(size, &root, now.size, &now.root, &path));
        let other = read.prove_growth(size, &Hash::of(b"another tree"));
        assert!(matches!(other, Err(JournalError::Forked { .. })), "{size}: {other:?}");
    }
    let chains = audit(&files).unwrap().chains;
    assert_eq!((chains.len(), chains.iter().map(|(_, seq)| seq).sum::<u64>()), (3, size));
}

#[test]
fn only_what_the_specification_names_is_left() {
    let files = Mortal::new();
    let mut journal = created(&files);
    for step in 0..300 {
        journal.append(events(step..step + 1), now()).unwrap();
    }
    let paths = files.paths();
    let partials: Vec<_> = paths.iter().filter(|path| path.contains("000.p/")).collect();
    assert_eq!(partials, ["tile/1/000.p/1"], "partial tiles go when the full one is there");
    assert!(paths.iter().any(|path| path == "tile/entries/000"));
    assert!(paths.iter().any(|path| path == "tile/entries/001.p/44"));
    assert_eq!(files.content()["pending"], b"");
}

#[test]
fn a_call_is_taken_as_a_whole_or_not_at_all() {
    let files = Mortal::new();
    let mut journal = created(&files);
    journal.append(events(0..3), now()).unwrap();
    let before = files.content();
    let bad = vec![event(3), event(4).with("agent_seq", Stated::Count(77)), event(5)];
    let refused = journal.accept(bad, now()).unwrap_err();
    assert!(
        matches!(refused, JournalError::Event { number: 2, error: EntryError::Chain { expected: 2 } }),
        "{refused}"
    );
    assert_eq!(files.content(), before);
    // Of several callers the one is refused, the others are taken, and the chains don't know of the refused ones.
    let unfit = event(6).with("name", Stated::Text("x"));
    let calls = vec![events(3..5), vec![event(5), unfit], events(7..9), Vec::new()];
    let outcomes = journal.accept_each(calls, now()).unwrap();
    let firsts: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().ok().map(|receipt| (receipt.first, receipt.count)))
        .collect();
    assert_eq!(firsts, [Some((3, 2)), None, Some((5, 2)), Some((7, 0))]);
    journal.integrate().unwrap();
    assert_eq!(numbers(&files), [0, 1, 2, 3, 4, 7, 8]);
}

#[test]
fn what_was_acknowledged_is_there_when_it_is_opened_again() {
    let files = Mortal::new();
    let mut journal = created(&files);
    journal.append(events(0..10), now()).unwrap();
    journal.accept(events(10..14), now()).unwrap();
    drop(journal);
    let files = files.after(crate::files::mortal::End::Power);
    let mut journal = opened(&files).unwrap();
    assert_eq!((journal.size(), journal.pending()), (14, 4));
    journal.append(events(14..15), now()).unwrap();
    assert_eq!(numbers(&files), (0..15).collect::<Vec<_>>());
}

/// The cache saves reading, and is never believed against the tiles.
#[test]
fn the_cache_of_the_chains_is_only_a_cache() {
    let files = Mortal::new();
    let mut journal = created(&files);
    journal.append(events(0..9000), now()).unwrap();
    drop(journal);
    assert!(files.paths().iter().any(|path| path == "agents"));
    for change in 0..4 {
        let files = files.after(crate::files::mortal::End::Kill);
        files.change("agents", |bytes| match change {
            0 => None,
            1 => Some(bytes[..bytes.len() / 2].to_vec()),
            2 => Some(String::from_utf8(bytes).unwrap().replacen("3000", "2999", 1).into_bytes()),
            _ => Some(bytes),
        });
        let mut journal = opened(&files).unwrap();
        journal.append(events(9000..9001), now()).unwrap();
        assert_eq!(audit(&files).unwrap().size, 9001, "{change}");
    }
}

/// Who reads while the journal grows has an older checkpoint, and finds full tiles in the place of partial ones.
#[test]
fn a_reader_goes_on_while_the_journal_grows() {
    let files = Mortal::new();
    let mut journal = created(&files);
    journal.append(events(0..300), now()).unwrap();
    let before = reader(&files);
    journal.append(events(300..70_000), now()).unwrap();
    // Level 1 has a tile 001 of its own, which isn't full yet.
    let left = |path: &String| path.contains("tile/0/001.p") || path.contains("tile/entries/001.p");
    assert!(!files.paths().iter().any(left));
    assert_eq!(Audit::new(vec![vkey()]).run(&before).unwrap().size, 300);
    let proof = before.prove(299).unwrap();
    assert!(proof.verify(&before.entry(299).unwrap(), &[vkey()], &Quorum::none()).is_ok());
}
