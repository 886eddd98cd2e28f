use super::*;
use crate::JournalError;
use crate::files::mortal::End;
use realname_terms::Explain;

/// Opening says that code, and writes nothing.
fn refused(files: &Mortal, code: &str, what: &str) {
    let before = files.content();
    let error = opened(files).unwrap_err();
    assert_eq!(error.code(), code, "{what}: {error}");
    assert_eq!(files.content(), before, "{what}");
}

fn grown(size: u64) -> Mortal {
    let files = Mortal::new();
    let mut journal = created(&files);
    journal.append(events(0..size), now()).unwrap();
    drop(journal);
    files.after(End::Kill)
}

#[test]
fn two_writers_are_refused() {
    let files = Mortal::new();
    let mut first = created(&files);
    let second = Journal::open_over(Arc::new(files.beside()), key());
    assert_eq!(second.unwrap_err().code(), "journal_in_use");
    first.append(events(0..1), now()).unwrap();
    // Reading needs no lock.
    assert_eq!(numbers(&files.beside()), [0]);

    let directory = tempfile::tempdir().unwrap();
    let journal = Journal::create(directory.path(), key(), ORIGIN).unwrap();
    assert_eq!(Journal::open(directory.path(), key()).unwrap_err().code(), "journal_in_use");
    drop(journal);
    assert!(Journal::open(directory.path(), key()).is_ok());
    assert_eq!(Journal::create(directory.path(), key(), ORIGIN).unwrap_err().code(), "journal_exists");
    assert_eq!(Journal::open(directory.path().join("none"), key()).unwrap_err().code(), "journal_missing");
    assert!(!directory.path().join("none").exists());
}

#[test]
fn another_key_doesnt_open_it() {
    let files = grown(3);
    let other = Arc::new(SigningKey::from_ed25519_seed(&[9; 32]));
    let refused = Journal::open_over(Arc::new(files.clone()), other);
    assert_eq!(refused.unwrap_err().code(), "checkpoint_signature");
}

/// Each file of the tree that is lost, cut, or changed in a bit: opening or the audit says so, and never that all is well.
#[test]
fn no_damage_to_a_tile_goes_unseen() {
    for size in [1, 300, 600] {
        let whole = grown(size);
        let tiles: Vec<_> = whole.paths().into_iter().filter(|path| path.starts_with("tile/")).collect();
        assert!(!tiles.is_empty());
        for path in &tiles {
            let files = whole.after(End::Kill);
            files.change(path, |_| None);
            refused(&files, "tile_missing", path);
            assert_eq!(audit(&files).unwrap_err().code(), "tile_missing", "{path}");

            let files = whole.after(End::Kill);
            files.change(path, |bytes| Some(bytes[..bytes.len() - 1].to_vec()));
            assert_eq!(audit(&files).unwrap_err().code(), "tile_malformed", "{path}");
            if !path.starts_with("tile/entries/000") || size < 256 {
                refused(&files, "tile_malformed", path);
            }

            for place in [0, 2, 70] {
                let files = whole.after(End::Kill);
                files.change(path, |mut bytes| {
                    let place = place % bytes.len();
                    bytes[place] ^= 1;
                    Some(bytes)
                });
                let code = audit(&files).unwrap_err().code();
                let known = [
                    "tile_differs",
                    "tile_malformed",
                    "entry_not_canonical",
                    "entry_member_unknown",
                    "root_differs",
                    "agent_chain_broken",
                ];
                assert!(known.contains(&code), "{path} {place}: {code}");
            }
        }
    }
}

/// An attacker who can write the disk but hasn't the signing key.
#[test]
fn an_entry_that_was_changed_with_its_tiles_isnt_the_signed_one() {
    let files = grown(5);
    let other = Mortal::new();
    let mut journal = created(&other);
    let mut changed = events(0..5);
    changed[2] = event(2).with("outcome", Stated::Text("refused"));
    journal.append(changed, now()).unwrap();
    for path in ["tile/0/000.p/5", "tile/entries/000.p/5"] {
        files.change(path, |_| Some(other.content()[path].clone()));
    }
    refused(&files, "root_differs", "changed");
    assert_eq!(audit(&files).unwrap_err().code(), "root_differs");
}

#[test]
fn an_older_state_in_its_place_is_shrunk() {
    for (old, new) in [(5, 9), (5, 300), (256, 257), (250, 256), (300, 900)] {
        let files = Mortal::new();
        let mut journal = created(&files);
        journal.append(events(0..old), now()).unwrap();
        let earlier = files.content()["checkpoint"].clone();
        let seen = files.after(End::Kill);
        journal.append(events(old..new), now()).unwrap();
        let later = checkpoint(&files);
        drop(journal);
        let files = files.after(End::Kill);
        files.change("checkpoint", |_| Some(earlier));
        // Its partial tiles may be gone; somebody who puts a state back brings those as well.
        for path in seen.paths().iter().filter(|path| path.starts_with("tile/")) {
            files.change(path, |_| Some(seen.content()[path].clone()));
        }
        refused(&files, "journal_shrunk", &format!("{old} of {new}"));
        // Who saw the later one needs no trace on the disk.
        let audit = Audit::new(vec![vkey()]).since(later.clone());
        assert_eq!(audit.run(&reader(&seen)).unwrap_err().code(), "journal_shrunk");
        let growth = reader(&seen).prove_growth(later.unverified().size, &later.unverified().root);
        assert_eq!(growth.unwrap_err().code(), "journal_shrunk");
    }
}

/// The operator itself rewrites: same key, another history.
#[test]
fn a_fork_is_seen_by_who_kept_a_checkpoint() {
    let honest = grown(300);
    let kept = checkpoint(&honest);
    let forked = Mortal::new();
    let mut journal = created(&forked);
    let mut rewritten = events(0..400);
    rewritten.remove(17);
    journal.append(rewritten, now()).unwrap();
    assert!(audit(&forked).is_ok(), "in itself it is a journal");
    let since = Audit::new(vec![vkey()]).since(kept.clone()).run(&reader(&forked));
    assert_eq!(since.unwrap_err().code(), "journal_forked");
    let witness_key = SigningKey::from_ed25519_seed(&[2; 32]);
    let witness = Witness::new("witness.example", &witness_key).unwrap();
    let cosigned = witness.cosign(&reader(&forked), &[vkey()], Some(&kept), now());
    assert_eq!(cosigned.unwrap_err().code(), "journal_forked");
    assert!(witness.cosign(&reader(&honest), &[vkey()], Some(&kept), now()).is_ok());
}

/// One of an agent's entries is left out, and all after it are signed anew.
#[test]
fn an_entry_that_was_taken_out_shows_in_its_agents_chain() {
    let honest = grown(6);
    let entries: Vec<Vec<u8>> = (0..6).map(|index| reader(&honest).entry(index).unwrap()).collect();
    let mut chains = crate::entry::Chains::default();
    for (index, bytes) in entries.iter().enumerate().filter(|(index, _)| *index != 1) {
        let entry = crate::entry::Entry::parse(bytes).unwrap();
        let followed = chains.follow(&entry, bytes);
        assert_eq!(followed.is_err(), index == 4, "{index}");
    }
}

#[test]
fn acknowledged_events_that_were_damaged_are_told() {
    let files = Mortal::new();
    let mut journal = created(&files);
    for number in 0..3 {
        journal.accept(events(number..number + 1), now()).unwrap();
    }
    drop(journal);
    let whole = files.after(End::Kill);
    let length = whole.content()["pending"].len();
    for place in 0..length {
        let files = whole.after(End::Kill);
        files.change("pending", |mut bytes| {
            bytes[place] ^= 4;
            Some(bytes)
        });
        if place < length * 2 / 3 {
            refused(&files, "journal_pending_damaged", &place.to_string());
        } else {
            // The last frame can't be told from one whose write was broken off: nobody but its writer knows of it.
            assert_eq!(opened(&files).unwrap().pending(), 2, "{place}");
        }
    }
}

#[test]
fn a_witness_cosigns_growth_and_its_line_is_published() {
    let files = grown(3);
    let witness_key = SigningKey::from_ed25519_seed(&[2; 32]);
    let witness = Witness::new("witness.example", &witness_key).unwrap();
    let first = witness.cosign(&reader(&files), &[vkey()], None, now()).unwrap();
    first.publish(&reader(&files)).unwrap();
    let quorum = || crate::note::Quorum::of(vec![witness.verifier_key().clone()], 1).unwrap();
    let audited = Audit::new(vec![vkey()]).with_quorum(quorum()).run(&reader(&files)).unwrap();
    assert_eq!(
        audited.witnesses,
        [(witness.verifier_key().clone(), jiff::Timestamp::from_second(now().as_second()).ok())]
    );
    let proof = reader(&files).prove(2).unwrap();
    let entry = reader(&files).entry(2).unwrap();
    assert!(proof.verify(&entry, &[vkey()], &quorum()).is_ok());
    // The journal opens with it and grows; the new tree isn't cosigned yet.
    let files = files.after(End::Kill);
    let stale = reader(&files);
    let mut journal = opened(&files).unwrap();
    journal.append(events(3..5), now()).unwrap();
    let missing = Audit::new(vec![vkey()]).with_quorum(quorum()).run(&reader(&files)).unwrap_err();
    assert_eq!(missing.code(), "quorum_missing");
    assert_eq!(
        first.publish(&Reader::over(Arc::new(files.beside())).unwrap()).unwrap_err().code(),
        "journal_in_use"
    );
    drop(journal);
    assert!(first.publish(&stale).is_err(), "it has grown meanwhile");
    let other = VerifierKey::new("other.example", KeyKind::Log, key().verifying_key()).unwrap();
    let unknown = witness.cosign(&reader(&files), &[other], None, now());
    assert!(matches!(unknown, Err(JournalError::Note(_))));
}

/// A directory that was moved, removed or replaced under a running writer: an open file follows a move, so events were
/// acknowledged that nobody would ever find. A second writer in its place had another history.
#[cfg(unix)]
#[test]
fn a_journal_that_was_moved_under_its_writer_acknowledges_nothing_more() {
    type Fate = fn(&std::path::Path, &std::path::Path);
    let moved: Fate = |path, aside| std::fs::rename(path, aside).unwrap();
    let removed: Fate = |path, _| std::fs::remove_dir_all(path).unwrap();
    let replaced: Fate = |path, aside| {
        std::fs::rename(path, aside).unwrap();
        drop(Journal::create(path, key(), ORIGIN).unwrap());
    };
    let lock_removed: Fate = |path, _| std::fs::remove_file(path.join("lock")).unwrap();
    for (name, fate) in
        [("moved", moved), ("removed", removed), ("replaced", replaced), ("lock", lock_removed)]
    {
        let directory = tempfile::tempdir().unwrap();
        let (path, aside) = (directory.path().join("journal"), directory.path().join("aside"));
        let mut journal = Journal::create(&path, key(), ORIGIN).unwrap();
        journal.append(events(0..2), now()).unwrap();
        fate(&path, &aside);
        let refused = journal.append(events(2..3), now()).unwrap_err();
        assert_eq!(refused.code(), "journal_io", "{name}: {refused}");
        assert_eq!(journal.append(events(3..4), now()).unwrap_err().code(), "journal_stopped", "{name}");
        if name == "replaced" {
            assert_eq!(Journal::open(&path, key()).unwrap().size(), 0, "the other one is as it was made");
        }
    }
}
