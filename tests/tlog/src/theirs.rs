//! We read what they wrote.

use std::collections::HashMap;
use std::fs;

use realname_journal::note::{Quorum, SignedCheckpoint, VerifierKey};
use realname_journal::{Audit, Reader};
use signed_note::{Note, StandardSigner};
use tlog_tiles::{Checkpoint, Error, Hash, HashReader, Tile, stored_hash_index, stored_hashes, tree_hash};

use super::*;

/// Their store of hashes.
#[derive(Default)]
struct Stored(HashMap<u64, Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        Ok(indexes.iter().map(|index| self.0[index]).collect())
    }
}

/// A log of their making: tiles out of their library, entries of ours, a note of their signer.
fn log(size: u64, extension: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let entries: Vec<Vec<u8>> = (0..size).map(|number| event(number).preview(now()).unwrap()).collect();
    let mut stored = Stored::default();
    for (number, entry) in (0..).zip(&entries) {
        let hashes = stored_hashes(number, entry, &stored).unwrap();
        for (index, hash) in (stored_hash_index(0, number)..).zip(hashes) {
            stored.0.insert(index, hash);
        }
    }
    for tile in Tile::new_tiles(8, 0, size) {
        write(&place(directory.path(), &tile), &tile.read_data(&stored).unwrap());
        if tile.level() == 0 {
            let begin = (tile.level_index() * 256) as usize;
            let bundle = entries[begin..begin + tile.width() as usize]
                .iter()
                .flat_map(|entry| [&(entry.len() as u16).to_be_bytes(), entry.as_slice()].concat());
            let mut data = tile;
            data.set_is_data();
            write(&place(directory.path(), &data), &bundle.collect::<Vec<u8>>());
        }
    }
    let root = tree_hash(size, &stored).unwrap();
    let (skey, vkey) = signed_note::generate_key(&mut rand_core::OsRng, ORIGIN);
    let text = Checkpoint::new(ORIGIN, size, root, extension).unwrap().to_bytes();
    let mut note = Note::new(&text, &[]).unwrap();
    note.add_sigs(&[&StandardSigner::new(&skey).unwrap()]).unwrap();
    let (other, _) = signed_note::generate_key(&mut rand_core::OsRng, "unknown.example");
    note.add_sigs(&[&StandardSigner::new(&other).unwrap()]).unwrap();
    write(&directory.path().join("checkpoint"), &note.to_bytes());
    (directory, vkey)
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn we_audit_and_prove_a_log_of_theirs() {
    for (size, extension) in
        [(1, ""), (255, ""), (256, "an extension\n"), (257, ""), (3000, "one\ntwo\n"), (66_000, "")]
    {
        let (directory, vkey) = log(size, extension);
        let keys = vec![VerifierKey::parse(&vkey).unwrap()];
        assert_eq!(keys[0].to_string(), vkey);
        let reader = Reader::open(directory.path()).unwrap();
        let audited = Audit::new(keys.clone()).run(&reader).unwrap();
        assert_eq!(audited.size, size);
        let note = fs::read(directory.path().join("checkpoint")).unwrap();
        assert_eq!(SignedCheckpoint::parse(&note).unwrap().to_string().as_bytes(), note);
        let index = size / 2;
        let proof = reader.prove(index).unwrap();
        assert!(proof.verify(&reader.entry(index).unwrap(), &keys, &Quorum::none()).is_ok());
        let (_, other) = signed_note::generate_key(&mut rand_core::OsRng, ORIGIN);
        assert!(Audit::new(vec![VerifierKey::parse(&other).unwrap()]).run(&reader).is_err());
    }
}
