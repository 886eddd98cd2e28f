use proptest::prelude::*;
use realname_token::jose::{Algorithm, SigningKey};

use super::*;
use crate::tree::Hash;

const ORIGIN: &str = "operator.example/journal";

fn key(number: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[number; 32])
}

fn log_key() -> VerifierKey {
    VerifierKey::new(ORIGIN, KeyKind::Log, key(1).verifying_key()).unwrap()
}

fn witness(number: u8) -> VerifierKey {
    VerifierKey::new(&format!("witness{number}.example"), KeyKind::Witness, key(number).verifying_key())
        .unwrap()
}

fn at(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(seconds).unwrap()
}

fn checkpoint() -> SignedCheckpoint {
    SignedCheckpoint::sign(Checkpoint::new(ORIGIN, 7, Hash::of(b"root")).unwrap(), &key(1)).unwrap()
}

fn cosigned(numbers: &[u8]) -> SignedCheckpoint {
    numbers.iter().fold(checkpoint(), |signed, number| {
        signed.cosign(&format!("witness{number}.example"), &key(*number), at(1_700_000_000)).unwrap()
    })
}

/// The published example's key; its form is all that is looked at.
#[test]
fn a_verifier_key_is_the_text_of_the_specification() {
    let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key = VerifierKey::parse(text).unwrap();
    assert_eq!((key.to_string().as_str(), key.id(), key.kind()), (text, 0x530d_903a, KeyKind::Log));
    for bad in [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
    ] {
        assert_eq!(VerifierKey::parse(bad), Err(NoteError::Key), "{bad}");
    }
    let signed = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = Note::parse(signed.as_bytes()).unwrap();
    assert_eq!(key.verify(note.text(), &note.signatures()[0]), Some(0));
    assert_eq!(key.verify("This is another message.\n", &note.signatures()[0]), None);
}

#[test]
fn a_checkpoint_is_judged_by_known_keys_only() {
    let text = cosigned(&[2, 3]).to_string();
    let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    assert_eq!(signed.to_string(), text);
    let none = Quorum::none();
    let found = signed.verify(&[log_key()], &none).unwrap();
    assert_eq!((found.checkpoint().size, found.witnesses().len()), (7, 0));
    // A key of another log, of the same key under another name, and none.
    let other = VerifierKey::new("other.example", KeyKind::Log, key(1).verifying_key()).unwrap();
    assert_eq!(signed.verify(&[other], &none), Err(NoteError::Signature));
    assert_eq!(signed.verify(&[], &none), Err(NoteError::Signature));
    assert_eq!(signed.verify(&[witness(2)], &none), Err(NoteError::Signature));
    // A log whose key signs what another log's checkpoint says.
    let foreign = format!("other.example/log\n7\n{}\n", Hash::of(b"root"));
    let line = log_key().sign(&key(1), &foreign, 0).unwrap();
    let foreign = SignedCheckpoint::parse(Note::new(foreign, vec![line]).to_string().as_bytes()).unwrap();
    assert_eq!(foreign.verify(&[log_key()], &none), Err(NoteError::Origin));
}

#[test]
fn witnesses_are_counted_by_key() {
    let quorum =
        |numbers: &[u8], least| Quorum::of(numbers.iter().map(|number| witness(*number)).collect(), least);
    let signed = cosigned(&[2, 3]);
    let found = signed.verify(&[log_key()], &quorum(&[2, 3, 4], 2).unwrap()).unwrap();
    assert_eq!(
        found.witnesses().iter().map(|(_, time)| *time).collect::<Vec<_>>(),
        [Some(at(1_700_000_000)); 2]
    );
    assert_eq!(
        signed.verify(&[log_key()], &quorum(&[3, 4], 2).unwrap()),
        Err(NoteError::Quorum { expected: 2, got: 1 })
    );
    assert_eq!(quorum(&[2], 2).unwrap_err(), NoteError::Quorum { expected: 2, got: 1 });
    assert_eq!(Quorum::of(vec![log_key()], 1).unwrap_err(), NoteError::Key);
    // One witness that calls itself by two names, or signs twice, is one.
    let alias = VerifierKey::new("alias.example", KeyKind::Witness, key(2).verifying_key()).unwrap();
    let twice = cosigned(&[2, 2]).cosign("alias.example", &key(2), at(5)).unwrap();
    assert_eq!(twice.note().signatures().len(), 3);
    assert_eq!(
        twice.verify(&[log_key()], &Quorum::of(vec![witness(2), alias], 2).unwrap()),
        Err(NoteError::Quorum { expected: 2, got: 1 })
    );
}

#[test]
fn a_wrong_signature_of_a_known_key_spoils_the_note() {
    let signed = cosigned(&[2]);
    for spoilt in 0..2 {
        let mut signatures = signed.note().signatures().to_vec();
        *signatures[spoilt].bytes.last_mut().unwrap() ^= 1;
        let text = Note::new(signed.note().text().to_owned(), signatures).to_string();
        let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        let quorum = Quorum::of(vec![witness(2)], 0).unwrap();
        assert_eq!(signed.verify(&[log_key()], &quorum), Err(NoteError::Signature), "{spoilt}");
    }
}

#[test]
fn what_has_not_the_form_is_refused() {
    let good = checkpoint().to_string();
    assert!(SignedCheckpoint::parse(good.as_bytes()).is_ok());
    for (from, to, why) in [
        ("\n7\n", "\n07\n", NoteError::Checkpoint),
        ("\n7\n", "\n+7\n", NoteError::Checkpoint),
        ("\n7\n", "\n\n", NoteError::Checkpoint),
        ("\n7\n", "\n18446744073709551616\n", NoteError::Checkpoint),
        ("=\n\n", "\n\n", NoteError::Checkpoint),
        ("\n\n", "\n\nx\n", NoteError::Form),
        ("— ", "- ", NoteError::Form),
        ("operator", "\toperator", NoteError::Form),
        ("=\n\n", "=\n", NoteError::Form),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from:?}");
        assert_eq!(SignedCheckpoint::parse(bad.as_bytes()).unwrap_err(), why, "{from:?} {to:?}");
    }
    assert_eq!(SignedCheckpoint::parse(good.trim_end().as_bytes()).unwrap_err(), NoteError::Form);
    assert_eq!(SignedCheckpoint::parse(good.replace('\n', "\r\n").as_bytes()).unwrap_err(), NoteError::Form);
    // An extension line, and a signature of a kind that isn't known, are read over.
    let extended = good.replacen("\n\n", "\nan extension\n\n", 1);
    assert!(SignedCheckpoint::parse(extended.as_bytes()).is_ok());
    let unknown = format!("{good}— elsewhere.example {}\n", "AAAA".repeat(20));
    let unknown = SignedCheckpoint::parse(unknown.as_bytes()).unwrap();
    assert!(unknown.verify(&[log_key()], &Quorum::none()).is_ok());
    let many = format!("{good}{}", format!("— elsewhere.example {}\n", "AAAA".repeat(20)).repeat(64));
    assert_eq!(Note::parse(many.as_bytes()), Err(NoteError::Form));
}

#[test]
fn another_algorithm_signs_no_checkpoint() {
    let p256 = SigningKey::generate(Algorithm::Es256).unwrap();
    let checkpoint = Checkpoint::new(ORIGIN, 0, Hash::of_nothing()).unwrap();
    assert_eq!(SignedCheckpoint::sign(checkpoint, &p256), Err(NoteError::Algorithm));
    assert_eq!(Checkpoint::new("two words", 0, Hash::of_nothing()), Err(NoteError::Name));
}

#[test]
fn a_proof_is_its_text() {
    let leaf = Hash::of_leaf(b"{}");
    let root = Hash::of_node(&Hash::of_leaf(b"x"), &leaf);
    let signed = SignedCheckpoint::sign(Checkpoint::new(ORIGIN, 2, root).unwrap(), &key(1)).unwrap();
    let proof = TlogProof::new(1, vec![Hash::of_leaf(b"x")], signed);
    let text = proof.to_string();
    let read = TlogProof::parse(text.as_bytes()).unwrap();
    assert_eq!(read, proof);
    let judge = |proof: &TlogProof, entry: &[u8]| {
        proof.verify(entry, &[log_key()], &Quorum::none()).map(|found| found.checkpoint().size)
    };
    assert_eq!(judge(&read, b"{}"), Ok(2));
    assert_eq!(judge(&read, b"{ }"), Err(NoteError::Inclusion));
    let with_extra = text.replacen("\nindex", "\nextra AAAA\nindex", 1);
    assert_eq!(judge(&TlogProof::parse(with_extra.as_bytes()).unwrap(), b"{}"), Ok(2));
    let elsewhere = text.replacen("index 1", "index 0", 1);
    assert_eq!(judge(&TlogProof::parse(elsewhere.as_bytes()).unwrap(), b"{}"), Err(NoteError::Inclusion));
    for (from, to) in [
        ("@v1", "@v2"),
        ("index 1", "index 01"),
        ("index 1", "index"),
        ("=\n\n", "=\n"),
        ("\nindex", "\nextra !\nindex"),
    ] {
        assert_eq!(TlogProof::parse(text.replacen(from, to, 1).as_bytes()), Err(NoteError::Proof), "{to}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[ -~\n—]{0,200}") {
        let _ = (Note::parse(text.as_bytes()), TlogProof::parse(text.as_bytes()), VerifierKey::parse(&text));
    }

    /// What was signed and changed anywhere is refused, or says the same.
    #[test]
    fn a_changed_byte_never_changes_what_is_believed(place: prop::sample::Index, byte: u8) {
        let good = cosigned(&[2]);
        let mut bytes = good.to_string().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let quorum = Quorum::of(vec![witness(2)], 1).unwrap();
        if let Ok(signed) = SignedCheckpoint::parse(&bytes)
            && let Ok(found) = signed.verify(&[log_key()], &quorum)
        {
            prop_assert_eq!(found.checkpoint(), good.unverified());
        }
    }
}
