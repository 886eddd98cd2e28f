//! A reader with a CDC-ACM serial interface.

use std::io::{Read, Write};
use std::time::Duration;

use crate::Failure;
use crate::gadget::{Gadget, READER, wait_for};

pub(crate) fn lane() -> Result<(), Failure> {
    let gadget = Gadget::new(0, READER, "acm.0", |_| Ok(()))?;
    gadget.plug()?;
    let name = wait_for("the port", || {
        serialport::available_ports().ok()?.into_iter().find(|port| port.port_name.contains("ACM"))
    })?;
    println!("  {name:?}");
    let mut device = serialport::new("/dev/ttyGS0", 115_200).timeout(Duration::from_secs(5)).open()?;
    let mut host = serialport::new(name.port_name, 115_200).timeout(Duration::from_secs(5)).open()?;
    host.write_all(b"hello")?;
    let mut buffer = [0; 5];
    device.read_exact(&mut buffer)?;
    println!("  {buffer:?}");
    gadget.unplug()?;
    println!("  {:?}", host.read(&mut buffer));
    gadget.plug()?;
    let name = wait_for("the port again", || {
        serialport::available_ports().ok()?.into_iter().find(|port| port.port_name.contains("ACM"))
    })?;
    println!("  {name:?}");
    Ok(())
}
