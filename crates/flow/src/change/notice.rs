//! What giver and taker of a number must be told, and say that they were.

use super::Change;
use crate::cancellation::{Account, Contract, Notice, NoticeKind};
use crate::profile::Lang;

/// The notices of a change. Whoever gets a new card reads the demand's own text, and is told nothing more.
pub(super) fn notices(account: &Account, change: &Change, lang: Lang) -> Vec<Notice> {
    let Change::Transfer(_) = change else { return Vec::new() };
    let items = account.items();
    let text = |kind| {
        match (kind, lang) {
        (NoticeKind::UnbindAccounts, Lang::Zh) => {
            "原机主：请先解除本号码与银行、支付、社交等账户的绑定。过户后该号码由新机主使用。".to_owned()
        }
        (NoticeKind::UnbindAccounts, Lang::En) => {
            "Giver: first unbind bank, payment and other accounts from this number. Whoever takes it gets their codes."
                .to_owned()
        }
        (NoticeKind::Balance, Lang::Zh) => format!("预存余额{}元随号码转给新机主。", items.prepaid),
        (NoticeKind::Balance, Lang::En) => {
            format!("The prepaid balance of {} yuan goes with the number.", items.prepaid)
        }
        (NoticeKind::Contract, Lang::Zh) => match items.contract {
            Contract::None => format!("新机主：套餐“{}”随号码转入，今后由您承担费用和责任。", items.package),
            Contract::Until(date) => format!("合约至{date}，须先解约方可过户。"),
        },
        (NoticeKind::Contract, Lang::En) => match items.contract {
            Contract::None => format!(
                "Taker: the package \"{}\" comes with the number. From now on you pay and answer for it.",
                items.package
            ),
            Contract::Until(date) => {
                format!("The contract runs until {date} and must be ended before the number is transferred.")
            }
        },
    }
    };
    KINDS.map(|kind| Notice { kind, text: text(kind) }).into()
}

const KINDS: [NoticeKind; 3] = [NoticeKind::UnbindAccounts, NoticeKind::Balance, NoticeKind::Contract];
