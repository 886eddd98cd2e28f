//! Somebody's name and number from a JSON file. What is wrong is told without quoting the file, and with it a person.

use std::path::Path;

use realname::appraisal::{Declared, DeclaredError};
use realname::document::{CardDate, Personal, ValidUntil};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;
use crate::outside::path as shown;
use crate::{files, lang};

/// Reads a file that is an object of texts, with these members and no others.
pub(crate) fn read<T: DeserializeOwned>(
    path: &Path,
    code: &str,
    required: &[&str],
    optional: &[&str],
) -> Result<T, Failure> {
    let text = files::read_text(path)?;
    let wrong = |what: String| {
        let members = required.join(", ");
        Failure::damaged(
            code,
            format!("{}: {what}", shown(path)),
            match optional {
                [] => lang::pick(
                    format!("correct the file: one JSON object with the texts {members}"),
                    format!("请修正文件：一个 JSON 对象，包含文本 {members}"),
                ),
                more => lang::pick(
                    format!(
                        "correct the file: one JSON object with the texts {members}, and both or none of {} \
                         (2020-01-31; the second also long_term)",
                        more.join(", ")
                    ),
                    format!(
                        "请修正文件：一个 JSON 对象，包含文本 {members}；{} 须同时提供或同时省略\
                         （2020-01-31；后者也可为 long_term）",
                        more.join("、")
                    ),
                ),
            },
        )
    };
    // The parser's own message would quote the text.
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(lang::pick(
            format!("no JSON from line {line}, column {column} on"),
            format!("第 {line} 行第 {column} 列起不是 JSON"),
        ))
    })?;
    let Value::Object(members) = &value else {
        return Err(wrong(lang::pick("not a JSON object", "不是 JSON 对象").to_owned()));
    };
    for name in required {
        if !members.contains_key(*name) {
            return Err(wrong(lang::pick(format!("`{name}` is missing"), format!("缺少 {name}"))));
        }
    }
    let known = |name: &&str| members.get(*name).is_none_or(|value| value.is_string() || value.is_null());
    if let Some(name) = required.iter().chain(optional).find(|name| !known(name)) {
        return Err(wrong(lang::pick(format!("`{name}` is no text"), format!("{name} 不是文本"))));
    }
    if members.keys().any(|name| !required.iter().chain(optional).any(|known| known == name)) {
        return Err(wrong(lang::pick("it has a member too many", "含有多余的成员").to_owned()));
    }
    serde_json::from_value(value)
        .map_err(|_| wrong(lang::pick("a member is no text", "有成员不是文本").to_owned()))
}

/// Name and number, as far as they can be judged without asking anybody.
pub(crate) fn person(name: &Personal, number: &Personal) -> Result<Declared, Failure> {
    Ok(Declared::new(name.as_str(), number.as_str())?)
}

/// The file of `--declared`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredFile {
    name: Personal,
    id_number: Personal,
    valid_from: Option<Personal>,
    valid_until: Option<Personal>,
    birth_date: Option<Personal>,
}

/// What a buyer declared: `--declared`.
pub(crate) fn in_file(path: &Path) -> Result<Declared, Failure> {
    let file: DeclaredFile =
        read(path, "declared", &["name", "id_number"], &["valid_from", "valid_until", "birth_date"])?;
    let about = |failure: Failure| failure.about(&path.to_string_lossy());
    let declared = person(&file.name, &file.id_number).map_err(about)?;
    let declared = match &file.birth_date {
        None => declared,
        Some(text) => {
            let birth = day(text.as_str()).ok_or(DeclaredError::BirthDate);
            birth.and_then(|birth| declared.born_on(birth)).map_err(|error| about(error.into()))?
        }
    };
    let malformed = || {
        about(Failure::damaged(
            "declared",
            lang::pick("the dates of validity can't be read", "无法读取有效期"),
            lang::pick(
                "give both or none of \"valid_from\" (2020-01-31) and \"valid_until\" (the same, or long_term)",
                "valid_from（2020-01-31）和 valid_until（同上，或 long_term）须同时提供或同时省略",
            ),
        ))
    };
    match (&file.valid_from, &file.valid_until) {
        (None, None) => Ok(declared),
        (Some(from), Some(until)) => {
            let from = day(from.as_str()).ok_or_else(malformed)?;
            let until = match until.as_str() {
                "long_term" => ValidUntil::LongTerm,
                text => ValidUntil::Day(day(text).ok_or_else(malformed)?),
            };
            declared.with_validity(from, until).map_err(|error| about(error.into()))
        }
        _ => Err(malformed()),
    }
}

/// `2020-01-31`.
fn day(text: &str) -> Option<CardDate> {
    let bytes = text.as_bytes();
    let dashed = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    dashed.then(|| CardDate::parse(&text.replace('-', ""))).flatten()
}
