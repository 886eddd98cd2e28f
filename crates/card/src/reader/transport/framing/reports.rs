//! The HID form: frames without their preamble in reports of one size.

use super::{Pipe, Transfer};
use crate::reader::wire::{MAX_LENGTH, PREAMBLE};

/// One kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportShape {
    /// The report's number, where the device numbers its reports.
    pub number: Option<u8>,
    /// Its payload in bytes, the number not counted.
    pub size: usize,
}

/// The reports that carry frames, as the device's report descriptor has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportFormat {
    /// From the reader.
    pub input: ReportShape,
    /// To the reader.
    pub output: ReportShape,
}

impl ReportFormat {
    /// 64 bytes both ways without numbers: what nearly all readers have (`reader-protocol` 2.3).
    pub const USUAL: Self = Self {
        input: ReportShape { number: None, size: 64 },
        output: ReportShape { number: None, size: 64 },
    };
}

/// Takes the preamble off and puts it back (`reader-protocol` 2.3).
///
/// The first report begins with the length field; the body goes on in the next reports; the unused tail of the last is
/// zero. A report of zeros between two frames is a leftover and is dropped; inside a frame it is data.
#[derive(Debug)]
pub struct Reports {
    format: ReportFormat,
    /// What is missing of the body at hand.
    missing: usize,
    minimum: usize,
}

impl Reports {
    /// `format` as the device describes it; `minimum` as for [`Split::new`](super::Split::new).
    pub fn new(format: ReportFormat, minimum: u16) -> Self {
        Self { format, missing: 0, minimum: minimum.into() }
    }

    pub(super) fn reset(&mut self) {
        self.missing = 0;
    }

    pub(super) fn accept(&mut self, report: &[u8], out: &mut Vec<u8>) {
        let payload = match (self.format.input.number, report.split_first()) {
            (None, _) => report,
            (Some(ours), Some((number, payload))) if *number == ours => payload,
            // Another report of the same device: a key, a lamp.
            (Some(_), _) => return,
        };
        if self.missing > 0 {
            self.body(payload, out);
        } else if payload.iter().any(|byte| *byte != 0) {
            self.first(payload, out);
        }
    }

    fn first(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        let claim = payload.first_chunk().map(|bytes| usize::from(u16::from_be_bytes(*bytes)));
        match claim {
            Some(claim) if (self.minimum..=usize::from(MAX_LENGTH)).contains(&claim) => {
                let (field, body) = payload.split_at(2);
                out.extend_from_slice(&PREAMBLE);
                out.extend_from_slice(field);
                self.missing = claim;
                self.body(body, out);
            }
            // Not a frame's begin: the framer drops and counts it.
            _ => out.extend_from_slice(payload),
        }
    }

    fn body(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        let body = payload.get(..self.missing).unwrap_or(payload);
        out.extend_from_slice(body);
        self.missing -= body.len();
    }

    /// `bytes` is a frame without its preamble.
    pub(super) fn transfers(&self, bytes: impl Iterator<Item = u8>) -> Vec<Transfer> {
        let ReportShape { number, size } = self.format.output;
        let bytes: Vec<u8> = bytes.collect();
        bytes
            .chunks(size.max(1))
            .map(|chunk| {
                let mut report = vec![number.unwrap_or(0)];
                report.extend_from_slice(chunk);
                report.resize(1 + size.max(1), 0);
                Transfer { pipe: Pipe::Data, bytes: report }
            })
            .collect()
    }
}
