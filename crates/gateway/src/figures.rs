//! What a line did, counted: for the operator's measures.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::protocol::{Delivery, Outcome, ReportState};

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        #[derive(Debug, Default)]
        pub(crate) struct Figures { $($name: AtomicU64,)* }

        /// What a line did since it was set up. It names nobody.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct LineFigures { $($(#[$doc])* pub $name: u64,)* }

        impl Figures {
            pub(crate) fn snapshot(&self) -> LineFigures {
                LineFigures { $($name: self.$name.load(Ordering::Relaxed),)* }
            }
        }
    };
}

figures! {
    /// How often it was opened.
    opened,
    /// Parts that the gateway took.
    accepted,
    /// Parts for which it was too busy.
    throttled,
    /// Parts that it refused.
    refused,
    /// Parts of which nobody knows.
    unknown,
    /// Texts that came and were kept.
    texts,
    /// Texts that couldn't be kept; they come again.
    not_kept,
    /// Times that something kept couldn't be worked on; it is due again half a minute later.
    not_worked,
    /// Deliveries that can't be read.
    unreadable,
    /// Reports: a phone took it.
    delivered,
    /// Reports: it wasn't delivered.
    not_delivered,
    /// Reports of a message still on its way.
    on_its_way,
}

fn one(figure: &AtomicU64) {
    figure.fetch_add(1, Ordering::Relaxed);
}

impl Figures {
    pub(crate) fn opened(&self) {
        one(&self.opened);
    }

    pub(crate) fn outcome(&self, outcome: &Outcome) {
        one(match outcome {
            Outcome::Accepted(_) => &self.accepted,
            Outcome::Throttled => &self.throttled,
            Outcome::Refused(_) => &self.refused,
            Outcome::Unknown => &self.unknown,
        });
    }

    pub(crate) fn delivery(&self, delivery: &Delivery) {
        match delivery {
            Delivery::Text(_) => one(&self.texts),
            Delivery::Unreadable => one(&self.unreadable),
            Delivery::Report(_) => {}
        }
    }

    pub(crate) fn not_kept(&self) {
        one(&self.not_kept);
    }

    pub(crate) fn not_worked(&self) {
        one(&self.not_worked);
    }

    pub(crate) fn report(&self, state: ReportState) {
        one(match state {
            ReportState::Delivered => &self.delivered,
            ReportState::OnItsWay => &self.on_its_way,
            ReportState::NotDelivered => &self.not_delivered,
        });
    }
}
