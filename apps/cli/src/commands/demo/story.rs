//! The story itself, step by step.

use jiff::Timestamp;
use realname::demand::VerifiedDemand;

use super::acts::{ask, attest, attest_in_steps, decide, judge, unexpected};
use super::stage::Stage;
use super::telling::{Line, say, step, table};
use crate::args::DemoArgs;
use crate::commands::{Done, done};
use crate::errors::clerk_text;
use crate::failure::Failure;
use crate::lang;
use crate::output::{self, Tone, paint};

pub(super) fn run(args: &DemoArgs) -> Done {
    let stage = Stage::set(args.dir.as_deref())?;
    intro(&stage);
    let mut lines = Vec::new();

    step(1, lang::pick("the home province asks", "归属地发出请求"));
    let first = ask(&stage, &stage.jia)?;

    step(2, lang::pick("the desk in the other province judges who asks", "异地受理点核验请求方"));
    let demand = judge(&stage, &first)?;

    let presentation = attest_in_steps(&stage, &stage.jia, &demand, 3)?;

    step(6, lang::pick("the home province decides", "归属地判定"));
    let what = lang::pick("the holder, the first time", "机主本人，首次出示");
    lines.push(decide(&stage, what, &presentation, &[])?);

    step(7, lang::pick("the same presentation again", "同一凭证再次出示"));
    let what = lang::pick("the same presentation again", "同一凭证再次出示");
    lines.push(decide(&stage, what, &presentation, &["already_answered"])?);

    step(
        8,
        lang::pick("another person's genuine card answers the same demand", "他人的真实证件应答同一请求"),
    );
    let other = attest(&stage, &stage.bing, &demand, "presentation-other")?;
    let what = lang::pick("another person, the same demand", "他人，同一请求");
    lines.push(decide(&stage, what, &other, &["already_answered", "holder_mismatch"])?);

    step(
        9,
        lang::pick("the home province asks anew, and the other person is first", "重新请求，他人抢先应答"),
    );
    let second = ask(&stage, &stage.jia)?;
    let demand = judge(&stage, &second)?;
    let other = attest(&stage, &stage.bing, &demand, "presentation-other-2")?;
    let what = lang::pick("another person, a fresh demand", "他人，新的请求");
    lines.push(decide(&stage, what, &other, &["holder_mismatch"])?);

    step(
        10,
        lang::pick(
            "a refusal burns nothing: the holder answers that demand",
            "拒绝不消耗请求：机主应答同一请求",
        ),
    );
    let own = attest(&stage, &stage.jia, &demand, "presentation-2")?;
    let what = lang::pick("the holder, after that refusal", "机主本人，在上述拒绝之后");
    lines.push(decide(&stage, what, &own, &[])?);

    step(11, lang::pick("an asker who isn't in the desk's trust list", "受理点信任列表中没有该请求方"));
    lines.push(stranger(&stage, &second)?);
    finish(&stage, &lines)
}

fn intro(stage: &Stage) {
    output::line(paint(
        Tone::Warn,
        lang::pick(
            "All people, cards, portraits and keys here are synthetic. TEST only: it proves nothing about anybody.",
            "以下人员、证件、照片和密钥均为虚构，仅供测试，不证明任何事实。",
        ),
    ));
    output::line(lang::pick(
        "A number is to be cancelled from another province: the home side asks, a desk far away checks the person.",
        "异地销户：归属地发出请求，异地受理点核验本人。",
    ));
    say(lang::pick("reader in software", "软件读卡器"), &stage.port());
    if stage.is_kept() {
        say(lang::pick("files", "文件"), &crate::outside::path(stage.dir()));
    }
}

/// A desk whose list doesn't have the asker refuses before a card is read.
fn stranger(stage: &Stage, demand: &str) -> Result<Line, Failure> {
    let what = lang::pick("nobody: the asker isn't listed", "未出示：请求方不在列表中");
    match VerifiedDemand::verify(demand, &stage.list_without_asker, Timestamp::now()) {
        Ok(_) => Err(unexpected("an asker who isn't listed was believed")),
        Err(error) => {
            let code = error.reason();
            let value = code.map_or("", clerk_text);
            say(lang::pick("no card is read", "未读取证件"), value);
            let codes = code.into_iter().collect();
            Ok(Line { what, accepted: false, codes, expected: &["key_unknown"] })
        }
    }
}

fn finish(stage: &Stage, lines: &[Line]) -> Done {
    table(lines);
    if !lines.iter().all(Line::is_as_told) {
        return Err(unexpected("the story went otherwise"));
    }
    output::line(lang::pick(
        "All as it should be: accepted only the holder, once for each demand. The home side learned a name and a number.",
        "全部符合预期：仅接受机主本人，每个请求仅一次。归属地仅获知姓名和证件号码。",
    ));
    output::line("");
    let program = std::env::args().next().unwrap_or_else(|| "realname".to_owned());
    if stage.is_kept() {
        output::line(lang::pick("Look at what was made:", "可查看生成的文件："));
        for file in ["demand.jwt", "presentation", "trust.jwt"] {
            output::line(format_args!("  {program} inspect {}", crate::outside::path(&stage.file(file))));
        }
        output::line(format_args!(
            "  {program} verify --audit --at {} --trust {} --anchor {} {}",
            Timestamp::now(),
            crate::outside::path(&stage.file("trust.jwt")),
            crate::outside::path(&stage.file("anchor.json")),
            crate::outside::path(&stage.file("record.json"))
        ));
    } else {
        output::line(format_args!(
            "{} {program} demo --dir DIR",
            lang::pick("To keep and look at what was made:", "保留并查看生成的文件：")
        ));
    }
    done()
}
