//! A card that was read: as JSON, and for people.

use realname::document::{CardRead, PlainDocument};
use serde_json::Value;

use crate::output::{self, Tone, paint};
use crate::outside::shown;
use crate::{lang, words};

/// The JSON of `reader read`.
pub(crate) fn to_json(card: &CardRead) -> Value {
    serde_json::to_value(card.to_plain()).unwrap_or_default()
}

pub(super) fn print(card: &CardRead) {
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
fn rows(plain: &PlainDocument) -> Vec<(&'static str, String)> {
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
