//! A relying party: its store, who confirms, and who hears of replies. Numbers and texts are synthetic.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use realname_flow::confirmation::{
    Asking, Challenge, Confirmer, LedgerSecret, Message, MessengerError, NotAsked, OpenQuestion, PhoneNumber,
    Price, Question, Replied, ServiceId, Standing,
};
use realname_gateway::{Heard, LineTimes, Replies};
use realname_terms::Lang;
use realname_token::jose::{Algorithm, Signer, SigningKey};
use realname_token::store::MemoryStore;

pub(crate) struct Home {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) confirmer: Arc<Confirmer>,
    pub(crate) replies: Arc<Replies>,
    heard: Receiver<Heard>,
}

pub(crate) fn number() -> PhoneNumber {
    "+8613800000000".parse().unwrap()
}

pub(crate) fn service(name: &str) -> ServiceId {
    name.parse().unwrap()
}

/// Times for a test that nobody wants to wait for.
pub(crate) fn quick() -> LineTimes {
    let mut times = LineTimes::default();
    times.idle_ms = 60_000;
    times.answer_ms = 1_500;
    times.patience_ms = 3_000;
    times.pause_ms = 100;
    times.longest_pause_ms = 200;
    times
}

impl Home {
    pub(crate) fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let key: Arc<dyn Signer> = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
        let secret = [3; 32];
        let confirmer =
            Arc::new(Confirmer::new("https://home.example", key, LedgerSecret::new(secret)).unwrap());
        let (told, heard) = channel();
        let replies = Replies::new("test", store.clone(), Arc::clone(&confirmer), &secret)
            .with_settle(SignedDuration::from_millis(300))
            .with_listener(move |heard| drop(told.send(heard)));
        Self { store, confirmer, replies: Arc::new(replies), heard }
    }

    pub(crate) fn challenge(&self, name: &str, text: &str) -> Challenge {
        self.challenge_to(number(), name, text)
    }

    pub(crate) fn challenge_to(&self, number: PhoneNumber, name: &str, text: &str) -> Challenge {
        let question = Question::new(number, service(name), Price::fen(500), text).unwrap();
        match self.confirmer.ask(self.store.as_ref(), question, Timestamp::now()).unwrap() {
            Asking::Ask(challenge) => challenge,
            _ => panic!("asked before"),
        }
    }

    pub(crate) fn ask(
        &self,
        messenger: &dyn realname_flow::confirmation::Messenger,
        name: &str,
        text: &str,
    ) -> Result<OpenQuestion, Box<NotAsked>> {
        self.challenge(name, text).send(messenger, Lang::Zh)
    }

    /// The next reply that was matched, or what else was heard; reports are passed over.
    pub(crate) fn hear(&self) -> Heard {
        loop {
            match self.heard.recv_timeout(Duration::from_secs(20)).expect("nothing was heard") {
                Heard::Report { .. } => {}
                heard => return heard,
            }
        }
    }

    pub(crate) fn hear_report(&self) -> Heard {
        self.heard.recv_timeout(Duration::from_secs(20)).expect("no report")
    }

    /// Whether nothing more is heard for a while.
    pub(crate) fn is_quiet(&self) -> bool {
        self.heard.recv_timeout(Duration::from_millis(900)).is_err()
    }

    pub(crate) fn granted(&self) {
        assert!(matches!(self.hear(), Heard::Replied { replied: Replied::Granted(_), .. }));
    }

    pub(crate) fn standing(&self, name: &str) -> Standing {
        let standing =
            self.confirmer.standing(self.store.as_ref(), &number(), &service(name), Timestamp::now());
        standing.unwrap().unwrap()
    }
}

/// The answer that a text asks for.
pub(crate) fn code(text: &str) -> String {
    let (_, rest) = text.split_once("确认请回复").unwrap();
    rest.split_once('，').unwrap().0.to_owned()
}

pub(crate) fn body(message: &Message<'_>) -> String {
    message.body(Lang::Zh).to_string()
}

pub(crate) fn error(sent: Result<OpenQuestion, Box<NotAsked>>) -> (MessengerError, bool) {
    let failed = sent.unwrap_err();
    (failed.error, failed.challenge.is_some())
}
