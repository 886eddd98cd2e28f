//! Texts that can't be meant as a policy at all.

use super::{Policy, PolicyData, PolicyError, Rule};

impl Policy {
    pub(super) fn checked(data: PolicyData) -> Result<Self, PolicyError> {
        if data.id.is_empty() || data.id.len() > 200 || !data.id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(PolicyError::Id);
        }
        if data.version == 0 {
            return Err(PolicyError::Version);
        }
        let named = data.routes.named();
        if named.into_iter().filter_map(|(_, route)| route).chain([&*data.human_route]).any(is_blank) {
            return Err(PolicyError::NoHumanRoute);
        }
        check_rules(&data.rules)?;
        for (at, step_up) in data.step_ups.iter().enumerate() {
            let parts = [
                ("when", step_up.when.is_empty()),
                ("require", step_up.require.is_empty()),
                ("alternative", step_up.require.iter().any(|requirement| requirement.checks().is_empty())),
            ];
            if let Some((part, _)) = parts.into_iter().find(|(_, empty)| *empty) {
                return Err(PolicyError::EmptyStepUp { step_up: at + 1, part });
            }
        }
        let tables = data.terms.iter().flat_map(|terms| &terms.tables);
        if let Some(at) = tables.into_iter().position(|table| !table.is_sound()) {
            return Err(PolicyError::Terms { table: at + 1 });
        }
        for (at, terminal) in data.terminals.iter().enumerate() {
            let again = data.terminals.iter().skip(at + 1).any(|other| other.id == terminal.id);
            if is_blank(&terminal.id) || terminal.sam_ids.is_empty() || again {
                return Err(PolicyError::Terminal { terminal: at + 1 });
            }
        }
        Ok(Self { data })
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn check_rules(rules: &[Rule]) -> Result<(), PolicyError> {
    if rules.is_empty() {
        return Err(PolicyError::NoRule);
    }
    for (at, rule) in rules.iter().enumerate() {
        let parts = [
            ("purposes", rule.purposes.is_empty()),
            ("kinds", rule.kinds.is_empty()),
            ("require", rule.require.is_empty()),
            ("alternative", rule.require.iter().any(|requirement| requirement.checks().is_empty())),
        ];
        if let Some((part, _)) = parts.into_iter().find(|(_, empty)| *empty) {
            return Err(PolicyError::Empty { rule: at + 1, part });
        }
        for (nth, purpose) in rule.purposes.iter().enumerate() {
            let same_kind = |other: &&Rule| other.kinds.iter().any(|kind| rule.kinds.contains(kind));
            let later = rules.iter().skip(at + 1).filter(same_kind).flat_map(|rule| &rule.purposes);
            if rule.purposes.iter().skip(nth + 1).chain(later).any(|other| other == purpose) {
                return Err(PolicyError::DoublePurpose { purpose: purpose.clone() });
            }
        }
    }
    Ok(())
}
