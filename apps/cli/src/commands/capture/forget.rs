//! `capture forget`: what the index of what was used before has of a person goes, or what is over.

use jiff::Timestamp;
use realname::capture::reuse::ReuseIndex;
use realname::store::SqliteReuse;

use crate::args::CaptureForgetArgs;
use crate::commands::attest::reuse::secret;
use crate::commands::{Done, declared, done};
use crate::failure::Failure;
use crate::outside::path as shown;
use crate::shapes::Forgotten;
use crate::{lang, output};

/// How many that are over are removed in one step, so that terminals that use the index don't wait long.
const STEP: u32 = 10_000;

pub(super) fn run(args: &CaptureForgetArgs) -> Done {
    // Everything that can be wrong is found before the index is touched.
    let identity = match (&args.key, &args.person) {
        (Some(key), Some(person)) => {
            let key = secret(key)?;
            Some(key.identity(declared::in_file(person)?.number().as_str()))
        }
        _ => None,
    };
    let index = SqliteReuse::open_existing(&args.index)
        .map_err(|error| Failure::from(error).about(&shown(&args.index)))?;
    let removed = match identity {
        Some(identity) => index.erase(identity)?,
        None => expire(&index, Timestamp::now())?,
    };
    if args.json {
        output::json(&Forgotten { removed });
    } else {
        output::line(lang::pick(
            format!("{removed} captures were removed"),
            format!("已删除 {removed} 条照片记录"),
        ));
    }
    done()
}

fn expire(index: &SqliteReuse, now: Timestamp) -> Result<u32, Failure> {
    let mut removed = 0_u32;
    loop {
        let some = index.expire(now, STEP)?;
        removed = removed.saturating_add(some);
        if some < STEP {
            return Ok(removed);
        }
    }
}
