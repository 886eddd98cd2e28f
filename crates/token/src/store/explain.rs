//! What each failure of a store says.

use realname_terms::explain;

use super::{Fault, StoreError};

explain! {
    StoreError {
        Self::TooLong { .. } => "store", Caller,
            "Give a shorter value; nothing was recorded.", "请缩短所存内容；本次未作任何记录。";
        Self::Busy { .. } => "store", Store,
            "Try again; nothing was recorded.", "存储繁忙，请重试；本次未作任何记录。";
        Self::NoSpace => "store", Store,
            "Make room on the store's disk; nothing was recorded.", "请清理存储磁盘空间；本次未作任何记录。";
        Self::ReadOnly => "store", Store,
            "Give the program the right to write to its store; nothing was recorded.", "请授予程序写入存储的权限；本次未作任何记录。";
        Self::Corrupt => "store", Store,
            "Stop, and restore the store from its backup.", "请停止使用，并从备份恢复存储。";
        Self::Foreign => "store", Store,
            "Name the store's own directory or database.", "请指定本程序自己的存储目录或数据库。";
        Self::SchemaVersion { .. } => "store", Store,
            "Use the version of the program that wrote the store.", "请使用写入该存储的程序版本。";
        Self::NotDurable { .. } => "store", Store,
            "Put the store where it can keep what it records, as its guide says.", "请按说明将存储放在可靠持久的位置。";
        Self::Address => "store", Store,
            "Correct the address of the store's server.", "请更正存储服务器地址。";
        Self::PlainText => "store", Store,
            "Require TLS for a store on another machine.", "存储不在本机时必须启用 TLS。";
        Self::Unreachable { .. } => "store", Store,
            "Check the store's server and the way to it; nothing was recorded.", "请检查存储服务器和网络；本次未作任何记录。";
        Self::Interrupted { .. } => "store", Store,
            "Look up what was recorded before trying again.", "请先查询是否已记录，再决定是否重试。";
        Self::DiskFailed { .. } => "store", Store,
            "Check the store's disk, start again, and look up what was recorded.", "请检查存储磁盘，重启后查询是否已记录。";
        Self::Poisoned => "store", Store,
            "Check the store's disk and start again.", "请检查存储磁盘并重启程序。";
        Self::Stopped => "store", Store,
            "Start again, and look up what was recorded.", "请重启程序，并查询是否已记录。";
        Self::Backend { .. } => "store", Store,
            "Check the store's directory and disk, or its server; nothing was accepted.", "请检查存储目录和磁盘或其服务器；本次未作任何接受。";
    }
}

explain! {
    Fault {
        _ => "store", Store,
            "Check the store's directory and disk, or its server; nothing was accepted.", "请检查存储目录和磁盘或其服务器；本次未作任何接受。";
    }
}
