//! JPEGs of every layout against another decoder: what comes in must be what is in the file, or be refused.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use realname_capture::{Capture, CaptureError, Intake, Slot};

/// How a file is laid out.
#[derive(Clone, Copy, Debug)]
struct Layout {
    size: (u16, u16),
    sampling: SamplingFactor,
    way: Way,
    restart_interval: u16,
    grey: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    OneScan,
    /// A scan for each component.
    ScanEach,
    Progressive,
}

const SAMPLINGS: [SamplingFactor; 8] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::F_4_1,
    SamplingFactor::F_4_2,
    SamplingFactor::F_1_4,
    SamplingFactor::F_2_4,
];

fn layouts() -> impl Iterator<Item = Layout> {
    let sizes = [(64, 64), (65, 47), (17, 33), (9, 8), (131, 94)];
    let ways = [Way::OneScan, Way::ScanEach, Way::Progressive];
    sizes.into_iter().flat_map(move |size| {
        SAMPLINGS.into_iter().flat_map(move |sampling| {
            ways.into_iter().flat_map(move |way| {
                // The encoder can't write restarts with tables of its own, which it needs for a scan each.
                let restarts: &[u16] = if way == Way::ScanEach { &[0] } else { &[0, 1, 5] };
                restarts.iter().flat_map(move |&restart_interval| {
                    [false, true].map(|grey| Layout { size, sampling, way, restart_interval, grey })
                })
            })
        })
    })
}

/// A picture with slopes, edges and colour, whose colour changes slowly enough for any sampling.
fn drawn(width: u16, height: u16) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            let stripe = if (x / 7 + y / 5) % 3 == 0 { 40 } else { 0 };
            let (u, v) = (x * 150 / u32::from(width), y * 120 / u32::from(height));
            pixels.extend(
                [40 + u + stripe, 60 + v + stripe, 170 - u / 2 - v / 3 + stripe].map(|value| value as u8),
            );
        }
    }
    pixels
}

fn encoded(layout: &Layout) -> Vec<u8> {
    let (width, height) = layout.size;
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(layout.sampling);
    encoder.set_progressive(layout.way == Way::Progressive);
    encoder.set_optimized_huffman_tables(layout.way == Way::ScanEach);
    encoder.set_restart_interval(layout.restart_interval);
    let pixels = drawn(width, height);
    if layout.grey {
        let luma: Vec<u8> = pixels.chunks(3).map(|pixel| pixel[1]).collect();
        encoder.encode(&luma, width, height, ColorType::Luma).unwrap();
    } else {
        encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    }
    file
}

fn take(file: Vec<u8>) -> Result<Capture, CaptureError> {
    Intake::default().take(Slot::Live, file, jiff::Timestamp::UNIX_EPOCH)
}

/// As the other decoder decodes it: width, height, samples.
fn decoded(file: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut decoder = jpeg_decoder::Decoder::new(file);
    let samples = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    (info.width.into(), info.height.into(), samples)
}

/// The largest distance in brightness and in colour.
fn apart(capture: &Capture, (width, height, other): (usize, usize, Vec<u8>)) -> (i32, i32) {
    let picture = capture.picture().unwrap();
    assert_eq!((picture.width(), picture.height()), (width, height));
    let channels = other.len() / (width * height);
    let ycc = |x: usize, y: usize| {
        let pixel = &other[(y * width + x) * channels..][..channels];
        let [r, g, b] =
            if channels == 3 { [pixel[0], pixel[1], pixel[2]] } else { [pixel[0]; 3] }.map(f32::from);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        [luma, 128.0 + (b - luma) * 0.564, 128.0 + (r - luma) * 0.713]
    };
    let (mut bright, mut colour) = (0, 0);
    for y in 0..height {
        for x in 0..width {
            let found = i32::from(picture.luma().at(x as isize, y as isize));
            bright = bright.max((found - ycc(x, y)[0].round() as i32).abs());
        }
    }
    for (plane, at) in [(picture.blue(), 1), (picture.red(), 2)] {
        for top in 0..plane.height() {
            for left in 0..plane.width() {
                let rows = 4 * top..(4 * top + 4).min(height);
                let cells = rows.flat_map(|y| (4 * left..(4 * left + 4).min(width)).map(move |x| (x, y)));
                let values: Vec<f32> = cells.map(|(x, y)| ycc(x, y)[at]).collect();
                let mean = values.iter().sum::<f32>() / values.len() as f32;
                let found = i32::from(plane.at(left as isize, top as isize));
                colour = colour.max((found - mean.round() as i32).abs());
            }
        }
    }
    (bright, colour)
}

#[test]
fn every_layout_is_decoded_as_another_decoder_does_or_refused() {
    let (mut taken, mut refused) = (0, Vec::new());
    let mut wrong = Vec::new();
    for layout in layouts() {
        let file = encoded(&layout);
        match take(file.clone()) {
            Ok(capture) => {
                let (bright, colour) = apart(&capture, decoded(&file));
                // Rounding of two transforms; colour of neighbours, which decoders blend differently.
                if bright > 3 || colour > 6 {
                    wrong.push((layout, bright, colour));
                }
                taken += 1;
            }
            Err(error) => refused.push((layout, error.code())),
        }
    }
    println!("{taken} taken, {} refused", refused.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Refused is only what is known to be decoded into another picture.
    for (layout, code) in &refused {
        assert_eq!(*code, "photo_separate_scans", "{layout:?}");
        assert!(
            layout.way == Way::ScanEach || !matches!(layout.sampling, SamplingFactor::F_1_1),
            "{layout:?}"
        );
    }
    assert!(taken > 440, "{taken}");
}

/// The same with libjpeg's own programs, which write more layouts; where they are installed (`libjpeg-turbo-progs`).
#[test]
#[allow(clippy::disallowed_methods, reason = "it runs other programs")]
fn every_layout_is_decoded_as_libjpeg_does_or_refused() {
    if Command::new("cjpeg").arg("-version").output().is_err() {
        println!("skipped: cjpeg isn't installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let [picture, file, scans] = ["picture.ppm", "file.jpg", "scans"].map(|name| directory.path().join(name));
    let ways: [(&str, &[&str]); 9] = [
        ("", &[]),
        ("", &["-rgb"]),
        ("", &["-progressive"]),
        ("", &["-optimize"]),
        ("", &["-restart", "1"]),
        ("", &["-restart", "3B"]),
        ("", &["-progressive", "-restart", "2B"]),
        ("0;1;2;", &[]),
        (
            "0,1,2: 0-0, 0, 1; 0: 1-9, 0, 2; 2: 1-63, 0, 0; 0: 10-63, 0, 2; 0: 1-63, 2, 1; 0,1,2: 0-0, 1, 0; 0: 1-63, 1, 0; 1: 1-63, 0, 0;",
            &[],
        ),
    ];
    let samplings = [
        "1x1,1x1,1x1",
        "2x1,1x1,1x1",
        "1x2,1x1,1x1",
        "2x2,1x1,1x1",
        "4x1,1x1,1x1",
        "1x4,1x1,1x1",
        "4x2,1x1,1x1",
        "2x2,2x1,2x1",
        "2x2,1x2,1x2",
        "2x2,2x2,2x2",
        "2x1,1x2,1x1",
        "3x1,1x1,1x1",
        "1x1,2x2,1x1",
    ];
    let (mut taken, mut refused, mut wrong) = (0, Vec::new(), Vec::new());
    for (width, height) in [(64, 64), (65, 47), (17, 33), (131, 94)] {
        let header = format!("P6\n{width} {height}\n255\n");
        std::fs::write(&picture, [header.as_bytes(), &drawn(width, height)].concat()).unwrap();
        for sampling in samplings {
            for (script, arguments) in ways {
                let mut encoder = Command::new("cjpeg");
                encoder.args(["-quality", "90", "-sample", sampling]).args(arguments);
                if !script.is_empty() {
                    std::fs::write(&scans, script).unwrap();
                    encoder.arg("-scans").arg(&scans);
                }
                let encoded = encoder.arg("-outfile").arg(&file).arg(&picture).output().unwrap();
                if !encoded.status.success() {
                    continue; // It doesn't write every combination.
                }
                let name = format!("{width}x{height} {sampling} {arguments:?} {script}");
                let output = Command::new("djpeg").arg("-pnm").arg(&file).output().unwrap();
                let samples = output.stdout
                    [output.stdout.len() - 3 * usize::from(width) * usize::from(height)..]
                    .to_vec();
                match take(std::fs::read(&file).unwrap()) {
                    Ok(capture) => {
                        let (bright, colour) = apart(&capture, (width.into(), height.into(), samples));
                        taken += 1;
                        if bright > 3 || colour > 6 {
                            wrong.push(format!("{name}: {bright} / {colour}"));
                        }
                    }
                    Err(error) => refused.push(format!("{name}: {error}")),
                }
            }
        }
    }
    println!("{taken} taken, {} refused", refused.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    let known = |refused: &String| refused.contains("isn't decoded rightly");
    assert!(refused.iter().all(known) && taken > 280, "{taken} {refused:#?}");
}
