//! `realname reader watch`: what happens at a reader, one line an event, all day.

use std::process::ExitCode;

use jiff::Timestamp;
use realname::reader::{ReadOptions, Reader, Watch, WatchEvent};
use serde_json::{Value, json};

use super::show::{print, to_json as card_json};
use crate::args::PortArgs;
use crate::commands::{Done, done};
use crate::failure::{Exit, Failure};
use crate::output::{self, Tone, paint};
use crate::{lang, signals};

pub(super) fn run(args: &PortArgs, as_json: bool) -> Done {
    let ended = signals::watch()?;
    let (port, baud) = (args.port.to_string_lossy().into_owned(), args.baud);
    let watch = Watch::new(ReadOptions::new(), move || Reader::open(&port, baud));
    let canceller = watch.canceller();
    let ending = canceller.clone();
    std::thread::spawn(move || {
        ended.wait();
        ending.cancel();
    });
    for event in watch {
        tell(&event, as_json)?;
    }
    if canceller.is_cancelled() {
        return done();
    }
    // It ended by itself: the last fault, which was told, is for good.
    Ok(ExitCode::from(Exit::Trouble as u8))
}

fn tell(event: &WatchEvent, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let mut value = to_json(event);
        value["at"] = json!(Timestamp::now());
        return output::json_line(&value);
    }
    match event {
        WatchEvent::Connected(probe) => {
            output::line(format_args!(
                "{} {}",
                lang::pick("reader ready, SAM id", "读卡器就绪，SAM 编号"),
                probe.sam_id
            ));
        }
        WatchEvent::Disconnected => output::line(lang::pick("reader gone", "读卡器已断开")),
        WatchEvent::Card(card) => {
            output::line(paint(Tone::Heading, lang::pick("card read", "已读取证件")));
            print(card);
        }
        WatchEvent::Removed => output::line(lang::pick("card off", "证件已移开")),
        WatchEvent::Trouble(error) => {
            let failure = Failure::from(error);
            output::line(format_args!("{} {failure}", paint(Tone::Warn, lang::pick("fault:", "故障："))));
        }
        _ => {}
    }
    output::still_heard()
}

fn to_json(event: &WatchEvent) -> Value {
    let mut value = match event {
        WatchEvent::Connected(probe) => json!({"sam_id": probe.sam_id.to_string()}),
        WatchEvent::Card(card) => card_json(card),
        WatchEvent::Trouble(error) => Failure::from(error).to_json(),
        _ => json!({}),
    };
    value["event"] = event.as_str().into();
    value
}
