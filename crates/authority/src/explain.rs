//! What each register that can't be asked, or doesn't answer, says. `docs/codes.md` lists the codes.

use realname_terms::{Explain, explain};

use crate::compose::AuditError;
use crate::directory::RegisterError;
use crate::{AuthorityError, QuotaScope};

const QUOTA_EN: &str = "The allowance at the register is used up, for this machine or for this person. Don't repeat it now; tell the operator, or send the person to the manual desk.";
const QUOTA_ZH: &str = "本机或该人员的查询额度已用完，请勿立即重试，请联系运营方或转人工办理。";

explain! {
    AuthorityError {
        Self::Transient { .. } => "authority_unavailable", Register,
            "The register can't be reached. Try again in a moment; nothing was decided.",
            "登记系统暂时无法连接，请稍后重试，本次未作出判断。";
        // What the register says when a person was asked about too often is that person's.
        Self::Quota { scope: QuotaScope::Person, .. } => "authority_quota", Person, QUOTA_EN, QUOTA_ZH;
        Self::Quota { scope: QuotaScope::Rate | QuotaScope::Daily | QuotaScope::Contract, .. } => "authority_quota", Setup,
            QUOTA_EN, QUOTA_ZH;
        Self::InvalidInput { .. } => "authority_invalid_input", Person,
            "The register doesn't take one of the values. Read the card again; if it stays so, go to the manual desk.",
            "登记系统不接受所提交的信息，请重新读卡；仍不行请转人工办理。";
        Self::Denied => "authority_denied", Setup,
            "The register denies this machine access. Tell the operator.",
            "登记系统拒绝本机访问，请联系运营方。";
        Self::PolicyBlocked => "authority_policy_blocked", Person,
            "The register may not answer about this person. Send the person to the manual desk.",
            "按登记系统规定不予返回结果，请转人工办理。";
        Self::Unsupported => "authority_unsupported", Setup,
            "The register doesn't offer this check. Tell the operator.",
            "登记系统不支持该项核验，请联系运营方。";
        Self::BadRequest => "authority_bad_request", Setup,
            "The register says that this machine asks wrongly. Tell the operator: its configuration has to be corrected.",
            "登记系统提示本机请求有误，请联系运营方更正配置。";
        Self::Protocol => "authority_protocol", Register,
            "The register's reply isn't understood. Tell the operator; nothing was decided.",
            "登记系统返回内容无法识别，请联系运营方，本次未作出判断。";
        Self::Indeterminate => "authority_indeterminate", Register,
            "The query was sent and no reply came. Don't repeat it; tell the operator, who looks it up.",
            "查询已发出但未收到结果，请勿重复提交，请联系运营方核实。";
    }
}

explain! {
    RegisterError as error {
        Self::File { .. } | Self::Form { .. } | Self::NotSynthetic | Self::DoubleNumber { .. } | Self::Value { .. }
        | Self::PortraitOutside { .. } | Self::PortraitFile { .. } | Self::PortraitPicture { .. }
        | Self::PortraitKind { .. } => "register", Register,
            "nothing was decided; check the register's file", "本次未作出判断；请检查登记数据文件", "无法读取登记数据（{error}）", "the register can't be read: {error}";
    }
}

explain! {
    AuditError {
        Self => "audit_trail", System,
            "Check the audit trail's path and disk; without it nothing is asked.", "请检查审计记录的路径和磁盘；无法记录时不进行查询。", "无法写入审计记录";
    }
}

impl AuthorityError {
    /// The stable code used in JSON and refusals.
    pub fn code(&self) -> &'static str {
        Explain::code(self)
    }
}
