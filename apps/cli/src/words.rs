//! What things are called in the language of this run: in English by their names, as in JSON; in Chinese by the library's
//! labels.

use realname::appraisal::Requirement;
use realname::document::{DocumentKind, Sex};
use realname::profile::{Check, ClaimName, Env, Locality, Outcome, Purpose};

use crate::lang;
use crate::outside::shown;

/// A check's name.
pub(crate) fn check(check: Check) -> &'static str {
    lang::pick(check.as_str(), check.label(realname::profile::Lang::Zh))
}

/// An outcome.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    lang::pick(outcome.as_str(), outcome.label(realname::profile::Lang::Zh))
}

/// A claim's name.
pub(crate) fn claim(claim: ClaimName) -> &'static str {
    lang::pick(claim.as_str(), claim.label(realname::profile::Lang::Zh))
}

/// Several claims, or that there is none.
pub(crate) fn claims(claims: &[ClaimName]) -> String {
    if claims.is_empty() {
        return lang::pick("nothing", "无").to_owned();
    }
    claims.iter().map(|name| claim(*name)).collect::<Vec<_>>().join(lang::pick(", ", "、"))
}

/// A purpose; one of an operator's own is named as it names it.
pub(crate) fn purpose(purpose: &Purpose) -> String {
    match purpose.label(realname::profile::Lang::Zh) {
        Some(label) => lang::pick(purpose.as_str().to_owned(), format!("{label} ({})", purpose.as_str())),
        None => shown(purpose.as_str()),
    }
}

/// Where a person was checked.
pub(crate) fn locality(locality: Locality) -> &'static str {
    lang::pick(locality.as_str(), locality.label(realname::profile::Lang::Zh))
}

/// Whether it counts.
pub(crate) fn env(env: Env) -> &'static str {
    lang::pick(env.as_str(), env.label(realname::profile::Lang::Zh))
}

/// A kind of document.
pub(crate) fn kind(kind: DocumentKind) -> &'static str {
    lang::pick(kind.as_str(), kind.label(realname::profile::Lang::Zh))
}

/// A sex, as a card states it.
pub(crate) fn sex(sex: Sex) -> &'static str {
    lang::pick(sex.as_str(), sex.label(realname::profile::Lang::Zh))
}

/// A check that is required, or several of which one is enough.
pub(crate) fn requirement(requirement: &Requirement) -> String {
    let names = requirement.checks().iter().map(|name| check(*name));
    names.collect::<Vec<_>>().join(lang::pick(" or ", " 或 "))
}
