//! The USB framings and the HID report descriptor: packets in any order, any size, on any pipe. Never a panic, memory
//! bounded, nothing lost or made up, and a whole frame after a reset always comes through.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use realname::reader::transport::framing::{
    Framing, MAX_FRAME, Pipe, ReportFormat, ReportShape, Reports, Split,
};
use realname::reader::wire::{MIN_REPLY_LENGTH, PREAMBLE};

#[derive(Arbitrary, Debug)]
enum Form {
    Split,
    Stream,
    Usual,
    Shaped { number: Option<u8>, size: u8 },
    Described(Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Step {
    /// From the pipe that is wanted.
    Wanted(Vec<u8>),
    /// From whichever.
    Head(Vec<u8>),
    Data(Vec<u8>),
    Reset,
    /// A reset, then a whole frame as the device sends it.
    Frame(Vec<u8>),
}

fn framing(form: Form) -> (Framing, ReportFormat) {
    let reports = |format| (Framing::Reports(Reports::new(format, MIN_REPLY_LENGTH)), format);
    match form {
        Form::Split => (Framing::Split(Split::new(MIN_REPLY_LENGTH)), ReportFormat::USUAL),
        Form::Stream => (Framing::Stream, ReportFormat::USUAL),
        Form::Usual => reports(ReportFormat::USUAL),
        Form::Shaped { number, size } => {
            let shape =
                ReportShape { number: number.filter(|number| *number != 0), size: usize::from(size.max(9)) };
            reports(ReportFormat { input: shape, output: shape })
        }
        Form::Described(descriptor) => {
            let format = ReportFormat::from_descriptor(&descriptor).unwrap_or(ReportFormat::USUAL);
            for shape in [format.input, format.output] {
                assert!((9..=16_384).contains(&shape.size) && shape.number != Some(0));
            }
            reports(format)
        }
    }
}

fuzz_target!(|input: (Form, Vec<Step>)| {
    let (form, steps) = input;
    let (mut framing, format) = framing(form);
    let (mut out, mut taken, mut reports) = (Vec::new(), 0, 0);
    let mut made = 0;
    for step in steps {
        let (pipe, packet) = match step {
            Step::Wanted(packet) => (framing.wants(), packet),
            Step::Head(packet) if matches!(framing, Framing::Split(_)) => (Pipe::Head, packet),
            Step::Head(packet) | Step::Data(packet) => (Pipe::Data, packet),
            Step::Reset => {
                made += framing.held();
                framing.reset();
                continue;
            }
            Step::Frame(body) => {
                made += framing.held();
                framing.reset();
                through(&mut framing, format, &body);
                continue;
            }
        };
        taken += packet.len();
        reports += 1;
        framing.accept(pipe, &packet, &mut out);
        assert!(framing.held() <= 2 * MAX_FRAME);
    }
    match framing {
        // Every byte comes out, is held, or was dropped by a reset.
        Framing::Split(_) | Framing::Stream => assert_eq!(out.len() + framing.held() + made, taken),
        // At most one preamble a report is put in front.
        Framing::Reports(_) => assert!(out.len() <= taken + PREAMBLE.len() * reports),
    }
});

/// A frame, sent by the device as its form has it, comes out unchanged.
fn through(framing: &mut Framing, format: ReportFormat, body: &[u8]) {
    if body.len() < usize::from(MIN_REPLY_LENGTH) || body.len() > 4096 {
        return;
    }
    let mut frame = PREAMBLE.to_vec();
    frame.extend((body.len() as u16).to_be_bytes());
    frame.extend(body);
    let mut out = Vec::new();
    match framing {
        Framing::Split(_) => {
            framing.accept(Pipe::Head, &frame[..7], &mut out);
            for packet in body.chunks(64) {
                framing.accept(Pipe::Data, packet, &mut out);
            }
        }
        Framing::Stream => frame.chunks(64).for_each(|packet| framing.accept(Pipe::Data, packet, &mut out)),
        Framing::Reports(_) => {
            let ReportShape { number, size } = format.input;
            for chunk in frame[5..].chunks(size) {
                let mut report = Vec::from_iter(number);
                report.extend(chunk);
                report.resize(size + usize::from(number.is_some()), 0);
                framing.accept(Pipe::Data, &report, &mut out);
            }
        }
    }
    assert_eq!(out, frame);
    if let Ok(transfers) = framing.transfers(&frame) {
        let sent: usize = transfers.iter().map(|transfer| transfer.bytes.len()).sum();
        assert!(sent >= frame.len() - PREAMBLE.len());
    }
}
