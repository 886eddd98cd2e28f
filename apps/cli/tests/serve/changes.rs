//! A replacement and a transfer whose service is killed at every step: what was told stands, what wasn't can be done again, and nothing is
//! done twice.

use serde_json::{Value, json};

use crate::world::{Desk, HOLDER, Node, Place, TAKER, agent, call};

const NUMBER: &str = "+8613900000003";

/// Nodes of which the one that answered last is killed before the next call.
pub(crate) struct Hunted<'a> {
    place: &'a Place,
    token: String,
    nodes: Vec<Node>,
    turn: usize,
}

impl<'a> Hunted<'a> {
    pub(crate) fn new(place: &'a Place, nodes: usize) -> Self {
        let nodes = (0..nodes).map(|_| place.start()).collect();
        Self { place, token: place.token(), nodes, turn: 0 }
    }

    /// Sends it while its node is killed, as often as it takes to be answered; and then once more, to another node: the same answer.
    fn post(&mut self, path: &str, body: &Value) -> Value {
        let key = format!("act-{}", self.turn);
        let mut told = None;
        for killed_after in [0, 2, 8, 32, 10_000] {
            self.turn += 1;
            let at = self.turn % self.nodes.len();
            let url = self.nodes[at].url.clone();
            let came = std::thread::scope(|scope| {
                let asking =
                    scope.spawn(|| call(&agent(), &url, ("POST", path), &self.token, Some(&key), body));
                let begin = std::time::Instant::now();
                while !asking.is_finished() && begin.elapsed().as_millis() < killed_after {
                    std::thread::sleep(std::time::Duration::from_micros(200));
                }
                self.nodes[at].kill();
                asking.join().unwrap()
            });
            self.nodes[at] = self.place.start();
            match came {
                // What a killed node had begun is told as running for a while.
                None | Some((409 | 503, _)) => {}
                Some((status, value)) => {
                    assert!(status < 300, "{path}: {status} {value}");
                    told = Some(value);
                    break;
                }
            }
        }
        let told = told.unwrap_or_else(|| self.calm(path, &key, body));
        assert_eq!(self.calm(path, &key, body), told, "{path}: the same call, the same answer");
        told
    }

    /// Sends it to a node that is killed when it has answered; what comes of the same call at another is the same. For calls that aren't told
    /// again at once when they were cut off: a key that a killed node held is told as running for 45 seconds, and a question goes out once.
    fn post_then_kill(&mut self, path: &str, body: &Value) -> Value {
        let key = format!("act-{}", self.turn);
        let told = self.calm(path, &key, body);
        let at = self.turn % self.nodes.len();
        self.nodes[at].kill();
        self.nodes[at] = self.place.start();
        assert_eq!(self.calm(path, &key, body), told, "{path}: the same call, the same answer");
        told
    }

    fn calm(&mut self, path: &str, key: &str, body: &Value) -> Value {
        let begin = std::time::Instant::now();
        loop {
            self.turn += 1;
            let url = &self.nodes[self.turn % self.nodes.len()].url;
            let (status, value) = call(&agent(), url, ("POST", path), &self.token, Some(key), body).unwrap();
            if status < 300 {
                return value;
            }
            assert_eq!(
                (status, &value["error"]["code"]),
                (409, &json!("idempotency_running")),
                "{path}: {value}"
            );
            assert!(begin.elapsed().as_secs() < 60, "{path}: {value}");
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
    }

    /// The number's yes to the question that it was asked last.
    fn granted(&mut self, waiting: &Value) {
        assert_eq!(waiting["result"], "waiting", "{waiting}");
        let messages = std::fs::read_to_string(self.place.path("messages.jsonl")).unwrap();
        let message: Value = serde_json::from_str(messages.lines().last().unwrap()).unwrap();
        let path = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
        let url = &self.nodes[0].url;
        let body = json!({"number": NUMBER, "text": message["reply"]});
        let (status, told) = call(&agent(), url, ("POST", &path), &self.token, None, &body).unwrap();
        assert_eq!((status, &told["result"]), (200, &json!("granted")), "{told}");
    }
}

fn with(body: &Value, more: Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn account(subscription: &str) -> Value {
    json!({
        "number": NUMBER, "subscription": subscription, "holder_id": "119999199001010004", "name": "测试甲",
        "package": "Synthetic 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": 0,
        "reach": "receives",
    })
}

/// A card is replaced, and then, at once, the number is transferred; at each step a node is killed.
pub(crate) fn replaced_and_transferred(place: &Place, nodes: usize) {
    let desk = Desk::new(place);
    let mut home = Hunted::new(place, nodes);

    let body = json!({"account": account("sub-1"), "card": "89860012345678901234"});
    let opened = home.post_then_kill("/v1/replacements", &body);
    let path = format!("/v1/replacements/{}", opened["replacement"].as_str().unwrap());
    let presentation = desk.answer(opened["holder"]["demand"].as_str().unwrap(), HOLDER);
    let proof = with(&body, json!({ "presentation": presentation }));
    assert_eq!(home.post(&format!("{path}/snapshot"), &proof)["result"], "proven");
    let waiting = home.post_then_kill(&format!("{path}/confirm"), &body);
    home.granted(&waiting);
    assert_eq!(home.post(&format!("{path}/confirm"), &body)["result"], "confirmed");
    let replaced = home.post(&format!("{path}/commit"), &body);
    assert_eq!(replaced["result"], "committed", "{replaced}");

    // The number was given back with that commit, whoever was killed in it.
    let taker = json!({"name": "测试丙", "id_number": "119999198505050021", "admission": "free"});
    let body = json!({"account": account("sub-1"), "taker": taker});
    let opened = home.post_then_kill("/v1/transfers", &body);
    let path = format!("/v1/transfers/{}", opened["transfer"].as_str().unwrap());
    let mut shown = Value::Null;
    for (half, person) in [("taker", TAKER), ("giver", HOLDER)] {
        let presentation = desk.answer(opened[half]["demand"].as_str().unwrap(), person);
        shown = home.post(&format!("{path}/snapshot"), &with(&body, json!({ "presentation": presentation })));
    }
    assert_eq!(shown["result"], "proven", "{shown}");
    let read = |notice: &Value| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]});
    let read: Value = shown["notices"].as_array().unwrap().iter().map(read).collect();
    let waiting =
        home.post_then_kill(&format!("{path}/confirm"), &with(&body, json!({ "acknowledged": read })));
    home.granted(&waiting);
    assert_eq!(home.post(&format!("{path}/confirm"), &body)["result"], "confirmed");
    let done = home.post(&format!("{path}/commit"), &body);
    assert_eq!(done["result"], "committed", "{done}");
    let again = home.post("/v1/transfers", &body);
    assert_eq!(again["reasons"][0]["code"], "cancellation_done", "{again}");
    for of in ["giver", "taker"] {
        let path = format!("/v1/demands/{}", opened[of]["nonce"].as_str().unwrap());
        let url = &home.nodes[0].url;
        let (status, state) = call(&agent(), url, ("GET", &path), &home.token, None, &Value::Null).unwrap();
        assert_eq!((status, &state["state"]), (200, &json!("answered")), "{state}");
    }
}

#[test]
fn a_replacement_and_a_transfer_survive_being_killed_at_every_step() {
    let place = Place::new();
    replaced_and_transferred(&place, 1);
}
