//! A card in space, seen through a lens.

use crate::random::Random;

/// Millimetres of an ID-1 card by the national standard.
pub const CARD: [f32; 2] = [85.6, 54.0];

/// How a card lies before the camera.
#[derive(Clone, Copy, Debug)]
pub struct Pose {
    /// Degrees around the upright axis.
    pub yaw: f32,
    /// Degrees around the level axis.
    pub pitch: f32,
    /// Degrees in the picture's plane, clockwise.
    pub roll: f32,
    /// Share of the frame that the card would cover when seen straight.
    pub share: f32,
    /// Where its centre lies, as shares of the frame.
    pub centre: [f32; 2],
    /// Focal length over the frame's longer side.
    pub focal: f32,
}

/// The map between the card's millimetres and the picture's pixels.
#[derive(Clone, Copy, Debug)]
pub struct View {
    forward: [[f32; 3]; 3],
    back: [[f32; 3]; 3],
}

impl View {
    /// Of a pose in a frame.
    pub fn of(pose: &Pose, width: usize, height: usize) -> Self {
        let (w, h) = (width as f32, height as f32);
        let focal = pose.focal * w.max(h);
        // Seen straight from distance d, a card covers card area × (focal / d)².
        let far = focal * (CARD[0] * CARD[1] / (pose.share * w * h)).sqrt();
        let [(sy, cy), (sp, cp), (sr, cr)] =
            [pose.yaw, pose.pitch, pose.roll].map(|degrees| degrees.to_radians().sin_cos());
        // Roll, then pitch, then yaw.
        let turn = |x: f32, y: f32| {
            let (x, y) = (x * cr - y * sr, x * sr + y * cr);
            let (y, z) = (y * cp, y * sp);
            [x * cy + z * sy, y, z * cy - x * sy]
        };
        let (across, down) = (turn(1.0, 0.0), turn(0.0, 1.0));
        let (cx, cy) = (pose.centre[0] * w - w / 2.0, pose.centre[1] * h - h / 2.0);
        let middle = [cx * far / focal, cy * far / focal, far];
        let origin: [f32; 3] =
            std::array::from_fn(|k| middle[k] - across[k] * CARD[0] / 2.0 - down[k] * CARD[1] / 2.0);
        let row = |k: usize, centre: f32| {
            [across, down, origin].map(|column| column[k] * focal + column[2] * centre)
        };
        let forward = [row(0, w / 2.0), row(1, h / 2.0), [across[2], down[2], origin[2]]];
        Self { forward, back: inverse(forward) }
    }

    /// Where a place of the card is in the picture. Pixel centres lie at whole numbers.
    pub fn to_picture(&self, x: f32, y: f32) -> [f32; 2] {
        let [x, y] = apply(&self.forward, x, y);
        [x - 0.5, y - 0.5]
    }

    /// Which place of the card's plane a pixel shows, in millimetres.
    pub fn to_card(&self, x: f32, y: f32) -> [f32; 2] {
        apply(&self.back, x + 0.5, y + 0.5)
    }

    /// The card's corners in the picture, as it is read.
    pub fn corners(&self) -> [[f32; 2]; 4] {
        [[0.0, 0.0], [CARD[0], 0.0], CARD, [0.0, CARD[1]]].map(|[x, y]| self.to_picture(x, y))
    }
}

impl Pose {
    /// The same with the centre moved, so that the whole card lies inside the frame with a margin.
    pub fn inside(mut self, random: &mut Random, width: usize, height: usize, margin: f32) -> Self {
        for _ in 0..40 {
            let corners = View::of(&self, width, height).corners();
            let fits = corners.iter().all(|[x, y]| {
                let (x, y) = (x / width as f32, y / height as f32);
                x > margin && y > margin && x < 1.0 - margin && y < 1.0 - margin
            });
            if fits {
                break;
            }
            self.centre = [random.between(0.40, 0.60), random.between(0.40, 0.60)];
            self.share *= 0.97;
        }
        self
    }
}

fn apply(rows: &[[f32; 3]; 3], x: f32, y: f32) -> [f32; 2] {
    let [a, b, c] = rows.map(|row| row[0] * x + row[1] * y + row[2]);
    [a / c, b / c]
}

fn inverse([[a, b, c], [d, e, f], [g, h, i]]: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    let rows = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ];
    let det = a * rows[0][0] + b * rows[1][0] + c * rows[2][0];
    rows.map(|row| row.map(|value| value / det))
}
