//! What an attestation says, read from its processed payload.

use jiff::Timestamp;

use super::times::instant;
use crate::jose::{Json, Texts, decode};
use crate::profile::{
    Check, CheckResult, ClaimName, Env, Locality, MAX_ID, Outcome, Purpose, ReasonCode, Refused,
    TRUST_FRAMEWORK, is_id, is_safe,
};

/// The open part of the profile, well-formed.
pub(super) struct OpenFacts {
    pub(super) locality: Locality,
    pub(super) verified_at: Timestamp,
    pub(super) purposes: Vec<Purpose>,
    pub(super) acting_known: bool,
    pub(super) checks: Vec<CheckResult>,
    pub(super) terminal: Option<String>,
    pub(super) region: Option<String>,
    pub(super) sam_id: Option<String>,
    pub(super) reader: Option<String>,
    pub(super) consented_at: Timestamp,
    pub(super) env: Env,
    pub(super) copies: Vec<String>,
}

impl OpenFacts {
    pub(super) fn read<S: Texts>(payload: &Json<S>) -> Result<Self, Refused> {
        const MALFORMED: ReasonCode = ReasonCode::ClaimMalformed;
        let verification = payload.member("verified_claims").and_then(|claims| claims.member("verification"));
        let verification = verification.ok_or(MALFORMED)?;
        if text(verification, "trust_framework")? != Some(TRUST_FRAMEWORK) {
            return Err(MALFORMED.into());
        }
        let locality = text(verification, "assurance_level")?;
        let locality = locality.and_then(Locality::from_name).ok_or(MALFORMED)?;
        let verified_at = verification.member("time").ok_or(MALFORMED)?;
        let own = payload.member("realname").ok_or(MALFORMED)?;
        let consent = own.member("consent").ok_or(MALFORMED)?;
        let shown = text(consent, "text_sha256")?.ok_or(MALFORMED)?;
        if decode(shown).map_or(0, |digest| digest.len()) != 32 {
            return Err(MALFORMED.into());
        }
        let consented_at = instant(consent.member("time")).ok_or(ReasonCode::TimeMalformed)?;
        let policy = own.member("policy").ok_or(MALFORMED)?;
        text(policy, "id")?.ok_or(MALFORMED)?;
        policy.seconds("version").map_err(|_| MALFORMED)?;
        let terminal = own.member("terminal");
        let of_terminal = |name, fits: fn(&str) -> bool| -> Result<Option<String>, Refused> {
            let Some(stated) = terminal.map(|terminal| text(terminal, name)).transpose()?.flatten() else {
                return Ok(None);
            };
            // Shown on screens, and compared with what a delegation allows.
            if fits(stated) { Ok(Some(stated.to_owned())) } else { Err(ReasonCode::TextUnsafe.into()) }
        };
        of_terminal("agent", is_id)?;
        Ok(Self {
            locality,
            verified_at: instant(Some(verified_at)).ok_or(ReasonCode::TimeMalformed)?,
            // A purpose that isn't one can't be the demand's.
            purposes: own
                .list("purposes", |name| Some(name.parse().ok()))
                .map_err(|_| MALFORMED)?
                .into_iter()
                .flatten()
                .collect(),
            acting_known: text(own, "acting")? == Some("self"),
            checks: checks(own.member("checks").ok_or(ReasonCode::CheckMalformed)?)?,
            terminal: of_terminal("id", is_id)?,
            region: of_terminal("region", is_id)?,
            sam_id: of_terminal("sam_id", |text| is_safe(text, MAX_ID))?,
            reader: of_terminal("reader", |text| is_safe(text, MAX_ID))?,
            consented_at,
            env: own
                .member("env")
                .and_then(Json::as_str)
                .and_then(Env::from_name)
                .ok_or(ReasonCode::EnvUnknown)?,
            copies: own
                .optional_list("copies", |digest| {
                    (decode(digest).map_or(0, |digest| digest.len()) == 32).then(|| digest.to_owned())
                })
                .map_err(|_| MALFORMED)?
                .unwrap_or_default(),
        })
    }

    /// The checks stated as passed.
    pub(super) fn passed(&self) -> Vec<Check> {
        let passed = self.checks.iter().filter(|result| result.outcome == Outcome::Pass);
        passed.map(|result| result.check).collect()
    }
}

fn text<'a, S: Texts>(json: &'a Json<S>, name: &'static str) -> Result<Option<&'a str>, Refused> {
    json.optional_text(name).map_err(|_| ReasonCode::ClaimMalformed.into())
}

/// Each check once. Checks that a later profile has are passed over, but not if they are there twice.
fn checks<S: Texts>(list: &Json<S>) -> Result<Vec<CheckResult>, Refused> {
    const MALFORMED: ReasonCode = ReasonCode::CheckMalformed;
    let mut names = Vec::new();
    let mut results = Vec::new();
    for entry in list.as_array().ok_or(MALFORMED)? {
        let name = entry.text("check").map_err(|_| MALFORMED)?;
        if names.contains(&name) {
            return Err(ReasonCode::CheckDuplicate.into());
        }
        names.push(name);
        let outcome = Outcome::from_name(entry.text("outcome").map_err(|_| MALFORMED)?).ok_or(MALFORMED)?;
        let time = entry.member("time");
        let time = time.map(|time| instant(Some(time)).ok_or(ReasonCode::TimeMalformed)).transpose()?;
        if let Some(check) = Check::from_name(name) {
            results.push(CheckResult { check, outcome, time });
        }
    }
    Ok(results)
}

/// Whether a disclosed value has the shape of its claim.
pub(super) fn is_well_formed<S: Texts>(claim: ClaimName, value: &Json<S>) -> bool {
    match claim {
        ClaimName::Address => value.member("formatted").and_then(Json::as_str).is_some(),
        ClaimName::Nationalities => {
            value.as_array().is_some_and(|codes| codes.iter().all(|code| code.as_str().is_some()))
        }
        ClaimName::Name
        | ClaimName::Birthdate
        | ClaimName::Gender
        | ClaimName::IdNumber
        | ClaimName::IdType
        | ClaimName::DocumentExpiry => value.as_str().is_some(),
    }
}
