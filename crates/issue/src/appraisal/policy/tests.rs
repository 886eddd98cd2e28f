use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever stands in a file: it is refused, or can be looked through and explained.
    #[test]
    fn a_damaged_text_is_refused_or_means_something(
        online in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8), 1..6),
    ) {
        let text = if online {
            include_str!("../policies/cn-telecom-online.toml")
        } else {
            include_str!("../policies/cn-telecom-onsite.toml")
        };
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for (one, other, edit) in edits {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            match edit {
                0 => drop(lines.remove(one)),
                1 => lines.swap(one, other),
                2 => lines.insert(one, lines[other]),
                _ => lines[one] = lines[other].get(..lines[other].len() / 2).unwrap_or_default(),
            }
            prop_assume!(!lines.is_empty());
        }
        if let Ok(policy) = Policy::from_toml(&lines.join("\n")) {
            prop_assert!(policy.contradictions().iter().all(|found| !found.to_string().is_empty()));
            for purpose in Purpose::NAMED {
                prop_assert_eq!(policy.explain(&purpose).is_some(), policy.rule(&purpose).is_some());
            }
        }
    }
}

#[test]
fn the_built_in_policy_covers_every_purpose_of_the_profile() {
    let policy = Policy::on_site();
    assert_eq!(policy.reference().id, "urn:realname:policy:cn-telecom-onsite");
    for purpose in Purpose::NAMED {
        assert!(policy.rule(&purpose).is_some(), "{purpose}");
    }
    assert!(policy.rule(&"urn:example:loan".parse().unwrap()).is_none());
    let online = Policy::online();
    assert_eq!((online.locality(), online.rules().len()), (Locality::Remote, 4));
    // Who could rob somebody of a number comes to a counter.
    assert!(Purpose::NAMED.iter().filter(|p| p.is_high_risk()).all(|p| online.rule(p).is_none()));
}

#[test]
fn json_says_the_same() {
    let policy = Policy::on_site();
    let json = serde_json::to_string(&policy.data).unwrap();
    assert_eq!(Policy::from_json(&json).unwrap(), policy);
}

#[test]
fn policies_that_can_not_be_meant() {
    let good = include_str!("../policies/cn-telecom-onsite.toml");
    let with = |from: &str, to: &str| Policy::from_toml(&good.replacen(from, to, 1));
    assert!(matches!(with("version = 3", "version = 0"), Err(PolicyError::Version)));
    assert!(matches!(with("version = 3", "version = 3\nsurprise = 2"), Err(PolicyError::Toml(_))));
    assert!(matches!(with("\"chip\",", "\"ship\","), Err(PolicyError::Toml(_))));
    assert!(matches!(with("sex_disagrees = \"ignore\"\n", ""), Err(PolicyError::Toml(_))));
    assert!(matches!(
        with("[\"face_chip\", \"face_registry\"]", "[]"),
        Err(PolicyError::Empty { rule: 1, part: "alternative" })
    ));
    assert!(matches!(
        with("[\"delivery.handover\"]", "[\"sim.cancel\"]"),
        Err(PolicyError::DoublePurpose { purpose: Purpose::SimCancel })
    ));
    let (head, _) = good.split_once("[[rule]]").unwrap();
    assert!(
        Policy::from_toml(&format!("rule = []\n{head}")).is_err_and(|e| matches!(e, PolicyError::NoRule))
    );
}

#[test]
fn additions_that_can_not_be_meant() {
    let good = include_str!("../policies/cn-telecom-onsite.toml");
    let with = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        Policy::from_toml(&changed)
    };
    // Ages that don't begin at 0, don't ascend, or have no term, no years, or both.
    for (from, to) in [
        ("{ from = 0, years = 5 },", "{ from = 1, years = 5 },"),
        ("{ from = 16, years = 10 },", "{ from = 26, years = 10 },"),
        ("{ from = 16, years = 10 },", "{ from = 16 },"),
        ("{ from = 16, years = 10 },", "{ from = 16, years = 0 },"),
        ("{ from = 16, years = 10 },", "{ from = 16, years = 10, long_term = true },"),
    ] {
        assert!(matches!(with(from, to), Err(PolicyError::Terms { table: 1 })), "{to}");
    }
    assert!(matches!(with("unusual = \"confirm\"", "unusual = \"perhaps\""), Err(PolicyError::Toml(_))));
    assert!(matches!(with("\"photo_seen\"", "\"foto_seen\""), Err(PolicyError::Toml(_))));
    let step_up = |part| matches!(part, Err(PolicyError::EmptyStepUp { step_up: 1, part: "when" }));
    assert!(step_up(with("when = [\"reader_busy\", \"many_numbers\", \"photo_seen\"]", "when = []")));
    assert!(matches!(
        with(
            "minor = \"manual verification desk of this outlet, with the guardian and both documents\"",
            "minor = \" \""
        ),
        Err(PolicyError::NoHumanRoute)
    ));
    let with_terminals = |text: &str| Policy::from_toml(&format!("{good}\n{text}"));
    let reader = "05.03-20161207-0000123456-1234567890";
    for (text, terminal) in [
        ("[[terminal]]\nid = \" \"\nsam_ids = [\"R\"]", 1),
        ("[[terminal]]\nid = \"a\"\nsam_ids = []", 1),
        (
            "[[terminal]]\nid = \"b\"\nsam_ids = [\"R\"]\n[[terminal]]\nid = \"a\"\nsam_ids = [\"R\"]\n[[terminal]]\nid = \"a\"\nsam_ids = [\"R\"]",
            2,
        ),
    ] {
        let text = text.replace('R', reader);
        assert!(
            matches!(with_terminals(&text), Err(PolicyError::Terminal { terminal: t }) if t == terminal),
            "{text}"
        );
    }
    assert!(matches!(
        with_terminals("[[terminal]]\nid = \"a\"\nsam_ids = [\"not a SAM id\"]"),
        Err(PolicyError::Toml(_))
    ));
}

#[test]
fn each_built_in_purpose_has_its_own_sources() {
    let on_site = Policy::on_site();
    let word = |policy: &Policy, purpose: &Purpose, word: &str| {
        policy.rule(purpose).unwrap().because.iter().any(|source| source.contains(word))
    };
    assert!(word(&on_site, &Purpose::SimActivate, "five numbers"));
    assert!(word(&on_site, &Purpose::SimReplace, "takes a number over"));
    assert!(word(&on_site, &Purpose::SimCancel, "away from home"));
    assert!(word(&on_site, &Purpose::NumberReverify, "24 hours"));
    assert!(word(&Policy::online(), &Purpose::SimActivate, "an online sale takes photos"));
    assert!(word(&Policy::online(), &Purpose::NumberReverify, "24 hours"));
    let ordered: jiff::Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    let due = on_site.rule(&Purpose::NumberReverify).unwrap().due(ordered).unwrap();
    assert_eq!(due.to_string(), "2026-11-22T08:00:00Z");
    assert_eq!(on_site.rule(&Purpose::SimActivate).unwrap().due(ordered), None);
}
