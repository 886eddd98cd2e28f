//! A photo of 12 megapixels: from its last byte at the service to its figures, against the same in process.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use realname::capture::measure::{Thresholds, measure};
use realname::capture::{Intake, Slot};
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept};
use serde_json::{Value, json};

use crate::grain::with_grain;
use crate::load::{self, Call};
use crate::process::Process;
use crate::support::Ratio;
use crate::world::{World, json as answered, text};

/// Uploads that aren't counted: the first finds no memory that was used before.
const WARM: usize = 2;

/// A photo with a sensor's grain, of 4000 × 3000 pixels.
pub(crate) fn drawn(directory: &Path) -> Vec<u8> {
    let recipe = Recipe { longest: 4000, ..Recipe::new(Family::A, Shot::PortraitSide, Flaw::None, 3) };
    with_grain(&kept(&recipe, directory).expect("a photo").jpeg)
}

/// In turn: an upload, and taking the same photo in and measuring it here. Each side keeps its memory from photo to photo.
pub(crate) fn measured(world: &World, photo: &[u8], rounds: usize) -> Ratio {
    let server = world.serve("check.toml");
    let mut page = Page::open(world, &server);
    let (intake, thresholds) = (Intake::default(), Thresholds::default());
    let here = || {
        let bytes = photo.to_vec();
        let begin = Instant::now();
        let capture = intake.take(Slot::PortraitSide, bytes, Timestamp::now()).expect("a photo");
        let found = measure(capture.picture().expect("a picture"), Slot::PortraitSide, &thresholds);
        let took = begin.elapsed();
        assert!(!found.figures.is_empty());
        took
    };
    for _ in 0..WARM {
        page.upload(photo);
        here();
    }
    crate::support::compare_timed(rounds, || page.upload(photo), here)
}

/// A buyer's page that was opened and agreed to.
struct Page {
    line: Line,
    path: String,
    cookie: String,
}

impl Page {
    fn open(world: &World, server: &Process) -> Self {
        let post = |path: &str, body: &Value| {
            let call = Call { address: &server.address, path, token: &world.token };
            let (made, _) = load::post(&call, &[Bytes::from(body.to_string())], 1);
            answered(made[0].status, 201, &made[0].body)
        };
        let demand = post(
            "/v1/demands",
            &json!({
                "purpose": "sim.activate", "number": "+8613900000001", "claims": ["name", "id_number"],
                "checks": ["triplet", "registry"], "locality": "remote",
            }),
        );
        let made = post("/v1/sessions", &json!({"demand": demand["demand"], "locale": "en"}));
        let page = text(&made["page"]);
        let (_, link) = page.split_once('#').expect("a fragment");
        let path = format!("/v1/sessions/{}", text(&made["session"]));
        let mut line = Line::connect(&server.address);
        let opened = line.json("POST", &format!("{path}/open"), "", &json!({"token": link}));
        assert_eq!(opened.status, 204);
        let cookie = opened.cookie.expect("a cookie");
        let state = line.send(("GET", &path, &cookie), ("application/json", b"")).0;
        let state = answered(state.status, 200, &state.body);
        let agreed = json!({"text_sha256": state["text_sha256"], "agreed": true});
        assert_eq!(line.json("POST", &format!("{path}/consent"), &cookie, &agreed).status, 200);
        Self { line, path, cookie }
    }

    /// How long the figures were waited for once the photo's last byte was sent.
    fn upload(&mut self, photo: &[u8]) -> Duration {
        let path = format!("{}/captures/portrait_side", self.path);
        let (answer, took) = self.line.send(("PUT", &path, &self.cookie), ("image/jpeg", photo));
        let found = answered(answer.status, 200, &answer.body);
        assert!(found["figures"].as_array().is_some_and(|figures| !figures.is_empty()), "{found}");
        took
    }
}

/// A connection that knows when its last byte was sent.
struct Line(BufReader<TcpStream>);

struct Reply {
    status: u16,
    cookie: Option<String>,
    body: Vec<u8>,
}

impl Line {
    fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self(BufReader::new(stream))
    }

    fn json(&mut self, method: &str, path: &str, cookie: &str, body: &Value) -> Reply {
        self.send((method, path, cookie), ("application/json", body.to_string().as_bytes())).0
    }

    /// Sends a request, its last byte when the rest has arrived; gives the answer, and how long it was waited for after that byte.
    fn send(
        &mut self,
        (method, path, cookie): (&str, &str, &str),
        (kind, body): (&str, &[u8]),
    ) -> (Reply, Duration) {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        if !cookie.is_empty() {
            let _ = write!(head, "cookie: {cookie}\r\n");
        }
        let _ = write!(head, "content-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        let stream = self.0.get_mut();
        let send = |mut stream: &TcpStream, bytes: &[u8]| stream.write_all(bytes).expect("it is sent");
        send(stream, head.as_bytes());
        if let Some((last, before)) = body.split_last() {
            send(stream, before);
            thread::sleep(Duration::from_millis(if before.len() > 65_536 { 100 } else { 0 }));
            send(stream, &[*last]);
        }
        let sent = Instant::now();
        let reply = self.reply();
        (reply, sent.elapsed())
    }

    fn reply(&mut self) -> Reply {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("an answer");
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let named = |wanted: &str| {
            lines.iter().skip(1).find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
            })
        };
        let status = lines.first().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
        let length = named("content-length").map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a whole answer");
        let cookie = named("set-cookie").and_then(|cookie| Some(cookie.split(';').next()?.to_owned()));
        Reply { status, cookie, body }
    }
}
