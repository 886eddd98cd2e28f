//! Opening an order, and finding one again.

use jiff::Timestamp;

use super::row::{Row, Sale};
use super::{Activation, HandoverError, Opened, Order, Shop, Sold};
use crate::profile::is_id;
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

/// How far an order is, for whoever has its id alone. Whose it is isn't compared, and isn't told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The first second in which no step is taken any more.
    pub over: Timestamp,
    /// Whether the buyer was checked.
    pub sold: bool,
    /// The activation, once there is one.
    pub activation: Option<Activation>,
}

impl Shop {
    /// How far its order of that id is. `None` for one that was never opened.
    pub fn progress(&self, store: &dyn Store, order: &str) -> Result<Option<Progress>, HandoverError> {
        if !is_id(order) {
            return Ok(None);
        }
        let Some(row) = Row::load(self, store, order)? else { return Ok(None) };
        let sold = Sale::load(self, store, order)?.is_some();
        let activation = row.activation.as_deref().map(Activation::read).transpose()?;
        Ok(Some(Progress { over: row.over, sold, activation }))
    }

    /// Opens an order, once for each id.
    ///
    /// # Errors
    /// [`HandoverError::OrderExists`] for an id that was opened before; [`resume`](Self::resume) finds that order.
    pub fn open(&self, store: &dyn Store, order: Order, now: Timestamp) -> Result<Opened, HandoverError> {
        let over = now.checked_add(self.life).unwrap_or(Timestamp::MAX);
        match Row::open(self, store, &order, over)? {
            Put::Stored => Ok(Opened { shop: self.clone(), order, over }),
            Put::Exists => Err(HandoverError::OrderExists),
        }
    }

    /// Finds an order again, after a crash or in another process. `None` for an id that was never opened.
    ///
    /// # Errors
    /// [`HandoverError::OtherOrder`] when it was opened for another person or phone number.
    pub fn resume(&self, store: &dyn Store, order: Order) -> Result<Option<Stage>, HandoverError> {
        let Some(row) = Row::load(self, store, order.id())? else { return Ok(None) };
        if !order.is_whole(&row.whole) {
            return Err(HandoverError::OtherOrder);
        }
        if let Some(activation) = &row.activation {
            return Ok(Some(Stage::Activated(Activation::read(activation)?)));
        }
        let opened = Opened { shop: self.clone(), order, over: row.over };
        Ok(Some(match Sale::load(self, store, opened.order.id())? {
            None => Stage::Opened(opened),
            Some(sale) => Stage::Sold(Sold { opened, sale }),
        }))
    }
}
