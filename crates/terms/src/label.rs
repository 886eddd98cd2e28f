//! What a clerk or a buyer calls things, in both languages. On the wire everything keeps its name.
//!
//! Each table names every variant, so that a new one without its words doesn't compile.

use super::{Check, ClaimName, DocumentKind, Env, Lang, Locality, Outcome, Purpose, Sex};

impl Check {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Chip => ("card chip", "证件芯片"),
            Self::DocumentValidity => ("document validity", "证件有效性"),
            Self::Registry => ("register entry", "登记信息"),
            Self::FaceChip => ("face against the chip's photo", "人脸与芯片照片比对"),
            Self::FaceRegistry => ("face against the register's photo", "人脸与登记照片比对"),
            Self::Liveness => ("living person", "活体检测"),
            Self::Triplet => ("three photos", "三张照片"),
            Self::NumberPrinted => ("printed number", "证件照片号码"),
            Self::Confirmation => ("second confirmation", "二次确认"),
            Self::DeliveryOriginal => ("original seen at hand-over", "交付时查验原件"),
        };
        pick(lang, en, zh)
    }
}

impl Outcome {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Pass => ("pass", "通过"),
            Self::Inconclusive => ("inconclusive", "无法判定"),
            Self::NotRun => ("not run", "未进行"),
            Self::Fail => ("fail", "不通过"),
        };
        pick(lang, en, zh)
    }
}

impl ClaimName {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Name => ("name", "姓名"),
            Self::Birthdate => ("birth date", "出生日期"),
            Self::Address => ("address", "住址"),
            Self::Gender => ("sex", "性别"),
            Self::Nationalities => ("nationality", "国籍"),
            Self::IdNumber => ("identity number", "证件号码"),
            Self::IdType => ("kind of document", "证件类型"),
            Self::DocumentExpiry => ("valid until", "证件有效期止"),
        };
        pick(lang, en, zh)
    }
}

impl Purpose {
    /// What it is called on a screen; `None` for one that an operator named by a URI of its own.
    pub fn label(&self, lang: Lang) -> Option<&'static str> {
        let (en, zh) = match self {
            Self::SimActivate => ("open a number", "开户入网"),
            Self::SimReplace => ("replace a SIM card", "补换卡"),
            Self::SimTransfer => ("transfer a number", "过户"),
            Self::SimCancel => ("cancel a number", "销户"),
            Self::ServiceOrder => ("order a service", "订购业务"),
            Self::NumberReverify => ("verify a number again", "号码复核"),
            Self::DeliveryHandover => ("hand over a delivery", "交付核验"),
            Self::Uri(_) => return None,
        };
        Some(pick(lang, en, zh))
    }
}

impl DocumentKind {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Resident => ("resident identity card", "居民身份证"),
            Self::ResidencePermit => ("residence permit", "港澳台居民居住证"),
            Self::PermanentResident2017 => {
                ("permanent resident's card of 2017", "外国人永久居留身份证（2017 版）")
            }
            Self::PermanentResident2023 => {
                ("permanent resident's card of 2023", "外国人永久居留身份证（2023 版）")
            }
        };
        pick(lang, en, zh)
    }
}

impl Locality {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Onsite => ("on site", "现场"),
            Self::Remote => ("online", "线上"),
        };
        pick(lang, en, zh)
    }
}

impl Env {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Production => ("production", "生产"),
            Self::Test => ("test", "测试"),
        };
        pick(lang, en, zh)
    }
}

impl Sex {
    /// What it is called on a screen.
    pub fn label(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Unknown => ("unknown", "未知"),
            Self::Male => ("male", "男"),
            Self::Female => ("female", "女"),
            Self::NotStated => ("not stated", "未说明"),
        };
        pick(lang, en, zh)
    }
}

fn pick(lang: Lang, en: &'static str, zh: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_called_the_same_as_something_else() {
        for lang in [Lang::En, Lang::Zh] {
            let mut labels: Vec<_> = Check::ALL.iter().map(|check| check.label(lang)).collect();
            labels.extend(ClaimName::ALL.iter().map(|claim| claim.label(lang)));
            labels.extend(Purpose::NAMED.iter().filter_map(|purpose| purpose.label(lang)));
            let count = labels.len();
            labels.sort_unstable();
            labels.dedup();
            assert_eq!(labels.len(), count, "{lang:?}");
        }
    }
}
