//! What all stores check and round in the same way.

use jiff::Timestamp;

use super::{Field, StoreError};

/// The longest key or member in bytes: a nonce, a digest or a URL fits, and every engine can index it.
pub const MAX_KEY: usize = 255;

/// The longest value or answer in bytes.
pub const MAX_VALUE: usize = 1 << 20;

/// Refuses what is longer than the field may be.
pub fn check(field: Field, bytes: &[u8]) -> Result<(), StoreError> {
    let max = match field {
        Field::Key | Field::Member => MAX_KEY,
        Field::Value | Field::Answer => MAX_VALUE,
    };
    if bytes.len() <= max { Ok(()) } else { Err(StoreError::TooLong { field, max, got: bytes.len() }) }
}

/// A copy for the thread that talks to the engine, if it isn't too long. Wiped when that is done.
pub fn owned(field: Field, bytes: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, StoreError> {
    check(field, bytes)?;
    Ok(zeroize::Zeroizing::new(bytes.to_vec()))
}

/// Times are kept and compared as whole microseconds, so that every engine orders them alike.
pub fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Back from [`micros`]. Any other number was never written by us.
pub fn from_micros(micros: i64) -> Result<Timestamp, StoreError> {
    // `from_microsecond` refuses the last second before `Timestamp::MAX`. What remains of a second fits an `i32`.
    let nanos = i32::try_from(micros % 1_000_000 * 1_000).map_err(|_| StoreError::Corrupt)?;
    Timestamp::new(micros / 1_000_000, nanos).map_err(|_| StoreError::Corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_one_byte_too_much() {
        assert!(check(Field::Key, &[0; MAX_KEY]).is_ok());
        assert!(matches!(
            check(Field::Member, &[0; MAX_KEY + 1]),
            Err(StoreError::TooLong { field: Field::Member, max: 255, got: 256 })
        ));
        assert!(check(Field::Value, &vec![0; MAX_VALUE]).is_ok());
        assert!(check(Field::Answer, &vec![0; MAX_VALUE + 1]).is_err());
    }

    #[test]
    fn every_time_survives_to_the_microsecond() {
        for time in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            assert_eq!(micros(from_micros(micros(time)).unwrap()), micros(time));
        }
        assert!(matches!(from_micros(i64::MAX), Err(StoreError::Corrupt)));
    }
}
