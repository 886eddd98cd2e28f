//! Every store against one suite: what each operation finds, its edges, and exactly one winner among threads and
//! processes. All data is synthetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

#[cfg(all(unix, feature = "sqlite", feature = "flow"))]
mod campaign;
mod cases;
#[cfg(all(target_os = "linux", feature = "sqlite"))]
mod faults;
#[cfg(all(unix, feature = "sqlite"))]
mod kill;
mod model;
mod outbox;
#[cfg(all(unix, feature = "postgres"))]
mod postgres_pair;
#[cfg(feature = "postgres")]
mod postgres_pooler;
#[cfg(feature = "postgres")]
mod postgres_server;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod processes;
mod queue;
mod race;
#[cfg(feature = "sqlite")]
mod sqlite_file;
#[cfg(all(unix, feature = "sqlite"))]
mod sqlite_place;
#[cfg(feature = "sqlite")]
mod sqlite_restore;
mod stores;

/// The suite, once per store, each test with these attributes.
macro_rules! suite {
    ($store:ident $attributes:tt) => {
        mod $store {
            use crate::{cases, model, race, stores};

            suite!(@test $store $attributes cases:
                put_keeps_the_first,
                empty_is_a_value,
                limits_are_inclusive_and_typed,
                spaces_do_not_meet,
                answer_is_given_once,
                answer_ends_with_its_time,
                an_answer_outlives_its_time,
                answers_together_are_all_or_none,
                puts_together_are_all_or_none,
                an_answer_within_a_limit_counts_nobody,
                a_claim_has_one_answer,
                claims_together_are_all_or_none,
                times_count_to_the_microsecond,
                sequences_only_rise,
                sequences_reach_the_last_number,
                counts_up_to_the_limit,
                counted_members_leave_with_their_end,
                limit_may_change,
                expire_takes_the_oldest_first,
                expire_leaves_what_ends_now,
            );
            suite!(@test $store $attributes race:
                one_put_wins,
                one_answer_wins,
                one_of_several_together_wins,
                one_put_of_several_together_wins,
                answers_and_members_share_one_limit,
                one_claim_wins,
                one_digest_wins,
                the_quota_holds,
                the_quota_holds_while_members_expire,
            );
            suite!(@test $store $attributes model: agrees_with_the_model);
        }
    };
    (@test $store:ident $attributes:tt $module:ident: $($name:ident),* $(,)?) => {
        $(suite!(@one $store $attributes $module $name);)*
    };
    (@one $store:ident [$($attribute:tt)*] $module:ident $name:ident) => {
        #[test]
        $($attribute)*
        fn $name() {
            $module::$name(&*stores::$store().store);
        }
    };
}

suite!(memory []);
#[cfg(feature = "sqlite")]
suite!(sqlite []);
#[cfg(feature = "postgres")]
suite!(postgres [#[ignore = "needs a PostgreSQL server"]]);
