//! What a text that is no SAM id says.

use realname_terms::explain;

use super::sam_id::ParseSamIdError;

explain! {
    ParseSamIdError {
        Self => "sam_id", Caller,
            "Give the reader's id as its label or `reader probe` shows it.", "请按读卡器标签或 `reader probe` 的显示填写编号。", "读卡器编号格式有误";
    }
}
