//! Somebody's name and number from a JSON file. What is wrong is told without quoting the file, and with it a person.

use std::path::Path;

use realname::appraisal::Declared;
use realname::document::Personal;
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
