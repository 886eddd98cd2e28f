//! A stable name for each error of a store, whose fault it is, and what to do next.

use realname_terms::{Explain, explain};

use super::{Displaced, EngineError, StoreError};

explain! {
    StoreError {
        Self::TooLong { max, got, .. } => "store_too_long", Caller, "give something shorter", "请提供更短的内容", "存储的内容过长：最多 {max} 字节，实为 {got}";
        Self::Busy { waited } => "store_busy", Store, "nothing was recorded; try again, and look for what holds the store for so long", "未作任何记录；请重试，并检查长时间占用存储的进程", "存储繁忙：等待 {waited:?} 未轮到";
        Self::NoSpace => "store_full", Store, "make room; nothing was recorded", "请释放空间；未作任何记录", "存储空间不足";
        Self::ReadOnly => "store_read_only", Store, "give this process the right to write there, or the address of a server that writes", "请授予本进程写权限，或改用可写的服务器地址", "存储只读";
        Self::Corrupt => "store_damaged", Store, "restore a backup (docs/stores.md) and look after the disk", "请恢复备份并检查磁盘", "存储已损坏";
        Self::Foreign => "store_foreign", Store, "name the file or database of this program's store", "请指定本程序的存储文件或数据库", "这是其他程序的数据库";
        Self::Missing => "store_missing", Caller, "name the store that asked; nothing was made here", "请指定发起请求时所用的存储；此处未创建任何内容", "此处没有存储";
        Self::Exists => "store_exists", Caller, "name a file that isn't there yet", "请指定一个尚不存在的文件", "此处已有文件";
        Self::Backup => "store_is_backup", Store, "make a store of it with a restore (docs/stores.md)", "请先用恢复操作将其还原为存储", "这是存储的备份，不是存储";
        Self::Displaced { what: Displaced::Linked } => "store_displaced", Store, "remove the file's second name and start again: a store has one name", "请删除该文件的第二个名称后重新启动：存储只能有一个名称", "存储在打开期间被移动，现拒绝一切操作";
        Self::Displaced { .. } => "store_displaced", Store, "stop, put the store back where it was, see that nothing else made one there, start again", "请停止运行，将存储放回原处，确认原处没有新建的存储，再重新启动", "存储在打开期间被移动，现拒绝一切操作";
        Self::SchemaVersion { expected, got } if got > expected => "store_newer", Store, "a newer version of this program made this store: use that version", "该存储由本程序的较新版本创建：请使用该版本", "存储的结构版本为 {got}，本程序支持的版本为 {expected}";
        Self::SchemaVersion { expected, got } => "store_older", Store, "an older version of this program made this store: use that version, or a new store", "该存储由本程序的旧版本创建：请使用该版本，或新建存储", "存储的结构版本为 {got}，本程序支持的版本为 {expected}";
        Self::NotDurable { .. } => "store_not_durable", Store, "set the server or the file system right; nothing was recorded", "请修正服务器或文件系统设置；未作任何记录", "存储无法保证所记录的内容不丢失";
        Self::Address => "store_address", Setup, "correct the address", "请更正地址", "无法识别存储服务器的地址";
        Self::PlainText => "store_plain_text", Setup, "require TLS for that server", "请对该服务器启用强制 TLS", "存储服务器不在本机，且未启用强制 TLS";
        Self::Unreachable { source } => "store_unreachable", Store, "nothing was recorded; try again, and look after the server", "未作任何记录；请重试并检查服务器", "无法连接存储服务器: {source}", "the store's server can't be reached: {source}";
        Self::Interrupted { source } => "store_interrupted", Store, "it may have been recorded: repeat the same step, which tells", "可能已被记录：请重复同一步骤以确认", "存储在操作中出错，可能已记录: {source}", "the connection to the store broke during a step, which may or may not have been recorded: {source}";
        Self::Stopped => "store_stopped", Store, "it may have been recorded: repeat the same step, which tells", "可能已被记录：请重复同一步骤以确认", "存储已停止";
        Self::DiskFailed { source } => "store_disk_failed", Store, "look after the disk, then start again", "请检查磁盘后重新启动", "存储在操作中出错，可能已记录: {source}", "the disk failed during a step, which may or may not have been recorded; the store refuses from now on: {source}";
        Self::Poisoned => "store_poisoned", Store, "look after the disk, then start again", "请检查磁盘后重新启动", "存储先前出错，现拒绝一切操作";
        Self::Backend { source } => "store_failed", Store, "check the store's directory and disk, or its server", "请检查存储目录、磁盘或服务器", "存储出错: {source}", "the store failed: {source}";
    }
}

explain! {
    EngineError {
        _ => "store_failed", Store, "check the store's directory and disk, or its server", "请检查存储目录、磁盘或服务器", "存储出错";
    }
}

impl StoreError {
    /// A stable snake_case name.
    pub fn code(&self) -> &'static str {
        Explain::code(self)
    }
}
