//! `reader probe`: status, SAM id, and the line's rate.

use std::time::Duration;

use super::port::{keep, open_within};
use crate::args::PortArgs;
use crate::commands::{Done, done};
use crate::output;
use crate::shapes::Probed;

pub(super) fn run(port: &PortArgs, as_json: bool) -> Done {
    let (mut reader, _, notes) = open_within(&port.port, port.baud, Duration::ZERO)?;
    let probe = reader.probe()?;
    keep(notes, &reader);
    if as_json {
        output::json(&Probed { sam_id: probe.sam_id.to_string(), baud: reader.baud() });
    } else {
        output::line(format_args!("SAM id  {}", probe.sam_id));
        if let Some(baud) = reader.baud() {
            output::line(format_args!("rate    {baud} bit/s"));
        }
    }
    done()
}
