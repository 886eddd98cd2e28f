//! An online sale from the order to activation: `cargo run --example online_sale`. Needs no hardware. Everything is synthetic.
//!
//! The shop opens an order, has the buyer checked online from three photos, sends a courier, has the same person checked at the
//! door with the original in a reader, and activates: the order and both demands are consumed in one step. Then it tries what
//! must not go: another person at the door, another order's door, the same door twice. `docs/guide-shop.md` has the picture.
#![allow(clippy::print_stdout)]

mod checks;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use checks::{Checkout, Courier};
use jiff::Timestamp;
use realname::handover::{Activated, Asking, Order, Shop, Stage};
use realname::profile::{Check, Env, Purpose};
use realname::rely::Limits;
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let now = Timestamp::now;
    // Set up once: who may ask for what, who may attest.
    let (operator, shop) = (Party::new("https://operator.example")?, Party::new("https://shop.example")?);
    let purposes = [Purpose::SimActivate, Purpose::DeliveryHandover];
    let keys = [operator.attests(), shop.asks("Shop (TEST)", &purposes)];
    let (anchor, list) = support::trust_list(&keys, now())?;
    let store = MemoryStore::new();
    let list = TrustList::verify(&list, &[anchor] as &[Anchor], now(), &store)?;
    let checkout =
        Checkout { attestor: support::terminal(&operator, "checkout-1", Purpose::SimActivate, now())? };
    let courier =
        Courier { attestor: support::terminal(&operator, "courier-7", Purpose::DeliveryHandover, now())? };
    let shop = Shop::new(shop.iss, Arc::new(shop.key)).with_env(Env::Test);
    let order = |id: &str| -> Anyhow<Order> {
        Ok(Order::new(id, "+8613800000000".parse()?, "测试甲", "119999199001010004")?)
    };

    // The sale: the buyer typed name and number, and sends three photos.
    let mut sold = Vec::new();
    for id in ["order-1", "order-2"] {
        let opened = shop.open(&store, order(id)?, now())?;
        let demand = opened.ask(&store, &Asking::default().checks([Check::Liveness]), now())?;
        let bought = checkout.check(demand.as_str(), &list)?;
        sold.push(opened.accept(&store, &bought, &list, &Limits::default(), now())?);
        println!("{id}: the buyer was checked online, the parcel is on its way");
    }
    let [one, two] = sold.as_slice() else { return Err("two orders".into()) };

    // The door. A demand is made when the courier stands there, and again whenever a delivery fails.
    let asking = Asking::default().checks([Check::Chip]).terminal("courier-7");
    let ask = |sold: &realname::handover::Sold| sold.ask_door(&store, &asking, now());
    let flatmate = courier.check(ask(one)?.as_str(), &list, "resident-bing.json", "bing")?;
    let refused = one.activate(&store, &flatmate, &list, &Limits::default(), now()).unwrap_err();
    println!("order-1: somebody else takes the parcel: {refused}");

    let buyer = courier.check(ask(one)?.as_str(), &list, "resident.json", "jia")?;
    let refused = two.activate(&store, &buyer, &list, &Limits::default(), now()).unwrap_err();
    println!("order-2: the door of another order: {refused}");

    // What the process knew may be gone by the time that the parcel is there: the store has it.
    let Some(Stage::Sold(one)) = shop.resume(&store, order("order-1")?)? else {
        return Err("order-1 was sold".into());
    };
    let activated = one.activate(&store, &buyer, &list, &Limits::default(), now())?;
    let Activated::Now(activation) = &activated else { return Err("it is the first".into()) };
    println!("order-1: handed over and activated at {}", activation.at);
    let again = one.activate(&store, &buyer, &list, &Limits::default(), now())?;
    println!("order-1: the same again happens once: {}", matches!(again, Activated::Before(_)));
    let second = courier.check(ask(&one)?.as_str(), &list, "resident.json", "jia")?;
    let refused = one.activate(&store, &second, &list, &Limits::default(), now()).unwrap_err();
    println!("order-1: another door: {refused}");
    Ok(())
}
