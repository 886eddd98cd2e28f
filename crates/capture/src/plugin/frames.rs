//! What every liveness checker outside this program is sent, and what its answer means.

use zeroize::Zeroizing;

use super::{LivenessVerdict, Measured};
use crate::live::LiveTake;

/// The line `frames N`, then for each frame a line with prompt, milliseconds and length, and the file. `None` when a file is gone.
pub(super) fn frames(take: &LiveTake) -> Option<Zeroizing<Vec<u8>>> {
    let files: Vec<&[u8]> = take.frames.iter().map(|(_, frame)| frame.bytes()).collect::<Option<_>>()?;
    let heads: Vec<String> = take
        .frames
        .iter()
        .zip(&files)
        .map(|((step, _), file)| format!("{} {} {}\n", step.prompt, step.after_ms, file.len()))
        .collect();
    let first = format!("frames {}\n", files.len());
    let length = heads.iter().map(String::len).chain(files.iter().map(|file| file.len())).sum::<usize>();
    // Grown at once: a vector that grows by itself leaves its old bytes behind.
    let mut input = Zeroizing::new(Vec::with_capacity(first.len() + length));
    input.extend_from_slice(first.as_bytes());
    for (head, file) in heads.iter().zip(files) {
        input.extend_from_slice(head.as_bytes());
        input.extend_from_slice(file);
    }
    Some(input)
}

/// The verdict of that answer. One that its own numbers contradict is none.
pub(super) fn judged(answer: Option<(String, Option<Measured>)>) -> LivenessVerdict {
    match answer.as_ref().map(|(word, measured)| (word.as_str(), *measured)) {
        Some(("live", Some(measured))) if measured.score >= measured.threshold => {
            LivenessVerdict::Live(measured)
        }
        Some(("spoof", Some(measured))) if measured.score < measured.threshold => {
            LivenessVerdict::Spoof(measured)
        }
        Some(("inconclusive", Some(measured))) => LivenessVerdict::Inconclusive(measured),
        _ => LivenessVerdict::NotRun,
    }
}
