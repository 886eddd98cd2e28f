//! What each refusal, and each set-up that allows no appraisal, says. `docs/codes.md` lists the codes.

use realname_terms::{Codes, Entry, Explain, Fault, Lang, Outcome, explain};

use super::{
    CaseError, Contradiction, DecideError, DeclaredError, EvidenceError, PolicyError, QuotaError, Reason,
    Refusal,
};

const SETUP: [&str; 2] = ["set the terminal up as its operator says", "请按运营方要求配置终端"];
const POLICY: [&str; 2] = ["correct the policy", "请更正策略文件"];

explain! {
    CaseError as error {
        Self::TestEvidence { .. } | Self::NotEnrolled { .. } | Self::TestAuthority { .. } | Self::PurposeNotCovered { .. }
        | Self::OtherLocality { .. } => "case", Trust, SETUP[0], SETUP[1], "无法按所要求的方式核验（{error}）";
        Self::NoConsent { .. } => "case", Person, SETUP[0], SETUP[1], "无法按所要求的方式核验（{error}）";
        Self::Stale { .. } => "case", Request, SETUP[0], SETUP[1], "无法按所要求的方式核验（{error}）";
        Self::FromTheFuture { .. } => "case", Clock, SETUP[0], SETUP[1], "无法按所要求的方式核验（{error}）";
        Self::BlankCard => "case", Person, SETUP[0], SETUP[1], "无法按所要求的方式核验（{error}）";
    }
}

explain! {
    DecideError {}
    through {
        Self::Setup(error) => error;
        Self::Refused(refusal) => refusal;
    }
}

explain! {
    DeclaredError {
        Self::Name => "declared_name", Input,
            "Type the name exactly as on the card.", "请按证件准确填写姓名。", "姓名须为 1 至 70 个字符";
        Self::NumberForm => "declared_number_form", Input,
            "A digit of the number is wrong. Type it again from the card.", "证件号码有误，请对照证件重新填写。", "证件号码不符合任何已知格式";
        Self::NumberCheck => "declared_number_check", Input,
            "A digit of the number is wrong. Type it again from the card.", "证件号码有误，请对照证件重新填写。", "证件号码的校验位有误";
        Self::BirthDate => "declared_birth_date", Input,
            "The birth date isn't the one in the number. Type both again from the card.", "出生日期与证件号码不符，请对照证件重新填写。",
            "出生日期与证件号码不符";
        Self::Validity => "declared_validity", Input,
            "Type both dates of validity again from the emblem side.", "请对照证件国徽面重新填写有效期限。", "有效期止早于有效期起";
    }
}

explain! {
    EvidenceError {
        Self::WrongSlot { .. } => "evidence_wrong_slot", Caller,
            "Give the photo that belongs here.", "请提供此处所需的照片。", "照片位置有误";
        Self::NotHere { .. } => "evidence_not_here", Caller,
            "Read both documents at the counter.", "双方证件须在现场读取。", "双方证件须在现场读取";
        Self::SamePerson => "evidence_same_person", Person,
            "Ask for the other person's document.", "请出示另一方本人的证件。", "两份证件属于同一人";
    }
}

explain! {
    PolicyError as error {
        Self::Toml(source) => "policy", Setup, POLICY[0], POLICY[1],
            "策略文件有误（{error}: {}）" (source.message()), "{error}: {}" (source.message());
        Self::Json(source) => "policy", Setup, POLICY[0], POLICY[1], "策略文件有误（{error}: {source}）", "{error}: {source}";
        Self::Id | Self::Version | Self::NoHumanRoute | Self::NoRule | Self::Empty { .. }
        | Self::EmptyStepUp { .. } | Self::DoublePurpose { .. } | Self::Terms { .. } | Self::Terminal { .. } =>
            "policy", Setup, POLICY[0], POLICY[1], "策略文件有误（{error}）";
    }
}

explain! {
    Contradiction as error {
        Self::NoTime | Self::LongSession { .. } | Self::LimitOfNothing | Self::IdleSignal { .. } | Self::MinorsAttested { .. }
        | Self::AgeOfNobody { .. } | Self::NeverMet { .. } | Self::DeadAlternative { .. } | Self::IdleAlternative { .. }
        | Self::SaidTwice { .. } | Self::KindTwice { .. } | Self::HighRiskRemote { .. } | Self::NobodyVouches { .. }
        | Self::NoFace { .. } | Self::ValidityIgnored { .. } | Self::NoTimeToComplete { .. } | Self::NoSource { .. } | Self::PhoneForNobody { .. }
        | Self::IdleLiveCapture { .. } | Self::NotAfterwards { .. }
        | Self::StepUpNeverMet { .. } | Self::IdleStepUp { .. } | Self::TermsTwice { .. } | Self::NoTerms
        | Self::TermsWithoutSource { .. } | Self::SharedReader { .. } | Self::IdleTerminals =>
            "policy_contradicts", Setup, POLICY[0], POLICY[1], "策略自相矛盾（{error}）";
    }
}

explain! {
    QuotaError {
        Self::TooManyNumbers { limit } => "too_many_numbers", Person,
            "The document has as many numbers as it may have. Send the person to the manual desk.",
            "该证件名下号码数量已达上限，请转人工办理。", "该证件名下已有 {limit} 个号码，达到上限";
        Self::TooManyChecks { limit } => "too_many_checks", Request,
            "Too many checks were made within the hour. Wait, and tell the operator.",
            "一小时内核验次数过多，请稍候并联系运营方。", "该读卡器或账号在一小时内的核验已达 {limit} 次上限";
        Self::NoRandomness => "randomness", System,
            "Try again; if it stays, the system's randomness is broken.", "请重试；如仍失败，系统随机数已损坏。", "系统无法提供随机数";
    }
    through { Self::Store(error) => error; }
}

impl Explain for Refusal {
    /// The most serious reason.
    fn entry(&self) -> Entry {
        self.reasons().first().unwrap_or(&Reason::CheckNotAvailable).entry()
    }

    fn message(&self, lang: Lang) -> String {
        let what = match (self.no_answer(), self.overall(), lang) {
            (Some(_), _, Lang::En) => "the register gave no answer, so nothing was decided",
            (Some(_), _, Lang::Zh) => "登记系统没有应答，因此未作出判断",
            (None, Outcome::Fail, Lang::En) => "a check failed",
            (None, Outcome::Fail, Lang::Zh) => "有核验项不通过",
            (None, Outcome::Pass | Outcome::Inconclusive | Outcome::NotRun, Lang::En) => {
                "a required check isn't decided"
            }
            (None, Outcome::Pass | Outcome::Inconclusive | Outcome::NotRun, Lang::Zh) => {
                "有必需的核验项无法判定"
            }
        };
        let codes: Vec<_> = self.reasons().into_iter().map(Reason::code).collect();
        format!("{what} ({})", codes.join(", "))
    }
}

impl Explain for Reason {
    fn entry(&self) -> Entry {
        match self {
            Self::Photo(fault) => fault.entry(),
            own => entry_of(*own),
        }
    }
}

impl Codes for Reason {
    const NAME: &'static str = "Reason";
    const ENTRIES: &'static [Entry] = &{
        let mut entries = [entry_of(Reason::OWN[0]); Reason::OWN.len()];
        let mut at = 0;
        while at < entries.len() {
            entries[at] = entry_of(Reason::OWN[at]);
            at += 1;
        }
        entries
    };
}

const fn entry_of(reason: Reason) -> Entry {
    Entry { code: reason.code(), fault: fault_of(reason), advice: reason.text() }
}

/// Exhaustive: a new reason without somebody to mend it doesn't compile.
const fn fault_of(reason: Reason) -> Fault {
    use Reason as R;
    match reason {
        R::DocumentExpired
        | R::DocumentKindNotAccepted
        | R::DocumentWithoutChip
        | R::DocumentTermUnusual
        | R::ActsForAnother
        | R::HolderIsMinor
        | R::DocumentExpiredAtRegister
        | R::DocumentLostOrRevoked
        | R::DocumentSuperseded
        | R::ValidityDatesMismatch
        | R::NotFound
        | R::HolderDeceased
        | R::RecordCancelled
        | R::RecordSuspended
        | R::RegisterAmbiguous
        | R::NameMismatch
        | R::NameMismatchRareCharacter
        | R::NumberMismatch
        | R::PhoneNumberMismatch
        | R::FaceDifferent
        | R::LivenessSpoof
        | R::AuthorityInvalidInput
        | R::AuthorityPolicyBlocked
        | R::PhoneNumberNotConsented
        | R::FaceDeclined => Fault::Person,
        R::DocumentNotYetValid => Fault::Clock,
        R::DocumentValidityUnreadable
        | R::AgeUnknown
        | R::NumberCheckInvalid
        | R::NumberFormUnknown
        | R::DocumentContradictsItself
        | R::ChipPhotoNotDecoded => Fault::Card,
        R::DocumentValidityUnknown | R::CardNotRead | R::RegisterNotAsked | R::OriginalNotSeen => {
            Fault::Caller
        }
        R::RegisterIncomplete
        | R::AnswerContradictsItself
        | R::NoReferencePhoto
        | R::ReferencePhotoUnusable
        | R::FaceNotCompared
        | R::AuthorityUnavailable
        | R::AuthorityIndeterminate
        | R::AuthorityProtocol => Fault::Register,
        R::AuthorityPhoneNumber => Fault::Sender,
        R::AuthorityProbe => Fault::Input,
        // Credentials, contract, allowance and configuration are this machine's.
        R::AuthorityQuota
        | R::AuthorityDenied
        | R::AuthorityUnsupported
        | R::AuthorityBadRequest
        | R::TestRegister
        | R::NoPhotoDecoder
        | R::TestPlugIn
        | R::CheckNotAvailable
        | R::PurposeNotCovered
        | R::PhoneNumberNotByPolicy => Fault::Setup,
        R::FaceInconclusive
        | R::ProbeNoFace
        | R::ProbeSeveralFaces
        | R::ProbeTooSmall
        | R::ProbeCovered
        | R::ProbeQuality
        | R::ProbeKind
        | R::LivenessInconclusive
        | R::LivenessNotRun
        | R::Photo(_) => Fault::Input,
    }
}

impl DeclaredError {
    /// The stable code used in JSON.
    pub fn code(self) -> &'static str {
        Explain::code(&self)
    }
}
