//! A cancellation between two provinces, whole: `cargo run --example cancellation`. Needs no hardware.
//!
//! The home side and the desk have keys and stores of their own; all that passes between them is text: a demand, a
//! presentation, a snapshot, acknowledgements, a receipt. Everything is synthetic. `docs/cancellation.md` has the picture.
#![allow(clippy::print_stdout)]
// Two provinces and a customer's phone in one process.
#![allow(clippy::disallowed_methods)]

mod desk;
mod phone;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use desk::Desk;
use jiff::Timestamp;
use phone::Phone;
use realname::cancellation::{
    Account, Committed, Contract, HomeSide, Items, Notice, Opening, Reach, Stage, VerifiedReceipt,
};
use realname::confirmation::{Asking, Confirmer, CustomerReply, LedgerSecret, Price, Replied};
use realname::profile::{Check, Env, Lang, Purpose};
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
    let side = HomeSide::new(home.iss, signer.clone(), secret.clone()).with_env(Env::Test);
    let confirmer = Confirmer::new(home.iss, signer, secret)?.with_env(Env::Test);
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
    let reply = CustomerReply::text(account.number().clone(), service, &phone.answer());
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
