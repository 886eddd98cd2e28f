//! `inspection close`: the tree as it is now is the one that the draw rests on.

use jiff::Timestamp;
use realname::journal::entry::{Event, Stated};

use crate::args::InspectionCloseArgs;
use crate::commands::{Done, done, journal};
use crate::failure::Failure;
use crate::shapes::journal::ClosedInspection;
use crate::{lang, output, outside};

pub(super) fn run(args: &InspectionCloseArgs) -> Done {
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let mut journal = journal::journal(&args.dir, &args.key)?;
    journal.integrate().map_err(about)?;
    let size = journal.size();
    let event = Event::new("inspection_closed")
        .with("inspection", Stated::Text(&args.inspection))
        .with("size", Stated::Count(size));
    let appended = journal.append(vec![event], Timestamp::now()).map_err(about)?;
    if args.json {
        output::json(&ClosedInspection { closed: size, size: appended.size, first: appended.first });
    } else {
        output::line(lang::pick(format!("closed at {size} entries"), format!("已在 {size} 条记录处结束")));
    }
    done()
}
