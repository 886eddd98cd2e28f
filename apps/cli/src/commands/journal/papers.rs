//! `journal papers`: receipts of cancellations that lack papers.

use realname::cancellation::{Paper, Unclosed};
use realname::journal::Audit;

use crate::args::AgentListArgs;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::shapes::{PapersMissing, ReceiptWithout};
use crate::{lang, output, outside};

pub(super) fn run(args: &AgentListArgs) -> Done {
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let keys = super::log_keys(&args.vkey)?;
    let reader = super::reader(&args.dir)?;
    let mut unclosed = Unclosed::default();
    Audit::new(keys).run_with(&reader, |index, entry, _| unclosed.hear(index, entry)).map_err(about)?;
    let names = |missing: &[Paper]| missing.iter().map(|paper| paper.to_string()).collect::<Vec<_>>();
    let receipts = unclosed.iter().map(|(index, record, missing)| ReceiptWithout {
        index,
        record: record.to_base64url(),
        missing: names(missing),
    });
    let receipts: Vec<ReceiptWithout> = receipts.collect();
    if args.json {
        output::json(&PapersMissing { receipts });
        return done();
    }
    let rows = receipts.into_iter().map(|one| [one.index.to_string(), one.record, one.missing.join(" ")]);
    let head = lang::pick(["event", "receipt", "missing"], ["序号", "回执", "缺少"]);
    output::line(output::table(head, rows));
    done()
}
