//! Messages.

use super::*;

#[test]
fn what_certainly_wasnt_sent_may_be_sent_again() {
    struct Failing(MessengerError);
    impl Messenger for Failing {
        fn send(&self, _: &Message<'_>, _: Lang) -> Result<(), MessengerError> {
            Err(self.0)
        }
    }
    let home = Home::new();
    let challenge = home.ask(question(number(1), "vas:1"), noon());
    let failed = challenge.send(&Failing(MessengerError::Unreachable), Lang::Zh).unwrap_err();
    let again = failed.challenge.unwrap();
    let failed = again.send(&Failing(MessengerError::Indeterminate), Lang::Zh).unwrap_err();
    assert!(failed.challenge.is_none(), "nobody knows whether the customer was asked");
}

#[test]
fn a_file_takes_one_line_per_message() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("outbox");
    let home = Home::new();
    for last in 1..=2 {
        let messenger = LineMessenger::file(&path).unwrap();
        home.ask(question(number(last), "vas:1"), noon()).send(&messenger, Lang::Zh).unwrap();
    }
    #[allow(clippy::disallowed_methods, reason = "what the messenger wrote")]
    let lines = std::fs::read_to_string(&path).unwrap();
    let sent: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(sent.len(), 2);
    let (body, reply) = (sent[1]["body"].as_str().unwrap(), sent[1]["reply"].as_str().unwrap());
    assert_eq!(sent[1]["to"], number(2).as_str());
    assert!(body.contains("测试业务") && body.contains("资费5.00元") && body.contains(reply));
    // What was sent is what the reply must be.
    assert!(matches!(home.reply(number(2), "vas:1", reply, noon()), Replied::Granted(_)));
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}
