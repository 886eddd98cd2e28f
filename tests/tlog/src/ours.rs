//! They read what we wrote.

use std::fs;

use realname_journal::note::{Quorum, TlogProof, VerifierKey};
use realname_journal::tree::{Hash as Ours, check_consistency, check_inclusion};
use realname_journal::{Reader, Witness};
use signed_note::{Note, StandardVerifier, Verifier, VerifierList};
use tlog_tiles::{
    Checkpoint, Hash, HashReader, TileHashReader, check_record, check_tree, prove_record, prove_tree,
    record_hash, tree_hash,
};

use super::*;

fn ours(hashes: &[Hash]) -> Vec<Ours> {
    hashes.iter().map(|hash| Ours::from_bytes(hash.0)).collect()
}

/// The checkpoint of a note, once their library has verified its signature.
fn verified(bytes: &[u8], vkey: &str) -> Checkpoint {
    let note = Note::from_bytes(bytes).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())]);
    let (verified, _) = note.verify(&known).unwrap();
    assert_eq!(verified.len(), 1);
    Checkpoint::from_bytes(note.text()).unwrap()
}

#[test]
fn they_verify_our_checkpoints_tiles_and_proofs() {
    for size in [1, 2, 255, 256, 257, 1000, 66_000] {
        let (directory, journal, earlier) = journal(size);
        let vkey = journal.verifier_key().to_string();
        let checkpoint = verified(&fs::read(directory.path().join("checkpoint")).unwrap(), &vkey);
        let old = verified(&earlier, &vkey);
        assert_eq!((checkpoint.origin(), checkpoint.size(), old.size()), (ORIGIN, size, size.div_ceil(2)));
        let tiles = Directory(directory.path());
        let hashes = TileHashReader::new(size, *checkpoint.hash(), &tiles);
        assert_eq!(tree_hash(size, &hashes).unwrap(), *checkpoint.hash());
        let reader = Reader::open(directory.path()).unwrap();
        for index in [0, 1, 254, 255, 256, 511, 65_535, 65_536, size / 2, size - 1]
            .into_iter()
            .filter(|index| *index < size)
        {
            let entry = reader.entry(index).unwrap();
            let leaf = record_hash(&entry);
            assert_eq!(hashes.read_hashes(&[tlog_tiles::stored_hash_index(0, index)]).unwrap(), [leaf]);
            // Their proof is ours, hash by hash.
            let proof = prove_record(size, index, &hashes).unwrap();
            check_record(&proof, size, *checkpoint.hash(), index, leaf).unwrap();
            let text = reader.prove(index).unwrap().to_string();
            let lines: Vec<Hash> = text
                .lines()
                .skip(2)
                .take_while(|line| !line.is_empty())
                .map(|line| Hash::parse_hash(line).unwrap())
                .collect();
            assert_eq!(lines, proof, "{index} of {size}");
            assert!(check_inclusion(
                &Ours::of_leaf(&entry),
                index,
                size,
                &ours(&proof),
                &Ours::from_bytes(checkpoint.hash().0)
            ));
        }
        let proof = prove_tree(size, old.size(), &hashes).unwrap();
        check_tree(&proof, size, *checkpoint.hash(), old.size(), *old.hash()).unwrap();
        let (root, old_root) = (Ours::from_bytes(checkpoint.hash().0), Ours::from_bytes(old.hash().0));
        assert!(check_consistency(old.size(), &old_root, size, &root, &ours(&proof)));
        assert_eq!(reader.prove_growth(old.size(), &old_root).unwrap(), ours(&proof), "{size}");
    }
}

/// A verifier of cosignatures (type 0x04), which `signed_note` has none of.
struct Cosignatures {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl Verifier for Cosignatures {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk::<8>() else { return false };
        let message =
            [format!("cosignature/v1\ntime {}\n", u64::from_be_bytes(*time)).as_bytes(), text].concat();
        let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return false };
        ed25519_dalek::Verifier::verify(&self.key, &message, &signature).is_ok()
    }
}

#[test]
fn they_verify_our_cosignatures() {
    let (directory, journal, _) = journal(10);
    let vkey = journal.verifier_key().to_string();
    drop(journal);
    let (witness_key, name) = (key(2), "witness.example/w");
    let witness = Witness::new(name, witness_key.as_ref()).unwrap();
    let reader = Reader::open(directory.path()).unwrap();
    let known = [VerifierKey::parse(&vkey).unwrap()];
    witness.cosign(&reader, &known, None, now()).unwrap().publish(&reader).unwrap();
    let bytes = witness_key.verifying_key().to_ed25519().unwrap();
    let id = signed_note::key_id(name, &[&[4], bytes.as_slice()].concat());
    assert_eq!(id, witness.verifier_key().id());
    let cosignatures =
        Cosignatures { name: name.into(), id, key: ed25519_dalek::VerifyingKey::from_bytes(&bytes).unwrap() };
    let list =
        VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap()), Box::new(cosignatures)]);
    let note = Note::from_bytes(&fs::read(directory.path().join("checkpoint")).unwrap()).unwrap();
    assert_eq!(note.verify(&list).unwrap().0.len(), 2);
    // Who doesn't know the witness reads over its line.
    let log_only = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
    let (verified, unknown) = note.verify(&log_only).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 1));
    // A proof ends in that very note.
    let proof = Reader::open(directory.path()).unwrap().prove(3).unwrap().to_string();
    let (_, checkpoint) = proof.split_once("\n\n").unwrap();
    assert_eq!(Note::from_bytes(checkpoint.as_bytes()).unwrap().verify(&list).unwrap().0.len(), 2);
    let quorum = Quorum::of(vec![witness.verifier_key().clone()], 1).unwrap();
    let entry = Reader::open(directory.path()).unwrap().entry(3).unwrap();
    assert!(TlogProof::parse(proof.as_bytes()).unwrap().verify(&entry, &known, &quorum).is_ok());
}
