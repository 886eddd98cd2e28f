//! A command line that can't be understood, and help, which is an answer.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::{Exit, Failure};
use crate::{args, lang, output};

/// Help and version are answers; everything else is exit code 2 and told as every other error is.
pub(crate) fn tell(error: &clap::Error, as_json: bool) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return match error.print() {
                Err(lost) if lost.kind() != std::io::ErrorKind::BrokenPipe => super::exit(Exit::Trouble),
                _ => ExitCode::SUCCESS,
            };
        }
        // Nothing was asked for: the help is the better answer, and in JSON the error still is.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !as_json => {
            let _ = error.print();
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let what = lang::pick("a command is missing", "缺少命令");
            output::failure(&Failure::usage(what, help_of_command()), as_json);
        }
        _ => {
            let what = lang::pick::<fn(&clap::Error) -> String>(english, chinese)(error);
            output::failure(&Failure::usage(what, help_of_command()), as_json);
        }
    }
    super::exit(Exit::Usage)
}

/// The parser's own words, without the usage line and the pointer to the help that follow.
fn english(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let what = text.split("\n\nUsage:").next().unwrap_or_default();
    let what = what.split("\n\nFor more").next().unwrap_or_default();
    what.trim_start_matches("error: ").to_owned()
}

fn chinese(error: &clap::Error) -> String {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStrs(texts)) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let (arg, value) = (named(ContextKind::InvalidArg), named(ContextKind::InvalidValue));
    let mut text = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{arg}"),
        ErrorKind::UnknownArgument => format!("没有参数 {arg}"),
        ErrorKind::ArgumentConflict => format!("{arg} 不能与 {} 同时使用", named(ContextKind::PriorArg)),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", named(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "缺少子命令".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("{arg} 需要一个值"),
        ErrorKind::InvalidValue => {
            format!("{arg} 的值 {value:?} 无效，可选：{}", named(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let why =
                std::error::Error::source(error).map(|source| format!("：{source}")).unwrap_or_default();
            format!("{arg} 的值 {value:?} 无效{why}")
        }
        ErrorKind::TooManyValues => format!("{arg} 的值过多"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{arg} 的值的个数不对"),
        ErrorKind::InvalidUtf8 => "命令行不是 UTF-8 编码".to_owned(),
        _ => format!("命令行有误：{arg}"),
    };
    let suggested = named(ContextKind::SuggestedArg) + &named(ContextKind::SuggestedSubcommand);
    if !suggested.is_empty() {
        text.push_str(&format!("（是否指 {suggested}？）"));
    }
    text
}

/// Where the command that was meant is explained.
fn help_of_command() -> String {
    let mut command = args::command();
    let mut path = vec!["realname".to_owned()];
    for arg in std::env::args().skip(1) {
        if let Some(found) = command.find_subcommand(&arg).cloned() {
            path.push(arg);
            command = found;
        }
    }
    let path = path.join(" ");
    lang::pick(format!("see `{path} --help`"), format!("参见 {path} --help"))
}
