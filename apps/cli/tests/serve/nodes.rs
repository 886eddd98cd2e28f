//! Two processes on one PostgreSQL database, straight and through a pooler that gives each transaction another connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postgres::{Client, Config, NoTls};
use realname::store::{Outbox, PostgresStore};
use serde_json::json;

use crate::journal::{each_is_one_event, with_journal};
use crate::receiver::Receiver;
use crate::reports::judged_by_command;
use crate::storm::Storm;
use crate::support::run;
use crate::world::{Desk, Node, Place, agent, call};

/// A database of its own: its address for a service, and the store in it.
struct Database {
    address: String,
    config: Config,
}

impl Database {
    fn new(pooled: bool) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("nodes_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let server = std::env::var("REALNAME_POSTGRES_URL").expect("REALNAME_POSTGRES_URL names a server");
        Client::connect(&server, NoTls).unwrap().batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        let at = if pooled { std::env::var("REALNAME_POOLER_URL").expect("a pooler") } else { server };
        let at = at.replace("dbname=postgres", "");
        let address = format!("{at} dbname={name}");
        let config = address.parse().unwrap();
        Self { address, config }
    }

    fn store(&self) -> Arc<dyn Outbox> {
        Arc::new(PostgresStore::connect_with(self.config.clone(), NoTls, 4.try_into().unwrap()).unwrap())
    }
}

/// A service's place on that database, its tables made.
fn place(database: &Database) -> Place {
    let place = Place::on(&database.address, "connections = 4");
    place.migrate();
    place
}

fn once(nodes: &[Node], desk: &Desk, store: &dyn Outbox, token: &str) {
    const CALLS: usize = 6;
    let (nonce, presentation) = desk.presentation(store);
    let body = json!({ "presentation": presentation });
    let barrier = std::sync::Barrier::new(nodes.len() * CALLS);
    let accepted: usize = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..nodes.len() * CALLS)
            .map(|at| {
                let (body, barrier, url) = (&body, &barrier, &nodes[at % nodes.len()].url);
                scope.spawn(move || {
                    let agent = agent();
                    barrier.wait();
                    let (status, verdict) =
                        call(&agent, url, ("POST", "/v1/presentations"), token, None, body).unwrap();
                    assert_eq!(status, 200, "{verdict}");
                    usize::from(verdict["verdict"] == "accepted")
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).sum()
    });
    assert_eq!(accepted, 1, "{nonce}");
    for node in nodes {
        let path = format!("/v1/demands/{nonce}");
        let (status, state) = call(&agent(), &node.url, ("GET", &path), token, None, &json!({})).unwrap();
        assert_eq!((status, &state["state"]), (200, &json!("answered")), "{state}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn of_the_same_answer_at_two_nodes_at_once_one_is_accepted() {
    for pooled in [false, true] {
        let database = Database::new(pooled);
        let place = place(&database);
        let (store, token, desk) = (database.store(), place.token(), Desk::new(&place));
        let nodes = [place.start(), place.start()];
        for _ in 0..20 {
            once(&nodes, &desk, store.as_ref(), &token);
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn what_one_node_was_told_the_other_knows() {
    let database = Database::new(true);
    let place = place(&database);
    let token = place.token();
    let [one, two] = [place.start(), place.start()];
    let wanted = json!({"purpose": "sim.activate", "number": "+8613900000001", "claims": ["name"]});
    let post = |node: &Node, body: &serde_json::Value| {
        call(&agent(), &node.url, ("POST", "/v1/demands"), &token, Some("order-1"), body).unwrap()
    };
    let made = post(&one, &wanted);
    assert_eq!(made.0, 201);
    assert_eq!(post(&two, &wanted), made, "the same key, the same answer, at the other node");
    let other = json!({"purpose": "sim.activate", "number": "+8613900000002", "claims": ["name"]});
    let (status, refused) = post(&two, &other);
    assert_eq!((status, &refused["error"]["code"]), (409, &json!("idempotency_mismatch")));
    let path = format!("/v1/demands/{}", made.1["nonce"].as_str().unwrap());
    let state = call(&agent(), &two.url, ("GET", &path), &token, None, &json!({})).unwrap();
    assert_eq!((state.0, &state.1["state"]), (200, &json!("pending")));
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn killed_nodes_lose_no_answer_and_no_event() {
    for pooled in [false, true] {
        let database = Database::new(pooled);
        let place = place(&database);
        let receiver = Receiver::start();
        place.secret("hook.secret", "a secret of this test, long enough to be one");
        place.configure(&format!(
            "[[webhook]]\nprincipal = \"shop\"\nurl = \"{}\"\nsecret = \"hook.secret\"",
            receiver.url
        ));
        with_journal(&place);
        let (store, token, desk) = (database.store(), place.token(), Desk::new(&place));
        let presentations: Vec<_> = (0..240).map(|_| desk.presentation(store.as_ref())).collect();
        let storm = Storm {
            place: &place,
            store: store.as_ref(),
            token: &token,
            nodes: 2,
            kills: 12,
            presentations: &presentations,
            keyed: 4,
        };
        let found = storm.run();
        println!("PostgreSQL, {}: {found:?}", if pooled { "PgBouncer" } else { "straight" });
        assert!(found.tries > presentations.len(), "no kill hit a request: {found:?}");
        each_is_one_event(&place, store.as_ref(), &presentations);
        // What a killed node had taken is taken by the next when its time is over.
        let _nodes = [place.start(), place.start()];
        let came = receiver.wait(presentations.len(), Duration::from_secs(90));
        for (nonce, _) in &presentations {
            let ids = came.get(nonce).unwrap_or_else(|| panic!("an event was lost: {nonce}"));
            assert!(ids.iter().all(|id| id == &ids[0]), "one event, two ids: {ids:?}");
        }
        let told: usize = came.values().map(Vec::len).sum();
        let again = told - came.len();
        println!("{told} events told, {again} of them a second time");
        // A killed node had told at most what it had taken, and couldn't say so.
        assert!(again <= found.kills * 32, "{again}");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn reports_in_a_database_are_judged_by_command() {
    judged_by_command(&place(&Database::new(false)), "serve.toml");
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn living_nodes_tell_each_event_once() {
    let database = Database::new(false);
    let place = place(&database);
    let receiver = Receiver::start();
    place.secret("hook.secret", "a secret of this test, long enough to be one");
    place.configure(&format!(
        "[[webhook]]\nprincipal = \"shop\"\nurl = \"{}\"\nsecret = \"hook.secret\"",
        receiver.url
    ));
    let (store, token, desk) = (database.store(), place.token(), Desk::new(&place));
    let nodes = [place.start(), place.start()];
    for at in 0..60 {
        let (_, presentation) = desk.presentation(store.as_ref());
        let body = json!({ "presentation": presentation });
        let url = &nodes[at % 2].url;
        let (_, verdict) = call(&agent(), url, ("POST", "/v1/presentations"), &token, None, &body).unwrap();
        assert_eq!(verdict["verdict"], "accepted");
    }
    let came = receiver.wait(60, Duration::from_secs(30));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(came.len(), 60);
    assert!(receiver.wait(60, Duration::ZERO).values().all(|ids| ids.len() == 1), "{came:?}");
}

/// The nodes take turns, and each is killed in its own.
#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn a_replacement_and_a_transfer_survive_nodes_that_are_killed_at_every_step() {
    for pooled in [false, true] {
        let database = Database::new(pooled);
        let place = place(&database);
        crate::changes::replaced_and_transferred(&place, 2);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn a_database_without_a_store_is_no_new_ledger() {
    let database = Database::new(false);
    let place = Place::on(&database.address, "");
    let check = ["serve", "--config", &place.path("serve.toml"), "--check-config"];
    let refused = run(check);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("realname serve migrate"), "{refused:?}");
    place.migrate();
    place.migrate();
    assert!(run(check).status.success());
    // An address may hold a password.
    std::fs::set_permissions(
        place.path("postgres.address"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let refused = run(check);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("others can read this secret"), "{refused:?}");
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_server_is_believed_by_its_certificate() {
    let database = Database::new(false);
    let server =
        std::env::var("REALNAME_POSTGRES_TLS").expect("REALNAME_POSTGRES_TLS names a server with TLS");
    let roots =
        std::env::var("REALNAME_POSTGRES_ROOTS").expect("REALNAME_POSTGRES_ROOTS names its certificate");
    let name = database.config.get_dbname().unwrap();
    let address = format!("{server} dbname={name} sslmode=require");
    let place = Place::on(&address, &format!("roots = \"{roots}\""));
    place.migrate();
    let _node = place.start();
    let mut client = Client::connect(&std::env::var("REALNAME_POSTGRES_URL").unwrap(), NoTls).unwrap();
    let sql =
        "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE datname = $1";
    let row = client.query_one(sql, &[&name]).unwrap();
    let (all, encrypted): (i64, i64) = (row.get(0), row.get(1));
    assert!(all > 0 && all == encrypted, "{encrypted} of {all}");
    // Nobody of the system's vouches for it.
    let stranger = Place::on(&address, "");
    let refused = run(["serve", "--config", &stranger.path("serve.toml"), "--check-config"]);
    assert!(!refused.status.success(), "{refused:?}");
}

/// The whole of a buyer's check, each step at the other node.
#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn a_tab_that_was_opened_on_one_node_goes_on_at_the_other() {
    const PHOTOS: [(&str, &str); 3] = [
        ("portrait_side", "portrait-side.jpg"),
        ("emblem_side", "emblem-side.jpg"),
        ("holder", "holder.jpg"),
    ];
    let database = Database::new(true);
    let place = place(&database);
    let token = place.token();
    let mut nodes = [place.start(), place.start()];
    let agent = agent();
    let post = |node: &Node, path: &str, body: &serde_json::Value| {
        let (status, value) = call(&agent, &node.url, ("POST", path), &token, None, body).unwrap();
        assert!(status < 300, "{path}: {value}");
        value
    };
    let demand = post(&nodes[0], "/v1/demands", &crate::world::sale());
    let made = post(&nodes[1], "/v1/sessions", &json!({"demand": demand["demand"], "locale": "en"}));
    let (id, link) =
        (made["session"].as_str().unwrap(), made["page"].as_str().unwrap().split_once('#').unwrap().1);
    let at = |path: &str| format!("/v1/sessions/{id}{path}");
    let cookie = crate::world::open_link(&agent, &nodes[0].url, &at("/open"), link);
    let mut turn = 0;
    // Half-way the node that made the session is killed.
    let mut step = |method: &str, path: &str, kind: &str, body: Vec<u8>| {
        turn += 1;
        if turn == 4 {
            nodes[1].kill();
            nodes[1] = place.start();
        }
        let url = &nodes[turn % 2].url;
        crate::world::as_page(&agent, url, (method, &at(path)), &cookie, (kind, body))
    };
    let mut json_step = |method: &str, path: &str, body: serde_json::Value| {
        step(method, path, "application/json", body.to_string().into_bytes())
    };
    let state = json_step("GET", "", json!(null));
    json_step("POST", "/consent", json!({"text_sha256": state["text_sha256"], "agreed": true}));
    json_step("POST", "/declared", json!({"name": "测试甲", "id_number": "119999199001010004"}));
    for (slot, file) in PHOTOS {
        let bytes = std::fs::read(crate::support::fixture("sale").join(file)).unwrap();
        let found = step("PUT", &format!("/captures/{slot}"), "image/jpeg", bytes);
        assert_eq!(found["outcome"], "pass");
    }
    let decided = step("POST", "/complete", "application/json", b"{}".to_vec());
    assert_eq!(decided["result"], "attested");
    for node in &nodes {
        let (_, done) = call(&agent, &node.url, ("GET", &at("")), &token, None, &json!({})).unwrap();
        assert_eq!(done["state"], "done");
        assert!(done["presentation"].is_string());
    }
    // Neither name nor number nor presentation can be read in the database.
    let mut client = Client::connect(
        &std::env::var("REALNAME_POSTGRES_URL")
            .unwrap()
            .replace("dbname=postgres", &format!("dbname={}", database.config.get_dbname().unwrap())),
        NoTls,
    )
    .unwrap();
    for canary in ["测试甲", "119999199001010004"] {
        let sql = "SELECT count(*) FROM realname_task WHERE position($1::bytea IN value) > 0";
        let found: i64 = client.query_one(sql, &[&canary.as_bytes()]).unwrap().get(0);
        assert_eq!(found, 0, "{canary}");
    }
}
