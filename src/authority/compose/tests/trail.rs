//! The audit trail.

use super::*;

#[derive(Default)]
struct Trail {
    records: Mutex<Vec<AuditRecord>>,
    room: Option<usize>,
}

impl AuditSink for Arc<Trail> {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let mut records = self.records.lock().unwrap();
        if self.room.is_some_and(|room| records.len() >= room) {
            return Err(AuditError);
        }
        records.push(record.clone());
        Ok(())
    }
}

#[test]
fn the_trail_names_nobody_and_nothing_happens_without_it() {
    let clock = ManualClock::at(start());
    let ask = |room: Option<usize>| {
        let trail = Arc::new(Trail { room, ..Trail::default() });
        let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query()))]));
        let audited = Audited::new(fake.clone(), trail.clone()).with_clock(clock.clone());
        (audited.ask(&query()), fake.asked(), trail)
    };
    let (answer, _, trail) = ask(None);
    assert!(answer.is_ok());
    let shown = format!("{:?}", trail.records.lock().unwrap());
    assert!(shown.contains("q1") && shown.contains("found"), "{shown}");
    assert!(!shown.contains("测试甲") && !shown.contains("1199"), "{shown}");
    let (answer, asked, _) = ask(Some(0));
    assert_eq!((answer, asked), (Err(BUSY), 0));
    let (answer, asked, _) = ask(Some(1));
    assert_eq!((answer, asked), (Err(AuthorityError::Indeterminate), 1));
}
