//! What the person must be told, and say that they were.

use sha2::{Digest, Sha256};

use super::{Account, Contract};
use crate::jose::{Json, encode};
use crate::profile::Lang;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoticeKind {
    /// Accounts of banks, payment and other services are bound to the number; whoever gets it next would get their codes.
    UnbindAccounts,
    /// What becomes of the prepaid balance.
    Balance,
    /// What becomes of package and contract.
    Contract,
}

realname_terms::names! {
    NoticeKind {
        UnbindAccounts = "unbind_accounts",
        Balance = "balance",
        Contract = "contract",
    }
}

/// A notice in the words that the person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// What the person reads.
    pub text: String,
}

/// That the person acknowledged a notice: which one, and the digest of what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What it was about.
    pub kind: NoticeKind,
    /// SHA-256 of the text that the person read, UTF-8.
    pub text_sha256: [u8; 32],
}

impl Notice {
    /// That the person acknowledged it.
    pub fn acknowledge(&self) -> Acknowledgement {
        Acknowledgement { kind: self.kind, text_sha256: Sha256::digest(self.text.as_bytes()).into() }
    }
}

/// The three notices for an account.
pub(crate) fn notices(account: &Account, lang: Lang) -> Vec<Notice> {
    let items = &account.items;
    let text = |kind| match (kind, lang) {
        (NoticeKind::UnbindAccounts, Lang::Zh) => {
            "请先解除本号码与银行、支付、社交等账户的绑定。号码90天后可能分配给他人。".to_owned()
        }
        (NoticeKind::UnbindAccounts, _) => {
            "First unbind bank, payment and other accounts from this number. After 90 days \
            it may be given to somebody else."
                .to_owned()
        }
        (NoticeKind::Balance, Lang::Zh) => format!("预存余额{}元将退还。", items.prepaid),
        (NoticeKind::Balance, _) => format!("Your prepaid balance of {} yuan is paid back.", items.prepaid),
        (NoticeKind::Contract, Lang::Zh) => match items.contract {
            Contract::None => format!("套餐“{}”随销户终止，无在网合约。", items.package),
            Contract::Until(date) => format!("合约至{date}，须先解约方可销户。"),
        },
        (NoticeKind::Contract, _) => match items.contract {
            Contract::None => format!("Your package \"{}\" ends. No contract is in force.", items.package),
            Contract::Until(date) => {
                format!("Your contract runs until {date} and must be ended before the number is cancelled.")
            }
        },
    };
    NoticeKind::ALL.map(|kind| Notice { kind, text: text(kind) }).into()
}

/// As it stands in the record and in the receipt.
pub(crate) fn to_json(acknowledgements: &[Acknowledgement]) -> Json {
    Json::object(acknowledgements.iter().map(|one| (one.kind.as_str(), encode(&one.text_sha256).into())))
}

/// Whether these acknowledge every notice that there is, each in the words of one language and none twice.
pub(crate) fn complete(notices: impl Fn(Lang) -> Vec<Notice>, acknowledgements: &[Acknowledgement]) -> bool {
    [Lang::Zh, Lang::En].into_iter().any(|lang| {
        let mut expected: Vec<_> = notices(lang).iter().map(Notice::acknowledge).collect();
        let mut given = acknowledgements.to_vec();
        expected.sort_unstable_by_key(|one| one.kind);
        given.sort_unstable_by_key(|one| one.kind);
        expected == given
    })
}
