//! `realname sandbox`: a directory with everything that the first commands need.

mod parties;
mod readme;

use std::path::Path;

use jiff::Timestamp;
use realname::demand::{Demand, DemandRequest};
use realname::profile::{Check, ClaimName, Env, Locality, Purpose};
use realname::store::SqliteStore;

pub(super) use self::parties::{OPERATOR, TERMINAL_ID};
use self::parties::{Parties, SHOP};
use super::{Done, done, specimens};
use crate::args::{SandboxCommand, SandboxNewArgs};
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::outside::path as shown;
use crate::shapes::NewSandbox;
use crate::{files, lang, signals};

/// The number that is sold, or cancelled. No operator has it.
pub(super) const NUMBER: &str = "+8613900000001";

pub(crate) fn run(command: SandboxCommand) -> Done {
    let SandboxCommand::New(args) = command;
    new(&args)
}

/// Makes it beside its place and then gives it its name: whoever looks sees a whole sandbox or none.
fn new(args: &SandboxNewArgs) -> Done {
    let dir = &args.dir;
    if std::fs::symlink_metadata(dir).is_ok() {
        return Err(taken(dir));
    }
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let building = tempfile::Builder::new()
        .prefix(".sandbox-")
        .tempdir_in(parent)
        .map_err(|error| specimens::unmade(dir, &error))?;
    let path = building.path().to_owned();
    let gone = path.clone();
    signals::clean_up_when_ended(move || drop(std::fs::remove_dir_all(gone)))?;
    let demand = fill(&path)?;
    // `rename` replaces an empty directory only, so nothing is lost if another process made one meanwhile.
    std::fs::rename(&path, dir).map_err(|_| taken(dir))?;
    // The directory has its final name now, so its temporary name needs no removal.
    let _ = building.keep();

    if args.json {
        output::json(&NewSandbox { dir, nonce: demand.nonce(), demand: &dir.join("demand.jwt") });
        return done();
    }
    output::line(format_args!(
        "{} {}",
        paint(Tone::Good, lang::pick("sandbox made:", "已创建沙盒：")),
        shown(dir)
    ));
    output::line(paint(
        Tone::Warn,
        lang::pick(
            "All people, cards, photos and keys in it are synthetic. TEST only.",
            "其中的人员、证件、照片和密钥均为虚构，仅供测试。",
        ),
    ));
    output::line(lang::pick(
        "Its demand can be answered for ten minutes; its README.md has the commands, and how to make a new one:",
        "其中的请求十分钟内有效；README.md 中有各命令及重新发起请求的方法：",
    ));
    output::line("");
    output::line(readme::commands(&shown(dir)));
    done()
}

fn taken(dir: &Path) -> Failure {
    Failure::trouble(
        "sandbox_exists",
        format!("{} {}", shown(dir), lang::pick("is already there", "已存在")),
        lang::pick("choose another name: nothing is overwritten", "请换一个名称：不会覆盖任何内容"),
    )
}

/// Everything but the name.
pub(super) fn fill(dir: &Path) -> Result<Demand, Failure> {
    let now = Timestamp::now();
    let text = |name: &str, content: &str| files::write(&dir.join(name), content.as_bytes());
    specimens::write_register(dir)?;
    for (name, bytes) in specimens::SALE {
        files::write(&dir.join(name), bytes)?;
    }
    text("card.json", specimens::JIA)?;
    let live = specimens::PORTRAITS.into_iter().find(|(name, _)| *name == specimens::JIA_LIVE);
    files::write(&dir.join("live.jpg"), live.map(|(_, bytes)| bytes).unwrap_or_default())?;
    let person =
        serde_json::json!({"name": specimens::JIA_NAME, "id_number": specimens::JIA_NUMBER}).to_string();
    text("declared.json", &person)?;
    text("expect.json", &person)?;
    text("accounts.json", &parties::accounts())?;
    text("terminal.toml", parties::TERMINAL)?;
    text("serve.toml", parties::SERVE)?;
    text("report-rules.json", parties::REPORT_RULES)?;
    text("README.md", &readme::text())?;

    let parties = Parties::make()?;
    parties.write(dir, now)?;
    let store = SqliteStore::open_dir(dir.join("store"))?;
    let demand = DemandRequest::new(Purpose::SimActivate)
        .number(NUMBER)
        .locality(Locality::Remote)
        .claim(ClaimName::Name)
        .claim(ClaimName::IdNumber)
        .check(Check::Triplet)
        .check(Check::Registry)
        .env(Env::Test)
        .issue(SHOP, &parties.shop, &store, now)?;
    text("demand.jwt", demand.as_str())?;
    Ok(demand)
}
