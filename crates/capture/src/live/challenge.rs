//! What is asked for, in which order, and when.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What the person is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// Look into the camera.
    LookStraight,
    /// Turn the head to the left.
    TurnLeft,
    /// Turn the head to the right.
    TurnRight,
    /// Nod.
    Nod,
    /// Close both eyes and open them.
    Blink,
    /// Open the mouth.
    OpenMouth,
}

realname_terms::names! {
    Prompt {
        LookStraight = "look_straight",
        TurnLeft = "turn_left",
        TurnRight = "turn_right",
        Nod = "nod",
        Blink = "blink",
        OpenMouth = "open_mouth",
    }
}

/// One prompt, and when its frame is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which frame, from 0.
    pub n: u8,
    /// What the person is asked to do.
    pub prompt: Prompt,
    /// Milliseconds from the answer that holds the challenge to this frame.
    pub after_ms: u32,
}

/// A challenge, for one capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub(super) seed: [u8; 32],
    id: String,
    steps: Vec<Step>,
}

/// Frames in a challenge, fewest and most. Five have 625 orders, each at times of its own.
const COUNT: [u8; 2] = [5, 7];
/// Milliseconds to the first frame, and from one to the next: time to read a prompt and to follow it.
const FIRST: [u32; 2] = [600, 1200];
const NEXT: [u32; 2] = [900, 1900];

impl Challenge {
    /// How far a frame may be off its time, in milliseconds: a page draws, a person reacts.
    pub const TOLERANCE_MS: u32 = 600;
    /// How long after its time a frame may arrive, in milliseconds: it has to be sent.
    pub const UPLOAD_MS: u32 = 10_000;

    /// Makes one. `nonce` is the demand's; `entropy` is 256 fresh random bits, drawn when the camera is on and used once.
    pub fn new(nonce: &[u8], entropy: [u8; 32]) -> Self {
        let seed: [u8; 32] = Sha256::new_with_prefix(b"realname live challenge 1")
            .chain_update((nonce.len() as u64).to_be_bytes())
            .chain_update(nonce)
            .chain_update(entropy)
            .finalize()
            .into();
        // The id says nothing about the seed, which nobody needs.
        let id = Sha256::new_with_prefix(b"realname live challenge id 1").chain_update(seed).finalize();
        let id = id.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let mut draw = Draw { seed, counter: 0 };
        let count = draw.between(COUNT.map(u32::from)) as u8;
        let mut steps: Vec<Step> = Vec::with_capacity(usize::from(count));
        let mut after_ms = draw.between(FIRST);
        for n in 0..count {
            let prompt = draw.prompt(steps.last().map(|step| step.prompt), n == 0);
            steps.push(Step { n, prompt, after_ms });
            after_ms += draw.between(NEXT);
        }
        Self { seed, id, steps }
    }

    /// Names it; 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The prompts, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Milliseconds from the answer that holds it to its end: no frame is taken after that.
    pub fn expires_in_ms(&self) -> u32 {
        self.steps.last().map_or(0, |step| step.after_ms) + Self::TOLERANCE_MS + Self::UPLOAD_MS
    }
}

/// Numbers that follow from a seed.
struct Draw {
    seed: [u8; 32],
    counter: u64,
}

impl Draw {
    fn number(&mut self) -> u64 {
        let digest = Sha256::new_with_prefix(b"realname live draw 1")
            .chain_update(self.seed)
            .chain_update(self.counter.to_be_bytes())
            .finalize();
        self.counter += 1;
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Both ends included. Of 2^64 numbers the surplus of a few is no hint.
    fn between(&mut self, [low, high]: [u32; 2]) -> u32 {
        low + (self.number() % u64::from(high - low + 1)) as u32
    }

    /// The first one looks straight, so that there is a face to compare; none comes twice in a row.
    fn prompt(&mut self, before: Option<Prompt>, first: bool) -> Prompt {
        if first {
            return Prompt::LookStraight;
        }
        let others: Vec<Prompt> = Prompt::ALL.into_iter().filter(|prompt| Some(*prompt) != before).collect();
        let at = (self.number() % others.len().max(1) as u64) as usize;
        others.get(at).copied().unwrap_or(Prompt::Blink)
    }
}
