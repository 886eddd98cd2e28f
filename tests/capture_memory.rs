//! Peak memory of the intake, measured on hostile and on large photos. Each runs in a process of its own, which reports
//! its high-water mark as Linux counts it; elsewhere the test says that it was skipped.
#![cfg(target_os = "linux")]

use std::process::Command;

use realname::capture::{CaptureSession, Intake, Limits, Slot, Triplet};
use realname_specimen::encode::{flat_png, patterned_jpeg};

const CHILD: &str = "REALNAME_CAPTURE_MEMORY_CHILD";
/// The program itself, its libraries and the test harness.
const PROGRAM: u64 = 24 << 20;

/// Name, and what must become of it.
const CASES: [(&str, Expected); 12] = [
    ("jpeg-60000x60000-in-333-bytes", Expected::Refused),
    ("jpeg-scan-bomb", Expected::Refused),
    ("jpeg-progressive-49-megapixels", Expected::Refused),
    ("png-30000x30000", Expected::Refused),
    ("png-7000x7000-rgba", Expected::Refused),
    ("webp-16383x16383", Expected::Refused),
    ("png-7000x7000-rgb", Expected::Taken),
    ("jpeg-49-megapixels", Expected::Taken),
    ("jpeg-12-megapixels", Expected::Taken),
    // What a phone of "50 megapixels" writes, and the next classes: 64, 108.
    ("jpeg-8160x6144", Expected::Taken),
    ("jpeg-9248x6936", Expected::Refused),
    ("jpeg-12000x9000", Expected::Refused),
];

#[derive(Clone, Copy, PartialEq)]
enum Expected {
    Refused,
    Taken,
}

#[test]
fn peak_memory_stays_under_the_stated_limit() {
    if let Ok(path) = std::env::var(CHILD) {
        return child(std::path::Path::new(&path));
    }
    let directory = tempfile::tempdir().unwrap();
    println!("| photo | file | outcome | peak above the file |\n|---|---|---|---|");
    // Some at a time: each is measured in a process of its own.
    std::thread::scope(|scope| {
        for part in 0..3 {
            let directory = directory.path();
            scope.spawn(move || {
                for (name, expected) in CASES.into_iter().skip(part).step_by(3) {
                    measure(directory, name, expected);
                }
            });
        }
    });
}

fn measure(directory: &std::path::Path, name: &str, expected: Expected) {
    let bytes = make(name);
    let path = directory.join(name);
    std::fs::write(&path, &bytes).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "peak_memory_stays_under_the_stated_limit", "--nocapture"])
        .env(CHILD, &path)
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let report = shown.lines().find_map(|line| line.split_once("report:")).map(|(_, report)| report.trim());
    let report = report.unwrap_or_else(|| panic!("{name}: {shown}"));
    let (outcome, peak) = report.split_once(' ').unwrap();
    let peak = peak.parse::<u64>().unwrap().saturating_sub(bytes.len() as u64);
    println!("| {name} | {} | {outcome} | {} MiB |", bytes.len(), peak >> 20);
    assert_eq!(outcome == "taken", expected == Expected::Taken, "{name}: {outcome}");
    let bound = if expected == Expected::Taken { Limits::DEFAULT.max_memory } else { 8 << 20 };
    assert!(peak <= bound + PROGRAM, "{name}: {peak} bytes");
}

const TRIPLET: &str = "REALNAME_TRIPLET_MEMORY_CHILD";

/// What holds the photos of a sale (evidence, the question to a register, whoever keeps them for a person to look at) shares
/// them. With copies, eight more holders would be eight times the photos.
#[test]
fn a_triplet_that_is_handed_on_is_not_copied() {
    if let Ok(path) = std::env::var(TRIPLET) {
        let intake = Intake::default();
        let mut session = CaptureSession::new("a demand's nonce");
        for slot in Triplet::SLOTS {
            let bytes = std::fs::read(&path).unwrap();
            session.admit(intake.take(slot, bytes, jiff::Timestamp::UNIX_EPOCH).unwrap()).unwrap();
        }
        let triplet = session.into_triplet().unwrap();
        let before = resident("VmRSS:");
        let held = std::hint::black_box(vec![triplet; 8]);
        let bytes: usize = held[0].photos().iter().filter_map(|photo| photo.bytes()).map(<[u8]>::len).sum();
        println!("report: {bytes} {}", resident("VmRSS:").saturating_sub(before));
        return;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), make("jpeg-12-megapixels")).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_triplet_that_is_handed_on_is_not_copied", "--nocapture"])
        .env(TRIPLET, file.path())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let report = shown.lines().find_map(|line| line.split_once("report: ")).map(|(_, report)| report.trim());
    let (bytes, grown) =
        report.and_then(|report| report.split_once(' ')).unwrap_or_else(|| panic!("{shown}"));
    let (bytes, grown): (u64, u64) = (bytes.parse().unwrap(), grown.parse().unwrap());
    println!("three photos of {bytes} bytes, held eight times: {grown} bytes more");
    assert!(bytes > 1 << 20 && grown < 1 << 20, "{bytes} bytes of photos, {grown} more for eight holders");
}

/// Takes one photo in and reports the outcome and this process's high-water mark.
fn child(path: &std::path::Path) {
    let bytes = std::fs::read(path).unwrap();
    let taken = Intake::default().take(Slot::Live, bytes, jiff::Timestamp::UNIX_EPOCH);
    let outcome = taken.as_ref().map_or_else(|error| error.code(), |_| "taken");
    println!("report: {outcome} {}", resident("VmHWM:"));
}

/// This process's memory as Linux counts it, in bytes: `VmHWM:` at its highest, `VmRSS:` now.
fn resident(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

fn make(name: &str) -> Vec<u8> {
    match name {
        "jpeg-60000x60000-in-333-bytes" => declared_jpeg(60_000, 60_000),
        "jpeg-scan-bomb" => scan_bomb(5_000, 100),
        "jpeg-progressive-49-megapixels" => scan_bomb(7_000, 1),
        "png-30000x30000" => declared_png(30_000, 2),
        "png-7000x7000-rgba" => declared_png(7_000, 6),
        "png-7000x7000-rgb" => flat_png(7_000),
        "webp-16383x16383" => {
            b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xfe\xbf\xff\x0f\0\0\0\0\0\0\0\0\0".to_vec()
        }
        "jpeg-49-megapixels" => patterned_jpeg(7_000, 7_000, 80),
        "jpeg-8160x6144" => patterned_jpeg(8_160, 6_144, 80),
        "jpeg-9248x6936" => declared_jpeg(9_248, 6_936),
        "jpeg-12000x9000" => declared_jpeg(12_000, 9_000),
        "jpeg-12-megapixels" => patterned_jpeg(4_000, 3_000, 80),
        other => panic!("no such case: {other}"),
    }
}

fn declared_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xFE, 1, 38];
    bytes.extend([b' '; 292]);
    bytes.extend([0xFF, 0xC0, 0, 17, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xFF, 0xD9]);
    assert_eq!(bytes.len(), 333);
    bytes
}

/// The progressive fixture with another size and its last scan repeated.
fn scan_bomb(side: u16, scans: usize) -> Vec<u8> {
    let path = format!("{}/fixtures/captures/progressive.jpg", env!("CARGO_MANIFEST_DIR"));
    let mut file = std::fs::read(path).unwrap();
    let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC2]).unwrap();
    file[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    let last = file.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let scan = file[last..file.len() - 2].to_vec();
    file.truncate(file.len() - 2);
    for _ in 1..scans {
        file.extend(&scan);
    }
    file.extend([0xFF, 0xD9]);
    file
}

/// A PNG that declares a size and holds no picture: it has to be refused before that shows.
fn declared_png(side: u32, colour: u8) -> Vec<u8> {
    let mut header = side.to_be_bytes().repeat(2);
    header.extend([8, colour, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", header), (b"IDAT", vec![0; 64]), (b"IEND", Vec::new())] {
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(name);
        file.extend(data);
        file.extend([0; 4]);
    }
    file
}
