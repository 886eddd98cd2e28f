//! `reader list`: ports and readers, and what is known of them.

use realname::reader::{Attachment, numbered};

use crate::commands::{Done, done};
use crate::outside::shown;
use crate::shapes::Ports;
use crate::{lang, output};

pub(super) fn run(as_json: bool) -> Done {
    let ports = numbered()?;
    if as_json {
        output::json(&Ports { ports });
        return done();
    }
    if ports.is_empty() {
        output::line(lang::pick("no serial port and no reader found", "未找到串口或读卡器"));
        return done();
    }
    let rows = ports.iter().map(|port| {
        let (ids, what) = match &port.attachment {
            Attachment::Usb { vendor, product, manufacturer, product_name, .. } => {
                let names = [manufacturer.as_deref(), product_name.as_deref()];
                (
                    format!("{vendor:04x}:{product:04x}"),
                    names.into_iter().flatten().collect::<Vec<_>>().join(" "),
                )
            }
            _ => (String::new(), String::new()),
        };
        let numbers = port.numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        [shown(&port.name), numbers, port.guess.as_str().to_owned(), ids, shown(&what)]
    });
    output::line(output::table(
        lang::pick(
            ["port", "number", "probably", "VID:PID", "says"],
            ["端口", "编号", "可能是", "VID:PID", "自报名称"],
        ),
        rows,
    ));
    done()
}
