//! The audit trail as lines of JSON in a file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::{AuditError, AuditRecord, AuditSink, AuditStep};

/// Appends each record as one line of JSON and waits until the disk has it. Several processes may append to one file: a
/// line is one write. Blocking.
///
/// A line has `at`, `authority`, `key`, `step` (`asked` or `answered`), and what is known of `purpose`, `consent_sha256`,
/// `outcome`, `by`, `reference`, `billed`, `response_sha256`, `cached_for_ms`, `took_ms`. Digests are hexadecimal. It names
/// nobody.
#[derive(Debug)]
pub struct LineTrail {
    file: Mutex<Tail>,
}

#[derive(Debug)]
struct Tail {
    file: File,
    /// Part of a line may be out: the next one begins on a line of its own.
    is_torn: bool,
}

impl LineTrail {
    /// Appends to the file, which is made when absent, open to its owner only.
    ///
    /// # Errors
    /// Those of opening a file.
    #[allow(clippy::disallowed_methods, reason = "a trail does the I/O that the core doesn't")]
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // Whoever wrote before may have died in the middle of a line.
        let is_torn = file.metadata()?.len() > 0;
        Ok(Self { file: Mutex::new(Tail { file, is_torn }) })
    }
}

impl AuditSink for LineTrail {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let mut tail = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = Vec::new();
        if tail.is_torn {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, &to_json(record)).map_err(|_| AuditError)?;
        line.push(b'\n');
        let written = tail.file.write_all(&line).and_then(|()| tail.file.sync_data());
        tail.is_torn = written.is_err();
        written.map_err(|_| AuditError)
    }
}

fn to_json(record: &AuditRecord) -> Value {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            line.insert(name.to_owned(), value);
        }
    };
    put("at", record.at.to_string().into());
    put("authority", record.authority.as_str().into());
    put("key", record.key.as_str().into());
    put("purpose", record.purpose.as_ref().map(|purpose| purpose.as_str()).into());
    put("consent_sha256", record.consent_sha256.map(hex).into());
    match &record.step {
        AuditStep::Asked => put("step", "asked".into()),
        AuditStep::Answered { outcome, by, reference, billed, response_sha256, cached_for, took } => {
            let milliseconds =
                |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            put("step", "answered".into());
            put("outcome", outcome.as_str().into());
            put("by", by.as_deref().into());
            put("reference", reference.as_deref().into());
            put("billed", json!(billed));
            put("response_sha256", response_sha256.map(hex).into());
            put("cached_for_ms", cached_for.map(milliseconds).into());
            put("took_ms", milliseconds(*took).into());
        }
    }
    Value::Object(line)
}

fn hex(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
