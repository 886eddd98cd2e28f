//! A day at the till: card after card, each told once and in order. `REALNAME_CARDS=1000` makes it a whole one.

use std::time::{Duration, Instant};

use super::till::{PAGE, Till, card, street};

#[tokio::test]
async fn every_card_of_a_day_is_told_once_and_in_order() {
    let cards = std::env::var("REALNAME_CARDS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let till = Till::open().await;
    let mut pages = [till.events("?documents=1", PAGE).await.unwrap(), till.events("", PAGE).await.unwrap()];
    for page in &mut pages {
        page.expect("reader_ready").await;
    }
    let mut slowest = Duration::ZERO;
    for n in 0..cards {
        till.reader().place(card(n));
        let begin = Instant::now();
        for page in &mut pages {
            page.expect("card_on").await;
        }
        let [full, plain] = &mut pages;
        assert_eq!(full.expect("card_read").await["document"]["address"], street(n));
        slowest = slowest.max(begin.elapsed());
        plain.expect("card_read").await;
        till.reader().remove();
        for page in &mut pages {
            page.expect("card_off").await;
        }
    }
    println!("{cards} cards, the slowest told after {slowest:?}");
}
