//! `realname store`: retention.

use jiff::Timestamp;
use realname::store::Store;

use super::{Done, done, stores};
use crate::args::{ExpireArgs, StoreCommand};
use crate::shapes::Expired;
use crate::{lang, output};

/// What one step removes; between two steps others have their turn.
const STEP: u32 = 1000;

pub(crate) fn run(command: StoreCommand) -> Done {
    let StoreCommand::Expire(args) = command;
    expire(&args)
}

fn expire(args: &ExpireArgs) -> Done {
    let store = stores::existing(&args.store)?;
    let now = Timestamp::now();
    // What hasn't ended yet is pending: a time to come takes no more than now does.
    let before = args.before.unwrap_or_else(|| stores::retention(now)).min(now);
    let mut removed = 0u64;
    loop {
        let step = store.expire(before, STEP)?;
        removed += u64::from(step);
        if step < STEP {
            break;
        }
    }
    if args.json {
        output::json(&Expired { removed, before });
    } else {
        output::line(lang::pick(
            format!("removed {removed} that ended before {before}"),
            format!("已清除 {removed} 条于 {before} 前失效的记录"),
        ));
    }
    done()
}
