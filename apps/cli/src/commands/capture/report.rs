//! What was found, as a table for people and as JSON.

use realname::capture::measure::{Better, Faces, Figure, Measure, PrintedOutcome, View};
use realname::capture::{Defect, Examination, Note, Remark, Slot, Triplet};
use realname::profile::Outcome;

use crate::commands::photos::slot_name;
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{lang, words};

/// Every figure with its threshold and outcome.
pub(crate) fn figures(triplet: &Triplet, examination: &Examination) -> String {
    let mut rows = Vec::new();
    for (found, photo) in examination.photos.iter().zip(triplet.photos()) {
        let mut first = format!("{}: {} × {}", slot_name(found.slot), photo.width(), photo.height());
        if found.view != View::Unclear && found.view.fits(found.slot) == Some(false) {
            first = format!("{first}, {} {}", lang::pick("looks like", "看似"), view_name(found.view));
        }
        group(&mut rows, first, &found.figures);
    }
    if let Some(together) = &examination.together {
        group(&mut rows, lang::pick("together", "三张照片").to_owned(), &together.figures);
    }
    if let Some(printed) = &examination.printed {
        for (line, name) in [
            (&printed.number, lang::pick("printed number", "证件号码")),
            (&printed.validity, lang::pick("printed validity", "有效期限")),
        ] {
            if let Some(line) = line {
                group(&mut rows, format!("{name}: {}", said_of(line.outcome)), &line.figures);
            }
        }
    }
    let head = lang::pick(
        ["photo", "figure", "measured", "passes", "fails", "outcome"],
        ["照片", "指标", "测量值", "通过", "不通过", "结果"],
    );
    coloured(&output::table(head, rows))
}

fn said_of(outcome: PrintedOutcome) -> &'static str {
    match outcome {
        PrintedOutcome::Same => lang::pick("as declared", "与填写一致"),
        PrintedOutcome::Differs => lang::pick("another one", "与填写不符"),
        PrintedOutcome::Covered => lang::pick("covered", "被遮挡"),
        PrintedOutcome::Unreadable => lang::pick("can't be read", "无法识别"),
    }
}

fn group(rows: &mut Vec<[String; 6]>, name: String, figures: &[Figure]) {
    let mut name = Some(name);
    for figure in figures {
        let (pass, fail) = match figure.threshold.better {
            Better::Higher => ("≥", "≤"),
            Better::Lower => ("≤", "≥"),
        };
        let unit = figure.measure.unit();
        let measured = figure.measured.map_or_else(|| "–".to_owned(), |value| with_unit(value, unit));
        rows.push([
            name.take().unwrap_or_default(),
            figure.measure.as_str().to_owned(),
            measured,
            format!("{pass} {}", number(figure.threshold.pass)),
            match figure.measure {
                // A limit below the least value that the figure can have: no photo fails by it.
                Measure::Person | Measure::Faces if figure.threshold.fail < 0.0 => {
                    lang::pick("never", "从不").to_owned()
                }
                _ => format!("{fail} {}", number(figure.threshold.fail)),
            },
            words::outcome(figure.outcome).to_owned(),
        ]);
    }
}

fn with_unit(value: f32, unit: &str) -> String {
    format!("{} {unit}", number(value)).trim_end().to_owned()
}

/// Three digits that count, more or less.
fn number(value: f32) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

/// The outcomes that want attention, in colour. The table is laid out before, so that escapes don't count as width.
fn coloured(table: &str) -> String {
    [(Outcome::Fail, Tone::Bad), (Outcome::Inconclusive, Tone::Warn), (Outcome::NotRun, Tone::Warn)]
        .into_iter()
        .fold(table.to_owned(), |text, (outcome, tone)| {
            let word = words::outcome(outcome);
            text.replace(&format!(" {word} "), &format!(" {} ", paint(tone, word)))
        })
}

/// What refuses nothing and is worth knowing.
pub(crate) fn remarks(triplet: &Triplet, examination: &Examination) -> Vec<String> {
    let notes = triplet.photos().iter().flat_map(|photo| {
        photo.notes().iter().map(|note| {
            let text = match note {
                Note::TrailingBytes => lang::pick("bytes follow the picture", "图片后附有其他数据"),
                Note::Progressive => lang::pick(
                    "a progressive JPEG: edited, or sent by a messenger",
                    "渐进式 JPEG：可能经过编辑或聊天软件传输",
                ),
                Note::Bars => lang::pick("plain bars at its edges were left out", "已略去图片边缘的纯色边框"),
                Note::NameDisagrees => {
                    lang::pick("the file's name ends like another format", "文件扩展名与格式不符")
                }
                _ => return format!("{}: {note:?}", slot_name(photo.slot())),
            };
            format!("{}: {text}", slot_name(photo.slot()))
        })
    });
    let together = examination.remarks.iter().map(|known| remark(*known));
    let faces = examination.photos.iter().filter_map(|photo| {
        let text = match &photo.faces {
            Faces::NotLookedFor if photo.slot == Slot::Holder => lang::pick(
                "no face finder, so nothing was measured on the face",
                "未配置人脸检测程序，未测量面部",
            )
            .to_owned(),
            Faces::Failed(error) => error.to_string(),
            _ => return None,
        };
        Some(format!("{}: {text}", slot_name(photo.slot)))
    });
    let word = lang::pick("remark:", "提示：");
    notes.chain(faces).chain(together).map(|text| format!("{} {text}", paint(Tone::Faint, word))).collect()
}

/// What the buyer does next: one line for each kind of fault with all photos that have it, the most telling first.
pub(crate) fn advice(examination: &Examination) -> String {
    let mut kinds: Vec<(&Defect, Vec<Slot>)> = Vec::new();
    for fault in &examination.faults {
        match kinds.iter_mut().find(|(known, _)| known.code == fault.code) {
            // Sorted by outcome, so the first one is the worst.
            Some((_, slots)) => slots.extend(&fault.slots),
            None => kinds.push((fault, fault.slots.clone())),
        }
    }
    let lines = kinds.into_iter().map(|(fault, mut slots)| {
        slots.sort_unstable();
        slots.dedup();
        let tone = if fault.outcome == Outcome::Fail { Tone::Bad } else { Tone::Warn };
        let advice = lang::pick(fault.advice.en, fault.advice.zh);
        format!(
            "{} {}: {advice} [{}]",
            paint(tone, words::outcome(fault.outcome)),
            slot_names(&slots),
            fault.code
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The photos don't pass: named by the most telling fault.
pub(crate) fn refused(examination: &Examination) -> Failure {
    let (code, about) = match examination.faults.first() {
        Some(fault) => (fault.code.code(), slot_names(&fault.slots)),
        None => ("photo_unclear", String::new()),
    };
    let action = examination.advice().map_or("", |advice| lang::pick(advice.en, advice.zh));
    let message = match examination.outcome {
        Outcome::Fail => lang::pick("the photos can't be used", "照片不可用"),
        _ => lang::pick("it can't be decided whether the photos can be used", "无法判定照片是否可用"),
    };
    Failure::refused(code, format!("{message} ({about})"), action)
}

fn slot_names(slots: &[Slot]) -> String {
    slots.iter().map(|slot| slot_name(*slot)).collect::<Vec<_>>().join(lang::pick(", ", "、"))
}

fn view_name(view: View) -> &'static str {
    match view {
        View::PortraitSide => lang::pick("a portrait side", "人像面"),
        View::EmblemSide => lang::pick("an emblem side", "国徽面"),
        View::Holder => lang::pick("a holder", "手持证件照"),
        _ => lang::pick("something else", "其他内容"),
    }
}

/// One of the examination's remarks in words.
pub(crate) fn remark(remark: Remark) -> String {
    match remark {
        Remark::CamerasDiffer => {
            lang::pick("the files name different cameras", "各文件记录的相机不同").to_owned()
        }
        Remark::SoftwareDiffers => {
            lang::pick("the files were written by different software", "各文件由不同软件写入").to_owned()
        }
        Remark::TimesApart => lang::pick(
            "the cameras' clocks say that more than an hour lies between two photos",
            "按相机时钟，两张照片相隔超过一小时",
        )
        .to_owned(),
        Remark::SomeWithoutCamera => {
            lang::pick("some files name a camera, others don't", "部分文件记录了相机，部分没有").to_owned()
        }
        Remark::TextReadsOtherwise => lang::pick(
            "the text reader reads another name, number or dates than declared: somebody should look",
            "文字识别读出的姓名、号码或有效期与申报不符，请人工查看",
        )
        .to_owned(),
    }
}
