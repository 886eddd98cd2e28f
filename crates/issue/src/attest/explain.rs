//! What stops an attestation says.

use realname_terms::explain;

use super::AttestError;

const EN: &str = "ask the relying party for a demand that fits, and check this terminal's set-up";
const ZH: &str = "请让请求方重新出具合适的请求，并检查本终端配置";

explain! {
    AttestError {
        Self::Issuer | Self::Id { .. } | Self::SessionAlgorithm { .. } | Self::Life { .. } | Self::Policy | Self::Collection => "not_attested", Setup, EN, ZH;
        Self::Env { .. } | Self::IssuerAlgorithm { .. } | Self::Vct | Self::Terminal | Self::NotOnsite | Self::TooOld { .. } | Self::DemandExpired => "not_attested", Sender, EN, ZH;
        Self::Purpose | Self::Check(_) | Self::BeforeDemand | Self::FactMissing(_) => "not_attested", Person, EN, ZH;
        Self::Expired | Self::OtherDemand => "not_attested", Caller, EN, ZH;
        Self::OtherCapture => "photos_of_another_demand", Caller, "take the photos again for this demand: its nonce begins their chain", "请为本次请求重新拍摄照片：照片链须以该请求的 nonce 开始";
        Self::Clock => "not_attested", Clock, EN, ZH;
        Self::Jose(_) | Self::SdJwt(_) => "not_attested", System, EN, ZH;
    }
    through { Self::Delegation(error) => error; }
}
