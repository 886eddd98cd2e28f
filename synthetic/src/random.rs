//! Repeatable numbers: the same seed draws the same picture on every machine.

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed and the name of what is drawn, so that one part's numbers don't move another's.
    pub fn new(seed: u64, name: &str) -> Self {
        let mixed = name.bytes().fold(seed ^ 0x9E37_79B9_7F4A_7C15, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)
        });
        let mut random = Self(mixed);
        random.bits();
        random
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// From `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[(self.bits() % values.len() as u64) as usize]
    }

    /// True with a probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Close to a standard normal value: the sum of four uniform ones, scaled.
    pub fn normal(&mut self) -> f32 {
        let bits = self.bits();
        let sum: u64 = (0..4).map(|at| (bits >> (16 * at)) & 0xFFFF).sum();
        (sum as f32 / 65_535.0 - 2.0) * 1.732_050_8
    }
}

/// A smooth field of values from −1 to 1, for grain, stains and clouds.
pub fn cloud(seed: u64, x: f32, y: f32) -> f32 {
    let corner = |x: i64, y: i64| {
        let mut z = seed
            ^ (x as u64).wrapping_mul(0x8DA6_B343)
            ^ (y as u64).wrapping_mul(0xD816_3841).rotate_left(31);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (ease(x - left), ease(y - top));
    let (left, top) = (left as i64, top as i64);
    let upper = corner(left, top) + (corner(left + 1, top) - corner(left, top)) * fx;
    let lower = corner(left, top + 1) + (corner(left + 1, top + 1) - corner(left, top + 1)) * fx;
    upper + (lower - upper) * fy
}
