//! Opening an order, and finding one again.

use jiff::Timestamp;

use super::row::{Row, Sale};
use super::{Activation, HandoverError, Opened, Order, Shop, Sold};
use crate::store::{Put, Store};

/// Where an order stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage {
    /// The buyer wasn't checked yet.
    Opened(Opened),
    /// The buyer was checked; the order is on its way.
    Sold(Sold),
    /// Handed over and activated.
    Activated(Activation),
}

impl Shop {
    /// Opens an order, once for each id.
    ///
    /// # Errors
    /// [`HandoverError::OrderExists`] for an id that was opened before; [`resume`](Self::resume) finds that order.
    pub fn open(&self, store: &dyn Store, order: Order, now: Timestamp) -> Result<Opened, HandoverError> {
        let over = now.checked_add(self.life).unwrap_or(Timestamp::MAX);
        match Row::open(store, &order, over)? {
            Put::Stored => Ok(Opened { shop: self.clone(), order, over }),
            Put::Exists => Err(HandoverError::OrderExists),
        }
    }

    /// Finds an order again, after a crash or in another process. `None` for an id that was never opened.
    ///
    /// # Errors
    /// [`HandoverError::OtherOrder`] when it was opened for another person or phone number.
    pub fn resume(&self, store: &dyn Store, order: Order) -> Result<Option<Stage>, HandoverError> {
        let Some(row) = Row::load(store, &order)? else { return Ok(None) };
        if !order.is_whole(&row.whole) {
            return Err(HandoverError::OtherOrder);
        }
        if let Some(activation) = &row.activation {
            return Ok(Some(Stage::Activated(Activation::read(activation)?)));
        }
        let opened = Opened { shop: self.clone(), order, over: row.over };
        Ok(Some(match Sale::load(store, &opened.order)? {
            None => Stage::Opened(opened),
            Some(sale) => Stage::Sold(Sold { opened, sale }),
        }))
    }
}
