//! The modules import one way, as the table in `docs/architecture.md` says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const ALLOWED: [(&str, &[&str]); 15] = [
    ("document", &[]),
    ("reader", &["document"]),
    ("capture", &["document", "profile"]),
    ("authority", &["document", "capture", "profile"]),
    ("appraisal", &["document", "capture", "authority", "profile", "store"]),
    ("store", &[]),
    ("jose", &[]),
    ("sd_jwt", &["jose"]),
    ("profile", &["document"]),
    ("trust", &["jose", "profile", "store"]),
    ("demand", &["document", "jose", "profile", "trust", "store"]),
    ("attest", &["jose", "sd_jwt", "profile", "trust", "demand", "appraisal", "document"]),
    ("rely", &["jose", "sd_jwt", "profile", "trust", "demand", "store"]),
    ("confirmation", &["jose", "sd_jwt", "profile", "trust", "rely", "store", "document"]),
    (
        "cancellation",
        &["jose", "sd_jwt", "profile", "trust", "demand", "rely", "store", "confirmation", "document"],
    ),
];

#[test]
fn imports_run_one_way() {
    let allowed: BTreeMap<_, _> = ALLOWED.into_iter().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, may) in &allowed {
        for file in rust_files(&root.join(module)) {
            let text = fs::read_to_string(&file).unwrap();
            // Tests may build their surroundings from anywhere; their code comes last in a file, or in a file of theirs.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let is_test = |part: std::path::Component<'_>| {
                let stem = Path::new(part.as_os_str()).file_stem();
                stem.is_some_and(|stem| ["tests", "attacks", "runbook", "vectors"].iter().any(|t| stem == *t))
            };
            if file.strip_prefix(&root).is_ok_and(|file| file.components().any(is_test)) {
                continue;
            }
            for (number, line) in
                code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
            {
                for import in line.split("crate::").skip(1) {
                    let target =
                        import.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
                    seen += 1;
                    if target != *module && allowed.contains_key(target) && !may.contains(&target) {
                        wrong.push(format!("{}:{}: {module} imports {target}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(seen > 20, "only {seen} imports seen: is the test still looking at the right place?");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rust_files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
