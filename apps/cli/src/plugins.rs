//! Programs and services of the operator's that see more than this one does: named in the terminal's configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::capture::plugin::{
    ChipPhotoForm, FaceFinder, FaceMatcher, HelperDecoder, HelperFaceFinder, HelperTextReader,
    LivenessChecker, NoFaceFinder, RawOrder, SeetaFaceFinder,
};
use serde::Deserialize;

use crate::args::PluginArgs;
use crate::failure::Failure;
use crate::{files, lang, outside};

pub(crate) use judge::Judge;

mod judge;

/// One helper: its path alone, or a table.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a path, or a table with program, arguments, id, real, limit_ms, form"
)]
pub(crate) enum Helper {
    Path(PathBuf),
    Table(HelperTable),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelperTable {
    program: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    /// Which program and model it is; its file's name when absent.
    id: Option<String>,
    /// The operator's word that it is no stand-in. Production asks no other.
    #[serde(default)]
    real: bool,
    limit_ms: Option<u64>,
    /// What a photo decoder writes.
    form: Option<Form>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Bmp,
    RawLeftToRight,
    RawRightToLeft,
}

/// What every helper has.
struct Parts {
    id: String,
    program: PathBuf,
    arguments: Vec<String>,
    real: bool,
    limit: Option<Duration>,
    form: Option<Form>,
}

impl Helper {
    /// The helper works in a directory of its own, so its path must not depend on ours. One that isn't there is told now,
    /// not when a customer waits.
    fn parts(&self, name: &str, base: &Path) -> Result<Parts, Failure> {
        let parts = match self {
            Self::Path(program) => Parts {
                id: String::new(),
                program: program.clone(),
                arguments: Vec::new(),
                real: false,
                limit: None,
                form: None,
            },
            Self::Table(table) => Parts {
                id: table.id.clone().unwrap_or_default(),
                program: table.program.clone(),
                arguments: table.arguments.clone(),
                real: table.real,
                limit: table.limit_ms.map(Duration::from_millis),
                form: table.form,
            },
        };
        let program = base.join(&parts.program);
        let program = std::fs::canonicalize(&program).map_err(|error| {
            let (path, why) = (outside::path(&program), lang::of_system(&error));
            Failure::trouble(
                "file",
                lang::pick(
                    format!("can't find the {name} {path}: {why}"),
                    format!("找不到 {name} 程序 {path}：{why}"),
                ),
                lang::pick("check the path and its permissions", "请检查路径及其权限"),
            )
        })?;
        if name != "photo_decoder" && parts.form.is_some() {
            return Err(Failure::damaged(
                "config",
                lang::pick(format!("{name} has no `form`"), format!("{name} 没有 form 一项")),
                lang::pick("leave it out: only photo_decoder has it", "请删除：只有 photo_decoder 有此项"),
            ));
        }
        let file = program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Parts { id: if parts.id.is_empty() { file } else { parts.id }, program, ..parts })
    }
}

macro_rules! built {
    ($parts:expr, $kind:ident) => {{
        let parts = $parts;
        let mut helper = $kind::new(parts.id, parts.program, parts.arguments);
        if let Some(limit) = parts.limit {
            helper = helper.with_limit(limit);
        }
        if parts.real { helper.measured_on_real_faces() } else { helper }
    }};
}

use built;

/// What finds faces.
#[derive(Debug, Default)]
pub(crate) enum Finder {
    #[default]
    None,
    Helper(HelperFaceFinder),
    /// The one inside this program, with the weights that were given.
    BuiltIn(SeetaFaceFinder),
}

impl Finder {
    pub(crate) fn get(&self) -> &dyn FaceFinder {
        match self {
            Self::None => &NoFaceFinder,
            Self::Helper(helper) => helper,
            Self::BuiltIn(finder) => finder,
        }
    }

    /// A helper program, or the weights of the one inside this program.
    pub(crate) fn named(program: Option<&Path>, model: Option<&Path>) -> Result<Self, Failure> {
        match (program, model) {
            (Some(program), _) => {
                let helper = Helper::Path(program.to_owned());
                Ok(Self::Helper(built!(helper.parts("face_finder", Path::new(""))?, HelperFaceFinder)))
            }
            (None, Some(model)) => built_in(model).map(Self::BuiltIn),
            (None, None) => Ok(Self::None),
        }
    }
}

fn built_in(model: &Path) -> Result<SeetaFaceFinder, Failure> {
    SeetaFaceFinder::new(files::read(model)?.to_vec())
        .map_err(|error| Failure::from(error).about(&outside::path(model)))
}

/// The plug-ins of a terminal, ready to be asked.
#[derive(Default)]
pub(crate) struct Installed {
    pub(crate) face_finder: Finder,
    pub(crate) photo_decoder: Option<HelperDecoder>,
    pub(crate) face_matcher: Option<Box<dyn FaceMatcher>>,
    pub(crate) liveness: Option<Box<dyn LivenessChecker>>,
    pub(crate) text_reader: Option<HelperTextReader>,
}

/// A text reader that the command line names.
pub(crate) fn text_reader(program: Option<&Path>) -> Result<Option<HelperTextReader>, Failure> {
    let Some(program) = program else { return Ok(None) };
    let parts = Helper::Path(program.to_owned()).parts("text_reader", Path::new(""))?;
    Ok(Some(reading(parts)))
}

impl Installed {
    /// Finds them (face finder, photo decoder, text reader; face matcher, liveness checker); relative paths are relative to `base`. A
    /// helper goes before the built-in finder, whose weights are in `model`.
    pub(crate) fn find(
        base: &Path,
        helpers: [&Option<Helper>; 3],
        judges: [&Option<Judge>; 2],
        model: Option<&Path>,
    ) -> Result<Self, Failure> {
        let parts = |name: &str, helper: &Option<Helper>| {
            helper.as_ref().map(|helper| helper.parts(name, base)).transpose()
        };
        let [finder, photo_decoder, reader] = helpers;
        let [matcher, liveness] = judges;
        Ok(Self {
            face_finder: match (parts("face_finder", finder)?, model) {
                (Some(parts), _) => Finder::Helper(built!(parts, HelperFaceFinder)),
                (None, Some(model)) => Finder::BuiltIn(built_in(&base.join(model))?),
                (None, None) => Finder::None,
            },
            photo_decoder: parts("photo_decoder", photo_decoder)?.map(decoder),
            face_matcher: matcher.as_ref().map(|judge| judge.matcher(base)).transpose()?,
            liveness: liveness.as_ref().map(|judge| judge.liveness(base)).transpose()?,
            text_reader: parts("text_reader", reader)?.map(reading),
        })
    }

    /// With those that the command line names in place of the configuration's.
    pub(crate) fn with(mut self, args: &PluginArgs) -> Result<Self, Failure> {
        if args.face_finder.is_some() || args.face_model.is_some() {
            self.face_finder = Finder::named(args.face_finder.as_deref(), args.face_model.as_deref())?;
        }
        let given = |program: &Option<PathBuf>| program.clone().map(Helper::Path);
        let judge = |program: &Option<PathBuf>| given(program).map(Judge::Program);
        let (decoder, matcher, liveness) =
            (given(&args.photo_decoder), judge(&args.face_matcher), judge(&args.liveness));
        let named = Self::find(Path::new(""), [&None, &decoder, &None], [&matcher, &liveness], None)?;
        self.photo_decoder = named.photo_decoder.or(self.photo_decoder);
        self.face_matcher = named.face_matcher.or(self.face_matcher);
        self.liveness = named.liveness.or(self.liveness);
        self.text_reader = text_reader(args.text_reader.as_deref())?.or(self.text_reader);
        Ok(self)
    }
}

fn reading(parts: Parts) -> HelperTextReader {
    let mut helper = HelperTextReader::new(parts.id, parts.program, parts.arguments);
    if let Some(limit) = parts.limit {
        helper = helper.with_limit(limit);
    }
    if parts.real { helper.measured_on_real_cards() } else { helper }
}

fn decoder(parts: Parts) -> HelperDecoder {
    let form = match parts.form {
        None | Some(Form::Bmp) => ChipPhotoForm::Bmp,
        Some(Form::RawLeftToRight) => ChipPhotoForm::Raw(RawOrder::LeftToRight),
        Some(Form::RawRightToLeft) => ChipPhotoForm::Raw(RawOrder::RightToLeft),
    };
    let mut helper = HelperDecoder::new(parts.program, parts.arguments, form);
    if let Some(limit) = parts.limit {
        helper = helper.with_limit(limit);
    }
    if parts.real { helper.licensed() } else { helper }
}
