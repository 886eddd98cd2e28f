//! `realname annual`: figures for the regulator with all that they are made of, and their judge.

use std::io::BufReader;

use jiff::Timestamp;
use realname::annual::{self, AnnualError};
use realname::jose::Json;
use realname::journal::Audit;

use super::{Done, done, journal, one_value};
use crate::args::{AnnualArgs, AnnualCommand, AnnualVerifyArgs};
use crate::failure::Failure;
use crate::files::{self, Output, Trouble};
use crate::output::{Tone, paint};
use crate::shapes::journal::{AnnualFigures, ShownWitness};
use crate::{lang, output, outside};

pub(crate) fn run(args: &AnnualArgs) -> Done {
    match &args.command {
        Some(AnnualCommand::Verify(args)) => verify(args),
        None => write(args),
    }
}

fn write(args: &AnnualArgs) -> Done {
    let (Some(dir), Some(from), Some(to), Some(out)) = (&args.dir, args.from, args.to, &args.out) else {
        // The parser asks for all of them.
        return Err(Failure::usage(lang::pick("something is missing", "缺少参数"), "realname annual --help"));
    };
    let audit = Audit::new(journal::log_keys(&args.vkey)?);
    let reader = journal::reader(dir)?;
    let out = Output::prepare(out)?;
    one_value(args.json, &[&out])?;
    let figures = out.write_with(|mut into| {
        annual::write(&reader, &audit, (from, to), &mut into).map_err(|error| match error {
            AnnualError::Io(error) => Trouble::Io(error),
            error => Trouble::Other(Failure::from(error).about(&outside::path(dir))),
        })
    })?;
    tell(&figures, (reader.size(), from, to), None, args.json);
    done()
}

fn verify(args: &AnnualVerifyArgs) -> Done {
    let (keys, quorum) = journal::signers(&args.signers)?;
    let about = |failure: Failure| failure.about(&outside::path(&args.bundle));
    let file = files::open(&args.bundle)?;
    let found = annual::verify(&mut BufReader::new(file), &Audit::new(keys).with_quorum(quorum)).map_err(
        |error| match error {
            AnnualError::Io(error) => files::unreadable(&args.bundle, &error),
            error => about(error.into()),
        },
    )?;
    if !args.json {
        output::line(paint(
            Tone::Good,
            lang::pick(
                "verified: every figure is what the entries make it",
                "验证通过：各项数字均与记录相符",
            ),
        ));
    }
    let witnesses = ShownWitness::of(&found.audited.witnesses);
    tell(&found.figures, (found.audited.size, found.from, found.to), Some(witnesses), args.json);
    done()
}

fn tell(
    figures: &[(&'static str, Json)],
    (size, from, to): (u64, Timestamp, Timestamp),
    witnesses: Option<Vec<ShownWitness>>,
    as_json: bool,
) {
    let value = |figure: &Json| serde_json::to_value(figure.member("value")).unwrap_or_default();
    if as_json {
        let figures = figures.iter().map(|(name, figure)| (*name, value(figure))).collect();
        output::json(&AnnualFigures { size, from, to, witnesses, figures });
    } else {
        let rows = figures
            .iter()
            .map(|(name, figure)| [(*name).to_owned(), outside::shown(&value(figure).to_string())]);
        output::line(output::table(lang::pick(["figure", "value"], ["项目", "数值"]), rows));
    }
}
