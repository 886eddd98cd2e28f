//! `realname authority serve` and `check`, and which register `attest` asks.

mod check;
mod faults;
mod spec;

use std::path::Path;
use std::sync::Arc;

use realname::authority::compose::{AuditError, AuditRecord, AuditSink, AuditStep, Audited};
use realname::authority::http::{Part, Seal, Secret};
use realname::authority::serve::{Register, RegisterOptions, ServeError, ServeOptions, Server};

use super::{Done, done};
use crate::args::{AuthorityCommand, ServeArgs};
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang, outside, signals};

pub(crate) use spec::connect;

pub(crate) fn run(command: AuthorityCommand) -> Done {
    match command {
        AuthorityCommand::Serve(args) => serve(&args),
        AuthorityCommand::Check(args) => check::run(&args),
    }
}

fn serve(args: &ServeArgs) -> Done {
    let directory = spec::directory(&args.directory)?;
    let mut options = ServeOptions::default();
    options.beyond_loopback = args.beyond_loopback;
    if let Some(spec) = &args.fault {
        options.faults = faults::parse(spec, args.seed).map_err(|error| {
            Failure::usage(
                format!("--fault: {error}"),
                lang::pick("see `realname authority serve --help`", "参见 realname authority serve --help"),
            )
        })?;
    }
    let mut answers = RegisterOptions::default();
    answers.seal = args.reply_secret.as_deref().map(seal).transpose()?;
    let ended = signals::watch()?;
    output::note(paint(
        Tone::Warn,
        lang::pick(
            "TEST register: its people are synthetic, its answers prove nothing about anybody",
            "测试登记系统：人员均为虚构，返回结果不证明任何事实",
        ),
    ));
    let register = Register::new(Arc::new(Audited::new(directory, Trail)), answers);
    let server = Server::start(register, args.listen, options).map_err(failure)?;
    // Whoever started this waits for the line.
    output::line(format_args!("listening on {}", server.origin()));
    output::still_heard()?;
    ended.wait();
    signals::within_a_moment(move || drop(server));
    done()
}

/// How replies are signed: over which question they answer, the status and the body.
fn seal(file: &Path) -> Result<Seal, Failure> {
    let secret = files::read(file)?.trim_ascii_end().to_vec();
    if secret.is_empty() {
        return Err(Failure::damaged(
            "input",
            format!("{} {}", outside::path(file), lang::pick("is empty", "是空文件")),
            lang::pick("give the right file", "请提供正确的文件"),
        ));
    }
    let parts = [Part::Method, Part::Path, Part::Key, Part::Status, Part::BodySha256];
    Ok(Seal::new(Secret::new(secret), "X-Signature", parts))
}

/// One line for each question and each answer: what happened, and nothing about whom.
struct Trail;

impl AuditSink for Trail {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        match &record.step {
            AuditStep::Asked => {
                let purpose = record.purpose.as_ref().map_or("no purpose", |purpose| purpose.as_str());
                output::line(format_args!("asked {} for {purpose}", record.key));
            }
            AuditStep::Answered { outcome, took, .. } => {
                output::line(format_args!("answered {} {outcome} in {took:.1?}", record.key));
            }
            _ => {}
        }
        Ok(())
    }
}

fn failure(error: ServeError) -> Failure {
    match error {
        ServeError::BeyondLoopback(_) => Failure::from(error).advising(lang::pick(
            "listen on 127.0.0.1, or give --beyond-loopback if you mean it",
            "请监听 127.0.0.1；如确有此意，请使用 --beyond-loopback",
        )),
        error => error.into(),
    }
}
