//! `realname handover`: an online sale from the order to activation, a step a command.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use realname::confirmation::PhoneNumber;
use realname::document::Personal;
use realname::handover::{Activated, Activation, Asking, Opened, Order, Shop, Sold, Stage};
use realname::journal::JournalError;
use realname::journal::entry::EntryError;
use realname::profile::ReasonCode;
use realname::rely::Limits;
use realname::store::SqliteStore;
use realname::trust::TrustList;
use serde::Deserialize;

use super::verify::event::Events;
use super::{Done, declared, done, key, one_value, stores, trusted};
use crate::args::{HandoverActivateArgs, HandoverAnswerArgs, HandoverAskArgs, HandoverCommand, ShopArgs};
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::output::{Tone, paint};
use crate::shapes::HandedOver;
use crate::{errors, lang, output, outside};

pub(super) fn run(command: HandoverCommand) -> Done {
    match command {
        HandoverCommand::Sell(args) => sell(&args),
        HandoverCommand::Accept(args) => accept(&args),
        HandoverCommand::Door(args) => door(&args),
        HandoverCommand::Activate(args) => activate(&args),
        HandoverCommand::Show(args) => {
            let desk = Desk::at(&args.shop, stores::existing(&args.shop.store)?)?;
            let stage = desk.stage()?.ok_or_else(unknown)?;
            desk.tell(&args.shop, &stage, None, None)
        }
    }
}

/// `--order`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderFile {
    order: Personal,
    number: Personal,
    name: Personal,
    id_number: Personal,
}

/// The shop at its store, with one order.
struct Desk {
    shop: Shop,
    store: SqliteStore,
    order: Order,
}

impl Desk {
    fn at(args: &ShopArgs, store: SqliteStore) -> Result<Self, Failure> {
        let signer = key::load(&args.key)?;
        let file: OrderFile =
            declared::read(&args.order, "order", &["order", "number", "name", "id_number"], &[])?;
        // Whoever can't exist buys nothing, and a wrong digit shows before anybody is asked.
        declared::person(&file.name, &file.id_number)
            .map_err(|failure| failure.about(&outside::path(&args.order)))?;
        let number: PhoneNumber = file.number.as_str().parse().map_err(Failure::from)?;
        let order = Order::new(file.order.as_str(), number, file.name, file.id_number)?;
        let shop = Shop::new(args.iss.as_str(), Arc::new(signer)).with_env(args.env);
        Ok(Self { shop, store, order })
    }

    fn stage(&self) -> Result<Option<Stage>, Failure> {
        Ok(self.shop.resume(&self.store, self.order.clone())?)
    }

    /// Shows where the order stands.
    fn tell(&self, args: &ShopArgs, stage: &Stage, nonce: Option<&str>, first: Option<bool>) -> Done {
        let (name, text, activation): (_, _, Option<&Activation>) = match stage {
            Stage::Activated(activation) => {
                ("activated", lang::pick("handed over and activated", "已交付并激活"), Some(activation))
            }
            Stage::Sold(_) => ("sold", lang::pick("sold, to be handed over", "已售，待交付"), None),
            _ => ("opened", lang::pick("opened, the buyer isn't checked yet", "已开立，待核验购买人"), None),
        };
        if args.json {
            output::json(&HandedOver {
                order: self.order.id().to_owned(),
                stage: name,
                nonce: nonce.map(str::to_owned),
                first,
                at: activation.map(|activation| activation.at),
                sale: activation.map(|activation| activation.sale.clone()),
                door: activation.map(|activation| activation.door.clone()),
            });
        } else {
            output::line(format_args!("{} {}", self.order.id(), paint(Tone::Good, text)));
            if first == Some(false) {
                output::note(lang::pick("it was activated before, by this answer", "此前已凭该凭证激活"));
            }
            nonce.into_iter().for_each(output::line);
        }
        done()
    }
}

fn sell(args: &HandoverAskArgs) -> Done {
    let desk = Desk::at(&args.shop, stores::open(&args.shop.store)?)?;
    let now = Timestamp::now();
    let opened = match desk.stage()? {
        None => desk.shop.open(&desk.store, desk.order.clone(), now)?,
        Some(Stage::Opened(opened)) => opened,
        Some(_) => {
            let what = lang::pick("the order was sold before", "该订单已售出");
            return Err(errors::refusal(ReasonCode::StepDone, what));
        }
    };
    let out = prepared(args)?;
    let demand = opened.ask(&desk.store, &asking(args), now)?;
    out.write(demand.as_str().as_bytes())?;
    stores::keep_house(&desk.store, now);
    desk.tell(&args.shop, &Stage::Opened(opened), Some(demand.nonce()), None)
}

fn accept(args: &HandoverAnswerArgs) -> Done {
    let desk = Desk::at(&args.shop, stores::existing(&args.shop.store)?)?;
    let opened: Opened = match desk.stage()? {
        None => return Err(unknown()),
        Some(Stage::Opened(opened)) => opened,
        Some(_) => {
            let what = lang::pick("the order was sold before", "该订单已售出");
            return Err(errors::refusal(ReasonCode::StepDone, what));
        }
    };
    let now = Timestamp::now();
    let list = trusted::list(&args.trust, &args.anchor, &desk.store, now)?;
    let presentation = files::read_text(&args.file)?;
    let sold = opened.accept(&desk.store, &presentation, &list, &Limits::default(), now)?;
    stores::keep_house(&desk.store, now);
    desk.tell(&args.shop, &Stage::Sold(sold), None, None)
}

fn door(args: &HandoverAskArgs) -> Done {
    let desk = Desk::at(&args.shop, stores::existing(&args.shop.store)?)?;
    let sold = desk.sold()?;
    let out = prepared(args)?;
    let now = Timestamp::now();
    let demand = sold.ask_door(&desk.store, &asking(args), now)?;
    out.write(demand.as_str().as_bytes())?;
    stores::keep_house(&desk.store, now);
    desk.tell(&args.shop, &Stage::Sold(sold), Some(demand.nonce()), None)
}

fn activate(with: &HandoverActivateArgs) -> Done {
    let args = &with.answer;
    let desk = Desk::at(&args.shop, stores::existing(&args.shop.store)?)?;
    let now = Timestamp::now();
    let list = trusted::list(&args.trust, &args.anchor, &desk.store, now)?;
    let presentation = files::read_text(&args.file)?;
    let stage = desk.stage()?;
    let journal = (with.journal.as_deref(), with.journal_key.as_deref());
    let events = Events::open(journal, with.keys.as_deref(), &desk.store)?;
    let activated = match stage {
        None => return Err(unknown()),
        Some(Stage::Opened(_)) => return Err(not_sold()),
        Some(Stage::Sold(sold)) => switch_on(&desk, &sold, &presentation, &list, events.as_ref())?,
        Some(Stage::Activated(activation)) => activation.again(&presentation)?,
        Some(_) => return Err(unknown()),
    };
    if let Some(events) = events {
        events.settle(&desk.store, &activated.activation().door, true, now)?;
    }
    stores::keep_house(&desk.store, now);
    let first = matches!(activated, Activated::Now(_));
    let stage = Stage::Activated(activated.activation().clone());
    desk.tell(&args.shop, &stage, None, Some(first))
}

/// Activates; where there is a journal, its events are recorded in the same step.
fn switch_on(
    desk: &Desk,
    sold: &Sold,
    presentation: &str,
    list: &TrustList,
    events: Option<&Events>,
) -> Result<Activated, Failure> {
    let (now, limits) = (Timestamp::now(), Limits::default());
    let Some(events) = events else {
        return Ok(sold.activate(&desk.store, presentation, list, &limits, now)?);
    };
    sold.activate_telling(&desk.store, presentation, list, &limits, now, |activating| {
        let told = activating.events(events.key(activating.activation().at));
        told.iter().map(|event| event.telling().map_err(untold)).collect()
    })
}

fn untold(error: EntryError) -> Failure {
    JournalError::Event { number: 1, error }.into()
}

impl Desk {
    fn sold(&self) -> Result<Sold, Failure> {
        match self.stage()? {
            None => Err(unknown()),
            Some(Stage::Sold(sold)) => Ok(sold),
            Some(Stage::Opened(_)) => Err(not_sold()),
            Some(_) => {
                let what = lang::pick("the order was handed over before", "该订单已交付");
                Err(errors::refusal(ReasonCode::OrderActivated, what))
            }
        }
    }
}

fn prepared(args: &HandoverAskArgs) -> Result<Output, Failure> {
    let out = Output::prepare(&args.out)?;
    one_value(args.shop.json, &[&out])?;
    Ok(out)
}

fn asking(args: &HandoverAskArgs) -> Asking {
    let life = SignedDuration::from_secs(args.ttl.into());
    let asking = Asking::default().checks(args.checks.iter().copied()).life(life);
    match &args.terminal {
        Some(terminal) => asking.terminal(terminal.as_str()),
        None => asking,
    }
}

fn unknown() -> Failure {
    Failure::refused(
        "order_unknown",
        lang::pick("no order of that id was opened in this store", "此存储中没有该订单"),
        lang::pick("open it with `realname handover sell`", "请先用 realname handover sell 开立订单"),
    )
}

fn not_sold() -> Failure {
    Failure::refused(
        "order_not_sold",
        lang::pick("the buyer wasn't checked online yet", "购买人尚未通过线上核验"),
        lang::pick(
            "accept the answer of the online check with `realname handover accept`",
            "请先用 realname handover accept 受理线上核验凭证",
        ),
    )
}
