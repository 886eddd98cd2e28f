//! The metrics, for Prometheus. No label holds anything of a person or of a token.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Where a request went, by the route's pattern, never by its path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) route: String,
    pub(crate) status: u16,
}

impl EncodeLabelSet for Route {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        [("method", self.method.as_str()), ("route", self.route.as_str())].encode(encoder)?;
        [("status", u32::from(self.status))].encode(encoder)
    }
}

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Named(pub(crate) &'static str, pub(crate) String);

impl EncodeLabelSet for Named {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        [(self.0, self.1.as_str())].encode(encoder)
    }
}

/// All of them.
pub(crate) struct Measures {
    registry: Registry,
    pub(crate) requests: Family<Route, Counter>,
    pub(crate) seconds: Family<Named, Histogram>,
    pub(crate) verdicts: Family<Named, Counter>,
    pub(crate) refusals: Family<Named, Counter>,
    pub(crate) sessions: Family<Named, Counter>,
    pub(crate) webhooks: Family<Named, Counter>,
    pub(crate) open_sessions: Gauge,
    pub(crate) work: Gauge,
    pub(crate) connections: Gauge,
    pub(crate) list_age: Gauge,
    pub(crate) list_left: Gauge,
    pub(crate) ready: Gauge<u64, AtomicU64>,
}

impl Measures {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("realname");
        let seconds = Family::<Named, Histogram>::new_with_constructor(|| {
            Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
        });
        let measures = Self {
            requests: Family::default(),
            seconds,
            verdicts: Family::default(),
            refusals: Family::default(),
            sessions: Family::default(),
            webhooks: Family::default(),
            open_sessions: Gauge::default(),
            work: Gauge::default(),
            connections: Gauge::default(),
            list_age: Gauge::default(),
            list_left: Gauge::default(),
            ready: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests answered", measures.requests.clone());
        registry.register(
            "http_request_seconds",
            "Time from the request's head to its answer",
            measures.seconds.clone(),
        );
        registry.register("verdicts", "Presentations decided on", measures.verdicts.clone());
        registry.register("refusals", "Calls that were refused, by code", measures.refusals.clone());
        registry.register("sessions", "Sessions, by how they ended", measures.sessions.clone());
        registry.register("webhooks", "Attempts to tell an event, by outcome", measures.webhooks.clone());
        registry.register("open_sessions", "Sessions that are open", measures.open_sessions.clone());
        registry.register("work", "Pieces of blocking work that run or wait", measures.work.clone());
        registry.register("connections", "Open connections", measures.connections.clone());
        registry.register("trust_list_age_seconds", "Age of the trust list", measures.list_age.clone());
        registry.register(
            "trust_list_left_seconds",
            "Time until the trust list ends",
            measures.list_left.clone(),
        );
        registry.register("ready", "Whether the service takes work", measures.ready.clone());
        Self { registry, ..measures }
    }

    /// In the text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing into memory can't fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
