//! Correlation from sums that are added up in one pass.

use super::super::super::Plane;

/// Sums over pairs of samples, for their correlation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    n: f64,
    pub(super) a: f64,
    b: f64,
    pub(super) aa: f64,
    bb: f64,
    pub(super) ab: f64,
}

impl Sums {
    #[inline(always)]
    pub(super) fn add(&mut self, a: f64, b: f64) {
        self.n += 1.0;
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.bb += b * b;
        self.ab += a * b;
    }

    pub(super) fn with(self, other: &Self) -> Self {
        Self {
            n: self.n + other.n,
            a: self.a + other.a,
            b: self.b + other.b,
            aa: self.aa + other.aa,
            bb: self.bb + other.bb,
            ab: self.ab + other.ab,
        }
    }

    /// Pearson's correlation, and the smaller of the two standard deviations; `None` where one side is flat.
    pub(super) fn correlation(&self) -> Option<(f32, f32)> {
        let Self { n, a, b, aa, bb, ab } = *self;
        let (va, vb) = (aa - a * a / n, bb - b * b / n);
        let least = va.min(vb);
        (n > 0.0 && least > n * 0.5)
            .then(|| (((ab - a * b / n) / (va * vb).sqrt()) as f32, (least / n).sqrt() as f32))
    }
}

/// Pearson's correlation of two planes of one size.
pub(in super::super) fn correlation(a: &Plane, b: &Plane) -> Option<f32> {
    let mut sums = Sums::default();
    a.samples().iter().zip(b.samples()).for_each(|(a, b)| sums.add(f64::from(*a), f64::from(*b)));
    sums.correlation().map(|(found, _)| found)
}
