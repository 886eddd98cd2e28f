//! What the journal's errors say of themselves.

use realname_terms::explain;

use crate::JournalError;
use crate::entry::EntryError;
use crate::note::NoteError;

explain! {
    EntryError {
        Self::TooLong { .. } => "entry_too_long", Input,
            "Shorten the event; an entry has at most 65,535 bytes.", "请缩短事件内容，每条记录最多 65535 字节。", "事件过长";
        Self::Json => "entry_json", Input,
            "Write one JSON object a line, each member once.", "每行应为一个 JSON 对象，成员不得重复。", "不是一个 JSON 对象";
        Self::NotCanonical => "entry_not_canonical", Input,
            "Don't rely on this journal: who wrote it broke the format. Ask its operator.", "请勿依赖此日志：写入方违反了格式，请询问运营方。", "记录不是规范 JSON";
        Self::UnknownMember => "entry_member_unknown", Input,
            "Use members of docs/journal.md only.", "只能使用 docs/journal.md 所列的成员。", "有记录中不存在的成员";
        Self::Form { member, .. } => "entry_member_form", Input,
            "Correct the member that the message names.", "请修正提示中的成员。", "成员 {member} 的内容有误";
        Self::Personal { member } => "entry_personal", Input,
            "Put a keyed digest there, never a number of a person or a telephone.", "请改用带密钥的摘要，切勿写入证件号或电话号码。", "成员 {member} 的内容像电话或证件号码";
        Self::Missing { member } => "entry_member_missing", Input,
            "Add the member that the message names.", "请补充提示中的成员。", "缺少成员 {member}";
        Self::Lone { member } => "entry_member_lone", Input,
            "Name the agent, or leave the member out.", "请写明代理商，或去掉该成员。", "成员 {member} 不能脱离代理商出现";
        Self::Chain { expected } => "agent_chain_broken", Input,
            "Leave agent_seq and agent_prev out when appending; in a journal it means that an entry was taken out or put in.", "追加时请勿填写 agent_seq 和 agent_prev；若出现在已有日志中，说明记录被抽走或插入。", "代理商的记录链断裂：应为第 {expected} 号";
    }
}

explain! {
    NoteError {
        Self::Form => "note_malformed", Input,
            "Give the file as it was published.", "请提供原样发布的文件。", "文件格式有误";
        Self::Checkpoint => "checkpoint_malformed", Input,
            "Give the journal's checkpoint as it was published.", "请提供日志原样发布的检查点。", "检查点格式有误";
        Self::Proof => "proof_malformed", Input,
            "Give the .tlog-proof as it was made.", "请提供原样的 .tlog-proof 文件。", "证明格式有误";
        Self::Key => "vkey_malformed", Caller,
            "Give the vkey as its owner published it; a witness' key where a witness is meant.", "请提供持有方公布的 vkey；需要见证方时请提供见证方的 vkey。", "vkey 格式有误";
        Self::Name => "key_name", Caller,
            "Choose a name without spaces and plus signs, such as operator.example/journal.", "请使用不含空格和加号的名称，例如 operator.example/journal。", "名称格式有误";
        Self::Algorithm => "journal_key_algorithm", Setup,
            "Use an Ed25519 key: realname key new.", "请使用 Ed25519 密钥：realname key new。", "密钥不是 Ed25519";
        Self::Signature => "checkpoint_signature", Sender,
            "Don't rely on this journal: check which vkey its operator published.", "请勿依赖此日志：请核对运营方公布的 vkey。", "检查点没有已知密钥的有效签名";
        Self::Origin => "journal_other_origin", Sender,
            "Give the key and the checkpoint of the same journal.", "密钥与检查点须属于同一日志。", "检查点属于另一日志";
        Self::Quorum { expected, got } => "quorum_missing", Sender,
            "Wait until the witnesses have cosigned, or ask why they don't.", "请等待见证方联署，或询问其未联署的原因。", "联署的见证方不足：应为 {expected}，实为 {got}";
        Self::Inclusion => "proof_refused", Sender,
            "This entry isn't in the journal at that place: check the file, then ask the operator.", "日志该位置没有这条记录：请检查文件，再询问运营方。", "证明不成立";
        Self::Signer(_) => "signer", System,
            "Nothing was signed; try again.", "本次未签名，请重试。", "签名失败";
    }
}

explain! {
    JournalError {
        Self::Missing => "journal_missing", Store,
            "Give a journal's directory, or make one with realname journal new.", "请提供日志目录，或用 realname journal new 新建。", "此处没有日志";
        Self::Exists => "journal_exists", Store,
            "Choose another directory: a journal is never overwritten.", "请选择其他目录：日志从不覆盖。", "此处已有日志";
        Self::Occupied => "journal_directory_occupied", Store,
            "Choose a new directory, or an empty one.", "请选择新目录或空目录。", "目录不为空";
        Self::InUse => "journal_in_use", System,
            "Let the program that has it open append, or end it first.", "请由已打开日志的程序追加，或先结束该程序。", "日志正被其他程序写入";
        Self::TileMissing { path } => "tile_missing", Sender,
            "Nothing was written. Restore the file from a copy; anybody who reads this journal may have one.", "未写入任何内容。请从副本恢复该文件；读取过此日志的任何一方都可能有副本。", "日志丢失了 {path}";
        Self::TileMalformed { path } => "tile_malformed", Sender,
            "Nothing was written. Restore the file from a copy.", "未写入任何内容。请从副本恢复该文件。", "日志的 {path} 已损坏";
        Self::TileDiffers { path } => "tile_differs", Sender,
            "Don't rely on this journal until its operator has explained it; restore the file from a copy.", "在运营方说明之前请勿依赖此日志；请从副本恢复该文件。", "日志的 {path} 与记录不符";
        Self::RootDiffers => "root_differs", Sender,
            "Don't rely on this journal: entries were changed after they were signed, or files are of two journals.", "请勿依赖此日志：记录在签署后被改动，或文件来自两个日志。", "日志内容与检查点不符";
        Self::Shrunk { expected, got } => "journal_shrunk", Sender,
            "Nothing was written. An older state was put back: restore the newest one, and tell the witnesses.", "未写入任何内容。日志被换回旧状态：请恢复最新状态并告知见证方。", "日志变短：至少应有 {expected} 条，实有 {got} 条";
        Self::Forked { size } => "journal_forked", Sender,
            "Keep both checkpoints: together they prove that two histories were signed. Tell the witnesses.", "请保留两个检查点：二者共同证明签署了两份历史，并请告知见证方。", "日志已分叉：不是由先前的 {size} 条增长而来";
        Self::Pending => "journal_pending_damaged", Store,
            "Nothing was written. Restore the file pending from a copy, or append the lost events again from where they came from.", "未写入任何内容。请从副本恢复 pending 文件，或从来源重新追加丢失的事件。", "已确认但尚未入树的事件已损坏";
        Self::Index { index, size } => "entry_index", Caller,
            "Give an index below the journal's size.", "请提供小于日志条数的序号。", "没有第 {index} 条，共 {size} 条";
        Self::Stopped => "journal_stopped", Store,
            "Make sure that the disk has room and works, then open the journal again.", "请确认磁盘有空间且正常，然后重新打开日志。", "先前写入出错，日志已停止";
        Self::Io(cause) => "journal_io", Store,
            "Check the disk, its room and the permissions, then open the journal again.", "请检查磁盘、空间和权限，然后重新打开日志。", "日志所在磁盘出错：{cause}", "the journal's disk failed: {cause}";
    }
    through {
        Self::Note(error) => error;
        Self::Event { error, .. } => error;
        Self::Entry { error, .. } => error;
        Self::Store(error) => error;
    }
}
