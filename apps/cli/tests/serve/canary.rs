//! Canary people through every call of `docs/openapi.json`, and then the search for them: in the log at its finest level, in the metrics, in
//! temporary files, in the store and in the memory of the process that served them, once all was done.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{fixture, realname};
use crate::world::{Desk, HOLDER, Place, TAKER, agent};

/// What every planted text has in it, so that one look finds them all: texts, phone numbers, names, identity numbers.
const MARKS: [&str; 4] = ["CANARY7", "1397777", "金丝雀", "977198808"];

/// What may stand in the store in clear, and why.
const KEPT: [(&str, &str); 10] = [
    ("+8613977770001", "a demand about a number names it, until 30 days after its end"),
    ("+8613977770002", "a demand about a number names it"),
    ("+8613977770003", "a demand about a number names it"),
    ("+8613977770004", "a demand about a number names it"),
    ("+8613977770006", "a report says which number it is about: it is looked up later"),
    ("CANARY7-region", "a demand is shown with it"),
    ("CANARY7-text", "a demand is shown with it"),
    ("CANARY7-2", "an order has the shop's own id"),
    ("CANARY7-outlet", "a report says where the number was sold"),
    ("CANARY7-batch", "a report says which batch it is about"),
];

/// A process with its log and its temporary files apart.
struct Watched {
    child: Child,
    url: String,
    token: String,
    called: BTreeSet<(String, String)>,
    /// Secrets and tokens that were given out.
    given: Vec<(&'static str, String)>,
}

impl Watched {
    fn start(place: &Place) -> Self {
        fs::create_dir(place.path("tmp")).unwrap();
        let args =
            ["serve", "--config", &place.path("serve.toml"), "--listen", "127.0.0.1:0", "--log", "trace"];
        let log = fs::File::create(place.path("log")).unwrap();
        let mut child = realname(args)
            .env("TMPDIR", place.path("tmp"))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url = first.trim().strip_prefix("listening on ").expect("an address").to_owned();
        let token = place.token_with("demand,verify,session,report,metrics");
        Self { child, url, token, called: BTreeSet::new(), given: Vec::new() }
    }

    /// One call, of the document's address and what stands in it.
    fn send(
        &mut self,
        (method, address): (&str, &str),
        ids: &[&str],
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> (u16, Option<String>, String) {
        self.called.insert((method.to_lowercase(), address.to_owned()));
        let mut path = address.to_owned();
        for id in ids {
            let (before, rest) = path.split_once('{').unwrap();
            path = format!("{before}{id}{}", rest.split_once('}').unwrap().1);
        }
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // A connection each, which is closed when it was answered.
        let request = request.header("connection", "close");
        let mut came = match body {
            None => agent().run(request.body(()).unwrap()).unwrap(),
            Some((kind, bytes)) => {
                agent().run(request.header("content-type", kind).body(bytes).unwrap()).unwrap()
            }
        };
        let cookie = came.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
        let text = came.body_mut().read_to_vec().unwrap();
        (came.status().as_u16(), cookie, String::from_utf8_lossy(&text).into_owned())
    }

    fn call(&mut self, method: &str, address: &str, ids: &[&str], body: Option<Value>) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        let (status, _, text) = self.send((method, address), ids, &[("authorization", &bearer)], body);
        assert!(status < 500, "{address}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn post(&mut self, address: &str, ids: &[&str], body: &Value) -> Value {
        self.call("POST", address, ids, Some(body.clone()))
    }

    /// Remembers a secret that was given out.
    fn gave(&mut self, what: &'static str, text: &Value) -> String {
        let text = text.as_str().unwrap_or_else(|| panic!("no {what}: {text}")).to_owned();
        self.given.push((what, text.clone()));
        text
    }
}

fn with(body: &Value, more: Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn account(number: &str) -> Value {
    json!({
        "number": number, "subscription": "CANARY7-subscription", "holder_id": "119999199001010004", "name": "测试甲",
        "package": "CANARY7-package", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": 0,
        "reach": "receives",
    })
}

fn asks() -> Value {
    json!({"checks": ["chip", "registry"], "region": "CANARY7-region", "text": "CANARY7-text"})
}

/// A number of a person who doesn't exist, with its check character.
fn id_number() -> String {
    let digits = "11999197719880808";
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

/// A JPEG with a comment.
fn commented(photo: &str) -> Vec<u8> {
    let bytes = fs::read(fixture(photo)).unwrap();
    let comment = b"CANARY7-photo";
    let head = [0xFF, 0xD8, 0xFF, 0xFE, 0, comment.len() as u8 + 2];
    [&head[..], comment, &bytes[2..]].concat()
}

/// The steps of an act, to its receipt.
fn act(server: &mut Watched, place: &Place, desk: &Desk, kind: &str, body: &Value) {
    let kinds = format!("/v1/{kind}s");
    let opened = server.post(
        &kinds,
        &[],
        &with(
            body,
            match kind {
                "replacement" => json!({"desk": asks()}),
                "transfer" => json!({"giver_desk": asks(), "taker_desk": asks()}),
                _ => asks(),
            },
        ),
    );
    let id = opened[kind].as_str().unwrap_or_else(|| panic!("{kind}: {opened}")).to_owned();
    let step = |step: &str| format!("{kinds}/{{id}}/{step}");
    let demands: Vec<(&Value, (&str, &str))> = match kind {
        "replacement" => vec![(&opened["holder"]["demand"], HOLDER)],
        "transfer" => vec![(&opened["taker"]["demand"], TAKER), (&opened["giver"]["demand"], HOLDER)],
        _ => vec![(&opened["demand"], HOLDER)],
    };
    let mut shown = Value::Null;
    for (demand, person) in demands {
        let presentation = desk.answer(demand.as_str().unwrap(), person);
        server.given.push(("presentation", presentation.clone()));
        shown = server.post(&step("snapshot"), &[&id], &with(body, json!({ "presentation": presentation })));
    }
    let read = |notice: &Value| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]});
    let read: Value =
        shown["notices"].as_array().unwrap_or_else(|| panic!("{shown}")).iter().map(read).collect();
    let waiting = server.post(&step("confirm"), &[&id], &with(body, json!({ "acknowledged": read })));
    let messages = fs::read_to_string(place.path("messages.jsonl")).unwrap();
    let message: Value = serde_json::from_str(messages.lines().last().unwrap()).unwrap();
    let asked = waiting["confirmation"].as_str().unwrap_or_else(|| panic!("{waiting}")).to_owned();
    let number = &body["account"]["number"];
    let reply = json!({"number": number, "text": message["reply"]});
    let granted = server.post("/v1/confirmations/{id}/reply", &[&asked], &reply);
    let grant = server.gave("grant", &granted["grant"]);
    let confirmed = server.post(&step("confirm"), &[&id], &with(body, json!({ "grant": grant })));
    assert_eq!(confirmed["result"], "confirmed", "{confirmed}");
    let committed = server.post(&step("commit"), &[&id], body);
    assert_eq!(committed["result"], "committed", "{committed}");
    server.call("GET", &step("receipt"), &[&id], None);
}

/// A buyer's session for that demand: all of the page's calls. Gives the presentation.
fn session(server: &mut Watched, demand: &Value) -> String {
    let made = server.post("/v1/sessions", &[], &json!({"demand": demand["demand"], "locale": "zh"}));
    let id = made["session"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let link = made["page"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let link = server.gave("link", &json!(link));
    let at = |path: &str| format!("/v1/sessions/{{id}}{path}");
    let body = Some(("application/json", json!({ "token": link }).to_string().into_bytes()));
    let (status, cookie, _) = server.send(("POST", &at("/open")), &[&id], &[], body);
    assert_eq!(status, 204);
    let cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
    server.given.push(("cookie", cookie.split_once('=').unwrap().1.to_owned()));
    let headers = [("cookie", cookie.as_str())];
    let mut page = |method: &str, path: &str, ids: &[&str], kind: &str, body: Option<Vec<u8>>| -> Value {
        let ids = [&[id.as_str()], ids].concat();
        let (status, _, text) =
            server.send((method, &at(path)), &ids, &headers, body.map(|body| (kind, body)));
        assert!(status < 500, "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    };
    let json_of = |value: Value| Some(value.to_string().into_bytes());
    let state = page("GET", "", &[], "", None);
    let consent = json!({"text_sha256": state["text_sha256"], "agreed": true});
    page("POST", "/consent", &[], "application/json", json_of(consent));
    // First as somebody who doesn't exist, then as who is on the photos.
    for (name, number) in [("金丝雀丑", id_number().as_str()), ("测试甲", "119999199001010004")] {
        let typed = json!({"name": name, "id_number": number});
        page("POST", "/declared", &[], "application/json", json_of(typed));
    }
    for (slot, file) in
        [("portrait_side", "portrait-side"), ("emblem_side", "emblem-side"), ("holder", "holder")]
    {
        let photo = commented(&format!("sale/{file}.jpg"));
        let found = page("PUT", "/captures/{slot}", &[slot], "image/jpeg", Some(photo));
        assert_eq!(found["outcome"], "pass", "{found}");
        page("GET", "/captures/{slot}/annotated", &[slot], "", None);
    }
    page("POST", "/live", &[], "application/json", json_of(json!({})));
    page("PUT", "/live/{n}", &["0"], "image/jpeg", Some(commented("sale/holder.jpg")));
    let done = page("POST", "/complete", &[], "application/json", json_of(json!({})));
    assert_eq!(done["result"], "attested", "{done}");
    let done = server.call("GET", "/v1/sessions/{id}", &[&id], None);
    server.gave("presentation", &done["presentation"])
}

/// Everything else that the document has.
fn all_calls(server: &mut Watched, place: &Place) {
    let desk = Desk::new(place);
    let buyer =
        |name: &str, number: &str| json!({"number": "+8613977770004", "name": name, "id_number": number});
    let jia = buyer("测试甲", "119999199001010004");

    // A sale, and a demand of its own.
    let wanted = json!({"purpose": "sim.activate", "number": "+8613977770004", "claims": ["name", "id_number"],
        "checks": ["triplet", "registry"], "locality": "remote"});
    let demand = server.post("/v1/demands", &[], &wanted);
    let nonce = demand["nonce"].as_str().unwrap().to_owned();
    let presentation = session(server, &demand);
    let accepted = server.post("/v1/presentations", &[], &json!({ "presentation": presentation }));
    assert_eq!(accepted["verdict"], "accepted", "{accepted}");
    server.call("GET", "/v1/demands/{nonce}", &[&nonce], None);
    server.post(
        "/v1/audits",
        &[],
        &json!({"record": {"canary": "CANARY7-record"}, "at": "2026-12-01T00:00:00Z"}),
    );

    // An order to its activation, and one of somebody who doesn't exist.
    let (odd, number) = ("金丝雀寅", id_number());
    let refused = json!({"order": "CANARY7-2", "buyer": buyer(odd, &number)});
    server.post("/v1/orders", &[], &refused);
    let opened = server.post("/v1/orders", &[], &json!({"order": "order-1", "buyer": jia}));
    let presentation = session(server, &opened);
    let sold = json!({"buyer": jia, "presentation": presentation});
    assert_eq!(server.post("/v1/orders/{id}/accept", &["order-1"], &sold)["result"], "sold");
    let door = server.post("/v1/orders/{id}/door", &["order-1"], &json!({"buyer": jia}));
    let presentation = desk.answer(door["demand"].as_str().unwrap(), HOLDER);
    server.given.push(("presentation", presentation.clone()));
    let activated = server.post(
        "/v1/orders/{id}/activate",
        &["order-1"],
        &json!({"buyer": jia, "presentation": presentation}),
    );
    assert_eq!(activated["result"], "activated", "{activated}");
    server.call("GET", "/v1/orders/{id}", &["order-1"], None);

    // What is done with numbers.
    act(server, place, &desk, "cancellation", &json!({"account": account("+8613977770001")}));
    let card = json!({"account": account("+8613977770002"), "card": "89860077771397777001"});
    act(server, place, &desk, "replacement", &card);
    let bing = json!({"name": "测试丙", "id_number": "119999198505050021", "admission": "free"});
    let whose = json!({"account": account("+8613977770003"), "taker": bing});
    act(server, place, &desk, "transfer", &whose);
    let nobody = json!({"name": odd, "id_number": number, "admission": "barred"});
    server.post("/v1/transfers", &[], &with(&whose, json!({ "taker": nobody })));

    // Questions and reports.
    let question = json!({"number": "+8613977770005", "service": "vas:1", "text": "Weather"});
    let asked = server.post("/v1/confirmations", &[], &question);
    assert_eq!(asked["standing"], "waiting", "{asked}");
    let redeem = json!({"grant": "CANARY7-grant", "order": "CANARY7-order", "number": "+8613977770005", "service": "vas:1"});
    server.post("/v1/grants/redeem", &[], &redeem);
    let pressed = json!({"number": "+8613977770005", "service": "vas:1", "key": "1", "prompt_version": 1});
    server.post("/v1/voice/callback", &[], &pressed);
    let report = json!({"number": "+8613977770006", "reporter": "+8613977770007", "outlet": "CANARY7-outlet", "batch": "CANARY7-batch"});
    let report = server.post("/v1/reports", &[], &report);
    server.call("GET", "/v1/reports/{id}", &[report["report"].as_str().unwrap()], None);

    for address in ["/v1/trust", "/v1/jwks", "/healthz", "/readyz", "/metrics"] {
        server.call("GET", address, &[], None);
    }
}

/// Every planted text in there, whole.
fn planted(bytes: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(bytes);
    let part = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '+');
    let whole = |at: usize| {
        let begin = text[..at].char_indices().rev().take_while(|(_, sign)| part(*sign)).last();
        let begin = begin.map_or(at, |(begin, _)| begin);
        text[begin..].chars().take(64).take_while(|sign| part(*sign)).collect::<String>()
    };
    MARKS.iter().flat_map(|mark| text.match_indices(mark)).map(|(at, _)| whole(at)).collect()
}

fn files(directory: &Path, found: &mut Vec<u8>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.extend(fs::read(&path).unwrap_or_default());
        }
    }
}

/// All that the process could be read to have in its memory, but for the program's own text.
#[cfg(target_os = "linux")]
fn memory(process: u32) -> Vec<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = fs::File::open(format!("/proc/{process}/mem")).expect("a child's memory can be read");
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|may| may.starts_with("rw"))) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [from, to] = [from, to].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; (to - from) as usize];
        let mut read = 0;
        // Pages that were never touched can't be read.
        while read < bytes.len() {
            let end = bytes.len().min(read + (1 << 20));
            match memory.read_at(&mut bytes[read..end], from + read as u64) {
                Ok(came) if came > 0 => read += came,
                _ => read += 4096,
            }
        }
        all.push(bytes);
    }
    all
}

#[test]
fn no_call_leaves_a_person_behind() {
    let place = Place::new();
    let mut server = Watched::start(&place);
    all_calls(&mut server, &place);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for (address, calls) in document["paths"].as_object().unwrap() {
        for method in calls.as_object().unwrap().keys() {
            let called = server.called.contains(&(method.clone(), address.clone()));
            assert!(called, "{method} {address} is new: plant a canary in it");
        }
    }

    let people = ["测试甲", "119999199001010004", "测试丙", "119999198505050021"];
    let secrets: Vec<(&str, String)> =
        server.given.iter().cloned().chain([("token", server.token.clone())]).collect();
    let said = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let people = people.iter().filter(|value| text.contains(**value)).map(|value| (*value).to_owned());
        let secrets = secrets.iter().filter(|(_, value)| text.contains(value.as_str()));
        let found = people.chain(secrets.map(|(what, _)| (*what).to_owned())).chain(planted(bytes));
        found.collect::<BTreeSet<String>>()
    };
    let nothing = BTreeSet::new();

    let bearer = format!("Bearer {}", server.token);
    let (_, _, metrics) = server.send(("GET", "/metrics"), &[], &[("authorization", &bearer)], None);
    assert_eq!(said(metrics.as_bytes()), nothing, "the metrics");
    let log = fs::read(place.path("log")).unwrap();
    assert!(String::from_utf8_lossy(&log).lines().count() > 60, "a line for each call");
    assert_eq!(said(&log), nothing, "the log");
    let mut temporary = Vec::new();
    files(Path::new(&place.path("tmp")), &mut temporary);
    assert_eq!(said(&temporary), nothing, "temporary files");
    let mut store = Vec::new();
    files(Path::new(&place.path("store")), &mut store);
    let in_store = said(&store);
    let kept: BTreeSet<String> = KEPT.iter().map(|(value, _)| (*value).to_owned()).collect();
    assert_eq!(in_store.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new(), "the store");

    #[cfg(target_os = "linux")]
    {
        // All sessions are over; the last connections end by themselves, a little later on a busy machine.
        let look = || {
            std::thread::sleep(Duration::from_secs(2));
            memory(server.child.id()).iter().flat_map(|bytes| said(bytes)).collect::<BTreeSet<String>>()
        };
        // Beside the register's list and the accounts, which the process holds as long as it runs, nothing but what the store has in clear and
        // SQLite in its pages.
        let held: BTreeSet<String> = kept.iter().cloned().chain(people.map(str::to_owned)).collect();
        let mut found = look();
        for _ in 0..5 {
            if found.is_subset(&held) {
                break;
            }
            found = look();
        }
        // The register's own list is there, so the search sees what there is.
        assert!(found.contains("测试甲"), "the memory wasn't read");
        assert_eq!(found.difference(&held).collect::<Vec<_>>(), Vec::<&String>::new(), "the memory");
    }
    server.child.kill().unwrap();
    server.child.wait().unwrap();
}
