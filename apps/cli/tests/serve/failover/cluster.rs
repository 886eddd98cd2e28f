//! A primary with a synchronous standby and their poolers, as `tests/postgres/pair.sh` makes, breaks and mends them.

use std::path::Path;
use std::process::{Command, Stdio};

/// Both servers; they end with the value.
pub(crate) struct Cluster {
    place: tempfile::TempDir,
    owner: String,
    ports: String,
}

impl Cluster {
    /// `kind`: `hand`, or `patroni`.
    pub(crate) fn start(kind: &str) -> Self {
        let owner =
            std::env::var("REALNAME_POSTGRES_OWNER").expect("REALNAME_POSTGRES_OWNER may run a server");
        let place = tempfile::Builder::new().prefix("failover").tempdir_in("/tmp").unwrap();
        assert!(Command::new("chown").arg(&owner).arg(place.path()).status().unwrap().success());
        let mut cluster = Self { place, owner, ports: String::new() };
        cluster.run(&["start", kind]);
        cluster.ports = std::fs::read_to_string(cluster.place.path().join("ports")).unwrap();
        cluster
    }

    /// An address of both servers, or of the poolers before them.
    pub(crate) fn address(&self, [a, b]: [&str; 2]) -> String {
        let port = |name: &str| {
            let found = self.ports.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}=")));
            found.expect("a port").to_owned()
        };
        format!(
            "host=127.0.0.1,127.0.0.1 port={},{} user=realname dbname=postgres target_session_attrs=read-write",
            port(a),
            port(b)
        )
    }

    /// One of the script's verbs; gives what it prints.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/postgres/pair.sh");
        // A server doesn't run as root.
        let mut command = Command::new("env");
        if Command::new("id").arg("-un").output().unwrap().stdout.trim_ascii() != self.owner.as_bytes() {
            command = Command::new("runuser");
            command.args(["-u", &self.owner, "--"]);
        }
        command.arg("sh").arg(script).arg(self.place.path()).args(args);
        let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", output.status);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() && std::env::var_os("REALNAME_KEEP").is_some() {
            println!("kept: {}", self.place.path().display());
            self.place.disable_cleanup(true);
        }
        self.run(&["stop"]);
    }
}
