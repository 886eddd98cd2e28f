//! A year of a synthetic operator: agents with their ways, honest and not, and the entries that their sales leave. It knows no figure.

use jiff::{SignedDuration, Timestamp};
use realname_journal::entry::{Event, Stated};
use realname_journal::tree::Hash;

use crate::dice::Dice;

/// An agent's way of selling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// Shop hours, one reader.
    Ordinary,
    /// A stall that is full on some days.
    Fair,
    /// Near a school: the year's sales within a few weeks.
    Students,
    /// One reader for the two terminals of a shop, as agreed.
    TwoCounters,
    /// A reader that reads badly.
    OldReader,
    /// A shop at a station, open late.
    Late,
    /// Fraud: identities bought and typed in at night, one after the other.
    Night,
    /// Fraud: one photo for many.
    OnePhoto,
    /// Fraud: one reader behind many agents' terminals.
    SharedReader,
    /// Fraud: numbers sold up to the limit of one person, again and again.
    ToTheLimit,
    /// Fraud: nobody is reached under the numbers that were sold.
    NeverReached,
    /// Fraud: who was refused elsewhere is accepted here.
    NextDoor,
    /// Fraud: a reader in software, under ever new serial numbers.
    ManyReaders,
    /// Fraud: bought identities at the pace, hours and variety of an honest shop.
    Patient,
}

pub const HONEST: [Way; 6] =
    [Way::Ordinary, Way::Fair, Way::Students, Way::TwoCounters, Way::OldReader, Way::Late];
pub const FRAUDS: [Way; 8] = [
    Way::Night,
    Way::OnePhoto,
    Way::SharedReader,
    Way::ToTheLimit,
    Way::NeverReached,
    Way::NextDoor,
    Way::ManyReaders,
    Way::Patient,
];

pub const REGIONS: usize = 31;
pub const DAYS: i64 = 365;

/// An agent.
pub struct Agent {
    pub name: String,
    pub way: Way,
    pub region: String,
    /// Its sales in a hundred days.
    pace: u64,
    busy_from: i64,
    sold: u64,
}

pub fn begin() -> Timestamp {
    "2026-01-01T00:00:00+08:00".parse().unwrap()
}

/// So many agents; of a hundred, four are frauds, the kinds in turn.
pub fn agents(dice: &mut Dice, count: usize, events: u64) -> Vec<Agent> {
    let mut frauds = 0;
    let mean = events * 100 / (count as u64 * DAYS as u64).max(1);
    let make = |place: usize| {
        let fraud = place % 25 == 24;
        frauds += usize::from(fraud);
        let way = match fraud {
            true => FRAUDS[(frauds - 1) % FRAUDS.len()],
            // Most are ordinary; each of the others is a twentieth.
            false => match dice.below(20) {
                number @ 0..5 => HONEST[number as usize + 1],
                _ => Way::Ordinary,
            },
        };
        Agent {
            name: format!("agent-{place}"),
            way,
            region: format!("CN-{}", 11 + dice.below(REGIONS as u64)),
            pace: mean / 2 + dice.below(mean + 1),
            busy_from: 200 + dice.below(60) as i64,
            sold: 0,
        }
    };
    (0..count).map(make).collect()
}

/// The entries of one day, in the order in which they happened.
pub fn day(dice: &mut Dice, agents: &mut [Agent], day: i64) -> Vec<(Timestamp, Event)> {
    let mut events = Vec::new();
    for agent in agents.iter_mut() {
        let share = match agent.way {
            Way::Fair => {
                if day % 30 == agent.busy_from % 30 {
                    agent.pace * 20
                } else {
                    agent.pace / 3
                }
            }
            Way::Students => {
                if (agent.busy_from..agent.busy_from + 21).contains(&day) {
                    agent.pace * 14
                } else {
                    agent.pace / 5
                }
            }
            _ => agent.pace,
        };
        let count = share / 100 + u64::from(dice.below(100) < share % 100);
        for second in seconds(dice, agent.way, count) {
            sale(dice, agent, day * 86_400 + second, &mut events);
        }
    }
    events.sort_by_key(|(time, _)| *time);
    events
}

/// When in the day so many are served, one after the other.
fn seconds(dice: &mut Dice, way: Way, count: u64) -> Vec<i64> {
    let mut seconds: Vec<i64> = (0..count)
        .map(|number| match way {
            // From one in the night, a typed form after the other.
            Way::Night => 3_600 + number * 40 + dice.below(20),
            Way::Late => 10 * 3_600 + dice.below(13 * 3_600),
            _ => 9 * 3_600 + dice.below(11 * 3_600),
        })
        .map(|second| second as i64)
        .collect();
    if way != Way::Night {
        seconds.sort_unstable();
        let mut free = 0;
        for second in &mut seconds {
            // A card, a form, two photos: who comes before that is done waits.
            *second = free.max(*second);
            free = *second + 60 + dice.below(120) as i64;
        }
    }
    seconds
}

fn sale(dice: &mut Dice, agent: &mut Agent, seconds: i64, events: &mut Vec<(Timestamp, Event)>) {
    let way = agent.way;
    agent.sold += 1;
    let time = begin() + SignedDuration::from_secs(seconds);
    let own = |what: &str| Hash::of(format!("{what} {} {}", agent.name, agent.sold).as_bytes());
    // A person comes again now and then.
    let person =
        if dice.chance(5) { Hash::of(format!("regular {}", agent.name).as_bytes()) } else { own("person") };
    let record = own("record");
    let terminal = format!("{}-t{}", agent.name, if way == Way::TwoCounters { agent.sold % 2 } else { 0 });
    let reader = match way {
        Way::SharedReader => "sam-cloud".to_owned(),
        Way::ManyReaders => format!("sam-{}-{}", agent.name, agent.sold / 8),
        _ => format!("sam-{}", agent.name),
    };
    let one_photo = way == Way::OnePhoto && dice.chance(60);
    let photo = if one_photo {
        Hash::of(agent.name.as_bytes())
    } else {
        Hash::of(&[&person.as_bytes()[..], record.as_bytes()].concat())
    };
    let bad = dice.chance(if way == Way::OldReader { 25 } else { 3 });
    let refused = dice.chance(if way == Way::OldReader { 12 } else { 6 });
    let event = Event::new(if refused { "refused" } else { "attested" })
        .with("agent", Stated::Text(&agent.name))
        .with("region", Stated::Text(&agent.region))
        .with("terminal", Stated::Text(&terminal))
        .with("sam_id", Stated::Text(&reader))
        .with("confirmed", Stated::Flag(!bad))
        .with("human_route", Stated::Flag(refused && dice.chance(30)))
        .with(
            "outcome",
            Stated::Text(if !refused {
                "pass"
            } else if bad {
                "inconclusive"
            } else {
                "fail"
            }),
        );
    if refused {
        events.push((time, event));
        return;
    }
    let event = event.with("person_key", Stated::Digest(person)).with("photo_key", Stated::Digest(photo));
    events.push((time, event.with("record", Stated::Digest(record))));
    let later = |seconds: i64| time + SignedDuration::from_secs(seconds);
    let limit = dice.chance(if way == Way::ToTheLimit { 70 } else { 2 });
    let verified = Event::new("verified").with("agent", Stated::Text(&agent.name));
    let verified = verified.with("record", Stated::Digest(record)).with("limit_reached", Stated::Flag(limit));
    events.push((later(5), verified));
    if dice.chance(if way == Way::NextDoor { 30 } else { 1 }) {
        let event = Event::new("refused_before").with("agent", Stated::Text(&agent.name));
        events.push((later(6), event.with("record", Stated::Digest(record))));
    }
    // A third is called back the same evening, and of those some can't be confirmed.
    if dice.chance(33) {
        events.push((later(7), Event::new("campaign_attempt").with("record", Stated::Digest(record))));
        if dice.chance(if way == Way::NeverReached { 80 } else { 12 }) {
            events.push((later(8), Event::new("measured").with("record", Stated::Digest(record))));
        }
    }
}
