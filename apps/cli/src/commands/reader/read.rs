//! `reader read`: one card.

use std::path::{Path, PathBuf};

use realname::document::CardRead;
use realname::reader::{Progress, ReadOptions};

use super::port::{keep, open_within};
use super::show::{print, to_json};
use crate::args::PortArgs;
use crate::commands::{Done, done, one_value};
use crate::failure::Failure;
use crate::files::Output;
use crate::{lang, output};

pub(super) fn run(port: &PortArgs, options: &ReadOptions, photo_out: Option<PathBuf>, as_json: bool) -> Done {
    let photo_out = photo_out.as_deref().map(Output::prepare).transpose()?;
    one_value(as_json, &photo_out.iter().collect::<Vec<_>>())?;
    let card = read_at(&port.port, port.baud, options)?;
    if let Some(out) = photo_out {
        out.write(card.photo().bytes())?;
    }
    if as_json {
        output::json(&to_json(&card));
    } else {
        print(&card);
    }
    done()
}

/// Opens a reader and reads a card, telling on a terminal how far it is. The options' wait is for both. What is learned of
/// the port is kept for the next program on it.
pub(crate) fn read_at(port: &Path, baud: Option<u32>, options: &ReadOptions) -> Result<CardRead, Failure> {
    let progress = output::Progress::start(lang::pick("looking for the reader", "正在连接读卡器"));
    let (mut reader, left, notes) = open_within(port, baud, options.wait)?;
    let options = options.clone().wait(left);
    let card = reader.read_card_with(&options, |step| progress.say(&step_text(step)));
    keep(notes, &reader);
    Ok(card?)
}

fn step_text(step: Progress) -> String {
    match step {
        Progress::WaitingForCard => lang::pick("place the card", "请放置证件").to_owned(),
        Progress::Found => lang::pick("card found", "已发现证件").to_owned(),
        Progress::Selected => lang::pick("card selected", "已选中证件").to_owned(),
        Progress::Reading { received, expected } => {
            format!("{} {received}/{expected}", lang::pick("reading", "正在读取"))
        }
        Progress::Confirming => lang::pick("reading once more, to be sure", "正在再次读取以确认").to_owned(),
        Progress::CardLifted => lang::pick("put the card back", "请放回证件").to_owned(),
        Progress::LiftCard => lang::pick(
            "this card was read before: lift it and put it back",
            "此证件已读取过，请拿起后重新放置",
        )
        .to_owned(),
        _ => lang::pick("the line is disturbed, trying again", "线路受扰，正在重试").to_owned(),
    }
}
