//! A campaign's events for the operator's journal: what it has to say that isn't there yet.

use std::collections::BTreeSet;

use jiff::Timestamp;
use realname_journal::tree::Hash;

use super::{Campaign, CampaignError};
use crate::jose::{encode, instant};
use crate::journal::entry::{Entry, Event, Stated};

/// What the journal has of a campaign.
#[derive(Clone, Debug)]
pub struct Told {
    campaign: String,
    seen: BTreeSet<(String, String, u64)>,
}

impl Told {
    /// Nothing of that campaign yet.
    pub fn of(campaign: &str) -> Self {
        Self { campaign: campaign.to_owned(), seen: BTreeSet::new() }
    }

    /// Takes the next entry of the journal.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        if let (Some(campaign), Some(item)) = (entry.text("campaign"), entry.text("nonce"))
            && campaign == self.campaign
        {
            let place = entry.count("attempt").unwrap_or_default();
            self.seen.insert((item.to_owned(), entry.event().to_owned(), place));
        }
    }

    fn lacks(&self, item: &str, event: &str, place: u64) -> bool {
        !self.seen.contains(&(item.to_owned(), event.to_owned(), place))
    }
}

impl Campaign<'_> {
    /// What isn't told yet: `campaign_attempt` for each attempt with an outcome, `measured`, `measure_lifted`, and `superseded` or
    /// `reverified` with the new record. Numbers stand there as `nonce`, their key: keyed under a secret of the campaign's own.
    pub fn events(&self, told: &Told) -> Result<Vec<Event>, CampaignError> {
        let mut events = Vec::new();
        let (campaign, measure) = (self.id.as_str(), self.rules.measure.as_str());
        self.each(|key, item| {
            let key = encode(key);
            let begin = |kind: &str, at: i64| {
                let time: Timestamp = instant(at);
                Event::new(kind)
                    .with("campaign", Stated::Text(campaign))
                    .with("nonce", Stated::Text(&key))
                    .with("time", Stated::Time(time))
            };
            // The record of the registration, by which the figures find who sold the number.
            let about = |event: Event, record: Option<[u8; 32]>| match record {
                Some(old) => event.with("record", Stated::Digest(Hash::from_bytes(old))),
                None => event,
            };
            for (place, attempt) in (1_u64..).zip(&item.attempts) {
                if let Some(outcome) = attempt.outcome.filter(|_| told.lacks(&key, "campaign_attempt", place))
                {
                    let event = begin("campaign_attempt", attempt.at).with("attempt", Stated::Count(place));
                    let event = about(event.with("outcome", Stated::Text(outcome.as_str())), item.record);
                    events.push(event.with_fitting("channel", attempt.channel.as_deref()));
                }
            }
            if let Some(at) = item.measured.filter(|_| told.lacks(&key, "measured", 0)) {
                let event = begin("measured", at).with("measure", Stated::Text(measure));
                events.push(about(event, item.record));
            }
            if let Some((at, record)) = item.verified {
                let kind = if item.record.is_some() { "superseded" } else { "reverified" };
                if told.lacks(&key, kind, 0) {
                    let event = begin(kind, at).with("record", Stated::Digest(Hash::from_bytes(record)));
                    events.push(match item.record {
                        Some(old) => event.with("supersedes", Stated::Digest(Hash::from_bytes(old))),
                        None => event,
                    });
                }
                if item.measured.is_some() && told.lacks(&key, "measure_lifted", 0) {
                    events.push(begin("measure_lifted", at).with("measure", Stated::Text(measure)));
                }
            }
            Ok(())
        })?;
        Ok(events)
    }
}
