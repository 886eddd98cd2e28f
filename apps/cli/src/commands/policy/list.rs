//! `policy list`: the built-in ones, and the purposes that each covers.

use crate::commands::{Done, done};
use crate::shapes::{KnownPolicy, Policies};
use crate::{lang, output, policies, words};

pub(super) fn run(as_json: bool) -> Done {
    let known = policies::built_in();
    if as_json {
        let known = known.iter().map(|policy| KnownPolicy {
            policy: policy.reference().id,
            version: policy.reference().version,
            name: policies::name(policy),
            locality: policy.locality(),
            purposes: policy.rules().iter().flat_map(|rule| &rule.purposes).cloned().collect(),
        });
        output::json(&Policies { policies: known.collect() });
        return done();
    }
    let rows = known.iter().flat_map(|policy| {
        policy.rules().iter().enumerate().flat_map(move |(at, rule)| {
            rule.purposes.iter().enumerate().map(move |(nth, purpose)| {
                let first = at == 0 && nth == 0;
                let require: Vec<_> = rule.require.iter().map(words::requirement).collect();
                [
                    if first { policies::name(policy) } else { String::new() },
                    if first { words::locality(policy.locality()).to_owned() } else { String::new() },
                    words::purpose(purpose),
                    require.join(" + "),
                ]
            })
        })
    });
    let head = lang::pick(["policy", "where", "purpose", "requires"], ["策略", "场所", "业务", "所需核验"]);
    output::line(output::table(head, rows));
    done()
}
