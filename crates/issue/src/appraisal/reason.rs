//! Why a check didn't pass, and what happens next.

use serde::{Serialize, Serializer};

use crate::capture::{Advice, PhotoFault};

/// Declares the reasons once: variant, stable code, and what the clerk does next.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident, $code:literal, $en:literal, $zh:literal;)*) => {
        /// Why a check didn't pass. Stable codes, no personal value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
            /// Something is wrong with a photo.
            Photo(PhotoFault),
        }

        impl Reason {
            /// Those that aren't a photo's.
            pub(super) const OWN: &'static [Reason] = &[$(Reason::$variant,)*];

            /// All of them.
            pub fn all() -> impl Iterator<Item = Reason> {
                let photos = PhotoFault::ALL.iter().map(|fault| Reason::Photo(*fault));
                Self::OWN.iter().copied().chain(photos)
            }

            /// The stable code used in JSON.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Photo(fault) => fault.code(),
                }
            }

            /// What the clerk does next, in both languages.
            pub const fn text(self) -> Advice {
                match self {
                    $(Self::$variant => Advice { en: $en, zh: $zh },)*
                    Self::Photo(fault) => fault.text(),
                }
            }
        }
    };
}

reasons! {
    // The document.
    /// Its last day is past.
    DocumentExpired, "document_expired",
        "The card has expired. Ask for the new one, or for another document.",
        "证件已过有效期，请出示新证件或其他有效证件。";
    /// Its first day is yet to come.
    DocumentNotYetValid, "document_not_yet_valid",
        "The card isn't valid yet. Check this machine's date, then the card.",
        "证件尚未生效，请先核对本机日期，再核对证件。";
    /// A validity field holds no date.
    DocumentValidityUnreadable, "document_validity_unreadable",
        "The validity on the chip can't be read. Read the card again; if it stays so, go to the manual desk.",
        "芯片中的有效期无法读取，请重新读卡；仍不行请转人工办理。";
    /// The policy doesn't take this kind of document for this purpose.
    DocumentKindNotAccepted, "document_kind_not_accepted",
        "This kind of document isn't handled here. Send the person to the manual desk.",
        "此类证件不在本流程受理范围，请转人工办理。";
    /// Its chip can't be read because it has none.
    DocumentWithoutChip, "document_without_chip",
        "This document has no chip that can be read. Send the person with the original to the manual desk.",
        "该证件无可读取的芯片，请持证件原件转人工办理。";
    /// Issued for another time than is usual at its holder's age, and the register hasn't confirmed its dates.
    DocumentTermUnusual, "document_term_unusual",
        "The card's validity is unusual for the holder's age, and the register didn't confirm it. Read it again; then go to the manual desk.",
        "证件有效期限与持证人年龄通常不符，且未经登记系统确认，请重新读卡；仍不行请转人工办理。";
    /// A guardian or a proxy.
    ActsForAnother, "acts_for_another",
        "The person acts for somebody else. Send them with both documents to the manual desk.",
        "本人代他人办理，请携带双方证件转人工办理。";
    /// Under the policy's age.
    HolderIsMinor, "holder_is_minor",
        "The person is a minor. Send them with their guardian to the manual desk.",
        "本人为未成年人，请由监护人陪同转人工办理。";
    /// The document doesn't say when its holder was born.
    AgeUnknown, "age_unknown",
        "The holder's birth date can't be read. Read the card again; if it stays so, go to the manual desk.",
        "出生日期无法读取，请重新读卡；仍不行请转人工办理。";
    /// The register says that its validity is over.
    DocumentExpiredAtRegister, "document_expired_at_register",
        "The register holds this card as expired. Ask for the new one.",
        "登记系统显示证件已过期，请出示新证件。";
    /// Reported lost, or revoked.
    DocumentLostOrRevoked, "document_lost_or_revoked",
        "The card was reported lost or was revoked. Don't go on; send the person to the manual desk.",
        "该证件已挂失或被注销，请停止办理并转人工处理。";
    /// A newer one was issued.
    DocumentSuperseded, "document_superseded",
        "A newer card was issued. Ask for that one.",
        "该证件已换发新证，请出示新证件。";
    /// The register holds other dates: the practical sign of an old card.
    ValidityDatesMismatch, "validity_dates_mismatch",
        "The register holds other validity dates: a newer card may exist. Ask for it, else go to the manual desk.",
        "登记的有效期限与证件不符，可能已换发新证，请出示新证件或转人工办理。";
    /// Neither a chip nor the register says until when the document is valid.
    DocumentValidityUnknown, "document_validity_unknown",
        "Until when the card is valid isn't known. Give both dates from the emblem side.",
        "证件有效期无法确认，请填写证件国徽面的有效期限。";
    /// The number's check character is wrong.
    NumberCheckInvalid, "number_check_invalid",
        "The number's check digit is wrong. Read the card again; if it stays so, go to the manual desk.",
        "证件号码校验位有误，请重新读卡；仍不行请转人工办理。";
    /// The number has no known form.
    NumberFormUnknown, "number_form_unknown",
        "The number has no known form. Read the card again; if it stays so, go to the manual desk.",
        "证件号码格式无法识别，请重新读卡；仍不行请转人工办理。";
    /// Number and birth date, or number and sex, disagree on the card.
    DocumentContradictsItself, "document_contradicts_itself",
        "The card's fields contradict each other. Read it again; if it stays so, go to the manual desk.",
        "证件信息前后不一致，请重新读卡；仍不行请转人工办理。";

    // The register.
    /// No record.
    NotFound, "register_not_found",
        "The register has no record of this person. That is no sign of fraud: send the person to the manual desk.",
        "登记系统中查无此人，并不代表存在问题，请转人工办理。";
    /// The person has died.
    HolderDeceased, "holder_deceased",
        "The register holds this person as deceased. Don't go on; send the person to the manual desk.",
        "登记系统显示该人已故，请停止办理并转人工处理。";
    /// The record was cancelled.
    RecordCancelled, "record_cancelled",
        "The person's record was cancelled. Send the person to the manual desk.",
        "该人登记信息已注销，请转人工办理。";
    /// The record is suspended.
    RecordSuspended, "record_suspended",
        "The person's record is suspended. Send the person to the manual desk.",
        "该人登记信息已冻结，请转人工办理。";
    /// Several records fit.
    RegisterAmbiguous, "register_ambiguous",
        "Several records fit. Send the person to the manual desk.",
        "登记系统存在多条匹配记录，请转人工办理。";
    /// The name is another one.
    NameMismatch, "name_mismatch",
        "Name and number don't belong together in the register. Check the card; then go to the manual desk.",
        "姓名与证件号码不一致，请核对证件后转人工办理。";
    /// The name is another one, and it holds a character that registers often keep differently.
    NameMismatchRareCharacter, "name_mismatch_rare_character",
        "The name has a rare character that the register may hold differently. Send the person to the manual desk.",
        "姓名含生僻字，登记编码可能不同，请转人工核对。";
    /// The number is another one.
    NumberMismatch, "number_mismatch",
        "The register doesn't hold this number for this name. Check the card; then go to the manual desk.",
        "证件号码与登记信息不一致，请核对证件后转人工办理。";
    /// The phone number is somebody else's.
    PhoneNumberMismatch, "phone_number_mismatch",
        "The register doesn't hold this phone number for this person. Check the number; then go to the manual desk.",
        "手机号码登记人与证件信息不一致，请核对号码后转人工办理。";
    /// The register has no value, or won't say.
    RegisterIncomplete, "register_incomplete",
        "The register couldn't compare everything that is needed. Send the person to the manual desk.",
        "登记系统未能核对全部所需信息，请转人工办理。";
    /// The parts of the answer contradict each other, or it answers another query.
    AnswerContradictsItself, "answer_contradicts_itself",
        "The register's answer makes no sense. Tell the operator; don't go on.",
        "登记系统返回结果异常，请联系运营方，停止办理。";
    /// A test register answered a case that was to count.
    TestRegister, "test_register",
        "A test register answered. Tell the operator: this machine is set up wrongly.",
        "返回结果来自测试系统，请联系运营方检查本机配置。";

    // The face.
    /// Another person's.
    FaceDifferent, "face_different",
        "The face isn't that of the holder. Don't go on; the person may ask for the manual desk.",
        "人脸与证件持有人不符，请停止办理；本人可要求人工核验。";
    /// The comparison can't tell.
    FaceInconclusive, "face_inconclusive",
        "The faces couldn't be compared with certainty. Take the photo again in even light, facing the camera.",
        "人脸比对结果不确定，请在均匀光线下正对镜头重新拍摄。";
    /// There is no photo to compare with.
    NoReferencePhoto, "no_reference_photo",
        "The register has no photo of this person. Send the person to the manual desk.",
        "登记系统无此人照片，请转人工核验。";
    /// The photo to compare with is unusable.
    ReferencePhotoUnusable, "reference_photo_unusable",
        "The register's photo can't be compared. Send the person to the manual desk.",
        "登记照片无法用于比对，请转人工核验。";
    /// The live photo shows no face.
    ProbeNoFace, "probe_no_face",
        "No face was found. Take the photo again, facing the camera.",
        "未检测到人脸，请正对镜头重新拍摄。";
    /// It shows several.
    ProbeSeveralFaces, "probe_several_faces",
        "More than one face is in the photo. Take it again with one person only.",
        "照片中有多张人脸，请确保只有本人后重新拍摄。";
    /// The face is too small.
    ProbeTooSmall, "probe_too_small",
        "The face is too small. Come closer and take the photo again.",
        "人脸过小，请靠近镜头重新拍摄。";
    /// The face is covered or turned away.
    ProbeCovered, "probe_covered",
        "The face is covered or turned away. Take off mask, hat and sunglasses and face the camera.",
        "面部被遮挡或角度过大，请摘下口罩、帽子、墨镜，正对镜头重新拍摄。";
    /// Blurred, dark or glaring.
    ProbeQuality, "probe_quality",
        "The photo is blurred, dark or glaring. Take it again in even light, holding still.",
        "照片模糊、过暗或反光，请在均匀光线下保持稳定重新拍摄。";
    /// Not a picture of the kind that this register compares.
    ProbeKind, "probe_kind",
        "This register can't compare such a picture. Take the photo with the camera of this terminal.",
        "该照片类型无法比对，请使用本终端摄像头拍摄。";
    /// Nobody compared.
    FaceNotCompared, "face_not_compared",
        "The face wasn't compared. Try again, or go to the manual desk.",
        "未进行人脸比对，请重试或转人工办理。";
    /// No decoder for the chip's photo is installed.
    NoPhotoDecoder, "no_photo_decoder",
        "This machine has no decoder for the chip's photo, so only the register's photo can be compared with.",
        "本机没有芯片照片解码器，只能与登记照片比对。";
    /// The decoder for the chip's photo failed.
    ChipPhotoNotDecoded, "chip_photo_not_decoded",
        "The chip's photo couldn't be decoded. Read the card again; if it stays so, tell the operator.",
        "芯片照片解码失败，请重新读卡；仍不行请联系运营方。";
    /// No card was read: the person isn't at a counter.
    CardNotRead, "card_not_read",
        "This needs a card in a reader. Go to an outlet.",
        "该业务需现场读取证件芯片，请前往营业网点办理。";
    /// A picture, a screen, a mask or a replay.
    LivenessSpoof, "liveness_spoof",
        "No living person was in front of the camera. Don't go on; the person may ask for the manual desk.",
        "未通过活体检测，请停止办理；本人可要求人工核验。";
    /// It can't be told.
    LivenessInconclusive, "liveness_inconclusive",
        "Liveness couldn't be shown. Take the photo again in even light.",
        "活体检测结果不确定，请在均匀光线下重新拍摄。";
    /// It wasn't tested.
    LivenessNotRun, "liveness_not_run",
        "Liveness wasn't tested. Try again, or go to the manual desk.",
        "未进行活体检测，请重试或转人工办理。";

    // Nobody answered.
    /// It wouldn't have changed anything.
    RegisterNotAsked, "register_not_asked",
        "The register wasn't asked: a person decides. Send the person to the manual desk.",
        "本次未查询登记系统，由人工判断，请转人工办理。";
    /// The register can't be reached.
    AuthorityUnavailable, "authority_unavailable",
        "The register can't be reached. Try again in a moment; nothing was decided.",
        "登记系统暂时无法连接，请稍后重试，本次未作出判断。";
    /// The allowance is used up.
    AuthorityQuota, "authority_quota",
        "The allowance at the register is used up, for this machine or for this person. Don't repeat it now; tell the operator, or send the person to the manual desk.",
        "本机或该人员的查询额度已用完，请勿立即重试，请联系运营方或转人工办理。";
    /// The register doesn't take a value.
    AuthorityInvalidInput, "authority_invalid_input",
        "The register doesn't take one of the values. Read the card again; if it stays so, go to the manual desk.",
        "登记系统不接受所提交的信息，请重新读卡；仍不行请转人工办理。";
    /// The register wants a phone number, or doesn't take the one of the demand.
    AuthorityPhoneNumber, "authority_phone_number",
        "The register needs a phone number that the demand doesn't name, or doesn't take the one that it names. Tell the asker; reading the card again doesn't help.",
        "登记系统需要手机号码，而业务请求中没有号码或号码不被接受，请联系业务方；重新读卡无效。";
    /// The register needs the phone number, and the policy doesn't let it be told.
    PhoneNumberNotByPolicy, "phone_number_not_by_policy",
        "The register can't be asked without a phone number, and the policy doesn't let registers be told one for this purpose. It wasn't asked. Tell the operator.",
        "登记系统需要手机号码，而策略不允许在该业务中向登记系统提供手机号码，因此未查询，请联系运营方。";
    /// The register needs the phone number, and the person didn't agree to its being told.
    PhoneNumberNotConsented, "phone_number_not_consented",
        "The register can't be asked without the phone number, and the person hasn't agreed that it is told. It wasn't asked. Ask for that consent, or send the person to the manual desk.",
        "登记系统需要手机号码，而本人未同意提供，因此未查询；请征得同意，或转人工办理。";
    /// The register can't use the photo.
    AuthorityProbe, "authority_probe",
        "The register can't use the photo. Take it again in even light, facing the camera.",
        "登记系统无法使用该照片，请在均匀光线下正对镜头重新拍摄。";
    /// The register says that it was asked wrongly.
    AuthorityBadRequest, "authority_bad_request",
        "The register says that this machine asks wrongly. Tell the operator: its configuration has to be corrected.",
        "登记系统提示本机请求有误，请联系运营方更正配置。";
    /// The register denies access.
    AuthorityDenied, "authority_denied",
        "The register denies this machine access. Tell the operator.",
        "登记系统拒绝本机访问，请联系运营方。";
    /// The register's rules forbid an answer.
    AuthorityPolicyBlocked, "authority_policy_blocked",
        "The register may not answer about this person. Send the person to the manual desk.",
        "按登记系统规定不予返回结果，请转人工办理。";
    /// The register can't do that.
    AuthorityUnsupported, "authority_unsupported",
        "The register doesn't offer this check. Tell the operator.",
        "登记系统不支持该项核验，请联系运营方。";
    /// The reply isn't understood.
    AuthorityProtocol, "authority_protocol",
        "The register's reply isn't understood. Tell the operator; nothing was decided.",
        "登记系统返回内容无法识别，请联系运营方，本次未作出判断。";
    /// Sent, outcome unknown.
    AuthorityIndeterminate, "authority_indeterminate",
        "The query was sent and no reply came. Don't repeat it; tell the operator, who looks it up.",
        "查询已发出但未收到结果，请勿重复提交，请联系运营方核实。";

    /// A stand-in for a decoder, matcher or checker was asked in a case that was to count.
    TestPlugIn, "test_plug_in",
        "A test stand-in was asked. Tell the operator: this machine is set up wrongly.",
        "调用了测试组件，请联系运营方检查本机配置。";
    /// The person doesn't agree to a comparison of the face.
    FaceDeclined, "face_declined",
        "The person declines the face comparison. Send the person to the manual desk.",
        "本人不同意人脸比对，请转人工办理。";

    // The hand-over.
    /// Nobody who stood before the person says that the original document was there.
    OriginalNotSeen, "original_not_seen",
        "Look at the original document, not at a copy or a screen, and say so.",
        "请当面查验证件原件（非复印件、非屏幕图像）并确认。";

    // The rest.
    /// No such check is installed here.
    CheckNotAvailable, "check_not_available",
        "A check that the policy requires isn't available on this machine. Tell the operator.",
        "本机不支持策略要求的某项核验，请联系运营方。";
    /// The policy says nothing about this purpose.
    PurposeNotCovered, "purpose_not_covered",
        "The policy in force doesn't cover this purpose. Tell the operator.",
        "当前策略未涵盖该业务，请联系运营方。";
}

impl Reason {
    /// Nobody answered, and it isn't about this person. [`AuthorityInvalidInput`](Self::AuthorityInvalidInput) and
    /// [`AuthorityPolicyBlocked`](Self::AuthorityPolicyBlocked) are: those people go to a desk.
    pub fn is_no_answer(self) -> bool {
        matches!(
            self,
            Self::AuthorityUnavailable
                | Self::AuthorityQuota
                | Self::AuthorityDenied
                | Self::AuthorityUnsupported
                | Self::AuthorityBadRequest
                | Self::AuthorityProtocol
                | Self::AuthorityIndeterminate
                | Self::AnswerContradictsItself
        )
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

realname_terms::__schema! { Reason, Reason::all().map(Reason::code) }

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn codes_are_snake_case_and_one_of_a_kind() {
        let mut codes: Vec<&str> = Reason::all().map(Reason::code).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn every_reason_tells_the_clerk_something_in_both_languages() {
        for reason in Reason::all() {
            let advice = reason.text();
            assert!(advice.en.ends_with('.') && advice.en.is_ascii(), "{reason}");
            assert!(advice.zh.ends_with('。') && !advice.zh.is_ascii(), "{reason}");
        }
    }
}
