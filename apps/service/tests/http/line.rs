//! Second confirmation over an operator's gateway: the simulated ISMG of `tests/gateways`.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use realname_service::Scope;
use serde_json::{Value, json};

use crate::world::Place;

struct Ismg {
    process: Child,
    events: Lines<BufReader<ChildStdout>>,
}

impl Ismg {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/gateways/ismg.py");
        let mut process =
            Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let events = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, events }
    }

    /// The next event of that name.
    fn wait(&mut self, name: &str) -> Value {
        let events = self.events.by_ref().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        events.into_iter().find(|event| event["event"] == name).unwrap()
    }

    fn order(&mut self, order: &Value) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{order}").unwrap();
    }
}

impl Drop for Ismg {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs python3"]
fn a_customer_is_asked_and_answers_over_the_operators_gateway() {
    let (place, mut ismg) = (Place::new(), Ismg::start());
    let port = ismg.wait("listening")["port"].clone();
    let write = |name: &str, text: &str| place.secret(name, text);
    write("confirmation.secret", &realname::jose::encode(&[7; 32]));
    write("cmpp.secret", "shared secret\n");
    write(
        "gateway.toml",
        &format!(
            "[cmpp]\naddress = \"127.0.0.1:{port}\"\nversion = \"3.0\"\nsp_id = \"900001\"\nsecret = \"cmpp.secret\"\nsource = \"10086001\"\n"
        ),
    );
    place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nline = \"gateway.toml\"");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let number = "+8613900000002";
    let ask = |service: &str| {
        let question = json!({"number": number, "service": service, "text": "测试天气", "price_fen": 500});
        server.call("POST", "/v1/confirmations", &token, Some(question)).is(200)
    };
    let until = |service: &str, standing: &str| {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            let asked = ask(service);
            if asked["standing"] == standing {
                return asked;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{service} isn't {standing}")
    };
    assert_eq!(ask("vas:1")["standing"], "waiting");
    let submit = ismg.wait("submit");
    assert_eq!((&submit["to"], &submit["fits"]), (&json!(["13900000002"]), &json!(true)));
    let text = submit["text"].as_str().unwrap().to_owned();
    let (_, rest) = text.split_once("确认请回复").unwrap();
    let code = rest.split_once('，').unwrap().0;
    ismg.order(&json!({"deliver": {"from": "8613900000002", "text": code, "format": 15}}));
    assert_eq!(ismg.wait("deliver_resp")["result"], 0);
    let granted = until("vas:1", "granted");
    let order = json!({"grant": granted["grant"], "order": "order-1", "number": number, "service": "vas:1", "price_fen": 500});
    assert_eq!(server.call("POST", "/v1/grants/redeem", &token, Some(order)).is(200)["result"], "now");

    assert_eq!(ask("vas:2")["standing"], "waiting");
    ismg.wait("submit");
    ismg.order(&json!({"deliver": {"from": "8613900000002", "text": "否"}}));
    until("vas:2", "declined");
    drop(server);
    for entry in std::fs::read_dir(place.dir.path().join("store")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"13900000002"), "the store holds no number");
    }
}

#[test]
fn a_gateway_on_an_open_network_is_refused() {
    let place = Place::new();
    let write = |name: &str, text: &str| place.secret(name, text);
    write("confirmation.secret", &realname::jose::encode(&[7; 32]));
    write("smpp.secret", "secret");
    write(
        "gateway.toml",
        "[smpp]\naddress = \"sms.example:2775\"\nsystem_id = \"realname\"\npassword = \"smpp.secret\"\nsource = \"10086001\"\n",
    );
    place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nline = \"gateway.toml\"");
    let config = realname_service::config::Config::load(&place.file()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let refused = runtime.block_on(realname_service::Server::bind(config, None)).err().unwrap();
    assert!(refused.to_string().contains("private_line"), "{refused}");
}
