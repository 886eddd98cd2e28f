//! `GET /v1/events`: what happens, to all who watch.

use std::time::Duration;

use super::till::{NAME, NUMBER, PAGE, Till, answer, card, street};

#[tokio::test]
async fn two_pages_hear_of_each_card_and_who_asked_gets_the_document() {
    let till = Till::open().await;
    let mut plain = till.events("", PAGE).await.unwrap();
    let mut full = till.events("?documents=1", PAGE).await.unwrap();
    for events in [&mut plain, &mut full] {
        let ready = events.expect("reader_ready").await;
        assert_eq!(ready["sam_id"], "05.03-20161207-0000123456-1234567890");
        assert_eq!(ready["baud"], 115_200);
    }
    for n in 1..=2 {
        till.reader().place(card(n));
        for events in [&mut plain, &mut full] {
            events.expect("card_on").await;
        }
        let told = plain.expect("card_read").await.to_string();
        assert!(!told.contains(NAME) && !told.contains(NUMBER) && !told.contains("sha256"), "{told}");
        let told = full.expect("card_read").await;
        assert_eq!(told["document"]["name"], NAME);
        assert_eq!(told["document"]["address"], street(n));
        assert_eq!(told["confirmed"], true);
        till.reader().remove();
        for events in [&mut plain, &mut full] {
            events.expect("card_off").await;
        }
    }
    drop(full);
    till.reader().place(card(3));
    plain.expect("card_on").await;
    plain.expect("card_read").await;
}

#[tokio::test]
async fn a_card_goes_to_the_read_and_is_told_to_who_watches() {
    let till = Till::open().await;
    let mut events = till.events("?documents=1", PAGE).await.unwrap();
    events.expect("reader_ready").await;
    let (first, second) = (till.start_read("{}").await, till.start_read(r#"{"fingerprint":true}"#).await);
    till.reader().place(card(1));
    assert_eq!(answer(first).await.street(), street(1));
    events.expect("card_on").await;
    assert_eq!(events.expect("card_read").await["document"]["address"], street(1));
    till.change(2).await;
    events.expect("card_off").await;
    events.expect("card_on").await;
    assert_eq!(answer(second).await.street(), street(2));
    events.expect("card_read").await;
    // One that lies there, told to who watches, answers no read.
    assert_eq!(till.read(r#"{"wait":0}"#).await.status, 408);
}

#[tokio::test]
async fn a_card_that_was_only_touched_is_told_once() {
    let till = Till::open().await;
    let mut events = till.events("", PAGE).await.unwrap();
    events.expect("reader_ready").await;
    till.reader().place(card(1));
    events.expect("card_on").await;
    events.expect("card_read").await;
    till.reader().remove();
    tokio::time::sleep(Duration::from_millis(550)).await;
    till.reader().place(card(1));
    assert_eq!(events.within(2).await, None);
    till.reader().remove();
    events.expect("card_off").await;
}

#[tokio::test]
async fn the_reader_is_watched_while_somebody_watches_and_comes_back_by_itself() {
    let mut till = Till::open().await;
    let mut events = till.events("", PAGE).await.unwrap();
    events.expect("reader_ready").await;
    till.reader().place(card(1));
    events.expect("card_on").await;
    events.expect("card_read").await;
    till.unplug();
    events.expect("card_off").await;
    let gone = events.expect("reader_gone").await;
    assert_eq!(gone["error"]["code"], "reader_disconnected");
    assert!(gone["error"]["action"]["zh"].is_string());
    // Who comes now hears how it is.
    let mut late = till.events("", PAGE).await.unwrap();
    late.expect("reader_gone").await;
    till.plug_in(Default::default());
    loop {
        // That it isn't there under its name either may be told in between.
        let event = events.next().await;
        if event["event"] == "reader_ready" {
            break;
        }
        assert_eq!(event["event"], "reader_gone", "{event}");
    }
    till.reader().place(card(2));
    events.expect("card_on").await;
    events.expect("card_read").await;
    drop((events, late));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let reads = till.reader().reads();
    till.change(3).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(till.reader().reads(), reads, "nobody watches");
}

#[tokio::test]
async fn trouble_is_told_and_goes_on() {
    let till = Till::open().await;
    let mut events = till.events("", PAGE).await.unwrap();
    events.expect("reader_ready").await;
    till.reader().set_faults("blank".parse().unwrap());
    till.reader().place(card(1));
    events.expect("card_on").await;
    let fault = events.expect("fault").await;
    assert_eq!(fault["error"]["code"], "card_blank", "{fault}");
    till.reader().set_faults("".parse().unwrap());
    till.change(2).await;
    events.expect("card_on").await;
    events.expect("card_read").await;
}
