//! Whether one of a number's own demands was answered.

use super::CampaignError;
use crate::profile::Purpose;
use crate::rely::recorded;
use crate::store::Store;

/// The digest of the record that answered one of these demands. Nobody's word counts here: only an acceptance that this store recorded
/// for a demand that the campaign made for this number.
pub(super) fn find(demands: &[String], store: &dyn Store) -> Result<Option<[u8; 32]>, CampaignError> {
    for nonce in demands.iter().rev() {
        let Some(record) = recorded(store, nonce)? else { continue };
        let verdict = record.verdict();
        if verdict.is_accepted() && verdict.purpose() == Some(Purpose::NumberReverify) {
            return Ok(Some(record.digest()));
        }
    }
    Ok(None)
}
