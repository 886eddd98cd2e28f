//! What the store has of an order: its row, and its sale once there is one.

use jiff::Timestamp;

use super::{HandoverError, Order, Shop};
use crate::jose::{JoseError, Json, decode, encode, instant, random};
use crate::profile::SaltedExpectation;
use crate::rely::{Record, Recording};
use crate::store::{Entry, Put, Store};

/// Records are ours, and small: two tokens at most.
const MAX_ROW: usize = 512 * 1024;

/// The order's row. Its answer is the activation.
pub(super) struct Row {
    /// Salted digests of the buyer and both numbers.
    pub(super) whole: SaltedExpectation,
    /// The first second in which no step is taken any more.
    pub(super) over: Timestamp,
    /// The recorded activation.
    pub(super) activation: Option<Vec<u8>>,
}

/// Where a record of an order is. An id has no space in it, so no order's key is another's.
fn key(kind: &str, shop: &Shop, order: &str) -> Vec<u8> {
    match &shop.whose {
        None => format!("{kind}:{order}"),
        Some(whose) => format!("{kind} of {whose}:{order}"),
    }
    .into_bytes()
}

impl Row {
    pub(super) fn key(shop: &Shop, order: &str) -> Vec<u8> {
        key("order", shop, order)
    }

    /// Writes it, once for each id.
    pub(super) fn open(
        shop: &Shop,
        store: &dyn Store,
        order: &Order,
        over: Timestamp,
    ) -> Result<Put, HandoverError> {
        let SaltedExpectation { salt, name, id_number } = order.whole().salted(random()?);
        let json = Json::object([
            ("v", 1.into()),
            ("over_at", over.as_second().into()),
            ("salt", encode(&salt).into()),
            ("name", encode(&name).into()),
            ("numbers", encode(&id_number).into()),
        ]);
        Ok(store.put(super::SPACE, &Self::key(shop, order.id()), &json.to_bytes(), over)?)
    }

    /// Reads it. `None` when the order was never opened.
    pub(super) fn load(shop: &Shop, store: &dyn Store, order: &str) -> Result<Option<Self>, HandoverError> {
        let Some(entry) = store.get(super::SPACE, &Self::key(shop, order))? else { return Ok(None) };
        let json = parse(&entry)?;
        let read = || {
            Ok::<_, JoseError>(Self {
                whole: SaltedExpectation {
                    salt: bytes(&json, "salt")?,
                    name: bytes(&json, "name")?,
                    id_number: bytes(&json, "numbers")?,
                },
                over: instant(json.seconds("over_at")?),
                activation: entry.answer.clone(),
            })
        };
        read().map(Some).map_err(|_| HandoverError::Record)
    }
}

/// The sale, as it was accepted: the record that its demand is answered with at activation.
pub(super) struct Sale {
    pub(super) nonce: String,
    pub(super) record: Record,
    /// The record as it is written.
    pub(super) bytes: Vec<u8>,
}

impl Sale {
    fn key(shop: &Shop, order: &str) -> Vec<u8> {
        key("sale", shop, order)
    }

    /// Writes it, once for each order.
    pub(super) fn keep(
        shop: &Shop,
        store: &dyn Store,
        order: &Order,
        recording: &Recording,
        over: Timestamp,
    ) -> Result<Put, HandoverError> {
        let record = std::str::from_utf8(recording.answer()).map_err(|_| HandoverError::Record)?;
        let json = Json::object([
            ("v", Json::from(1)),
            ("nonce", recording.nonce().into()),
            ("record", record.into()),
        ]);
        Ok(store.put(super::SPACE, &Self::key(shop, order.id()), &json.to_bytes(), over)?)
    }

    pub(super) fn load(shop: &Shop, store: &dyn Store, order: &str) -> Result<Option<Self>, HandoverError> {
        let Some(entry) = store.get(super::SPACE, &Self::key(shop, order))? else { return Ok(None) };
        let json = parse(&entry)?;
        let texts = || Ok::<_, JoseError>((json.text("nonce")?.to_owned(), json.text("record")?.to_owned()));
        let (nonce, record) = texts().map_err(|_| HandoverError::Record)?;
        let bytes = record.into_bytes();
        let record = Record::parse(&bytes).map_err(|_| HandoverError::Record)?;
        Ok(Some(Self { nonce, record, bytes }))
    }
}

pub(super) fn parse(entry: &Entry) -> Result<Json, HandoverError> {
    let json = Json::parse(&entry.value, MAX_ROW).map_err(|_| HandoverError::Record)?;
    if json.seconds("v") != Ok(1) {
        return Err(HandoverError::Record);
    }
    Ok(json)
}

fn bytes<const N: usize>(json: &Json, name: &'static str) -> Result<[u8; N], JoseError> {
    decode(json.text(name)?)?.try_into().map_err(|_| JoseError::Member(name))
}
