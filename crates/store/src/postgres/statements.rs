//! The statements. Each names what it returns: the very key it was asked about, by which a step proves that the answer is
//! its own.

/// In every transaction that a caller relies on, before anything is changed. A commit is told only when the disk has it and,
/// where the server has standbys that count, theirs; and the warning that it stopped waiting for them must reach us.
macro_rules! settings {
    () => {
        "(SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
            set_config('client_min_messages', 'warning', true)) AS settings"
    };
}

/// Whether what can be seen here may be committed on this server alone: it has standbys that count, and isn't one.
macro_rules! replicated {
    () => {
        "coalesce(current_setting('synchronous_standby_names', true), '') <> ''
            AND current_setting('transaction_read_only') = 'off'"
    };
}

/// A record as it looks from here.
pub(super) const LOOK: &str = concat!(
    "SELECT key, value, expires_at, answer, ",
    replicated!(),
    " FROM realname_record WHERE space = $1 AND key = $2"
);

/// A record that is kept as surely as if we had written it: locking its row writes, and the commit of that waits for the
/// disk and the standbys, behind the commit that made the record.
pub(super) const LOOK_KEPT: &str = concat!(
    "SELECT key, value, expires_at, answer FROM ",
    settings!(),
    ", realname_record AS record WHERE space = $1 AND key = $2 FOR KEY SHARE OF record"
);

pub(super) const PUT: &str = concat!(
    "INSERT INTO realname_record (space, key, value, expires_at) SELECT $1, $2, $3, $4 FROM ",
    settings!(),
    " ON CONFLICT (space, key) DO NOTHING RETURNING key"
);

pub(super) const ANSWER: &str = concat!(
    "UPDATE realname_record SET answer = $3 FROM ",
    settings!(),
    " WHERE space = $1 AND key = $2 AND answer IS NULL AND expires_at >= $4 RETURNING key"
);

/// A record that is answered when it is made, so that no restore ends it.
pub(super) const CLAIM: &str = concat!(
    "INSERT INTO realname_record (space, key, value, expires_at, answer) SELECT $1, $2, $3, $4, $3 FROM ",
    settings!(),
    " ON CONFLICT (space, key) DO NOTHING RETURNING key"
);

pub(super) const ADVANCE: &str = concat!(
    "INSERT INTO realname_seen AS seen (space, key, sequence, digest) SELECT $1, $2, $3, $4 FROM ",
    settings!(),
    " ON CONFLICT (space, key) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest
    WHERE excluded.sequence > seen.sequence RETURNING key"
);

pub(super) const SEEN: &str = concat!(
    "SELECT key, sequence, digest, ",
    replicated!(),
    " FROM realname_seen WHERE space = $1 AND key = $2"
);

/// As [`LOOK_KEPT`].
pub(super) const SEEN_KEPT: &str = concat!(
    "SELECT key, sequence, digest FROM ",
    settings!(),
    ", realname_seen AS seen WHERE space = $1 AND key = $2 FOR KEY SHARE OF seen"
);

/// Those who count under one key come one after the other from here on. The next statement sees what they did.
pub(super) const TALLY: &str = concat!(
    "INSERT INTO realname_tally AS tally (space, key, expires_at) SELECT $1, $2, $3 FROM ",
    settings!(),
    " ON CONFLICT (space, key) DO UPDATE SET expires_at = greatest(tally.expires_at, excluded.expires_at)
    RETURNING key"
);

pub(super) const COUNTED: &str =
    "SELECT count(*) FILTER (WHERE member <> $3), count(*) FILTER (WHERE member = $3)
    FROM realname_member WHERE space = $1 AND key = $2 AND expires_at >= $4";

pub(super) const MEMBER: &str =
    "INSERT INTO realname_member (space, key, member, expires_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (space, key, member) DO UPDATE SET expires_at = excluded.expires_at RETURNING member";

/// What others hold is left for the next time. The rows are picked once: as a condition of the deletion the query may run again, and
/// picks more each time.
pub(super) const EXPIRE_RECORDS: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT space, key FROM realname_record WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM realname_record AS record USING due
        WHERE record.space = due.space AND record.key = due.key AND record.expires_at < $1 RETURNING 1)
    SELECT (SELECT count(*) FROM gone) FROM ",
    settings!()
);

pub(super) const EXPIRE_MEMBERS: &str =
    "WITH due AS MATERIALIZED (SELECT space, key, member FROM realname_member WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM realname_member AS kept USING due WHERE kept.space = due.space AND kept.key = due.key
        AND kept.member = due.member AND kept.expires_at < $1 RETURNING 1)
    SELECT count(*) FROM gone";

/// A tally's end is that of its last member. Whoever waits for one that goes makes it anew.
pub(super) const EXPIRE_TALLIES: &str =
    "WITH due AS MATERIALIZED (SELECT space, key FROM realname_tally WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM realname_tally AS tally USING due
        WHERE tally.space = due.space AND tally.key = due.key AND tally.expires_at < $1 RETURNING 1)
    SELECT count(*) FROM gone";

/// Ends some of the records that nobody answered.
pub(super) const END_UNANSWERED: &str = concat!(
    "WITH open AS MATERIALIZED (SELECT space, key FROM realname_record
         WHERE answer IS NULL AND expires_at > 0 AND space <> $1 LIMIT $2 FOR UPDATE),
    over AS (UPDATE realname_record AS record SET expires_at = 0 FROM open
        WHERE record.space = open.space AND record.key = open.key AND record.answer IS NULL RETURNING 1)
    SELECT (SELECT count(*) FROM over) FROM ",
    settings!()
);

/// Keeps the moment of a restore, whatever an earlier one was.
pub(super) const MARK: &str = concat!(
    "INSERT INTO realname_record (space, key, value, expires_at) SELECT $1, $2, $3, $4 FROM ",
    settings!(),
    " ON CONFLICT (space, key) DO UPDATE SET value = excluded.value RETURNING key"
);

pub(super) const ENLIST: &str = concat!(
    "INSERT INTO realname_task (space, list, key, value, state, due_at, revision) SELECT $1, $2, $3, $4, $5, $6, 0 FROM ",
    settings!(),
    " ON CONFLICT (space, list, key) DO NOTHING RETURNING key"
);

/// Those that others hold are theirs. What comes first is the list, by which a step proves that the rows are its own.
pub(super) const TAKE: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT key FROM realname_task WHERE space = $1 AND list = $2 AND due_at <= $3
         ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED)
    UPDATE realname_task AS task SET due_at = $4, revision = task.revision + 1 FROM due, ",
    settings!(),
    " WHERE task.space = $1 AND task.list = $2 AND task.key = due.key AND task.due_at <= $3
    RETURNING task.list, task.key, task.value, task.state, task.due_at, task.revision"
);

pub(super) const CHANGE: &str = concat!(
    "UPDATE realname_task SET value = $4, state = $5, due_at = $6, revision = revision + 1 FROM ",
    settings!(),
    " WHERE space = $1 AND list = $2 AND key = $3 AND revision = $7 RETURNING key"
);

pub(super) const TASK: &str = "SELECT list, key, value, state, due_at, revision FROM realname_task
    WHERE space = $1 AND list = $2 AND key = $3";

pub(super) const TASKS: &str = "SELECT list, key, value, state, due_at, revision FROM realname_task
    WHERE space = $1 AND list = $2 AND ($3::bytea IS NULL OR key > $3) ORDER BY key LIMIT $4";

pub(super) const STATES: &str = "SELECT list, state, count(*) FROM realname_task WHERE space = $1 AND list = $2 GROUP BY list, state ORDER BY state";

pub(super) const DROP_TASKS: &str = concat!(
    "WITH first AS MATERIALIZED (SELECT key FROM realname_task WHERE space = $1 AND list = $2 LIMIT $3 FOR UPDATE),
    gone AS (DELETE FROM realname_task AS task USING first
        WHERE task.space = $1 AND task.list = $2 AND task.key = first.key RETURNING 1)
    SELECT (SELECT count(*) FROM gone) FROM ",
    settings!()
);
