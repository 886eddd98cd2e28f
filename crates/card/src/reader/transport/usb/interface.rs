//! Which interface of a device is the reader's, decided by its descriptors: no I/O.

/// A bulk endpoint and the interface that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BulkEndpoint {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    /// The interface's class.
    pub(super) class: u8,
    /// Bit 7 set: towards the host.
    pub(super) address: u8,
}

/// The endpoints of one pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) output: u8,
    pub(super) input: u8,
}

/// The interface to claim and its pipes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    /// Only in the split form.
    pub(super) head: Option<Pair>,
    pub(super) data: Pair,
}

/// Heads and bodies on pipes of their own (`reader-protocol` 2.2).
const SPLIT: (Pair, Pair) = (Pair { output: 0x02, input: 0x81 }, Pair { output: 0x06, input: 0x85 });

/// Finds the reader's interface among the bulk endpoints of a device.
///
/// The split form is known by its four endpoint numbers. Otherwise exactly one interface of no particular class must have
/// exactly one endpoint each way: disks, printers, modems and card readers of other standards have that too, but their
/// class says what they are. Several such interfaces are nothing that is known of.
pub(super) fn choose(endpoints: &[BulkEndpoint]) -> Option<Choice> {
    let ours = |class: u8| matches!(class, 0x00 | 0xFF);
    let mut settings: Vec<(u8, u8)> =
        endpoints.iter().filter(|it| ours(it.class)).map(|it| (it.interface, it.alternate)).collect();
    settings.sort_unstable();
    settings.dedup();
    let of = |setting: (u8, u8)| {
        let addresses = endpoints.iter().filter(move |it| (it.interface, it.alternate) == setting);
        addresses.map(|it| it.address).collect::<Vec<u8>>()
    };
    let (head, data) = SPLIT;
    let split = settings.iter().find(|setting| {
        let addresses = of(**setting);
        [head.output, head.input, data.output, data.input].iter().all(|address| addresses.contains(address))
    });
    if let Some(&(interface, alternate)) = split {
        return Some(Choice { interface, alternate, head: Some(head), data });
    }
    let mut pairs = settings.iter().filter_map(|&setting| {
        let mut addresses = of(setting);
        addresses.sort_unstable();
        match addresses.as_slice() {
            &[output, input] if output < 0x80 && input >= 0x80 => Some((setting, Pair { output, input })),
            _ => None,
        }
    });
    let ((interface, alternate), data) = pairs.next()?;
    // Other settings of the same interface are alternatives to it, other interfaces are rivals.
    let alone = settings.iter().all(|(other, _)| *other == interface);
    alone.then_some(Choice { interface, alternate, head: None, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(interface: u8, class: u8, addresses: &[u8]) -> Vec<BulkEndpoint> {
        addresses.iter().map(|&address| BulkEndpoint { interface, alternate: 0, class, address }).collect()
    }

    #[test]
    fn the_four_numbers_mean_the_split_form() {
        let found = choose(&interface(0, 0xFF, &[0x81, 0x02, 0x85, 0x06])).unwrap();
        assert_eq!((found.head, found.data), (Some(SPLIT.0), SPLIT.1));
        let with_another =
            [interface(0, 0xFF, &[0x03, 0x84]), interface(1, 0x00, &[0x02, 0x06, 0x81, 0x85, 0x07])];
        assert_eq!(
            choose(&with_another.concat()).map(|it| (it.interface, it.head.is_some())),
            Some((1, true))
        );
    }

    #[test]
    fn one_endpoint_each_way_means_the_whole_frame_on_one_pipe() {
        let found = choose(&interface(2, 0xFF, &[0x81, 0x01])).unwrap();
        let pair = Pair { output: 0x01, input: 0x81 };
        assert_eq!(found, Choice { interface: 2, alternate: 0, head: None, data: pair });
        // An alternate setting of the same interface is no rival, the first counts.
        let mut both = interface(0, 0xFF, &[0x02, 0x82]);
        both.extend(both.clone().into_iter().map(|it| BulkEndpoint { alternate: 1, ..it }));
        assert_eq!(choose(&both).map(|it| it.alternate), Some(0));
    }

    #[test]
    fn what_is_no_reader_is_not_taken_for_one() {
        for (what, endpoints) in [
            ("nothing", vec![]),
            ("a disk", interface(0, 0x08, &[0x81, 0x02])),
            ("a modem", interface(1, 0x0A, &[0x82, 0x01])),
            ("a chip card reader", interface(0, 0x0B, &[0x82, 0x01])),
            ("split endpoints of a disk", interface(0, 0x08, &[0x81, 0x85, 0x02, 0x06])),
            ("two pairs", [interface(0, 0xFF, &[0x81, 0x02]), interface(1, 0xFF, &[0x83, 0x04])].concat()),
            ("one way only", interface(0, 0xFF, &[0x81])),
            ("two towards the host", interface(0, 0xFF, &[0x81, 0x82])),
            ("three endpoints", interface(0, 0xFF, &[0x81, 0x85, 0x02])),
            (
                "four over two interfaces",
                [interface(0, 0xFF, &[0x81]), interface(1, 0xFF, &[0x85, 0x06])].concat(),
            ),
        ] {
            assert_eq!(choose(&endpoints), None, "{what}");
        }
    }
}
