//! What names, recordings and faults that can't be used say.

use realname_terms::explain;

use super::fault::ParseFaultError;
use super::{AddressError, RecordingError};

explain! {
    AddressError {
        Self => "usb_address", Caller,
            "Name the device as VENDOR:PRODUCT, VENDOR:PRODUCT:SERIAL or by its path.", "请按 VENDOR:PRODUCT、VENDOR:PRODUCT:SERIAL 或路径指定设备。";
    }
}

explain! {
    RecordingError {
        Self::Header | Self::Synthetic | Self::Line { .. } => "recording", Input,
            "Give a recording as this library writes it.", "请提供本程序生成的录制文件。";
    }
}

explain! {
    ParseFaultError {
        Self::Name | Self::Value { .. } => "unknown_fault", Caller,
            "Give one of the faults that are listed.", "请使用列出的故障名称之一。";
    }
}
