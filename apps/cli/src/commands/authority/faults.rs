//! `--fault`: which connection fails, and how.

use realname::authority::serve::{RegisterFault, RegisterFaults};

use crate::output;

/// One part of the switch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Always(RegisterFault),
    /// On this connection, from 1.
    On(u64, RegisterFault),
    /// On this share of 256 connections.
    Random(u8),
}

/// Reads `WORD`, `WORD@N` and `random=SHARE`, separated by commas. A connection's own fault comes before those of all.
pub(super) fn parse(spec: &str, seed: u64) -> Result<RegisterFaults, String> {
    let parts = spec.split(',').map(|part| read(part.trim())).collect::<Result<Vec<_>, _>>()?;
    Ok(RegisterFaults::by(move |number| {
        let fault = choose(&parts, seed, number.saturating_add(1));
        if let Some(fault) = fault {
            output::line(format_args!("fault {} on connection {}", fault.as_str(), number.saturating_add(1)));
        }
        fault
    }))
}

fn read(part: &str) -> Result<Part, String> {
    let word = |word: &str| word.parse::<RegisterFault>().map_err(|_| unknown(word));
    if let Some(share) = part.strip_prefix("random=") {
        let share = share.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        let share: f64 = share.ok_or("random= takes a share from 0 to 1")?;
        return Ok(Part::Random((share * 255.0).round() as u8));
    }
    match part.split_once('@') {
        Some((fault, number)) => {
            let number = number.parse().ok().filter(|number| *number > 0);
            Ok(Part::On(number.ok_or("WORD@N takes the number of a connection, from 1")?, word(fault)?))
        }
        None => Ok(Part::Always(word(part)?)),
    }
}

fn choose(parts: &[Part], seed: u64, number: u64) -> Option<RegisterFault> {
    let own = parts.iter().find_map(|part| match part {
        Part::On(at, fault) if *at == number => Some(*fault),
        _ => None,
    });
    own.or_else(|| {
        parts.iter().find_map(|part| match part {
            Part::Always(fault) => Some(*fault),
            Part::Random(share) => random(seed, number, *share),
            Part::On(..) => None,
        })
    })
}

/// Any fault on a share of the connections, the same ones for the same seed (SplitMix64).
fn random(seed: u64, number: u64, share: u8) -> Option<RegisterFault> {
    let mut roll = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    roll = (roll ^ (roll >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    roll = (roll ^ (roll >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    roll ^= roll >> 31;
    let which = usize::try_from((roll >> 8) % RegisterFault::ALL.len() as u64).ok()?;
    RegisterFault::ALL.get(which).copied().filter(|_| share == u8::MAX || (roll & 0xff) < u64::from(share))
}

fn unknown(word: &str) -> String {
    let words = RegisterFault::ALL.map(RegisterFault::as_str).join(", ");
    format!("no fault is called {word:?}; expected one of: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connections_own_fault_comes_first() {
        let parts: Vec<_> = "busy, silent@2".split(',').map(|part| read(part.trim()).unwrap()).collect();
        assert_eq!(choose(&parts, 1, 1), Some(RegisterFault::Busy));
        assert_eq!(choose(&parts, 1, 2), Some(RegisterFault::Silent));
        assert_eq!(choose(&[Part::On(2, RegisterFault::Deaf)], 1, 1), None);
    }

    #[test]
    fn a_share_is_a_share_and_repeats_with_its_seed() {
        let hits = |seed, share| (0..2000).filter(|number| random(seed, *number, share).is_some()).count();
        assert_eq!(hits(1, 0), 0);
        assert_eq!(hits(1, u8::MAX), 2000);
        assert!((900..1100).contains(&hits(1, 128)), "{}", hits(1, 128));
        assert_eq!(hits(1, 128), hits(1, 128));
    }

    #[test]
    fn what_is_no_fault_is_named() {
        assert!(read("bussy").unwrap_err().contains("reset-before"));
        for wrong in ["busy@0", "busy@x", "random=2", "random=", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(read("random=0.5"), Ok(Part::Random(128)));
    }
}
