//! What the policy limits by the hour is counted in the terminal's store, before the register is asked.

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Policy, QuotaError, QuotaKey, Quotas};
use realname::document::SamId;
use realname::store::Store;

use crate::failure::Failure;
use crate::{files, lang};

/// The secret under which this terminal counts, in its store's directory.
const KEY: &str = "quota.key";

/// Whose checks are counted.
#[derive(Clone, Copy)]
pub(super) enum Account<'a> {
    /// The reader's, on site.
    Reader(SamId),
    /// The buyer's, online.
    Buyer(&'a str),
}

/// Counts one check; refuses the one that is too many.
pub(super) fn count(
    store: &dyn Store,
    directory: &Path,
    policy: &Policy,
    account: Account<'_>,
    check: &str,
) -> Result<(), Failure> {
    let quotas = Quotas::new(store, key(&directory.join(KEY))?, policy.limits());
    let now = Timestamp::now();
    let counted = match account {
        Account::Reader(sam_id) => quotas.count_check(sam_id, check, now),
        Account::Buyer(account) => quotas.count_account_check(account, check, now),
    };
    match counted {
        Ok(_) => Ok(()),
        Err(QuotaError::Store(error)) => Err(error.into()),
        Err(error) => Err(Failure::refused(
            "too_many_checks",
            lang::pick(
                error.to_string(),
                format!("该读卡器或账号在一小时内的核验已达 {} 次上限", policy.limits().checks_per_hour),
            ),
            match account {
                Account::Reader(_) => lang::pick(
                    "wait until the next hour; if the shop made fewer checks, report that somebody else uses its reader",
                    "请于下一小时再试；如门店并未核验这么多次，请上报：可能有人冒用其读卡器",
                ),
                Account::Buyer(_) => lang::pick(
                    "wait until the next hour; give each buyer's account with --account",
                    "请于下一小时再试；请用 --account 提供各买家的账号",
                ),
            },
        )),
    }
}

/// The terminal's secret, made when it is first needed. Of two processes that make it, one wins, and both count with that.
fn key(path: &Path) -> Result<QuotaKey, Failure> {
    if !path.exists() {
        let secret = realname::jose::random::<32>()
            .map_err(|error| Failure::trouble("key", error, lang::pick("try again", "请重试")))?;
        match files::write_new_secret(path, &secret) {
            Err(failure) if !path.exists() => return Err(failure),
            _ => {}
        }
    }
    let secret = <[u8; 32]>::try_from(files::read(path)?.as_slice()).map_err(|_| {
        Failure::damaged(
            "quota_key",
            lang::pick(
                format!("{} hasn't 32 bytes", crate::outside::path(path)),
                format!("{} 不是 32 字节", crate::outside::path(path)),
            ),
            lang::pick("remove it: counting begins anew", "请删除该文件：计数将重新开始"),
        )
    })?;
    Ok(QuotaKey::new(secret))
}
