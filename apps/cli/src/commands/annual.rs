//! `realname annual`: figures for the regulator with all that they are made of, and their judge.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use jiff::Timestamp;
use realname::annual::{self, AnnualError};
use realname::jose::Json;
use realname::journal::Audit;

use super::{Done, done, journal};
use crate::args::{AnnualArgs, AnnualCommand, AnnualVerifyArgs};
use crate::failure::Failure;
use crate::output::{Tone, paint};
use crate::shapes::journal::{AnnualFigures, ShownWitness};
use crate::{lang, output, outside};

pub(crate) fn run(args: &AnnualArgs) -> Done {
    match &args.command {
        Some(AnnualCommand::Verify(args)) => verify(args),
        None => write(args),
    }
}

/// Into a file of its own beside the bundle's place, which gets the name once all of it is written.
fn write(args: &AnnualArgs) -> Done {
    let (Some(dir), Some(from), Some(to), Some(out)) = (&args.dir, args.from, args.to, &args.out) else {
        // The parser asks for all of them.
        return Err(Failure::usage(lang::pick("something is missing", "缺少参数"), "realname annual --help"));
    };
    let audit = Audit::new(journal::log_keys(&args.vkey)?);
    let reader = journal::reader(dir)?;
    let trouble = |error: std::io::Error| Failure::from(AnnualError::Io(error)).about(&outside::path(out));
    let beside = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(beside).map_err(trouble)?;
    let figures = annual::write(&reader, &audit, (from, to), &mut BufWriter::new(file.as_file_mut()))
        .map_err(|error| Failure::from(error).about(&outside::path(dir)))?;
    file.as_file().sync_all().map_err(trouble)?;
    file.persist(out).map_err(|error| trouble(error.error))?;
    tell(&figures, (reader.size(), from, to), None, args.json);
    done()
}

fn verify(args: &AnnualVerifyArgs) -> Done {
    let (keys, quorum) = journal::signers(&args.signers)?;
    let about = |failure: Failure| failure.about(&outside::path(&args.bundle));
    let file = File::open(&args.bundle).map_err(|error| about(AnnualError::Io(error).into()))?;
    let found = annual::verify(&mut BufReader::new(file), &Audit::new(keys).quorum(quorum))
        .map_err(|error| about(error.into()))?;
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
