//! What a map must not be able to do: make a match out of less than the vendor sends for it.

use super::{Answer, Code, CodeMapError, Facts, Meaning, Outer, OuterMeaning, Part, Place, ReasonColumn};
use crate::{Attribute, Face, Liveness, Subject};

/// Members that vendors are known to send together: who reads the first must read one of the others too. `Passed` without
/// its `SubCode`, or the other way round, is half an answer.
const TOGETHER: [(&str, &[&str]); 5] = [
    ("Passed", &["SubCode"]),
    ("SubCode", &["Passed", "BizCode"]),
    ("verification_result", &["verification_code"]),
    ("verification_code", &["verification_result"]),
    ("ResultDetail", &["Result"]),
];

/// Refuses a map that could be wrong.
pub(super) fn check(outer: &[Outer], answer: &Answer, parts: &[Part]) -> Result<(), CodeMapError> {
    let says_success = |outer: &Outer| match outer {
        Outer::Codes { optional, codes, .. } => {
            !optional && codes.iter().any(|(_, meaning)| *meaning == OuterMeaning::Proceed)
        }
        Outer::Absent(_) => true,
    };
    if !outer.iter().any(says_success) {
        return Err(CodeMapError::NoOuter);
    }
    let subject = |meaning: &Meaning| matches!(meaning, Meaning::Facts(facts) if facts.subject.is_some());
    let meanings = answer.rows.iter().map(|row| &row.meaning);
    if !meanings
        .chain(parts.iter().flat_map(|part| part.codes.iter().map(|(_, meaning)| meaning)))
        .any(subject)
    {
        return Err(CodeMapError::NoSubject);
    }
    check_pairs(outer, answer, parts)?;
    check_rows(answer)?;
    check_matches(answer, parts)
}

fn check_pairs(outer: &[Outer], answer: &Answer, parts: &[Part]) -> Result<(), CodeMapError> {
    let outer = outer.iter().map(|outer| match outer {
        Outer::Codes { at, .. } | Outer::Absent(at) => at,
    });
    let reason = answer.reason.iter().map(|reason| &reason.column.at);
    let places = outer.chain([&answer.verdict.at]).chain(reason).chain(parts.iter().map(|part| &part.at));
    let members: Vec<&str> = places.map(Place::member).collect();
    let reads = |name: &str| members.iter().any(|member| member.eq_ignore_ascii_case(name));
    for (has, lacks) in TOGETHER {
        if reads(has) && !lacks.iter().any(|name| reads(name)) {
            let lacks = lacks.first().copied().unwrap_or_default().to_owned();
            return Err(CodeMapError::HalfOfAPair { has: has.to_owned(), lacks });
        }
    }
    Ok(())
}

/// No pair of codes has two meanings.
fn check_rows(answer: &Answer) -> Result<(), CodeMapError> {
    let mut seen: Vec<(&Code, Option<&Code>)> = Vec::new();
    for row in &answer.rows {
        for verdict in &row.verdicts {
            let reasons: Vec<Option<&Code>> = match &row.reasons {
                None => vec![None],
                Some(codes) => codes.iter().map(Some).collect(),
            };
            for pair in reasons.into_iter().map(|reason| (verdict, reason)) {
                if seen.contains(&pair) {
                    let codes = shown(std::slice::from_ref(verdict), row.reasons.as_deref());
                    return Err(CodeMapError::TwoRows { codes });
                }
                seen.push(pair);
            }
        }
    }
    Ok(())
}

/// Whatever could become a match, with what the parts may add, says pass in each of its columns.
fn check_matches(answer: &Answer, parts: &[Part]) -> Result<(), CodeMapError> {
    let facts = parts.iter().flat_map(|part| &part.codes).filter_map(|(_, meaning)| match meaning {
        Meaning::Facts(facts) => Some(facts),
        Meaning::Proceed | Meaning::Error(_) => None,
    });
    let facts: Vec<&Facts> = facts.collect();
    for row in &answer.rows {
        let own = match &row.meaning {
            Meaning::Error(_) => continue,
            Meaning::Proceed => &Facts::default(),
            Meaning::Facts(facts) => facts,
        };
        if !could_match(own, &facts) {
            continue;
        }
        let missing = |missing| {
            let codes = shown(&row.verdicts, row.reasons.as_deref());
            Err(CodeMapError::OneField { codes, missing })
        };
        if !row.verdicts.iter().all(|code| answer.verdict.pass.contains(code)) {
            return missing("the verdict");
        }
        let reason = answer.reason.as_ref().filter(|reason| stands(reason, &row.verdicts));
        let says_pass = |reason: &ReasonColumn| {
            let codes = row.reasons.as_deref().unwrap_or_default();
            !codes.is_empty() && codes.iter().all(|code| reason.column.pass.contains(code))
        };
        if reason.is_some_and(|reason| !says_pass(reason)) {
            return missing("the reason");
        }
    }
    Ok(())
}

/// Whether the row, with the most that the parts could add to it, would let any check pass. What it says of a phone number
/// doesn't count: nobody may have asked about one, and then that isn't believed.
fn could_match(own: &Facts, parts: &[&Facts]) -> bool {
    fn can<T: Copy + PartialEq>(
        own: &Facts,
        parts: &[&Facts],
        of: impl Fn(&Facts) -> Option<T>,
        wanted: T,
    ) -> bool {
        match of(own) {
            Some(said) => said == wanted,
            None => parts.iter().any(|part| of(part) == Some(wanted)),
        }
    }
    let found = can(own, parts, |facts| facts.subject, Subject::Found);
    let name = can(own, parts, |facts| facts.name, Attribute::Match);
    let number = can(own, parts, |facts| facts.id_number, Attribute::Match);
    let same = can(own, parts, |facts| facts.face, Face::Same);
    let live = can(own, parts, |facts| facts.liveness, Liveness::Live);
    found && ((name && number) || same || live)
}

/// Whether a row of these verdicts names its reason, as the column says.
pub(super) fn check_reason(
    verdicts: &[Code],
    names_one: bool,
    says_none: bool,
    reason: Option<&ReasonColumn>,
) -> Result<(), CodeMapError> {
    let Some(reason) = reason else {
        return if says_none { Err(misplaced(verdicts, "the map has no reasons at all")) } else { Ok(()) };
    };
    match (stands(reason, verdicts), names_one || says_none) {
        (true, false) => {
            Err(misplaced(verdicts, "a reason stands beside it: name it, or say no_reason = true"))
        }
        (false, true) => Err(misplaced(verdicts, "no reason stands beside it")),
        _ => Ok(()),
    }
}

/// Whether a reason stands beside any of these verdicts.
fn stands(reason: &ReasonColumn, verdicts: &[Code]) -> bool {
    reason.beside.as_ref().is_none_or(|beside| verdicts.iter().any(|verdict| beside.contains(verdict)))
}

pub(super) fn misplaced(verdicts: &[Code], why: &'static str) -> CodeMapError {
    CodeMapError::Reason { codes: shown(verdicts, None), why }
}

/// How an error message names a row.
pub(super) fn shown(verdicts: &[Code], reasons: Option<&[Code]>) -> String {
    let list = |codes: &[Code]| {
        let each = codes.iter().flat_map(|code| code.values().into_iter().next());
        each.map(|value| value.to_string()).collect::<Vec<_>>().join(" or ")
    };
    match reasons {
        None => list(verdicts),
        Some(reasons) => format!("{} with {}", list(verdicts), list(reasons)),
    }
}
