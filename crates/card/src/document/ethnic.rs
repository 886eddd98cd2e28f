//! Ethnic groups (GB/T 3304).

use zeroize::ZeroizeOnDrop;

/// Names by code 01–56.
const NAMES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// The two characters on the card, and the group's name where the standard has one.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct EthnicGroup {
    code: String,
}

impl EthnicGroup {
    pub(crate) fn from_code(code: &str) -> Self {
        Self { code: code.to_owned() }
    }

    /// The code exactly as on the card.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its name. `None` for codes 57–96 and 99: cards with them exist (穿青人, 革家人), but no two sources agree on the
    /// codes, so none is guessed.
    pub fn name(&self) -> Option<&'static str> {
        match self.code.as_str() {
            "97" => Some("其他"),
            "98" => Some("外国血统中国籍人士"),
            code if code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit()) => {
                let number: usize = code.parse().ok()?;
                NAMES.get(number.checked_sub(1)?).copied()
            }
            _ => None,
        }
    }
}

impl std::fmt::Debug for EthnicGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EthnicGroup([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::EthnicGroup;

    #[test]
    fn table_edges() {
        let name = |code| EthnicGroup::from_code(code).name();
        assert_eq!(name("01"), Some("汉"));
        assert_eq!(name("46"), Some("德昂"));
        assert_eq!(name("56"), Some("基诺"));
        assert_eq!(name("97"), Some("其他"));
        for unknown in ["00", "57", "96", "99", "1", "1 ", "", "+1"] {
            assert_eq!(name(unknown), None, "{unknown}");
        }
    }
}
