//! A workshop for the tests: keys, a trust list, a register and a reader in software, all made by the program itself.
#![allow(dead_code, unreachable_pub, clippy::disallowed_methods, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub const HOME: &str = "https://home.example";
pub const FAR: &str = "https://far.example";
pub const NAME: &str = "测试甲";
pub const NUMBER: &str = "119999199001010004";

/// Where the program keeps what it knows of ports: not in the home of whoever runs the tests.
pub const STATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/state");

/// The `realname` program with these arguments, in English.
pub fn realname<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_realname"));
    command.args(args).env("LC_ALL", "C.UTF-8").env("XDG_STATE_HOME", STATE).stdin(Stdio::null());
    command
}

/// Runs it.
pub fn run<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Output {
    realname(args).output().expect("the program starts")
}

/// Runs it and demands exit code 0; gives standard output.
pub fn ok<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

pub fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

pub fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
}

/// Holds what was printed against its schema in `docs/schemas`.
pub fn fits(name: &str, printed: &serde_json::Value) {
    let path = format!("{}/../../docs/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let schema = std::fs::read_to_string(path).expect("a schema");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&serde_json::from_str(&schema).expect("JSON"))
        .expect("a schema of JSON Schema 2020-12");
    let wrong: Vec<String> =
        validator.iter_errors(printed).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
}

/// What was printed, which is as that schema has it.
pub fn fitting(name: &str, output: &Output) -> serde_json::Value {
    let printed = json(output);
    fits(name, &printed);
    printed
}

/// The reasons' codes of a verdict.
pub fn reasons(verdict: &serde_json::Value) -> Vec<String> {
    let reasons = verdict["reasons"].as_array().expect("reasons");
    reasons.iter().map(|reason| reason["code"].as_str().expect("a code").to_owned()).collect()
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

/// A reader in software, running until dropped.
pub struct Emulator {
    child: Child,
    pub port: String,
}

impl Emulator {
    pub fn start(card: &str) -> Self {
        Self::start_with(card, &[])
    }

    pub fn start_with(card: &str, more: &[&str]) -> Self {
        let mut child = realname([Path::new("emulator"), Path::new("--card"), &fixture(card)])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let mut first = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut first).expect("a line");
        let port = first.trim().strip_prefix("listening on ").expect("the port").to_owned();
        Self { child, port }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The register, served over HTTP until dropped.
pub struct Register {
    child: Child,
    pub origin: String,
    lines: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

impl Register {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(more: &[&str]) -> Self {
        let directory = fixture("register.json");
        let directory = directory.to_str().expect("UTF-8");
        let mut child = realname(["authority", "serve", "--directory", directory, "--listen", "127.0.0.1:0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the register starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut first = String::new();
        stdout.read_line(&mut first).expect("a line");
        let origin = first.trim().strip_prefix("listening on ").expect("the address").to_owned();
        let lines = std::sync::Arc::default();
        let kept: std::sync::Arc<std::sync::Mutex<Vec<String>>> = std::sync::Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                kept.lock().expect("the lines").push(line);
            }
        });
        Self { child, origin, lines }
    }

    /// What it said since it began to listen.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("the lines").clone()
    }

    /// How many questions reached the register behind the connection.
    pub fn questions(&self) -> usize {
        self.lines().iter().filter(|line| line.starts_with("asked ")).count()
    }

    /// Sends SIGTERM and gives the exit code.
    pub fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Register {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The photos of an order, as arguments.
pub fn photos(portrait: &str, emblem: &str, holder: &str) -> Vec<String> {
    let photo = |name: &str| fixture("sale").join(format!("{name}.jpg")).to_str().expect("UTF-8").to_owned();
    ["--portrait".into(), photo(portrait), "--emblem".into(), photo(emblem), "--holder".into(), photo(holder)]
        .to_vec()
}

/// The three as they should be.
pub fn good_photos() -> Vec<String> {
    photos("portrait-side", "emblem-side", "holder")
}

/// Two provinces: the home side asks, the far side checks.
pub struct Workshop {
    pub dir: tempfile::TempDir,
}

impl Workshop {
    pub fn new() -> Self {
        let workshop = Self { dir: tempfile::tempdir().expect("a directory") };
        let path = |name: &str| workshop.path(name);
        for key in ["anchor", "home", "operator", "terminal"] {
            ok(["key", "new", "--out", &path(&format!("{key}.pem"))]);
            fs::write(path(&format!("{key}.jwk")), ok(["key", "show", &path(&format!("{key}.pem"))]))
                .expect("written");
        }
        fs::write(path("anchor.json"), ok(["key", "show", &path("anchor.pem"), "--valid-days", "30"]))
            .expect("written");
        workshop.sign_list(1, true);
        workshop.write("constraints.json", r#"{"terminal":"desk-7","env":"test","max_lifetime":3600}"#);
        ok([
            "trust",
            "delegate",
            "--key",
            &path("operator.pem"),
            "--to",
            &path("terminal.jwk"),
            "--constraints",
            &path("constraints.json"),
            "--days",
            "2",
            "--out",
            &path("terminal.delegation"),
        ]);
        workshop.write(
            "terminal.toml",
            &format!(
                "iss = \"{FAR}\"\nkey = \"terminal.pem\"\ndelegation = [\"terminal.delegation\"]\nterminal = \"desk-7\"\n\
                 agent = \"shop-12\"\nregion = \"CN-44\"\nenv = \"test\"\nconsent_text = \"TEST: I agree.\"\n"
            ),
        );
        workshop.write("expect.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
        workshop
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// A file that its owner alone reads, since it may hold a secret.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
        #[cfg(unix)]
        fs::set_permissions(self.path(name), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("set");
    }

    /// Signs the trust list; without the home side's key when it isn't to be trusted with asking.
    pub fn sign_list(&self, sequence: u64, with_home: bool) {
        let key = |name: &str| -> serde_json::Value {
            serde_json::from_slice(&fs::read(self.path(&format!("{name}.jwk"))).expect("read")).expect("JSON")
        };
        // From before the terminal's delegation: a list that says nothing lets a key sign from its own second on.
        let from = jiff::Timestamp::now().as_second() - 60;
        let mut operator = key("operator");
        operator["iss"] = FAR.into();
        operator["nbf"] = from.into();
        let mut keys = vec![operator];
        if with_home {
            let mut home = key("home");
            home["iss"] = HOME.into();
            home["nbf"] = from.into();
            home["role"] = "demand".into();
            home["purposes"] = serde_json::json!([
                "sim.cancel",
                "sim.activate",
                "delivery.handover",
                "number.reverify",
                "urn:realname:purpose:lease"
            ]);
            home["claims"] = serde_json::json!(["name", "id_number", "id_type", "document_expiry"]);
            home["display_name"] = "Home Operator (TEST)".into();
            keys.push(home);
        }
        let list = serde_json::json!({"iss": "https://trust.example", "seq": sequence, "keys": keys});
        self.write("list.json", &list.to_string());
        ok([
            "trust",
            "sign",
            "--anchor",
            &self.path("anchor.pem"),
            "--list",
            &self.path("list.json"),
            "--out",
            &self.path("trust.jwt"),
        ]);
    }

    /// A demand to cancel a number; gives its nonce.
    pub fn demand(&self, name: &str) -> String {
        ok([
            "demand",
            "new",
            "--key",
            &self.path("home.pem"),
            "--iss",
            HOME,
            "--purpose",
            "sim.cancel",
            "--number",
            "+8613900000000",
            "--expect",
            &self.path("expect.json"),
            "--check",
            "chip",
            "--check",
            "registry",
            "--env",
            "test",
            "--store",
            &self.path("store"),
            "--out",
            &self.path(name),
        ])
        .trim()
        .to_owned()
    }

    /// Answers a demand at the far desk.
    pub fn attest(&self, port: &str, live: &str, demand: &str, out: &str) -> Output {
        self.attest_with(port, live, demand, out, &format!("dir:{}", fixture("register.json").display()))
    }

    pub fn attest_with(&self, port: &str, live: &str, demand: &str, out: &str, authority: &str) -> Output {
        run([
            "attest",
            "--demand",
            &self.path(demand),
            "--config",
            &self.path("terminal.toml"),
            "--trust",
            &self.path("trust.jwt"),
            "--anchor",
            &self.path("anchor.json"),
            "--authority",
            authority,
            "--port",
            port,
            "--live",
            fixture(live).to_str().expect("UTF-8"),
            "--yes",
            "--json",
            "--out",
            &self.path(out),
        ])
    }

    /// The home side's decision.
    pub fn verify(&self, presentation: &str) -> Output {
        run(self.verify_args(presentation))
    }

    pub fn verify_args(&self, presentation: &str) -> Vec<String> {
        [
            "verify",
            "--trust",
            &self.path("trust.jwt"),
            "--anchor",
            &self.path("anchor.json"),
            "--store",
            &self.path("store"),
            "--json",
            &self.path(presentation),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// A demand of an online sale.
    pub fn online_demand(&self, name: &str, more: &[&str]) {
        let (key, store, out) = (self.path("home.pem"), self.path("store"), self.path(name));
        let common =
            ["demand", "new", "--key", &key, "--iss", HOME, "--purpose", "sim.activate", "--env", "test"];
        let claims = ["--claim", "name", "--claim", "id_number", "--store", &store, "--out", &out];
        ok(common.into_iter().chain(claims).chain(more.iter().copied()));
    }

    /// Answers a demand from declared data and photos.
    pub fn attest_online(&self, authority: &str, declared: &str, photos: &[String], demand: &str) -> Output {
        let mut args = self.attest_args(demand, "presentation");
        args.extend(["--authority", authority, "--declared", &self.path(declared)].map(str::to_owned));
        args.extend(photos.iter().cloned());
        run(args)
    }

    /// `attest` without its evidence and its register.
    pub fn attest_args(&self, demand: &str, out: &str) -> Vec<String> {
        [
            "attest",
            "--demand",
            &self.path(demand),
            "--config",
            &self.path("terminal.toml"),
            "--trust",
            &self.path("trust.jwt"),
            "--anchor",
            &self.path("anchor.json"),
            "--yes",
            "--json",
            "--out",
            &self.path(out),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    pub fn has(&self, name: &str) -> bool {
        Path::new(&self.path(name)).exists()
    }
}
