//! `realname record`: what is kept of accepted presentations.

use super::{Done, done, verify};
use crate::args::{EraseArgs, RecordCommand};
use crate::shapes::Erased;
use crate::{files, lang, output};

pub(crate) fn run(command: RecordCommand) -> Done {
    let RecordCommand::Erase(args) = command;
    erase(&args)
}

/// The file is replaced in one step: whoever looks sees the old record or the new one.
fn erase(args: &EraseArgs) -> Done {
    let record = verify::parse_record(&args.file)?;
    let erased = record.erase();
    let changed = erased != record;
    if changed {
        files::write(&args.file, &erased.to_bytes())?;
    }
    if args.json {
        output::json(&Erased { erased: changed });
    } else {
        output::line(match changed {
            true => {
                lang::pick("erased: it holds neither person nor number", "已清除：记录不再含有个人信息和号码")
            }
            false => lang::pick(
                "nothing to erase: it holds neither person nor number",
                "无需清除：记录不含个人信息和号码",
            ),
        });
    }
    done()
}
