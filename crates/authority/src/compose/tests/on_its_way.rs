//! Any course of events between a question and its answer.

use super::*;

fn any_error() -> impl Strategy<Value = AuthorityError> {
    let waits = prop_oneof![Just(None), (0u64..30_000).prop_map(|ms| Some(Duration::from_millis(ms)))];
    prop_oneof![
        3 => waits.prop_map(|retry_after| AuthorityError::Transient { retry_after }),
        3 => Just(AuthorityError::Indeterminate),
        1 => prop::sample::select(errors()),
    ]
}

#[derive(Clone, Debug)]
enum Event {
    Answer(Option<AuthorityError>),
    Lookup(u8, AuthorityError),
}

proptest! {
    /// Whatever happens: it ends, inside the deadline, within its tries; a question is sent again only after it was known
    /// to be unsent; and "nothing happened" is said only when nothing may have.
    #[test]
    fn a_question_on_its_way(
        events in prop::collection::vec(
            prop_oneof![
                prop::option::weighted(0.9, any_error()).prop_map(Event::Answer),
                (0u8..4, any_error()).prop_map(|(kind, error)| Event::Lookup(kind, error)),
            ],
            0..40,
        ),
        takes in 0u64..9_000,
    ) {
        let policy = RetryPolicy::default();
        let query = query();
        let mut now = start();
        let mut retry = Retry::new(policy, &query, now);
        let mut events = events.into_iter();
        let (mut sent, mut unknown, mut in_doubt, mut steps) = (0, false, false, 0);
        let answer = loop {
            steps += 1;
            prop_assert!(steps < 200, "doesn't end");
            match retry.next(now) {
                Step::Give(answer) => break *answer,
                Step::Wait(time) => {
                    prop_assert!(time > Duration::ZERO && now + time < query.deadline());
                    now += time;
                }
                Step::Ask { until } => {
                    prop_assert!(!unknown, "sent again while the outcome was unknown");
                    prop_assert!(until > now && until <= query.deadline());
                    sent += 1;
                    now = (now + Duration::from_millis(takes)).min(until);
                    let result = match events.next() {
                        Some(Event::Answer(Some(error)) | Event::Lookup(_, error)) => Err(error),
                        Some(Event::Answer(None)) | None => Ok(found(&query)),
                    };
                    unknown = result == Err(AuthorityError::Indeterminate);
                    retry.answered(now, result);
                }
                Step::Reconcile { until } => {
                    prop_assert!(unknown, "nothing to look up");
                    now = (now + Duration::from_millis(takes)).min(until);
                    let result = match events.next() {
                        Some(Event::Lookup(0, _)) => Ok(Reconciled::NeverArrived),
                        Some(Event::Lookup(1, _)) => Ok(Reconciled::Pending),
                        Some(Event::Lookup(2, error)) => Ok(Reconciled::Answered(Err(error))),
                        Some(Event::Lookup(_, error)) => Err(error),
                        Some(Event::Answer(_)) | None => Ok(Reconciled::Answered(Ok(found(&query)))),
                    };
                    if let Ok(Reconciled::NeverArrived) = result {
                        (unknown, in_doubt) = (false, true);
                    }
                    if let Ok(Reconciled::Answered(answer)) = &result {
                        unknown = *answer == Err(AuthorityError::Indeterminate);
                    }
                    retry.reconciled(now, result);
                }
            }
        };
        prop_assert!(sent <= policy.tries);
        prop_assert!(now <= query.deadline());
        if unknown || in_doubt {
            prop_assert!(!answer.is_err_and(|error| error.is_retryable()), "a charge was hidden");
        }
    }
}
