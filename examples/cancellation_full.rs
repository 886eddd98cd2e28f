//! A cancellation between two provinces, whole: `cargo run --example cancellation_full`. Needs no hardware.
//!
//! The home side and the desk have keys and stores of their own; all that passes between them is text: a demand, a
//! presentation, a snapshot, acknowledgements, a receipt. Everything is synthetic. `docs/cancellation.md` has the picture.
#![allow(clippy::print_stdout)]
// Two provinces and a customer's phone in one process.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::Attestor;
use realname::authority::DirectoryAuthority;
use realname::cancellation::{
    Account, Committed, Contract, HomeSide, Items, Notice, Opening, Reach, Snapshot, Stage, VerifiedReceipt,
};
use realname::capture::{Intake, Slot};
use realname::confirmation::{
    Asking, Confirmer, LedgerSecret, Message, Messenger, MessengerError, Price, Replied, Reply,
};
use realname::demand::VerifiedDemand;
use realname::profile::{Check, Env, Lang, Purpose};
use realname::reader::ReadOptions;
use realname::rely::Limits;
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let now = Timestamp::now;
    let (home, far) = (Party::new("https://home.example")?, Party::new("https://far.example")?);
    let keys = [far.attests(), home.asks("Home Operator (TEST)", &[Purpose::SimCancel])];
    let (anchor, list) = support::trust_list(&keys, now())?;
    let desk = Desk {
        attestor: support::terminal(&far, "desk-7", Purpose::SimCancel, now())?,
        list: TrustList::verify(&list, std::slice::from_ref(&anchor), now(), &MemoryStore::new())?,
    };
    let (store, secret, signer) = (MemoryStore::new(), LedgerSecret::generate()?, Arc::new(home.key));
    let list = TrustList::verify(&list, &[anchor] as &[Anchor], now(), &store)?;
    let side = HomeSide::new(home.iss, signer.clone(), secret.clone()).env(Env::Test);
    let confirmer = Confirmer::new(home.iss, signer, secret)?.env(Env::Test);
    let account = account()?;

    let opening = Opening::default().checks([Check::Chip, Check::Registry]).terminal("desk-7");
    let (asked, demand) = side.open(&store, &account, &opening, now())?;
    println!("1 home: asks the desk; the six items are sealed, their digest is in the demand");

    let thief = desk.check(demand.as_str(), "resident-bing.json", "bing")?;
    let refused = asked.identify(&store, &thief, &list, &Limits::default(), now()).unwrap_err();
    println!("  home: another person's genuine card: {refused}");

    let holder = desk.check(demand.as_str(), "resident.json", "jia")?;
    let identified = asked.identify(&store, &holder, &list, &Limits::default(), now())?;
    println!("2 home: the person is the holder");
    let again = asked.identify(&store, &holder, &list, &Limits::default(), now()).unwrap_err();
    println!("  home: the same presentation again: {again}");

    let released = identified.release(&account, now())?;
    desk.show(demand.as_str(), released.as_str())?;

    let notices = identified.notices(&account, Lang::En);
    notices.iter().for_each(|notice| println!("  desk: \"{}\" - acknowledged", notice.text));
    let acknowledgements: Vec<_> = notices.iter().map(Notice::acknowledge).collect();
    let acknowledged = identified.acknowledge(&store, &account, &acknowledgements, now())?;
    println!("4 home: every notice is acknowledged, no contract and no debt stands against it");

    let missing = acknowledged.confirm(&store, &account, None, &list, now()).unwrap_err();
    println!("  home: without the number's own confirmation: {missing}");
    // One moment for question and reply: between two readings of the clock a natural day may end.
    let moment = now();
    let question = acknowledged.question(&account, Lang::En).ok_or("the number receives messages")?;
    let Asking::Ask(challenge) = confirmer.ask(&store, question, moment)? else {
        return Err("the number was asked before".into());
    };
    let service = challenge.service().clone();
    let phone = Phone::default();
    challenge.send(&phone, Lang::En)?;
    let reply = Reply::text(account.number().clone(), service, &phone.answer());
    let Replied::Granted(grant) = confirmer.reply(&store, &reply, moment)? else {
        return Err("the reply wasn't right".into());
    };
    let confirmed = acknowledged.confirm(&store, &account, Some(grant.as_str()), &list, moment)?;
    println!("5 home: the number confirmed");

    let committed = confirmed.commit(&store, &account, now())?;
    let receipt = committed.receipt();
    println!("6 home: looked once more, nothing changed; the number is cancelled");
    let again = confirmed.commit(&store, &account, now())?;
    println!("  home: committing twice happens once: {}", matches!(again, Committed::Before(_)));
    let found = side.resume(&store, asked.case(), account.number())?;
    println!("  home: found again after a crash: {}", matches!(found, Some(Stage::Committed(_))));
    let reopened = side.open(&store, &account, &opening, now()).unwrap_err();
    println!("  home: cancelling it again: {reopened}");

    let read = VerifiedReceipt::verify(receipt.as_str(), account.number(), Env::Test, &desk.list, now())?;
    println!("7 desk: the receipt is genuine; the number rests until the end of {}", read.quarantine_until);
    Ok(())
}

/// What the home side's systems say of the number.
fn account() -> Anyhow<Account> {
    let items = Items {
        name: "测试甲".into(),
        package: "TEST package 59".into(),
        contract: Contract::None,
        bills: Price::FREE,
        prepaid: Price::fen(2_350),
        arrears: Price::FREE,
    };
    let number = "+8613900000001".parse()?;
    Ok(Account::new(number, "subscription-1", "119999199001010004", items, Reach::Receives)?)
}

/// The desk in the other province: a delegated key, a reader, a camera, a register.
struct Desk {
    attestor: Attestor,
    list: TrustList,
}

impl Desk {
    /// Checks who stands there and answers the demand.
    fn check(&self, demand: &str, card: &str, person: &str) -> Anyhow<String> {
        let now = Timestamp::now;
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let demand = VerifiedDemand::verify(demand, &self.list, now())?;
        let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], now());
        let card = std::fs::read_to_string(fixtures.join("cards").join(card))?;
        let (_emulator, mut reader) = support::reader_with(&card)?;
        let card = reader.read_card(&ReadOptions::new())?;
        let photo = std::fs::read(fixtures.join(format!("portraits/{person}-live-1.jpg")))?;
        let live = Intake::default().take(Slot::Live, photo, now())?;
        let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
        let request = CaseRequest::new(demand.purpose().clone(), Env::Test, now());
        let evidence = OnSite::new(card, live, consent)?;
        let verified = Case::open(evidence, &Policy::on_site(), request)?.decide(&register)?;
        Ok(self.attestor.attest(verified, &demand, now())?.present(&demand, now())?)
    }

    /// Shows the person what the home side released, if it is what the demand was bound to.
    fn show(&self, demand: &str, released: &str) -> Anyhow<()> {
        let demand = VerifiedDemand::verify(demand, &self.list, Timestamp::now())?;
        let sealed = demand.transaction().and_then(|transaction| transaction.snapshot());
        let shown = Snapshot::verify(
            released,
            sealed.ok_or("no snapshot in the demand")?,
            &self.list,
            Timestamp::now(),
        )?;
        // Personal data of a synthetic person, shown because that is what the desk's screen is for.
        let Items { name, package, prepaid, arrears, .. } = &shown.items;
        println!(
            "3 desk: shows {}, {package}, prepaid {prepaid}, arrears {arrears}: the values fit the sealed digest",
            name.as_str()
        );
        Ok(())
    }
}

/// The customer's phone, and a messenger that reaches it.
#[derive(Default)]
struct Phone(Mutex<String>);

impl Messenger for Phone {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        println!("  phone: \"{}\"", message.body(lang).as_str());
        message.reply().clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}

impl Phone {
    /// What the customer types.
    fn answer(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
