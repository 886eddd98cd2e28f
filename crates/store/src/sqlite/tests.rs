//! What can't be seen from outside: how often a statement is made.

use rusqlite::StatementStatus;

use super::*;

const SPACE: Space = Space::new("test");

#[test]
fn a_look_made_its_statement_anew_each_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_dir(directory.path()).unwrap();
    for number in 0..20_u8 {
        assert_eq!(store.put(SPACE, &[number], b"value", Timestamp::MAX).unwrap(), Put::Stored);
        assert!(store.get(SPACE, &[number]).unwrap().is_some());
        assert!(store.get_all(&[(SPACE, &[0]), (SPACE, &[number, number])]).unwrap()[1].is_none());
        let answered = store.answer(SPACE, &[number], b"answer", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(answered, Answered::Recorded);
    }
    let made = store.look(FOLD_PATIENCE, |connection| {
        let statement = connection.prepare_cached(steps::LOOK).map_err(fault::sqlite)?;
        Ok(statement.get_status(StatementStatus::RePrepare))
    });
    assert_eq!(made.unwrap(), 0);
}
