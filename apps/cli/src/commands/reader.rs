//! `realname reader`: list, probe, read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::document::{CardRead, PlainDocument};
use realname::reader::{Attachment, Confirm, PortNotes, Progress, ReadOptions, Reader, list};
use serde_json::{Value, json};

use super::{Done, done, one_value};
use crate::args::{self, PortArgs, ReaderCommand};
use crate::failure::Failure;
use crate::files::Output;
use crate::output::{self, Tone, paint};
use crate::outside::shown;
use crate::{lang, words};

pub(crate) fn run(command: ReaderCommand) -> Done {
    match command {
        ReaderCommand::List { json } => print_ports(json),
        ReaderCommand::Probe { port, json } => probe(&port, json),
        ReaderCommand::Watch { port, json } => super::reader_watch::run(&port, json),
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
        [shown(&port.name), port.guess.as_str().to_owned(), ids, shown(&what)]
    });
    output::line(output::table(
        lang::pick(["port", "probably", "VID:PID", "says"], ["端口", "可能是", "VID:PID", "自报名称"]),
        rows,
    ));
    done()
}

type Opened = (Reader, Duration, Option<PortNotes>);

/// Opens a serial port at the rate given, or finds the rate; or a native USB reader, `usb:…` or `hid:…`. With it come what is
/// left of `wait` and what is known of the port.
fn open_within(port: &Path, baud: Option<u32>, wait: Duration) -> Result<Opened, Failure> {
    let name = port.to_string_lossy();
    let notes = notes_directory().map(|directory| PortNotes::new(directory, &name));
    let (reader, left) = Reader::open_within(&name, baud, wait, notes.as_ref())?;
    Ok((reader, left, notes))
}

/// Keeps what is known of the port: an aid, not a duty. A machine without a place for it reads cards all the same.
fn keep(notes: Option<PortNotes>, reader: &Reader) {
    if let Some(notes) = notes {
        let _ = notes.keep(reader);
    }
}

fn probe(port: &PortArgs, as_json: bool) -> Done {
    let (mut reader, _, notes) = open_within(&port.port, port.baud, Duration::ZERO)?;
    let probe = reader.probe()?;
    keep(notes, &reader);
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

/// Where this user's programs keep what they know of ports.
fn notes_directory() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("LOCALAPPDATA"));
    let state = state.or_else(|| set("HOME").map(|home| home.join(".local/state")));
    state.filter(|state| state.is_absolute()).map(|state| state.join("realname").join("ports"))
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

/// The JSON of `reader read`.
pub(crate) fn to_json(card: &CardRead) -> Value {
    serde_json::to_value(card.to_plain()).unwrap_or_default()
}

pub(crate) fn print(card: &CardRead) {
    let label = |english, chinese| paint(Tone::Faint, output::padded(lang::pick(english, chinese), 20));
    for (name, value) in rows(&card.document().to_plain()) {
        output::line(format_args!("{} {}", paint(Tone::Faint, output::padded(name, 20)), shown(&value)));
    }
    if let Some(address) = card.additional_address() {
        output::line(format_args!("{} {}", label("additional address", "变更住址"), shown(address.as_str())));
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
        (lang::pick("kind", "证件类型"), Some(words::kind(plain.kind).to_owned())),
        (lang::pick("name", "姓名"), text(&plain.name)),
        (lang::pick("English name", "英文姓名"), text(&plain.english_name)),
        (lang::pick("sex", "性别"), Some(words::sex(plain.sex).to_owned())),
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
