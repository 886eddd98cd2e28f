//! Programs behind the bridge: the session over the bridge's transport, beside pages on the same reader.

use std::time::{Duration, Instant};

use realname::document::Origin;
use realname::reader::emulator::Card;
use realname::reader::transport::{Bridge, TransportError};
use realname::reader::wire::{Command, StatusWord};
use realname::reader::{ReadOptions, Reader, ReaderError};

use super::till::{NAME, PAGE, PAGE_JSON, TOKEN, Till, answer, card, street};

/// A program whose reader is the bridge's, on a thread of its own: its calls block.
struct Program(Option<Reader>);

impl Program {
    async fn open(till: &Till) -> Self {
        Self(Some(open(till, TOKEN).await.unwrap()))
    }

    async fn with<T: Send + 'static>(&mut self, job: impl FnOnce(&mut Reader) -> T + Send + 'static) -> T {
        let mut reader = self.0.take().unwrap();
        let (reader, result) = tokio::task::spawn_blocking(move || {
            let result = job(&mut reader);
            (reader, result)
        })
        .await
        .unwrap();
        self.0 = Some(reader);
        result
    }

    async fn ask(&mut self, command: Command) -> Result<(StatusWord, Vec<u8>), ReaderError> {
        self.with(move |reader| {
            let reply = reader.exchange(command)?;
            Ok((reply.reply().status.word, reply.reply().data.to_vec()))
        })
        .await
    }

    async fn says(&mut self, command: Command, word: StatusWord) {
        assert_eq!(self.ask(command).await.unwrap().0, word, "{command}");
    }

    /// As an old program does: every 200 ms, until there is one.
    async fn finds(&mut self) {
        let begin = Instant::now();
        while self.ask(Command::Find).await.unwrap().0 != StatusWord::Found {
            assert!(begin.elapsed() < Duration::from_secs(10), "no card is found");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn reads(&mut self, command: Command) -> Vec<u8> {
        self.says(Command::Select, StatusWord::Done).await;
        let (word, data) = self.ask(command).await.unwrap();
        assert_eq!(word, StatusWord::Done);
        data
    }
}

async fn open(till: &Till, token: &'static str) -> Result<Reader, TransportError> {
    let address = till.address.to_string();
    tokio::task::spawn_blocking(move || Bridge::with_token(&address, token).map(Reader::new)).await.unwrap()
}

fn holds(data: &[u8], text: &str) -> bool {
    let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    data.windows(text.len()).any(|window| window == text)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_program_and_a_page_live_side_by_side_on_one_reader() {
    let till = Till::open().await;
    let mut program = Program::open(&till).await;
    let mut watching = till.events("", PAGE).await.unwrap();
    watching.expect("reader_ready").await;
    program.says(Command::Find, StatusWord::NoCard).await;
    program.says(Command::Select, StatusWord::SelectFailed).await;
    program.says(Command::Read, StatusWord::ReadFailed).await;

    // The page waits for a card, so it is the page's, however often the program asks.
    let waiting = till.start_read("{}").await;
    program.says(Command::Find, StatusWord::NoCard).await;
    till.reader().place(card(1));
    assert_eq!(answer(waiting).await.street(), street(1));
    for _ in 0..3 {
        program.says(Command::Find, StatusWord::NoCard).await;
        program.says(Command::Select, StatusWord::SelectFailed).await;
        program.says(Command::Read, StatusWord::ReadFailed).await;
    }
    watching.expect("card_on").await;
    watching.expect("card_read").await;

    // Nobody waits for the next one, so it is the program's, photo and all, and no page's.
    till.change(2).await;
    program.finds().await;
    program.says(Command::Find, StatusWord::Found).await;
    let data = program.reads(Command::Read).await;
    assert!(holds(&data, NAME) && holds(&data, &street(2)) && data.len() == 4 + 256 + 1024);
    assert!(data[4 + 256..].starts_with(&[0x57, 0x4C, 0x66]), "the chip's photo");
    program.says(Command::Find, StatusWord::NoCard).await;
    program.says(Command::ReadAddress, StatusWord::NoSuchItem).await;
    assert_eq!(till.read(r#"{"wait":0}"#).await.code(), (408, "no_card".into()));
    watching.expect("card_off").await;
    watching.expect("card_on").await;
    watching.expect("card_read").await;

    // Lifted between find and read: nothing is left of it.
    till.change(3).await;
    program.finds().await;
    for event in ["card_off", "card_on", "card_read"] {
        watching.expect(event).await;
    }
    till.reader().remove();
    watching.expect("card_off").await;
    program.says(Command::Select, StatusWord::SelectFailed).await;
    program.says(Command::Read, StatusWord::ReadFailed).await;

    // A card that was laid down early and that the page has only watched.
    till.reader().place(card(4));
    watching.expect("card_on").await;
    watching.expect("card_read").await;
    program.says(Command::Find, StatusWord::Found).await;
    assert!(holds(&program.reads(Command::Read).await, &street(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_reads_through_the_bridge_as_from_a_reader_of_its_own() {
    let till = Till::open().await;
    let mut program = Program::open(&till).await;
    let options = ReadOptions::new().lying_card(false).wait(Duration::from_secs(10));
    till.reader().place(card(1));
    let wanted = options.clone();
    let read = program.with(move |reader| reader.read_card(&wanted)).await.unwrap();
    assert_eq!(read.document().name().as_str(), NAME);
    assert_eq!((read.origin(), read.photo().bytes().len()), (Origin::Emulated, 1024));
    assert_eq!(read.sam_id(), till.reader_id());
    // It lies there, and is no new one's.
    let short = options.clone().wait(Duration::from_secs(1));
    let again = program.with(move |reader| reader.read_card(&short)).await;
    assert!(matches!(again, Err(ReaderError::CardReadBefore | ReaderError::NoCard { .. })), "{again:?}");
    let removal = tokio::spawn(async move {
        program.with(|reader| reader.await_removal()).await.unwrap();
        program
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!removal.is_finished());
    till.reader().remove();
    let mut program = removal.await.unwrap();
    till.reader().place(card(2));
    let read = program.with(move |reader| reader.read_card(&options)).await.unwrap();
    assert_eq!(read.document().address().unwrap().as_str(), street(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn fingerprints_are_read_when_a_program_asks_for_them() {
    let till = Till::open().await;
    let mut program = Program::open(&till).await;
    let facts = format!(r#"{{"name": "{NAME}", "sex": "female", "number": "119999199001010004"}}"#);
    let prints = [vec![0x43; 512], vec![0x44; 512]];
    till.reader().place(Card::from_json(&facts).unwrap().with_fingerprints(&prints).unwrap());
    program.finds().await;
    let data = program.reads(Command::ReadWithFingerprint).await;
    assert_eq!(data.len(), 6 + 256 + 1024 + 1024);
    assert_eq!(&data[6 + 256 + 1024..], prints.concat());
    // And after it the plain form, as programs that want both do.
    assert_eq!(program.reads(Command::Read).await.len(), 4 + 256 + 1024);
    program.says(Command::Find, StatusWord::NoCard).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_that_ends_and_a_reader_that_goes_are_a_lost_reader() {
    let mut till = Till::open().await;
    let mut program = Program::open(&till).await;
    till.reader().place(card(1));
    program.finds().await;
    till.stop().await;
    let lost = Err(ReaderError::Transport(TransportError::Disconnected));
    assert_eq!(program.ask(Command::Select).await.map(drop), lost);
    assert!(matches!(open(&till, TOKEN).await, Err(TransportError::NotFound { .. })));
    till.start().await;
    till.becomes("ready").await;
    // What was found before is found anew: the bridge doesn't know of it any more.
    program.says(Command::Select, StatusWord::SelectFailed).await;
    till.change(2).await;
    program.finds().await;
    assert!(holds(&program.reads(Command::Read).await, &street(2)));

    till.unplug();
    till.becomes("absent").await;
    assert_eq!(program.ask(Command::Find).await.map(drop), lost);
    assert!(matches!(open(&till, TOKEN).await, Err(TransportError::Disconnected)));
    till.plug_in(Default::default());
    till.reader().place(card(3));
    let begin = Instant::now();
    while open(&till, TOKEN).await.is_err() {
        assert!(begin.elapsed() < Duration::from_secs(10), "the reader doesn't come back");
    }
    program.finds().await;
    assert!(holds(&program.reads(Command::Read).await, &street(3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_protects_and_pages_get_no_blocks() {
    let till = Till::open().await;
    let refused = open(&till, "another-token-of-somebody-else").await.map(drop);
    assert_eq!(refused, Err(TransportError::TokenRefused { address: till.address.to_string() }));
    let body = r#"{"client":"0123456789abcdef","command":"sam_id"}"#;
    assert_eq!(
        till.call("POST", "/v1/command", &PAGE_JSON, body).await.code(),
        (403, "programs_only".into())
    );
    let json = ("content-type", "application/json");
    assert_eq!(till.call("POST", "/v1/command", &[json], body).await.code(), (401, "no_token".into()));
    let program = [json, ("authorization", "Bearer a-token-that-nobody-could-guess")];
    for (body, code) in [
        (r#"{"client":"0123456789abcdef","command":"format"}"#, "value_refused"),
        (r#"{"client":"short","command":"find"}"#, "value_refused"),
        (r#"{"client":"0123456789abcdef","command":"find","wait":1}"#, "body_members"),
    ] {
        assert_eq!(till.call("POST", "/v1/command", &program, body).await.code().1, code, "{body}");
    }
}
