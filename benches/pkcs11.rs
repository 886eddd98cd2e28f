//! Signing with a key in a token, sixteen threads at once, against the module's own `C_SignInit` and `C_Sign` in a loop in as many
//! threads that have a session each.
//!
//! `tests/pkcs11/run.sh bench` makes a token of SoftHSM and runs it. A figure above 1 is the peer's share of the time: aim ≤ 1.11 ×, which
//! is 0.9 of the module's own rate.
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

mod support;

use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use realname::jose::Signer;
use realname::pkcs11::{KeyUri, Pin, TokenSigner};
use sha2::{Digest, Sha256};

const THREADS: usize = 16;
const ROUNDS: usize = 9;
/// As long as what is signed of an attestation.
const MESSAGE: [u8; 600] = [0x6d; 600];

fn main() {
    let Some(module) = std::env::var_os("REALNAME_SOFTHSM").map(PathBuf::from) else {
        println!("skipped: no REALNAME_SOFTHSM; run tests/pkcs11/run.sh bench");
        return;
    };
    println!("| what | peer | aim | found |\n|---|---|---|---|");
    for (label, count) in [("ed-tool", 200), ("p256-tool", 200)] {
        let uri = KeyUri::parse(&format!("pkcs11:token=operator;object={label}")).unwrap();
        let signer =
            TokenSigner::open(&uri, Some(&module), Pin::in_environment("REALNAME_PKCS11_PIN")).unwrap();
        let bare = Bare::begin(&module, label);
        let ours = || each(count, |count| (0..count).for_each(|_| drop(signer.sign(&MESSAGE).unwrap())));
        let theirs = || each(count, |count| bare.sign(count));
        ours();
        theirs();
        let found = support::compare_timed(ROUNDS, ours, theirs);
        let rate = 1.0 / found.ours.as_secs_f64();
        let what = format!("signing in SoftHSM with {label}, {THREADS} threads: {rate:.0} a second");
        support::row(&what, "its `C_Sign` in a loop", "≤ 1.11 ×", &found);
        println!("  {:.2} of the module's own rate; 0.9 is the aim", 1.0 / found.median);
    }
}

/// Time per signature when every thread makes `count`.
fn each(count: u32, work: impl Fn(u32) + Sync) -> Duration {
    let start = Barrier::new(THREADS + 1);
    let begin = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                work(count);
            });
        }
        start.wait();
        Instant::now()
    });
    begin.elapsed() / (count * THREADS as u32)
}

/// The module as a program of its own would use it.
struct Bare {
    context: Pkcs11,
    slot: cryptoki::slot::Slot,
    label: &'static str,
}

impl Bare {
    fn begin(module: &std::path::Path, label: &'static str) -> Self {
        let context = Pkcs11::new(module).unwrap();
        // The signer began it already.
        let _ = context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        let slots = context.get_slots_with_initialized_token().unwrap();
        let mut slots = slots.into_iter();
        let slot = slots.find(|slot| context.get_token_info(*slot).unwrap().label() == "operator").unwrap();
        Self { context, slot, label }
    }

    fn sign(&self, count: u32) {
        let session = self.context.open_ro_session(self.slot).unwrap();
        let pin = std::env::var("REALNAME_PKCS11_PIN").unwrap();
        let _ = session.login(UserType::User, Some(&AuthPin::from(pin.as_str())));
        let label = Attribute::Label(self.label.as_bytes().to_vec());
        let key = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), label]).unwrap()[0];
        for _ in 0..count {
            let signature = match self.label {
                "ed-tool" => {
                    let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
                    session.sign(&mechanism, key, &MESSAGE)
                }
                _ => session.sign(&Mechanism::Ecdsa, key, &Sha256::digest(MESSAGE)),
            };
            drop(signature.unwrap());
        }
    }
}
