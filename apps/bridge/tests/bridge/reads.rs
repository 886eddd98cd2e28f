//! `POST /v1/read`: one card to one read, first come first served.

use std::time::{Duration, Instant};

use super::till::{NAME, NUMBER, Till, answer, card, street};

#[tokio::test]
async fn a_card_is_read_once_until_it_is_lifted() {
    let till = Till::open().await;
    assert_eq!(till.read(r#"{"wait":0}"#).await.code(), (408, "no_card".into()));
    till.reader().place(card(1));
    let read = till.read(r#"{"wait":10}"#).await;
    assert_eq!(read.status, 200, "{}", read.body);
    let told = read.json();
    assert_eq!(told["document"]["name"], NAME);
    assert_eq!(told["document"]["number"], NUMBER);
    assert_eq!(told["origin"], "emulated");
    let begin = Instant::now();
    assert_eq!(till.read(r#"{"wait":1}"#).await.code(), (408, "no_card".into()));
    assert!((1.0..3.0).contains(&begin.elapsed().as_secs_f64()), "{:?}", begin.elapsed());
    till.change(2).await;
    assert_eq!(till.read(r#"{"wait":10}"#).await.street(), street(2));
}

#[tokio::test]
async fn each_card_goes_to_the_read_that_came_first() {
    let till = Till::open().await;
    let (first, second) = (till.start_read("{}").await, till.start_read("{}").await);
    let third = till.start_read(r#"{"fingerprint":true,"confirm":"always"}"#).await;
    till.becomes("busy").await;
    till.reader().place(card(1));
    assert_eq!(answer(first).await.street(), street(1));
    till.change(2).await;
    assert_eq!(answer(second).await.street(), street(2));
    till.change(3).await;
    let third = answer(third).await;
    assert_eq!(third.street(), street(3));
    assert_eq!(third.json()["confirmed"], true);
    till.becomes("ready").await;
}

#[tokio::test]
async fn a_page_that_is_closed_cancels_its_read() {
    let till = Till::open().await;
    let closed = till.start_read("{}").await;
    let waiting = till.start_read("{}").await;
    drop(closed);
    tokio::time::sleep(Duration::from_millis(300)).await;
    till.reader().place(card(1));
    assert_eq!(answer(waiting).await.street(), street(1));
    // The only one: the reader rests then, and the card is the next one's.
    till.change(2).await;
    let alone = till.start_read("{}").await;
    assert_eq!(answer(alone).await.street(), street(2));
    till.reader().remove();
    tokio::time::sleep(Duration::from_millis(700)).await;
    drop(till.start_read(r#"{"wait":600}"#).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    till.becomes("ready").await;
    let reads = till.reader().reads();
    till.reader().place(card(3));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(till.reader().reads(), reads, "nobody asked");
    assert_eq!(till.read("{}").await.street(), street(3));
}

#[tokio::test]
async fn more_than_thirty_two_are_sent_away() {
    let till = Till::open().await;
    let mut waiting = Vec::new();
    for _ in 0..32 {
        waiting.push(till.send("POST", "/v1/read", &super::till::PAGE_JSON, r#"{"wait":60}"#).await);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = till.read("{}").await;
    assert_eq!(refused.code(), (503, "busy".into()));
    assert!(refused.head.contains("retry-after:"));
    waiting.pop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(till.read(r#"{"wait":0}"#).await.code(), (408, "no_card".into()));
    till.reader().place(card(1));
    assert_eq!(answer(waiting.remove(0)).await.street(), street(1));
}

#[tokio::test]
async fn without_a_reader_a_read_is_refused_and_it_comes_back_by_itself() {
    let mut till = Till::open().await;
    till.becomes("ready").await;
    let waiting = till.start_read("{}").await;
    till.unplug();
    assert_eq!(answer(waiting).await.code(), (503, "reader_disconnected".into()));
    till.becomes("absent").await;
    assert_eq!(till.read("{}").await.code(), (503, "port_not_found".into()));
    till.plug_in(Default::default());
    till.reader().place(card(1));
    assert_eq!(till.read("{}").await.street(), street(1));
    till.becomes("ready").await;
}

#[tokio::test]
async fn a_card_that_was_read_before_the_reader_lost_its_power_is_no_new_one() {
    let mut till = Till::open().await;
    till.reader().place(card(1));
    assert_eq!(till.read("{}").await.street(), street(1));
    till.unplug();
    till.becomes("absent").await;
    till.plug_in(Default::default());
    till.reader().place(card(1));
    assert_eq!(till.read(r#"{"wait":1}"#).await.code(), (408, "no_card".into()));
    till.change(2).await;
    assert_eq!(till.read("{}").await.street(), street(2));
}

#[tokio::test]
async fn trouble_with_a_card_is_told_to_its_read_alone() {
    let till = Till::open().await;
    let (first, second) = (till.start_read("{}").await, till.start_read("{}").await);
    till.reader().set_faults("blank".parse().unwrap());
    till.reader().place(card(1));
    let first = answer(first).await;
    assert_eq!(first.code().0, 422, "{}", first.body);
    till.reader().set_faults("".parse().unwrap());
    till.change(2).await;
    assert_eq!(answer(second).await.street(), street(2));
}

#[tokio::test]
async fn an_end_refuses_who_waits_and_frees_the_port() {
    let mut till = Till::open().await;
    let mut events = till.events("", super::till::PAGE).await.unwrap();
    events.expect("reader_ready").await;
    let waiting = till.start_read("{}").await;
    let begin = Instant::now();
    till.end();
    assert_eq!(answer(waiting).await.code(), (503, "ending".into()));
    till.server.take().unwrap().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert!(tokio::net::TcpStream::connect(till.address).await.is_err());
}
