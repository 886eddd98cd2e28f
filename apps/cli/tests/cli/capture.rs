//! `capture check` on rendered photos: a figure for each statement, and what the buyer does next.
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::fs;

use serde_json::Value;
use support::{code, fixture, good_photos, json, photos, run};

fn check(photos: &[String], more: &[&str]) -> std::process::Output {
    let head = ["capture", "check"].map(str::to_owned);
    let more = more.iter().map(|arg| (*arg).to_owned());
    run(head.into_iter().chain(photos.iter().cloned()).chain(more))
}

#[test]
fn good_photos_pass_and_every_figure_has_its_threshold() {
    let passed = check(&good_photos(), &["--json"]);
    assert_eq!(code(&passed), Some(0), "{}", String::from_utf8_lossy(&passed.stderr));
    let found = json(&passed);
    assert_eq!(found["outcome"], "pass");
    assert_eq!(found["faults"], serde_json::json!([]));
    assert!(found.get("error").is_none());
    let slots: Vec<&str> = found["photos"]
        .as_array()
        .expect("photos")
        .iter()
        .map(|p| p["slot"].as_str().expect("a slot"))
        .collect();
    assert_eq!(slots, ["portrait_side", "emblem_side", "holder"]);
    for photo in found["photos"].as_array().expect("photos") {
        let figures = photo["figures"].as_array().expect("figures");
        assert!(figures.len() >= 14, "{photo}");
        for figure in figures {
            let name = figure["measure"].as_str().expect("a name");
            // Nobody looked for a face.
            let of_face = name == "faces" || name == "second_face" || name.starts_with("face_");
            assert_eq!(figure["outcome"], if of_face { "not_run" } else { "pass" }, "{figure}");
            assert_eq!(figure["measured"].is_number(), !of_face, "{figure}");
            assert!(figure["threshold"]["pass"].is_number(), "{figure}");
            assert!(
                figure["threshold"]["source"].as_str().is_some_and(|source| source.len() > 10),
                "{figure}"
            );
        }
    }
    assert_eq!(found["files"][2]["width"], 1200);
}

#[test]
fn the_printed_number_is_compared_with_the_declared_one() {
    let passed = check(&good_photos(), &["--number", "119999199001010004", "--json"]);
    assert_eq!(code(&passed), Some(0), "{}", String::from_utf8_lossy(&passed.stderr));
    let found = json(&passed);
    assert_eq!(found["printed"]["number"]["outcome"], "same");
    assert_eq!(found["printed"]["number"]["positions"], serde_json::json!(vec!["same"; 18]));
    assert!(found["printed"].get("validity").is_none(), "none was declared");
    // Somebody else's.
    let other = check(&good_photos(), &["--number", "119999198505050021", "--json"]);
    assert_eq!(code(&other), Some(1));
    let found = json(&other);
    assert_eq!(
        (&found["outcome"], &found["error"]["code"]),
        (&"fail".into(), &"photo_number_differs".into())
    );
    assert_eq!(found["faults"][0]["slots"], serde_json::json!(["portrait_side"]));
    let text =
        String::from_utf8(check(&good_photos(), &["--number", "119999198505050021"]).stdout).expect("UTF-8");
    assert!(
        text.contains("printed number: another one") && text.contains("[photo_number_differs]"),
        "{text}"
    );
    assert!(!text.contains("119999"), "{text}");
    // No number at all, and one that can't be one.
    assert!(json(&check(&good_photos(), &["--json"])).get("printed").is_none());
    let typo = check(&good_photos(), &["--number", "119999199001010005", "--json"]);
    assert_eq!((code(&typo), &json(&typo)["error"]["code"]), (Some(4), &"declared_number_check".into()));
}

#[test]
fn the_dates_and_the_birth_date_are_compared_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let declared = |name: &str, more: &str| {
        let path = directory.path().join(name);
        let text = format!(r#"{{"name":"测试甲","id_number":"119999199001010004"{more}}}"#);
        fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let check = |file: &str| check(&good_photos(), &["--declared", file, "--json"]);
    let right = r#","valid_from":"2020-01-01","valid_until":"long_term","birth_date":"1990-01-01""#;
    let passed = check(&declared("right.json", right));
    assert_eq!(code(&passed), Some(0), "{}", String::from_utf8_lossy(&passed.stderr));
    assert_eq!(json(&passed)["printed"]["validity"]["outcome"], "same");
    let dates = check(&declared("dates.json", r#","valid_from":"2021-01-01","valid_until":"long_term""#));
    assert_eq!(json(&dates)["error"]["code"], "photo_validity_differs");
    let birth = check(&declared("birth.json", r#","birth_date":"1990-01-10""#));
    assert_eq!((code(&birth), &json(&birth)["error"]["code"]), (Some(4), &"declared_birth_date".into()));
}

#[test]
fn the_table_is_plain_in_a_pipe_and_speaks_both_languages() {
    let swapped = photos("emblem-side", "portrait-side", "holder");
    let english = check(&swapped, &[]);
    assert_eq!(code(&english), Some(1));
    let text = String::from_utf8(english.stdout).expect("UTF-8");
    assert!(text.contains("You swapped two photos.") && text.contains("[photos_swapped]"), "{text}");
    assert!(text.contains("looks like an emblem side"), "{text}");
    let line = "fail portrait side, emblem side: This is the other side of the card.";
    let lines: Vec<&str> = text.lines().filter(|found| found.contains("[photo_wrong_side]")).collect();
    assert!(matches!(lines[..], [one] if one.starts_with(line)), "{text}");
    let last = String::from_utf8(english.stderr).expect("UTF-8");
    assert_eq!(last.lines().count(), 1, "{last}");
    assert!(!text.contains('\u{1b}') && !last.contains('\u{1b}'));
    let chinese = String::from_utf8(check(&swapped, &["--lang", "zh"]).stdout).expect("UTF-8");
    assert!(chinese.contains("两张照片位置放反了"), "{chinese}");
}

#[cfg(unix)]
#[test]
fn a_face_finder_is_asked_about_the_holder_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().expect("a directory");
    let finder = |name: &str, says: &str| {
        let path = directory.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n/bin/cat > photo\n{says}\n")).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("executable");
        path.to_str().expect("UTF-8").to_owned()
    };
    let holder = |program: &str| {
        let output = check(&good_photos(), &["--face-finder", program, "--json"]);
        (code(&output), json(&output))
    };
    let face = |found: &Value, name: &str| {
        let figures = found["photos"][2]["figures"].as_array().expect("figures").clone();
        figures.into_iter().find(|figure| figure["measure"] == name).expect("the figure")
    };
    let (_, found) = holder(&finder("one", "printf 'faces 1\\n438 216 762 712 534 440 666 440\\n'"));
    assert_eq!(face(&found, "face_pixels")["measured"], 132.0);
    assert_eq!(face(&found, "faces")["outcome"], "pass");
    assert_eq!(found["face_finder"], serde_json::json!({"id": "one", "is_test": true}));
    assert_eq!(found["photos"][0]["faces"], "not_looked_for");
    let (exit, found) = holder(&finder("blind", "echo faces 0"));
    assert_eq!((exit, &found["faults"][0]["code"]), (Some(1), &"photo_no_face".into()));
    assert_eq!(face(&found, "faces")["outcome"], "inconclusive");
    let (exit, found) = holder(&finder("broken", "exit 7"));
    assert_eq!((exit, &found["error"]["code"]), (Some(1), &"photo_face_not_measured".into()));
    let (exit, found) = holder(&finder("wild", "printf 'faces 1\\n90000 1 90100 200\\n'"));
    assert_eq!((exit, &found["outcome"]), (Some(1), &"not_run".into()));
    let told = found["photos"][2]["faces"]["failed"].as_str().expect("why");
    assert!(told.contains("its centre lies outside the frame"), "{told}");
    let (exit, found) = holder("/nowhere/finder");
    assert_eq!((exit, &found["error"]["code"]), (Some(3), &"file".into()));
}

#[test]
fn files_that_are_no_photos_are_all_named_at_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let whole = fs::read(fixture("sale/portrait-side.jpg")).expect("the fixture");
    let heic = write("IMG_0001.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    let cut = write("cut.jpg", &whole[..whole.len() / 2]);
    let mut args = good_photos();
    args[1].clone_from(&heic);
    args[3].clone_from(&cut);
    let refused = check(&args, &["--json"]);
    assert_eq!(code(&refused), Some(4));
    let told = json(&refused);
    assert_eq!(told["error"]["code"], "photo_heic");
    assert!(told["error"]["action"].as_str().is_some_and(|action| action.contains("JPEG")), "{told}");
    let each: Vec<(&Value, &Value)> =
        told["photos"].as_array().expect("photos").iter().map(|p| (&p["slot"], &p["code"])).collect();
    let (portrait, emblem) = (Value::from("portrait_side"), Value::from("emblem_side"));
    let (heic_code, cut_code) = (Value::from("photo_heic"), Value::from("photo_truncated"));
    assert_eq!(each, [(&portrait, &heic_code), (&emblem, &cut_code)]);

    args[1] = "/nowhere.jpg".into();
    let missing = check(
        &args[..4].iter().cloned().chain(good_photos()[4..].iter().cloned()).collect::<Vec<_>>(),
        &["--json"],
    );
    assert_eq!((code(&missing), &json(&missing)["error"]["code"]), (Some(3), &"file".into()));
}

#[test]
fn drawings_take_no_other_files_place() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("drawn");
    let out = out.to_str().expect("UTF-8");
    let drawn = check(&good_photos(), &["--annotate", out, "--json"]);
    assert_eq!(code(&drawn), Some(0), "{}", String::from_utf8_lossy(&drawn.stderr));
    let written = json(&drawn)["annotated"].as_array().expect("paths").clone();
    assert_eq!(written.len(), 3);
    for path in &written {
        let bytes = fs::read(path.as_str().expect("a path")).expect("the drawing");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() > 10_000, "{path}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(path.as_str().expect("a path")).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "it shows a person");
        }
    }
    let again = check(&good_photos(), &["--annotate", out, "--json"]);
    assert_eq!((code(&again), &json(&again)["error"]["code"]), (Some(3), &"file".into()));
}
