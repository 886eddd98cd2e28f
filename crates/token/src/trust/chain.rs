//! From a token's header to the key that judges it, and to what that key may say.

use std::sync::Arc;

use jiff::Timestamp;

use super::known::{Statement, Vouched};
use super::{Delegation, KeyRecord, Revocation, Role, Scope, TrustError, TrustList, key_uri};
use crate::jose::{Json, Unverified, VerifyingKey};
use crate::profile::{ClaimName, DELEGATION_LINKS, OutsideText, Purpose};

/// The key that a token's header leads to. Whether it may say what the token says is judged after its signature held.
#[derive(Debug)]
pub struct Resolved<'a> {
    list: &'a TrustList,
    records: Vec<&'a KeyRecord>,
    links: Vec<Arc<Vouched>>,
}

/// A signer that is trusted for one attestation, as far as its delegations reach.
#[derive(Debug)]
pub struct Permit<'a> {
    record: &'a KeyRecord,
    links: &'a [Arc<Vouched>],
}

impl TrustList {
    /// Finds the key of an attestation: a listed one by `kid`, or through the header's `delegation` one that a listed key
    /// vouches for. The signatures of the statements are verified here, of each statement once as long as this list is in memory: a
    /// terminal sends the same ones with all its tokens.
    pub fn resolve(&self, jws: &Unverified<'_>) -> Result<Resolved<'_>, TrustError> {
        let kid = jws.kid().ok_or(TrustError::KeyUnknown)?;
        let Some(chain) = jws.header().member("delegation") else { return self.resolve_signer(kid, None) };
        let chain = chain.as_array().ok_or(TrustError::DelegationMember("delegation"))?;
        if chain.len() > DELEGATION_LINKS {
            return Err(TrustError::DelegationChainTooLong);
        }
        let texts: Option<Vec<&str>> = chain.iter().map(Json::as_str).collect();
        self.resolve_signer(kid, Some(&texts.ok_or(TrustError::DelegationMember("delegation"))?))
    }

    /// The same from a signer's own `kid` and chain, as a relying party will find them in its tokens: for the issuing side,
    /// before it touches anything.
    pub fn resolve_signer(&self, kid: &str, chain: Option<&[&str]>) -> Result<Resolved<'_>, TrustError> {
        let Some(chain) = chain else {
            return Ok(Resolved { list: self, records: self.by_kid(kid)?, links: Vec::new() });
        };
        let mut records = Vec::new();
        let mut links: Vec<Arc<Vouched>> = Vec::with_capacity(chain.len());
        for text in chain {
            let statement = Statement::of(text, self.known())?;
            let kid = statement.kid().ok_or(TrustError::DelegationMember("kid"))?;
            let key = match links.last() {
                None => {
                    records = self.by_kid(kid)?;
                    records.first().ok_or(TrustError::KeyUnknown)?.key()
                }
                Some(above) if above.link.kid.as_str() == kid => &above.link.key,
                Some(_) => return Err(TrustError::DelegationLink),
            };
            let vouched = statement.vouched_by(key, self.known())?;
            let link = &vouched.link;
            if let Some(Vouched { link: above, .. }) = links.last().map(|above| &**above) {
                if link.iss != above.sub {
                    return Err(TrustError::DelegationLink);
                }
                if link.exp > above.exp || !link.constraints.narrow(&above.constraints) {
                    return Err(TrustError::DelegationWidened);
                }
                if !above.covers_second(link.iat) {
                    return Err(TrustError::DelegationExpired);
                }
            }
            links.push(vouched);
        }
        match links.last() {
            // An empty array says that somebody delegated, and names nobody.
            None => Err(TrustError::DelegationMember("delegation")),
            Some(last) if last.link.kid.as_str() != kid => Err(TrustError::DelegationLink),
            Some(_) => Ok(Resolved { list: self, records, links }),
        }
    }

    /// Finds the key of a demand and judges it: listed with the role `demand` for that issuer, purpose and those claims,
    /// valid at `iat`, in a list that still holds `now`. Called with the key found by
    /// [`resolve_asker`](Self::resolve_asker) after its signature held.
    pub fn judge_asker(
        &self,
        kid: &str,
        iss: &str,
        purpose: &Purpose,
        claims: &[ClaimName],
        iat: Timestamp,
        now: Timestamp,
    ) -> Result<&OutsideText, TrustError> {
        self.judge_asker_at(kid, iss, purpose, claims, (iat.as_second(), now.as_second()))
    }

    /// The same with the seconds of a token's text: `iat` and now.
    pub(crate) fn judge_asker_at(
        &self,
        kid: &str,
        iss: &str,
        purpose: &Purpose,
        claims: &[ClaimName],
        (iat, now): (i64, i64),
    ) -> Result<&OutsideText, TrustError> {
        self.holds_at(now)?;
        self.is_not_stolen(kid)?;
        let mut error = TrustError::KeyOtherRole;
        for record in self.by_kid(kid)? {
            let Role::Demand { purposes, claims: allowed, display_name } = record.role() else { continue };
            if record.iss() != iss {
                error = TrustError::KeyOtherIssuer;
                continue;
            }
            record.judge(iat)?;
            if purposes.contains(purpose) && claims.iter().all(|claim| allowed.contains(claim)) {
                return Ok(display_name);
            }
            return Err(TrustError::AskerNotAllowed);
        }
        Err(error)
    }

    /// The listed key with that `kid`, whatever its role.
    pub fn resolve_asker(&self, kid: &str) -> Result<&VerifyingKey, TrustError> {
        self.by_kid(kid)?.first().map(|record| record.key()).ok_or(TrustError::KeyUnknown)
    }

    /// A key that was stolen counts for nobody, whatever issuer and role it is listed for.
    fn is_not_stolen(&self, kid: &str) -> Result<(), TrustError> {
        if self.revocations(kid).any(Revocation::is_compromise) {
            return Err(TrustError::KeyCompromised);
        }
        Ok(())
    }

    fn by_kid(&self, kid: &str) -> Result<Vec<&KeyRecord>, TrustError> {
        let found: Vec<_> = self.with_kid(kid).collect();
        if found.is_empty() { Err(TrustError::KeyUnknown) } else { Ok(found) }
    }
}

impl Resolved<'_> {
    fn links(&self) -> impl Iterator<Item = &Delegation> {
        self.links.iter().map(|vouched| &vouched.link)
    }

    /// The key that must have signed.
    pub fn key(&self) -> Option<&VerifyingKey> {
        self.links
            .last()
            .map(|last| &last.link.key)
            .or_else(|| self.records.first().map(|record| record.key()))
    }

    /// Judges, after the signature held, whether this signer could sign for `iss` at `iat`, seen from `now`.
    ///
    /// A delegation must hold at both times: a terminal's stolen key is worth nothing once its delegation ended, whatever
    /// `iat` it writes. The list must still hold `now`, however long ago it was verified.
    pub fn judge(&self, iss: &str, iat: Timestamp, now: Timestamp) -> Result<Permit<'_>, TrustError> {
        self.judge_at(iss, iat.as_second(), now.as_second())
    }

    /// The same with the seconds of a token's text.
    pub(crate) fn judge_at(&self, iss: &str, iat: i64, now: i64) -> Result<Permit<'_>, TrustError> {
        self.list.holds_at(now)?;
        if let Some(record) = self.records.first() {
            self.list.is_not_stolen(record.kid().as_str())?;
        }
        let attesters = || self.records.iter().filter(|record| record.is_attester());
        if attesters().next().is_none() {
            return Err(TrustError::KeyOtherRole);
        }
        let first = self.links.first().map(|first| &first.link);
        let record = attesters().find(|record| record.iss() == iss).ok_or(TrustError::KeyOtherIssuer)?;
        if first.is_some_and(|link| link.iss != iss && link.iss != key_uri(record.key())) {
            return Err(TrustError::KeyOtherIssuer);
        }
        record.judge(first.map_or(iat, |link| link.iat))?;
        if self.links().any(|link| !link.covers_second(iat) || !link.covers_second(now)) {
            return Err(TrustError::DelegationExpired);
        }
        // A delegated key needs no place in the list; one that is there as revoked ends the chain, whoever it is listed for.
        for link in self.links() {
            self.list.revocations(link.kid.as_str()).try_for_each(|revocation| revocation.judge(iat))?;
        }
        Ok(Permit { record, links: &self.links })
    }
}

impl Permit<'_> {
    /// Whether the delegations allow what the attestation says.
    pub fn check(&self, scope: &Scope<'_>) -> Result<(), TrustError> {
        let allowed = self.links.iter().all(|vouched| vouched.link.constraints.allow(scope));
        if allowed { Ok(()) } else { Err(TrustError::DelegationExceeded) }
    }

    /// The listed key at its root.
    pub fn record(&self) -> &KeyRecord {
        self.record
    }
}

impl Delegation {
    /// Reads the chain that a signer holds, and says whether it ends at `key`: for the issuing side, before it signs.
    pub fn read_chain(chain: &[String], key: &VerifyingKey) -> Result<Vec<Self>, TrustError> {
        if chain.len() > DELEGATION_LINKS {
            return Err(TrustError::DelegationChainTooLong);
        }
        let links = chain.iter().map(|text| Self::read(text)).collect::<Result<Vec<_>, _>>()?;
        if links.last().is_some_and(|last| last.key != *key) {
            return Err(TrustError::DelegationLink);
        }
        Ok(links)
    }

    /// The header member.
    pub fn header(chain: &[String]) -> Option<(&'static str, Json)> {
        (!chain.is_empty()).then(|| ("delegation", Json::array(chain.iter().map(String::as_str))))
    }
}
