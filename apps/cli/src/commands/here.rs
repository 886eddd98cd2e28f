//! `realname confirmation`, `cancellation`, `replacement` and `transfer`: calls of the service, made here with its configuration and keys.

use std::path::Path;
use std::process::ExitCode;

use realname::profile::is_safe;
use realname_service::config::Config;
use realname_service::{LocalCall, call};
use serde_json::Value;

use super::{Done, done};
use crate::args::{
    CancellationCommand, ChangeCommand, ConfirmationCommand, HereArgs, HereStepArgs, HereWhere,
};
use crate::failure::{Exit, Failure};
use crate::{files, lang, output};

pub(crate) fn confirmation(command: ConfirmationCommand) -> Done {
    match command {
        ConfirmationCommand::Ask(args) => begin(&args, "/v1/confirmations"),
        ConfirmationCommand::Reply(args) => step(&args, "confirmations", "reply"),
        ConfirmationCommand::Redeem(args) => begin(&args, "/v1/grants/redeem"),
    }
}

pub(crate) fn cancellation(command: CancellationCommand) -> Done {
    match command {
        CancellationCommand::Open(args) => begin(&args, "/v1/cancellations"),
        CancellationCommand::Snapshot(args) => step(&args, "cancellations", "snapshot"),
        CancellationCommand::Confirm(args) => step(&args, "cancellations", "confirm"),
        CancellationCommand::Commit(args) => step(&args, "cancellations", "commit"),
        CancellationCommand::Receipt(args) => {
            let path = place("cancellations", &args.id, "receipt")?;
            make(&args.at, &path, None, None)
        }
    }
}

/// A replacement or a transfer, by the name of its calls.
pub(crate) fn change(command: ChangeCommand, of: &str) -> Done {
    match command {
        ChangeCommand::Open(args) => begin(&args, &format!("/v1/{of}")),
        ChangeCommand::Snapshot(args) => step(&args, of, "snapshot"),
        ChangeCommand::Confirm(args) => step(&args, of, "confirm"),
        ChangeCommand::Commit(args) => step(&args, of, "commit"),
        ChangeCommand::Receipt(args) => make(&args.at, &place(of, &args.id, "receipt")?, None, None),
    }
}

fn begin(args: &HereArgs, path: &str) -> Done {
    make(&args.at, path, args.key.as_deref(), Some(&args.body))
}

fn step(args: &HereStepArgs, of: &str, step: &str) -> Done {
    make(&args.at, &place(of, &args.id, step)?, None, Some(&args.body))
}

/// An id is a part of an address there.
fn place(of: &str, id: &str, step: &str) -> Result<String, Failure> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
        return Err(Failure::usage(
            lang::pick("--id is one that a call before this one gave", "--id 须为先前调用给出的标识"),
            lang::pick("give it as it was printed", "请按打印内容填写"),
        ));
    }
    Ok(format!("/v1/{of}/{id}/{step}"))
}

fn make(at: &HereWhere, path: &str, key: Option<&str>, body: Option<&Path>) -> Done {
    if !is_safe(&at.principal, 64) {
        return Err(Failure::usage(
            lang::pick("--principal has 1 to 64 plain characters", "--principal 须为 1 至 64 个普通字符"),
            lang::pick("choose another name", "请更换名称"),
        ));
    }
    let body = body.map(files::read).transpose()?;
    let config = Config::load(&at.config)?;
    let call = LocalCall { principal: &at.principal, path, key, body: body.as_deref().map(AsRef::as_ref) };
    let answer = realname_service_answer(config, call)?;
    if at.json {
        output::json(&answer);
    } else {
        output::json_line(&answer)?;
    }
    // A refusal is an answer, and a no.
    if answer["result"] == "refused" { Ok(ExitCode::from(Exit::Refused as u8)) } else { done() }
}

/// The answer, or the service's error as this program's.
fn realname_service_answer(config: Config, wanted: LocalCall<'_>) -> Result<Value, Failure> {
    let answer = call(config, wanted)?;
    if answer.status < 300 {
        return Ok(answer.body);
    }
    let error = &answer.body["error"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let exit = match answer.status {
        400 | 404 | 413 | 415 => Exit::Usage,
        status if status >= 500 || status == 429 => Exit::Trouble,
        _ => Exit::Refused,
    };
    let action = lang::pick(text(&error["action"]["en"]), text(&error["action"]["zh"]));
    Err(Failure::new(exit, text(&error["code"]), text(&error["message"]), action))
}
