//! What stops an attestation says.

use realname_terms::explain;

use super::AttestError;

const EN: &str = "ask the relying party for a demand that fits, and check this terminal's set-up";
const ZH: &str = "请让请求方重新出具合适的请求，并检查本终端配置";

explain! {
    AttestError {
        Self::Issuer | Self::Id { .. } | Self::SessionAlgorithm { .. } | Self::Life { .. } | Self::Policy | Self::Collection => "not_attested", Setup, EN, ZH;
        Self::Env { .. } | Self::Vct | Self::Terminal | Self::NotOnsite | Self::TooOld { .. } | Self::DemandExpired => "not_attested", Sender, EN, ZH;
        Self::Purpose | Self::Check(_) | Self::BeforeDemand | Self::FactMissing(_) => "not_attested", Person, EN, ZH;
        Self::Expired | Self::OtherDemand => "not_attested", Caller, EN, ZH;
        Self::Clock => "not_attested", Clock, EN, ZH;
        Self::Jose(_) | Self::SdJwt(_) => "not_attested", System, EN, ZH;
    }
    through { Self::Delegation(error) => error; }
}
