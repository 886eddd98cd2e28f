//! What stops a campaign.

use realname_terms::explain;

use crate::demand::AskError;
use crate::form::FormError;
use crate::jose::JoseError;
use crate::store::StoreError;

/// A step of a campaign wasn't taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CampaignError {
    /// There is no campaign of that name.
    #[error("there is no such campaign in this store")]
    Unknown,
    /// Another campaign has the name.
    #[error("a campaign of that name has other rules")]
    Exists,
    /// The name isn't one.
    #[error("a campaign's name is an id: 1 to 64 letters, digits and . _ : -")]
    Name,
    /// A line of a list can't be read. It isn't quoted, because it names a person.
    #[error("line {0} of the list isn't one: expected JSON with number, and holder where it names a record")]
    Line(usize),
    /// The number isn't in the campaign.
    #[error("the campaign doesn't have that number")]
    Number,
    /// The attempt was never handed out.
    #[error("no such attempt was handed out")]
    Attempt,
    /// Another outcome was recorded.
    #[error("another outcome of this attempt was recorded")]
    Recorded,
    /// The number was verified already.
    #[error("the number was verified already")]
    Over,
    /// Somebody changed the same task all the time.
    #[error("others change the same number all the time")]
    Contended,
    /// What the store has isn't a campaign's.
    #[error("the store's record of the campaign can't be read")]
    Record,
    /// The rules' file.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The demand.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Randomness.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was to be done couldn't be written; nothing of it was noted.
    #[error("what is to be done couldn't be written: {0}")]
    Output(std::io::Error),
}

explain! {
    CampaignError {
        Self::Unknown => "campaign_unknown", Caller,
            "Name the campaign and the store that `campaign new` made.", "请使用 campaign new 所建的活动名称和存储。", "此存储中没有该回访活动";
        Self::Exists => "campaign_exists", Caller,
            "Choose another name: a campaign's rules don't change.", "请换一个名称：回访活动的规则不可更改。", "已有同名但规则不同的回访活动";
        Self::Name => "campaign_name", Caller,
            "Choose a name of 1 to 64 letters, digits and . _ : -", "名称须为 1 至 64 个字母、数字或 . _ : -。", "回访活动名称有误";
        Self::Line(line) => "campaign_list", Input,
            "Correct the line that the message names; what came before it was taken in.", "请修正所指出的行；其之前的内容已导入。", "名单第 {line} 行有误";
        Self::Number => "campaign_number", Request,
            "Look whether the number was imported into this campaign.", "请确认该号码已导入此活动。", "此活动中没有该号码";
        Self::Attempt => "campaign_attempt_unknown", Request,
            "Give the attempt as `campaign next` named it.", "请使用 campaign next 给出的回访编号。", "没有派发过该次回访";
        Self::Recorded => "campaign_attempt_recorded", Request,
            "The first outcome stands; look at `campaign status`.", "以首次记录的结果为准，请查看 campaign status。", "该次回访已记录其他结果";
        Self::Over => "campaign_over", Request,
            "Nothing is left to do for this number.", "该号码无需再办理。", "该号码已核验";
        Self::Contended => "campaign_contended", Store,
            "Try again.", "请重试。", "其他进程正在不断更改同一号码";
        Self::Record => "store_record", Store,
            "Use the version of the program that wrote the store; if it stays, restore it.", "请使用写入该存储的程序版本；如仍失败，请恢复存储。", "无法读取存储中的回访记录";
        Self::Output(cause) => "campaign_output", System,
            "Make room or name another file, then run it again: what was written comes once more under the same ids.", "请释放空间或更换文件后重试：已写出的内容会以相同编号再次写出。", "无法写出待办事项：{cause}";
    }
    through {
        Self::Form(error) => error;
        Self::Ask(error) => error;
        Self::Jose(error) => error;
        Self::Store(error) => error;
    }
}
