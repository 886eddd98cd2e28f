//! What names, recordings and faults that can't be used say.

use realname_terms::explain;

use super::fault::ParseFaultError;
use super::{AddressError, RecordingError};

explain! {
    AddressError {
        Self => "usb_address", Caller,
            "Name the device as VENDOR:PRODUCT, VENDOR:PRODUCT:SERIAL or by its path.", "请按 VENDOR:PRODUCT、VENDOR:PRODUCT:SERIAL 或路径指定设备。", "设备地址格式有误";
    }
}

explain! {
    RecordingError {
        Self::Header | Self::Synthetic | Self::Line { .. } => "recording", Input,
            "Give a recording as this library writes it.", "请提供本程序生成的录制文件。", "录制文件有误";
    }
}

explain! {
    ParseFaultError as error {
        Self::Name | Self::Value { .. } => "unknown_fault", Caller,
            "Give one of the faults that are listed.", "请使用列出的故障名称之一。", "故障名称有误（{error}）";
    }
}
