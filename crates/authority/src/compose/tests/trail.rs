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

#[test]
#[allow(clippy::disallowed_methods)] // A test reads what was written.
fn a_trail_of_lines_holds_what_is_kept_of_an_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("trail.jsonl");
    // Somebody died in the middle of a line.
    std::fs::write(&path, "{\"at\":\"2026").unwrap();
    let clock = ManualClock::at(start());
    let mut answer = found(&query());
    answer.meta.reference = Some("R-1".to_owned());
    answer.meta.response_sha256 = Some([0xab; 32]);
    let fake = Fake::new(&clock, vec![Ok(answer), Err(AuthorityError::Denied)]);
    let authority = Audited::new(fake, LineTrail::open(&path).unwrap()).with_clock(clock.clone());
    let question = query().with_consent(Purpose::SimActivate, [1; 32]);
    assert!(authority.ask(&question).is_ok());
    assert!(authority.ask(&question).is_err());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.ends_with('\n') && !text.contains("测试甲") && !text.contains("1199"), "{text}");
    let lines: Vec<serde_json::Value> =
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let steps: Vec<&str> = lines.iter().map(|line| line["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["asked", "answered", "asked", "answered"]);
    let kept = &lines[1];
    assert_eq!((&kept["key"], &kept["purpose"]), (&"q1".into(), &"sim.activate".into()));
    assert_eq!((&kept["reference"], &kept["billed"]), (&"R-1".into(), &true.into()));
    assert_eq!(kept["response_sha256"], "ab".repeat(32));
    assert_eq!(kept["consent_sha256"], "01".repeat(32));
    assert_eq!(kept["took_ms"], 100);
    assert_eq!(lines[3]["outcome"], "denied");
    // Full or gone: nothing is asked.
    let trail = LineTrail::open("/dev/full");
    if let Ok(trail) = trail {
        let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query()))]));
        let authority = Audited::new(fake.clone(), trail).with_clock(clock.clone());
        assert_eq!((authority.ask(&question), fake.asked()), (Err(BUSY), 0));
    }
}

/// Says what it charges beside its error, as a code map does.
struct Charging(Option<bool>, AuthorityError);

impl Authority for Charging {
    fn id(&self) -> &str {
        "TEST-charging"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.0.into_iter().for_each(|billed| query.note_charge(billed));
        Err(self.1.clone())
    }

    fn reconcile(&self, query: &Query) -> Result<Reconciled, AuthorityError> {
        Ok(Reconciled::Answered(self.ask(query)))
    }
}

#[test]
fn what_an_error_cost_was_missing_from_the_trail() {
    let clock = ManualClock::at(start());
    let told = |authority: &dyn Authority, look_up: bool| {
        let trail = Arc::new(Trail::default());
        let audited = Audited::new(authority, trail.clone()).with_clock(clock.clone());
        if look_up {
            audited.reconcile(&query()).unwrap();
        } else {
            let _ = audited.ask(&query());
        }
        let records = trail.records.lock().unwrap();
        match &records.last().unwrap().step {
            AuditStep::Answered { billed, .. } => *billed,
            other => panic!("{other:?}"),
        }
    };
    for billed in [Some(true), Some(false), None] {
        for error in errors() {
            let register = Charging(billed, error);
            assert_eq!(told(&register, false), billed);
            assert_eq!(told(&register, true), billed);
            let deep = Within::new(
                Guarded::new(&register, Breaker::default(), Allowance::default()).with_clock(clock.clone()),
                Duration::from_secs(5),
            );
            assert_eq!(told(&deep.with_clock(clock.clone()), false), billed, "through other deadlines");
        }
    }
    // The first register charges and fails, the second answers for nothing: it was charged for.
    let free = || {
        let mut answer = found(&query());
        answer.meta.billed = Some(false);
        Fake::new(&clock, vec![Ok(answer)])
    };
    let both = Fallback::new("TEST-both", Box::new(Charging(Some(true), AuthorityError::Denied)));
    assert_eq!(told(&both.or(Box::new(free())).with_clock(clock.clone()), false), Some(true));
    assert_eq!(told(&free(), false), Some(false));
    assert_eq!(told(&Fake::new(&clock, vec![Ok(found(&query()))]), false), Some(true));
}

#[test]
fn the_number_that_a_register_echoed_as_its_reference_stood_in_the_trail() {
    for echo in ["119999199001010004", "REQ-1199-9919-9001-0100-04", "MTE5OTk5MTk5MDAxMDEwMDA0"] {
        let clock = ManualClock::at(start());
        let trail = Arc::new(Trail::default());
        let mut answer = found(&query());
        answer.meta.reference = Some(echo.to_owned());
        let fake = Fake::new(&clock, vec![Ok(answer.clone()), Err(AuthorityError::Indeterminate)])
            .looking_up(vec![Ok(Reconciled::Answered(Ok(answer)))]);
        let audited = Audited::new(fake, trail.clone()).with_clock(clock);
        assert_eq!(audited.ask(&query()).unwrap().meta.reference, None, "nor in what the caller is told");
        match audited.reconcile(&query()) {
            Ok(Reconciled::Answered(Ok(finding))) => assert_eq!(finding.meta.reference, None),
            other => panic!("{other:?}"),
        }
        let shown = format!("{:?}", trail.records.lock().unwrap());
        assert!(!shown.contains("1199") && !shown.contains("MTE5"), "{shown}");
    }
}
