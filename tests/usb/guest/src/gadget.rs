//! The device's end of the bus: USB gadgets through the kernel's configfs.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROOT: &str = "/sys/kernel/config/usb_gadget";

/// What a gadget says of itself.
#[derive(Clone, Copy)]
pub(crate) struct Identity {
    pub vendor_id: u16,
    pub product_id: u16,
    pub serial: &'static str,
    pub product: &'static str,
}

/// The identity that the readers of the standard interface share.
pub(crate) const READER: Identity =
    Identity { vendor_id: 0x0400, product_id: 0xc35a, serial: "S1", product: "ID reader (synthetic)" };

/// One gadget with one function. Not plugged in until [`plug`](Self::plug); taken apart on drop.
pub(crate) struct Gadget {
    directory: PathBuf,
    function: String,
    controller: String,
}

impl Gadget {
    /// `port`: which of the dummy controllers, 0 or 1. `function`: the kernel's name of the function, like `acm.0`.
    /// `setup` fills the function's directory in.
    pub(crate) fn new(
        port: u8,
        identity: Identity,
        function: &str,
        setup: impl FnOnce(&Path) -> io::Result<()>,
    ) -> io::Result<Self> {
        let directory = Path::new(ROOT).join(format!("g{port}"));
        let gadget = Self { function: function.into(), controller: format!("dummy_udc.{port}"), directory };
        let at = |name: &str| gadget.directory.join(name);
        fs::create_dir(&gadget.directory)?;
        fs::write(at("idVendor"), format!("{:#06x}", identity.vendor_id))?;
        fs::write(at("idProduct"), format!("{:#06x}", identity.product_id))?;
        fs::create_dir(at("strings/0x409"))?;
        fs::write(at("strings/0x409/serialnumber"), identity.serial)?;
        fs::write(at("strings/0x409/manufacturer"), "realname")?;
        fs::write(at("strings/0x409/product"), identity.product)?;
        fs::create_dir(at("configs/c.1"))?;
        let functions = at("functions").join(function);
        fs::create_dir(&functions)?;
        setup(&functions)?;
        symlink(&functions, at("configs/c.1").join(function))?;
        Ok(gadget)
    }

    /// Puts the plug in.
    pub(crate) fn plug(&self) -> io::Result<()> {
        fs::write(self.directory.join("UDC"), &self.controller)
    }

    /// Pulls the plug.
    pub(crate) fn unplug(&self) -> io::Result<()> {
        fs::write(self.directory.join("UDC"), "\n")
    }
}

impl Drop for Gadget {
    fn drop(&mut self) {
        let _ = self.unplug();
        let at = |name: &str| self.directory.join(name);
        let _ = fs::remove_file(at("configs/c.1").join(&self.function));
        let _ = fs::remove_dir(at("functions").join(&self.function));
        let _ = fs::remove_dir(at("configs/c.1"));
        let _ = fs::remove_dir(at("strings/0x409"));
        let _ = fs::remove_dir(&self.directory);
    }
}

/// A busy machine that emulates another one is slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `found` finds something.
pub(crate) fn wait_for<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> Result<T, String> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(it) = found() {
            return Ok(it);
        }
        if Instant::now() > until {
            return Err(format!("{what}: not in {} s", PATIENCE.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
