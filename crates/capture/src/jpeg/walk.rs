//! Goes through the codes of all scans without making pixels of them: whether data is there for every block of every scan
//! (T.81, annexes F.2.2 and G.2).
//!
//! A decoder fills what is missing with grey and says nothing. A picture in one scan is watched while it is decoded, which
//! costs nothing; of one in several scans only this tells.

use super::super::Damage;
use super::Survey;
use super::entropy::{self, Bits, LeftOver};
use super::huffman::Codes;
use super::scan::Scan;

/// What wasn't read of the data of all scans.
///
/// # Errors
/// [`Damage::Truncated`] where data is missing, [`Damage::Data`] where it is senseless.
pub(super) fn walk(survey: &Survey<'_>, bytes: &[u8]) -> Result<LeftOver, Damage> {
    let mut blocks: Vec<Blocks> = (0..survey.components.len()).map(|at| Blocks::of(survey, at)).collect();
    // For each coefficient of each component the lowest bit that was sent.
    let mut sent = vec![[None; 64]; survey.components.len()];
    let mut left_over = LeftOver::None;
    for scan in &survey.scans {
        let data = bytes.get(scan.data.range.clone()).unwrap_or_default();
        left_over = left_over.max(scan_data(survey, scan, &mut blocks, data)?);
        for part in &scan.parts {
            let [first, last] = scan.band.map(usize::from);
            let coefficients = sent.get_mut(part.component).and_then(|sent| sent.get_mut(first..=last));
            coefficients.ok_or(Damage::Header)?.fill(Some(scan.bits[1]));
        }
    }
    // Cut between two scans: something wasn't sent yet, or what is coarse was to become fine.
    let whole = |sent: &[Option<u8>; 64]| sent.iter().all(|bit| *bit == Some(0));
    if sent.iter().all(whole) { Ok(left_over) } else { Err(Damage::Truncated) }
}

/// The blocks of a component, with a bit for each coefficient that isn't zero.
struct Blocks {
    across: usize,
    written: Vec<u64>,
}

impl Blocks {
    fn of(survey: &Survey<'_>, component: usize) -> Self {
        let largest = super::scan::largest(&survey.components);
        let sampling = survey.components.get(component).map_or([1; 2], |component| component.sampling);
        let count = |way: usize| (survey.size()[way].div_ceil(8 * largest[way]) * sampling[way]) as usize;
        // Sequential data is read without looking back.
        let length = if survey.progressive { count(0) * count(1) } else { 0 };
        Self { across: count(0), written: vec![0; length] }
    }
}

/// A component in a scan, and its codes.
struct Source {
    component: usize,
    /// Blocks of it in a unit of the scan, across and down.
    block: [usize; 2],
    dc: Option<Codes>,
    ac: Option<Codes>,
}

fn scan_data(
    survey: &Survey<'_>,
    scan: &Scan<'_>,
    blocks: &mut [Blocks],
    mut data: &[u8],
) -> Result<LeftOver, Damage> {
    let [across, down] = scan.units(survey.size(), &survey.components).map(|units| units as usize);
    let alone = scan.parts.len() == 1;
    let first = scan.bits[0] == 0;
    if survey.progressive && scan.band[0] == 0 && scan.band[1] != 0
        || survey.progressive && scan.band[0] > 0 && !alone
        || scan.bits[1] > 13
    {
        return Err(Damage::Data);
    }
    let sources: Vec<Source> = scan
        .parts
        .iter()
        .map(|part| Source {
            component: part.component,
            block: match survey.components.get(part.component) {
                Some(component) if !alone => component.sampling.map(|factor| factor as usize),
                _ => [1, 1],
            },
            dc: (scan.band[0] == 0 && first).then(|| Codes::new(part.dc)).flatten(),
            ac: (scan.band[1] > 0).then(|| Codes::new(part.ac)).flatten(),
        })
        .collect();
    let mut left_over = LeftOver::None;
    let mut units = (0..across * down).peekable();
    while units.peek().is_some() {
        let segment = entropy::segment(data);
        let mut reading = Reading { bits: Bits::new(data.get(..segment).unwrap_or_default()), scan, run: 0 };
        data = data.get((segment + 2).min(data.len())..).unwrap_or_default();
        let count = if scan.restart_interval == 0 { usize::MAX } else { scan.restart_interval as usize };
        for unit in units.by_ref().take(count) {
            for source in &sources {
                let [wide, high] = source.block;
                for at in 0..wide * high {
                    let (x, y) = (unit % across * wide + at % wide, unit / across * high + at / wide);
                    let blocks = blocks.get_mut(source.component).ok_or(Damage::Header)?;
                    if survey.progressive {
                        let place = y * blocks.across + x;
                        let written = blocks.written.get_mut(place).ok_or(Damage::Header)?;
                        reading.progressive_block(source, written)?;
                    } else {
                        reading.sequential_block(source)?;
                    }
                }
            }
            if reading.bits.is_short() {
                return Err(Damage::Truncated);
            }
        }
        left_over = left_over.max(reading.bits.left_over());
    }
    Ok(left_over)
}

/// A segment while it is read.
struct Reading<'a, 's> {
    bits: Bits<'a>,
    scan: &'s Scan<'s>,
    /// Blocks that follow and have nothing more in this band.
    run: u32,
}

impl Reading<'_, '_> {
    fn symbol(&mut self, codes: Option<&Codes>) -> Result<u8, Damage> {
        let found = codes.and_then(|codes| codes.find(self.bits.peek()));
        // Behind the end there are only ones, and no code is all ones.
        let senseless = if self.bits.is_at_end() { Damage::Truncated } else { Damage::Data };
        let (symbol, length) = found.ok_or(senseless)?;
        self.bits.skip(length);
        Ok(symbol)
    }

    fn sequential_block(&mut self, source: &Source) -> Result<(), Damage> {
        let bits = self.symbol(source.dc.as_ref())?;
        self.bits.skip(bits.into());
        let mut at = 1;
        while at < 64 {
            let symbol = self.symbol(source.ac.as_ref())?;
            let (run, bits) = (symbol >> 4, symbol & 15);
            if bits == 0 && run != 15 {
                break;
            }
            self.bits.skip(bits.into());
            at += u32::from(run) + 1;
        }
        Ok(())
    }

    fn progressive_block(&mut self, source: &Source, written: &mut u64) -> Result<(), Damage> {
        let first = self.scan.bits[0] == 0;
        match (self.scan.band[0], first) {
            (0, true) => {
                let bits = self.symbol(source.dc.as_ref())?;
                self.bits.skip(bits.into());
            }
            (0, false) => self.bits.skip(1),
            (_, true) => self.first_band(source, written)?,
            (_, false) => self.finer_band(source, written)?,
        }
        Ok(())
    }

    /// Figure G.3.
    fn first_band(&mut self, source: &Source, written: &mut u64) -> Result<(), Damage> {
        if self.run > 0 {
            self.run -= 1;
            return Ok(());
        }
        let [mut at, last] = self.scan.band.map(u32::from);
        while at <= last {
            let symbol = self.symbol(source.ac.as_ref())?;
            let (run, bits) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if bits == 0 && run != 15 {
                self.run = (1 << run) - 1 + self.bits.take(run);
                return Ok(());
            }
            at += run;
            if bits > 0 {
                self.bits.skip(bits);
                *written |= 1u64.checked_shl(at).unwrap_or(0);
            }
            at += 1;
        }
        Ok(())
    }

    /// Figure G.7.
    fn finer_band(&mut self, source: &Source, written: &mut u64) -> Result<(), Damage> {
        let [mut at, last] = self.scan.band.map(u32::from);
        while self.run == 0 && at <= last {
            let symbol = self.symbol(source.ac.as_ref())?;
            let (mut zeros, bits) = (u32::from(symbol >> 4), symbol & 15);
            match bits {
                0 if zeros != 15 => {
                    self.run = (1 << zeros) + self.bits.take(zeros);
                    break;
                }
                0 => {}
                _ => self.bits.skip(1),
            }
            while at <= last {
                if *written >> at & 1 == 1 {
                    self.bits.skip(1);
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if bits > 0 && at <= last {
                *written |= 1 << at;
            }
            at += 1;
        }
        if self.run > 0 {
            (at..=last).filter(|at| *written >> at & 1 == 1).for_each(|_| self.bits.skip(1));
            self.run -= 1;
        }
        Ok(())
    }
}
