//! Components, tables and scans (T.81 B.2.2 to B.2.4).

use super::super::Damage;
use super::entropy::{self, Data};

/// A component of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    id: u8,
    /// Sampling factors, across and down.
    pub(super) sampling: [u32; 2],
}

impl Component {
    /// From its three bytes in the frame header.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [id, factors, _] = bytes else { return None };
        let sampling = [u32::from(factors >> 4), u32::from(factors & 15)];
        sampling.iter().all(|factor| (1..=4).contains(factor)).then_some(Self { id: *id, sampling })
    }

    /// Blocks of it in a unit of all components.
    pub(super) fn factor(&self) -> u64 {
        u64::from(self.sampling[0] * self.sampling[1])
    }
}

/// The largest factors of all components.
pub(super) fn largest(components: &[Component]) -> [u32; 2] {
    [0, 1].map(|way| components.iter().map(|component| component.sampling[way]).max().unwrap_or(1))
}

/// The tables that hold from here on: places in the file, so that many tables cost nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tables<'a> {
    dc: [&'a [u8]; 4],
    ac: [&'a [u8]; 4],
    restart_interval: u32,
}

impl<'a> Tables<'a> {
    /// Reads a DHT segment.
    pub(super) fn add(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let [kind, rest @ ..] = segment {
            let counts = rest.get(..16)?;
            let length = 16 + counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let (table, more) = rest.split_at_checked(length)?;
            let of_kind = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *of_kind.get_mut(usize::from(kind & 15))? = table;
            segment = more;
        }
        Some(())
    }

    /// Reads a DRI segment.
    pub(super) fn set_restart_interval(&mut self, segment: &[u8]) -> Option<()> {
        self.restart_interval = u16::from_be_bytes(segment.try_into().ok()?).into();
        Some(())
    }
}

/// A component's part in a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// Which component, in the order of the frame header.
    pub(super) component: usize,
    pub(super) dc: &'a [u8],
    pub(super) ac: &'a [u8],
}

/// A scan: its header, and where its data lies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scan<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// First and last coefficient.
    pub(super) band: [u8; 2],
    /// The bit before, or 0 for coefficients that come for the first time, and this one (progressive files only).
    pub(super) bits: [u8; 2],
    pub(super) restart_interval: u32,
    pub(super) data: Data,
}

impl<'a> Scan<'a> {
    pub(super) fn read(
        header: &[u8],
        components: &[Component],
        tables: &Tables<'a>,
        data: Data,
    ) -> Option<Self> {
        let [count, rest @ ..] = header else { return None };
        let (parts, rest) = rest.split_at_checked(2 * usize::from(*count))?;
        let [first, last, bits] = rest else { return None };
        let read = |part: &[u8]| {
            let [id, numbers] = part else { return None };
            let component = components.iter().position(|component| component.id == *id)?;
            let [dc, ac] = [numbers >> 4, numbers & 15].map(usize::from);
            Some(Part { component, dc: *tables.dc.get(dc)?, ac: *tables.ac.get(ac)? })
        };
        let parts: Vec<Part> = parts.chunks(2).map(read).collect::<Option<_>>()?;
        let once = (1..parts.len()).all(|at| parts[..at].iter().all(|p| p.component != parts[at].component));
        (once && (1..=components.len()).contains(&parts.len()) && *first <= *last && *last < 64).then_some(
            Self {
                parts,
                band: [*first, *last],
                bits: [bits >> 4, bits & 15],
                restart_interval: tables.restart_interval,
                data,
            },
        )
    }

    /// Whether bytes in the middle of a sequential scan were overwritten with zeros, as where a disk or a transfer lost them.
    ///
    /// Zeros are codes as well, and there may happen to be as many blocks in them as there were: then nothing is missing at
    /// the end. But a table's first code is all zeros (T.81, annex C). Unless that means "the rest of the block is plain" for
    /// each component, zeros fill whole blocks with one and the same coefficient, which no picture has.
    pub(super) fn is_zeroed(&self, bytes: &[u8]) -> bool {
        const END_OF_BLOCK: u8 = 0;
        let plain = |part: &Part| part.ac.get(16).is_none_or(|first| *first == END_OF_BLOCK);
        !self.parts.iter().all(plain)
            && entropy::is_zeroed(bytes.get(self.data.range.clone()).unwrap_or_default())
    }

    /// Units of this scan, across and down (T.81 A.2): of one component these are its own blocks.
    pub(super) fn units(&self, size: [u32; 2], components: &[Component]) -> [u32; 2] {
        let largest = largest(components);
        let own = match self.parts.as_slice() {
            [only] => components.get(only.component).map(|component| component.sampling),
            _ => None,
        };
        [0, 1].map(|way| match own {
            Some(own) => (size[way] * own[way]).div_ceil(8 * largest[way]),
            None => size[way].div_ceil(8 * largest[way]),
        })
    }

    /// Whether there are as many restart markers as the interval asks for, in turn. One more may be at the end.
    ///
    /// # Errors
    /// How it is damaged.
    pub(super) fn check_restarts(&self, size: [u32; 2], components: &[Component]) -> Result<(), Damage> {
        let [across, down] = self.units(size, components);
        let segments = match self.restart_interval {
            0 => 1,
            interval => (across * down).div_ceil(interval),
        };
        let found = self.data.restarts + u32::from(!self.data.ends_in_restart);
        match found.cmp(&segments) {
            _ if !self.data.in_turn => Err(Damage::Data),
            std::cmp::Ordering::Less => Err(Damage::Truncated),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Damage::Data),
        }
    }
}
