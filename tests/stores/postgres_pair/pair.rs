//! Two servers of which one stands by, synchronously.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};
use realname::store::PostgresStore;
use tempfile::TempDir;

/// A primary and its standby. Each waits for the other's disk when it is the primary.
pub(crate) struct Pair {
    place: TempDir,
    bin: PathBuf,
    owner: String,
    primary: &'static str,
    standby: &'static str,
}

impl Pair {
    pub(crate) fn started() -> Self {
        let bin = std::env::var_os("REALNAME_POSTGRES_BIN")
            .expect("REALNAME_POSTGRES_BIN has the server's programs");
        let owner =
            std::env::var("REALNAME_POSTGRES_OWNER").expect("REALNAME_POSTGRES_OWNER may run a server");
        let place = tempfile::Builder::new().prefix("pair").tempdir_in("/tmp").unwrap();
        run(Command::new("chown").arg(&owner).arg(place.path()));
        let pair = Self { place, bin: bin.into(), owner, primary: "a", standby: "b" };
        let data = pair.data("a");
        let initdb = ["--username=realname", "--auth=trust", "--encoding=UTF8", "--no-locale", "-D", &data];
        run(pair.program("initdb").args(initdb));
        pair.start("a");
        pair.client("a").batch_execute("ALTER SYSTEM SET synchronous_standby_names = '*'").unwrap();
        pair.make_standby("b", "a");
        pair.client("a").batch_execute("SELECT pg_reload_conf()").unwrap();
        pair.wait_until_synchronous();
        pair
    }

    /// A store on both, the primary first in `order`.
    pub(crate) fn store(&self, order: [&str; 2], options: &str) -> PostgresStore {
        let hosts = order.map(|name| self.place.path().join(name).display().to_string());
        let mut config: Config =
            format!("host={},{} user=realname dbname=postgres", hosts[0], hosts[1]).parse().unwrap();
        config.options(options).application_name("store");
        PostgresStore::create_with(config, NoTls, 8.try_into().unwrap()).unwrap()
    }

    pub(crate) fn client(&self, name: &str) -> Client {
        let host = self.place.path().join(name);
        let address = format!("host={} user=realname dbname=postgres application_name=test", host.display());
        Client::connect(&address, NoTls).unwrap()
    }

    pub(crate) fn primary(&self) -> Client {
        self.client(self.primary)
    }

    /// Ends the standby as a crash does.
    pub(crate) fn kill_standby(&self) {
        self.stop(self.standby);
    }

    pub(crate) fn start_standby(&self) {
        self.start(self.standby);
        self.wait_until_synchronous();
    }

    /// Starts the standby where no primary may be reached by it any more.
    pub(crate) fn start_standby_alone(&self) {
        let data = self.data(self.standby);
        let file = format!("{data}/postgresql.auto.conf");
        let text = std::fs::read_to_string(&file).unwrap();
        let without: String = text
            .lines()
            .filter(|line| !line.starts_with("primary_conninfo"))
            .map(|line| format!("{line}\n"))
            .collect();
        std::fs::write(&file, without).unwrap();
        self.start(self.standby);
    }

    /// Stops the primary's processes without ending them, until the value is dropped.
    pub(crate) fn freeze_primary(&self) -> Frozen {
        let file = std::fs::read_to_string(format!("{}/postmaster.pid", self.data(self.primary))).unwrap();
        let postmaster = file.lines().next().unwrap().to_owned();
        let children = Command::new("pgrep").args(["-P", &postmaster]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        let frozen = Frozen(std::iter::once(postmaster).chain(children.lines().map(str::to_owned)).collect());
        frozen.signal("-STOP");
        frozen
    }

    /// Has the standby write while the primary lives on.
    pub(crate) fn promote_standby(&mut self) {
        let data = self.data(self.standby);
        run(self.program("pg_ctl").args(["-D", &data, "-w", "promote"]));
        // Nobody stands by for it.
        self.client(self.standby).batch_execute("ALTER SYSTEM SET synchronous_standby_names = ''").unwrap();
        self.client(self.standby).batch_execute("SELECT pg_reload_conf()").unwrap();
        thread::sleep(Duration::from_millis(300));
    }

    /// Ends the primary as a crash does and has the standby take its place. The new primary waits for a standby in turn.
    pub(crate) fn fail_over(&mut self) {
        self.stop(self.primary);
        (self.primary, self.standby) = (self.standby, self.primary);
        let data = self.data(self.primary);
        run(self.program("pg_ctl").args(["-D", &data, "-w", "promote"]));
    }

    /// Makes the one that was killed stand by, from nothing.
    pub(crate) fn rejoin(&self) {
        let _ = std::fs::remove_dir_all(self.data(self.standby));
        self.make_standby(self.standby, self.primary);
        self.wait_until_synchronous();
    }

    fn make_standby(&self, name: &str, of: &str) {
        let host = self.place.path().join(of).display().to_string();
        let data = self.data(name);
        let args = ["-h", &host, "-U", "realname", "-D", &data, "-R", "-X", "stream", "-c", "fast"];
        run(self.program("pg_basebackup").args(args));
        self.start(name);
    }

    fn start(&self, name: &str) {
        let socket = self.place.path().join(name);
        run(self.as_owner("mkdir").arg("-p").arg(&socket));
        let (data, log) = (self.data(name), socket.join("log").display().to_string());
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=100 -c hot_standby=on",
            socket.display()
        );
        run(self.program("pg_ctl").args(["-D", &data, "-l", &log, "-w", "start", "-o", &options]));
    }

    fn stop(&self, name: &str) {
        let data = self.data(name);
        run(self.program("pg_ctl").args(["-D", &data, "-m", "immediate", "-w", "stop"]));
    }

    fn wait_until_synchronous(&self) {
        let begin = Instant::now();
        let sql = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'";
        while self.primary().query(sql, &[]).unwrap().is_empty() {
            assert!(begin.elapsed() < Duration::from_secs(60), "the standby doesn't come");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn data(&self, name: &str) -> String {
        self.place.path().join(format!("data-{name}")).display().to_string()
    }

    fn program(&self, name: &str) -> Command {
        self.as_owner(self.bin.join(name))
    }

    /// A server doesn't run as root.
    fn as_owner(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("env");
        if Command::new("id").arg("-un").output().unwrap().stdout.trim_ascii() != self.owner.as_bytes() {
            command = Command::new("runuser");
            command.args(["-u", &self.owner, "--"]);
        }
        command.arg(program).current_dir("/").stdout(Stdio::null());
        command
    }
}

/// Processes that don't run.
pub(crate) struct Frozen(Vec<String>);

impl Frozen {
    fn signal(&self, signal: &str) {
        run(Command::new("kill").arg(signal).args(&self.0));
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for name in ["a", "b"] {
            let data = self.data(name);
            let mut stop = self.program("pg_ctl");
            let _ = stop.args(["-D", &data, "-m", "immediate", "stop"]).stderr(Stdio::null()).status();
        }
    }
}

fn run(command: &mut Command) {
    let status = command.stderr(Stdio::inherit()).status().unwrap();
    assert!(status.success(), "{command:?}");
}
