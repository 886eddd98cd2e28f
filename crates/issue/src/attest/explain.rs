//! What stops an attestation says.

use realname_terms::explain;

use super::AttestError;
use crate::profile::Lang;

const EN: &str = "ask the relying party for a demand that fits, and check this terminal's set-up";
const ZH: &str = "请让请求方重新出具合适的请求，并检查本终端配置";

// Why nothing was signed is one code: the demand and this terminal don't fit, and somebody must look at both.
explain! {
    AttestError as error {
        Self::Issuer | Self::Id { .. } | Self::SessionAlgorithm { .. } | Self::Life { .. } | Self::Policy | Self::Collection
        | Self::Jose(_) | Self::SdJwt(_) => "not_attested", Trust, EN, ZH, "未签名：无法按该请求出具证明", "nothing was signed: {error}";
        Self::Env { .. } | Self::IssuerAlgorithm { .. } | Self::Vct | Self::Terminal | Self::NotOnsite | Self::TooOld { .. } | Self::DemandExpired =>
            "not_attested", Sender, EN, ZH, "未签名：无法按该请求出具证明", "nothing was signed: {error}";
        Self::Check(check) => "not_attested", Person, EN, ZH,
            "未签名：请求要求的核验项无法完成：{}" (check.label(Lang::Zh)), "nothing was signed: {error}";
        Self::FactMissing(claim) => "not_attested", Person, EN, ZH,
            "未签名：请求要求的信息无法提供：{}" (claim.label(Lang::Zh)), "nothing was signed: {error}";
        Self::Purpose | Self::BeforeDemand => "not_attested", Person, EN, ZH,
            "未签名：无法按该请求出具证明", "nothing was signed: {error}";
        Self::Expired | Self::OtherDemand => "not_attested", Request, EN, ZH,
            "未签名：无法按该请求出具证明", "nothing was signed: {error}";
        Self::OtherCapture => "photos_of_another_demand", Request,
            "Take the photos again for this order: they belong to the demand for which they are taken.",
            "请为本次订单重新拍摄照片：照片只对拍摄时所依据的请求有效。",
            "未签名：照片不属于本次请求", "nothing was signed: {error}";
        Self::Clock => "not_attested", Clock, EN, ZH, "未签名：无法按该请求出具证明", "nothing was signed: {error}";
    }
    through { Self::Delegation(error) => error; }
}
