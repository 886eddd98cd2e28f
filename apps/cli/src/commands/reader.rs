//! `realname reader`: list, probe, read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::document::{CardRead, PlainDocument};
use realname::reader::{Attachment, Confirm, Progress, ReadOptions, Reader, list};
use serde_json::{Value, json};

use super::{Done, done};
use crate::args::{self, PortArgs, ReaderCommand};
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang};

pub(crate) fn run(command: ReaderCommand) -> Done {
    match command {
        ReaderCommand::List { json } => print_ports(json),
        ReaderCommand::Probe { port, json } => probe(&port, json),
        ReaderCommand::Read { port, wait, fingerprint, confirm, photo_out, json } => {
            let options = ReadOptions::new()
                .wait(Duration::from_secs(u64::from(wait)))
                .fingerprint(fingerprint)
                .confirm(match confirm {
                    args::Confirm::InDoubt => Confirm::InDoubt,
                    args::Confirm::UntilTrusted => Confirm::UntilTrusted,
                    args::Confirm::Always => Confirm::Always,
                });
            read(&port, &options, photo_out, json)
        }
    }
}

fn print_ports(as_json: bool) -> Done {
    let ports = list()?;
    if as_json {
        output::json(&json!({ "ports": ports }));
        return done();
    }
    if ports.is_empty() {
        output::line(lang::pick("no serial port and no reader found", "未找到串口或读卡器"));
        return done();
    }
    let rows = ports.iter().map(|port| {
        let (ids, what) = match &port.attachment {
            Attachment::Usb { vendor, product, manufacturer, product_name, .. } => {
                let names = [manufacturer.as_deref(), product_name.as_deref()];
                (
                    format!("{vendor:04x}:{product:04x}"),
                    names.into_iter().flatten().collect::<Vec<_>>().join(" "),
                )
            }
            _ => (String::new(), String::new()),
        };
        [port.name.clone(), port.guess.as_str().to_owned(), ids, what]
    });
    output::line(output::table(["port", "probably", "VID:PID", "says"], rows));
    done()
}

/// Opens a serial port at the rate given, or finds the rate; or a native USB reader, `usb:…` or `hid:…`.
pub(crate) fn open(port: &Path, baud: Option<u32>) -> Result<Reader, Failure> {
    Ok(Reader::open(&port.to_string_lossy(), baud)?)
}

fn probe(port: &PortArgs, as_json: bool) -> Done {
    let mut reader = open(&port.port, port.baud)?;
    let probe = reader.probe()?;
    if as_json {
        output::json(&json!({"sam_id": probe.sam_id.to_string(), "baud": reader.baud()}));
    } else {
        output::line(format_args!("SAM id  {}", probe.sam_id));
        if let Some(baud) = reader.baud() {
            output::line(format_args!("rate    {baud} bit/s"));
        }
    }
    done()
}

fn read(port: &PortArgs, options: &ReadOptions, photo_out: Option<PathBuf>, as_json: bool) -> Done {
    let mut reader = open(&port.port, port.baud)?;
    let card = read_card(&mut reader, options)?;
    if let Some(path) = photo_out {
        files::write(&path, card.photo().bytes())?;
    }
    if as_json {
        output::json(&to_json(&card));
    } else {
        print(&card);
    }
    done()
}

/// Reads a card, telling on a terminal how far it is.
pub(crate) fn read_card(reader: &mut Reader, options: &ReadOptions) -> Result<CardRead, Failure> {
    let progress = output::Progress::start(lang::pick("looking for the reader", "正在连接读卡器"));
    Ok(reader.read_card_with(options, |step| progress.say(&step_text(step)))?)
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
        _ => lang::pick("the line is disturbed, trying again", "线路受扰，正在重试").to_owned(),
    }
}

/// The JSON of `reader read`.
pub(crate) fn to_json(card: &CardRead) -> Value {
    serde_json::to_value(card.to_plain()).unwrap_or_default()
}

fn print(card: &CardRead) {
    let label = |english, chinese| paint(Tone::Faint, output::padded(lang::pick(english, chinese), 20));
    for (name, value) in rows(&card.document().to_plain()) {
        output::line(format_args!("{} {value}", paint(Tone::Faint, output::padded(name, 20))));
    }
    if let Some(address) = card.additional_address() {
        output::line(format_args!("{} {}", label("additional address", "变更住址"), address.as_str()));
    }
    output::line(format_args!("{} {}", label("SAM id", "安全模块号"), card.sam_id()));
    for flag in card.document().flags() {
        output::line(paint(Tone::Warn, format_args!("{}: {}", lang::pick("flag", "提示"), flag.as_str())));
    }
    if !card.origin().is_physical() {
        let what = lang::pick("counts as a test only", "仅作测试");
        output::line(paint(
            Tone::Warn,
            format_args!("{}: {} ({what})", lang::pick("origin", "来源"), card.origin()),
        ));
    }
}

/// The fields that the card has, labelled.
pub(crate) fn rows(plain: &PlainDocument) -> Vec<(&'static str, String)> {
    let text =
        |field: &Option<realname::document::Personal>| field.as_ref().map(|text| text.as_str().to_owned());
    let ethnic = plain.ethnic_group.as_ref().map(|group| {
        let name = group.name.as_ref().map_or("?", |name| name.as_str());
        format!("{name} ({})", group.code.as_str())
    });
    [
        (lang::pick("kind", "证件类型"), Some(plain.kind.to_string())),
        (lang::pick("name", "姓名"), text(&plain.name)),
        (lang::pick("English name", "英文姓名"), text(&plain.english_name)),
        (lang::pick("sex", "性别"), Some(plain.sex.as_str().to_owned())),
        (lang::pick("ethnic group", "民族"), ethnic),
        (lang::pick("birth date", "出生日期"), text(&plain.birth_date)),
        (lang::pick("nationality", "国籍"), text(&plain.nationality)),
        (lang::pick("address", "住址"), text(&plain.address)),
        (lang::pick("number", "证件号码"), text(&plain.number)),
        (lang::pick("former number", "原证件号码"), text(&plain.former_number)),
        (lang::pick("authority", "签发机关"), text(&plain.authority)),
        (lang::pick("valid from", "有效期起"), text(&plain.valid_from)),
        (lang::pick("valid until", "有效期止"), text(&plain.valid_until)),
        (lang::pick("travel permit", "通行证号码"), text(&plain.travel_permit_number)),
        (lang::pick("issue count", "签发次数"), plain.issue_count.map(|count| count.to_string())),
        (lang::pick("renewals", "换证次数"), plain.renewals.map(|count| count.to_string())),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}
