//! The header that says of which long text a content is a part (3GPP TS 23.040, 9.2.3.24).

use nom::IResult;
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::{all_consuming, rest};
use nom::multi::length_data;
use nom::number::complete::u8;

/// Which part of which long text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartOf {
    /// The same in all parts; a sender uses it again soon.
    pub(crate) reference: u16,
    /// Whether the reference has 16 bits: one of 8 bits is another, even of the same value.
    pub(crate) wide: bool,
    /// How many parts there are, from 2.
    pub(crate) total: u8,
    /// Which one this is, from 1.
    pub(crate) number: u8,
}

impl PartOf {
    /// The header before the part's text: six bytes, or seven.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let [high, low] = self.reference.to_be_bytes();
        if self.wide {
            vec![0x06, 0x08, 0x04, high, low, self.total, self.number]
        } else {
            vec![0x05, 0x00, 0x03, low, self.total, self.number]
        }
    }
}

/// Takes the header off a content that has one. The header may say more than of which text it is a part, or nothing of that.
///
/// `None` when the bytes aren't a header and a rest.
pub(crate) fn cut_header(content: &[u8]) -> Option<(Option<PartOf>, &[u8])> {
    let (_, (header, text)) = all_consuming(pair).parse(content).ok()?;
    let (mut part, mut rest) = (None, header);
    while !rest.is_empty() {
        let (after, (kind, data)) = element(rest).ok()?;
        rest = after;
        part = match (kind, data) {
            (0x00, [reference, total, number]) => {
                Some(PartOf { reference: u16::from(*reference), wide: false, total: *total, number: *number })
            }
            (0x08, [high, low, total, number]) => Some(PartOf {
                reference: u16::from_be_bytes([*high, *low]),
                wide: true,
                total: *total,
                number: *number,
            }),
            _ => part,
        };
    }
    // A part that can't be counted is a text of its own, as phones show it.
    let part = part.filter(|part| part.total > 1 && (1..=part.total).contains(&part.number));
    Some((part, text))
}

fn pair(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    (length_data(u8), rest).parse(input)
}

fn element(input: &[u8]) -> IResult<&[u8], (u8, &[u8])> {
    let (input, kind) = u8(input)?;
    let (input, length) = u8(input)?;
    let (input, data) = take(length)(input)?;
    Ok((input, (kind, data)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_widths_and_other_elements() {
        let narrow = PartOf { reference: 0xab, wide: false, total: 3, number: 2 };
        let wide = PartOf { reference: 0xabcd, wide: true, total: 2, number: 1 };
        for part in [narrow, wide] {
            let content = [part.to_bytes(), b"text".to_vec()].concat();
            assert_eq!(cut_header(&content), Some((Some(part), &b"text"[..])));
        }
        // A port before it, and one alone.
        let content = [0x0b, 0x05, 0x04, 0, 1, 0, 2, 0x00, 0x03, 0xab, 3, 2, b'x'];
        assert_eq!(cut_header(&content), Some((Some(narrow), &b"x"[..])));
        assert_eq!(cut_header(&[0x06, 0x05, 0x04, 0, 1, 0, 2, b'x']), Some((None, &b"x"[..])));
    }

    #[test]
    fn what_cant_be_a_part_is_none_of_a_long_text() {
        for bad in [[5, 0, 3, 1, 0, 0], [5, 0, 3, 1, 2, 0], [5, 0, 3, 1, 2, 3], [5, 0, 3, 1, 1, 1]] {
            assert_eq!(cut_header(&bad), Some((None, &[][..])), "{bad:?}");
        }
        for bad in [&[][..], &[5, 0, 3, 1], &[2, 0, 9], &[1, 0]] {
            assert_eq!(cut_header(bad), None, "{bad:?}");
        }
    }
}
