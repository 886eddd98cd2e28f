//! The first commands that a stranger runs, as they stand in the docs and in the sandbox's own README.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{code, json, run};

/// A shell in `dir` that finds the program under its name.
fn shell(dir: &Path, script: &str) -> Output {
    let bin = tempfile::tempdir().expect("a directory");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_realname"), bin.path().join("realname")).expect("a link");
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").expect("a PATH"));
    let script = format!("set -e\n{script}");
    Command::new("sh")
        .env("XDG_STATE_HOME", crate::support::STATE)
        .args(["-c", &script])
        .current_dir(dir)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("sh")
}

/// The shell blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let parts = page.split("```sh\n").skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(block, _)| block.to_owned())).collect()
}

/// The block of a page that begins with a sandbox. From a fresh clone it says `cargo run --`, which is this program.
fn first_steps(page: &str) -> Option<String> {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page)).expect("the page");
    let blocks = blocks(&text).into_iter().map(|block| block.replace("cargo run -- ", "realname "));
    blocks.into_iter().find(|block| block.contains("realname sandbox new sandbox"))
}

#[test]
fn the_first_commands_of_the_docs_run_as_they_stand() {
    let guide = first_steps("docs/cli.md").expect("docs/cli.md begins with a sandbox");
    for block in [guide, first_steps("README.md").expect("so does the README")] {
        let dir = tempfile::tempdir().expect("a directory");
        let begin = std::time::Instant::now();
        let ended = shell(dir.path(), &block);
        let told = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(ended.status.success(), "{told}{}", String::from_utf8_lossy(&ended.stderr));
        assert!(told.contains("\naccepted\n"), "{told}");
        assert!(begin.elapsed().as_secs() < 90, "{:?}", begin.elapsed());
    }
}

#[test]
fn a_sandbox_can_be_moved_and_its_readme_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    let made = run(["sandbox", "new", dir.path().join("first").to_str().expect("UTF-8"), "--json"]);
    assert_eq!(code(&made), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(json(&made)["nonce"].is_string());
    let moved = dir.path().join("second place");
    fs::rename(dir.path().join("first"), &moved).expect("it moves");
    assert_eq!(fs::read_dir(dir.path()).expect("read").count(), 1, "nothing was left beside it");

    let readme = fs::read_to_string(moved.join("README.md")).expect("its README");
    let blocks = blocks(&readme);
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        // The reader in software runs until it is ended: here that is the shell's business.
        let block = block.replace("reader &\n", "reader >/dev/null 2>&1 &\nemulator=$!\nsleep 1\n");
        let script = format!("emulator=\ntrap 'test -z \"$emulator\" || kill $emulator' EXIT\n{block}");
        let ended = shell(&moved, &script);
        let told =
            format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        assert!(ended.status.success(), "{block}\n{told}");
        assert_eq!(block.contains("realname verify"), told.contains("accepted\n"), "{told}");
    }
    // Answered once.
    let verify = readme_verify(&readme);
    let again = shell(&moved, &verify);
    assert_eq!(code(&again), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("already_answered"));
}

fn readme_verify(readme: &str) -> String {
    let block = blocks(readme).pop().expect("the last block");
    let at = block.find("realname verify").expect("it verifies");
    block[at..].to_owned()
}

#[test]
fn a_sandbox_names_no_place_but_its_own_and_takes_no_others() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("box");
    let new = || run(["sandbox", "new", path.to_str().expect("UTF-8"), "--json"]);
    assert_eq!(code(&new()), Some(0));
    let listing = || -> Vec<PathBuf> {
        let mut found: Vec<_> =
            fs::read_dir(&path).expect("read").map(|entry| entry.expect("an entry").path()).collect();
        found.sort();
        found
    };
    let before = listing();
    for file in before.iter().filter(|file| file.is_file()) {
        let bytes = fs::read(file).expect("read");
        let place = dir.path().as_os_str().as_encoded_bytes();
        assert!(!bytes.windows(place.len()).any(|window| window == place), "{}", file.display());
    }
    for name in [
        "terminal.toml",
        "serve.toml",
        "card.json",
        "live.jpg",
        "trust.jwt",
        "terminal.delegation",
        "README.md",
    ] {
        assert!(path.join(name).is_file(), "{name}");
    }
    use std::os::unix::fs::PermissionsExt;
    for key in ["anchor", "operator", "terminal", "shop"] {
        let mode = fs::metadata(path.join(format!("{key}.pem"))).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{key}");
    }
    let key = fs::read(path.join("shop.pem")).expect("read");
    let second = new();
    assert_eq!((code(&second), &json(&second)["error"]["code"]), (Some(3), &"sandbox_exists".into()));
    assert_eq!((listing(), fs::read(path.join("shop.pem")).expect("read")), (before, key));
}
