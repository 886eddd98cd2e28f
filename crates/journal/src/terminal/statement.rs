//! One statement: a compact JWS that a terminal signs.

use jiff::Timestamp;
use realname_terms::is_id;
use realname_token::jose::{self, JoseError, Json, Signer, Unverified};
use realname_token::trust::{Delegation, TrustList};

use super::TerminalError;
use crate::tree::Hash;

/// `typ` of a terminal's statement.
pub const TERMINAL_STATEMENT_TYP: &str = "realname-terminal-statement+jwt";

/// What a terminal states, before it has its place in the chain. Texts are ids; nothing of the person is in it.
#[derive(Clone, Debug)]
pub struct StatementDraft<'a> {
    /// Issuer URL for which the terminal signs.
    pub iss: &'a str,
    /// The terminal's id.
    pub terminal: &'a str,
    /// Who runs it.
    pub agent: Option<&'a str>,
    /// Where it stands.
    pub region: Option<&'a str>,
    /// `attested` or `refused`.
    pub event: &'a str,
    /// For what.
    pub purpose: &'a str,
    /// Whether it counts: `test` or `production`.
    pub env: &'a str,
    /// The demand's nonce.
    pub nonce: &'a str,
    /// SHA-256 of the attestation's issuer-signed JWT; none of a refusal.
    pub record: Option<Hash>,
    /// Why it was refused: codes.
    pub reasons: Vec<&'a str>,
    /// What the terminal saw besides.
    pub seen: Seen<'a>,
}

/// What a terminal saw of a case, for the figures of its agent. What it doesn't know is absent.
#[derive(Clone, Debug, Default)]
pub struct Seen<'a> {
    /// The reader's SAM.
    pub sam_id: Option<&'a str>,
    /// Whether two readings of the card were the same.
    pub confirmed: Option<bool>,
    /// Whether a person has to decide instead of the machine.
    pub human_route: Option<bool>,
    /// The outcome of the whole appraisal: `pass`, `inconclusive`, `not_run` or `fail`.
    pub outcome: Option<&'a str>,
    /// Who it was, sealed to the operator ([`SealTo::seal`](super::SealTo::seal)).
    pub sealed: Option<String>,
}

/// A statement whose signature held.
#[derive(Clone, Debug)]
pub struct Statement {
    payload: Json,
    digest: Hash,
    key: String,
    seq: u64,
    prev: Option<Hash>,
}

impl StatementDraft<'_> {
    /// Signs it as the `seq`th of its terminal, behind the one with the digest `prev`.
    pub(super) fn sign(
        &self,
        signer: &dyn Signer,
        chain: &[String],
        (seq, prev): (u64, Option<Hash>),
        now: Timestamp,
    ) -> Result<String, JoseError> {
        let count = i64::try_from(seq).map_err(|_| JoseError::Member("terminal_seq"))?;
        let mut payload = Json::object([
            ("iss", self.iss.into()),
            ("iat", now.as_second().into()),
            ("terminal", self.terminal.into()),
            ("event", self.event.into()),
            ("purpose", self.purpose.into()),
            ("env", self.env.into()),
            ("nonce", self.nonce.into()),
            ("terminal_seq", count.into()),
            ("terminal_prev", prev.map_or(Json::Null, |prev| prev.to_base64url().into())),
        ]);
        if let Json::Object(members) = &mut payload {
            let more = [("agent", self.agent), ("region", self.region)];
            members.extend(more.into_iter().filter_map(|(name, text)| Some((name, text?.into()))));
            members.extend(self.record.map(|record| ("record", record.to_base64url().into())));
            if !self.reasons.is_empty() {
                members.insert("reasons".into(), Json::array(self.reasons.iter().copied()));
            }
            let Seen { sam_id, confirmed, human_route, outcome, sealed } = &self.seen;
            let texts = [("sam_id", *sam_id), ("outcome", *outcome), ("sealed", sealed.as_deref())];
            members.extend(texts.into_iter().filter_map(|(name, text)| Some((name, text?.into()))));
            let flags = [("confirmed", *confirmed), ("human_route", *human_route)];
            members.extend(flags.into_iter().filter_map(|(name, flag)| Some((name, flag?.into()))));
        }
        jose::sign(signer, TERMINAL_STATEMENT_TYP, Delegation::header(chain), &payload)
    }
}

impl Statement {
    /// Reads a statement, and verifies it with the key of its delegation. With a trust list the delegation is judged as well, as of the
    /// time that the statement names; without one it is only known that one key signed it.
    pub fn verify(compact: &str, list: Option<&TrustList>) -> Result<Self, TerminalError> {
        let digest = Hash::of(compact.as_bytes());
        let jws = Unverified::parse(compact)?;
        let links = jws.header().member("delegation").and_then(Json::as_array).unwrap_or_default();
        let last = links.last().and_then(Json::as_str).map(Delegation::read).transpose()?;
        let (key, resolved) = match (list, &last) {
            (Some(list), _) => {
                let resolved = list.resolve(&jws)?;
                (resolved.key().cloned(), Some(resolved))
            }
            (None, Some(last)) => (Some(last.key().clone()), None),
            (None, None) => (None, None),
        };
        let key = key.ok_or(TerminalError::KeyUnknown)?;
        let payload = jws.verify(&key, TERMINAL_STATEMENT_TYP)?.into_payload();
        let statement = Self::from_payload(payload, digest, key.thumbprint().as_str().to_owned())?;
        let constrained = last.as_ref().and_then(|last| last.constraints().terminal.as_deref());
        if constrained.is_some_and(|terminal| terminal != statement.terminal()) {
            return Err(TerminalError::OtherTerminal);
        }
        if let Some(resolved) = resolved {
            let at = statement.time();
            resolved.judge(statement.payload.text("iss")?, at, at)?;
        }
        Ok(statement)
    }

    fn from_payload(payload: Json, digest: Hash, key: String) -> Result<Self, JoseError> {
        let terminal = payload.text("terminal")?;
        if !is_id(terminal) {
            return Err(JoseError::Member("terminal"));
        }
        let seq =
            payload.member("terminal_seq").and_then(Json::as_integer).and_then(|seq| u64::try_from(seq).ok());
        let seq = seq.filter(|seq| *seq > 0).ok_or(JoseError::Member("terminal_seq"))?;
        let prev = match payload.member("terminal_prev") {
            Some(Json::Null) if seq == 1 => None,
            Some(Json::String(text)) if seq > 1 => {
                Some(Hash::from_base64url(text).ok_or(JoseError::Member("terminal_prev"))?)
            }
            _ => return Err(JoseError::Member("terminal_prev")),
        };
        payload.seconds("iat")?;
        Ok(Self { digest, key, seq, prev, payload })
    }

    /// Whose it is.
    pub fn terminal(&self) -> &str {
        self.payload.text("terminal").unwrap_or_default()
    }

    /// Its number in the terminal's chain, from 1.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The digest of the one before.
    pub fn prev(&self) -> Option<Hash> {
        self.prev
    }

    /// Its own digest.
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// When it was signed, as the terminal says.
    pub fn time(&self) -> Timestamp {
        jose::instant(self.payload.seconds("iat").unwrap_or_default())
    }

    /// A text of it.
    pub(super) fn text(&self, name: &'static str) -> Option<&str> {
        self.payload.member(name).and_then(Json::as_str)
    }

    /// A truth value of it.
    pub(super) fn flag(&self, name: &'static str) -> Option<bool> {
        match self.payload.member(name) {
            Some(Json::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn reasons(&self) -> Vec<&str> {
        let reasons = self.payload.member("reasons").and_then(Json::as_array).unwrap_or_default();
        reasons.iter().filter_map(Json::as_str).collect()
    }

    /// The thumbprint (RFC 7638) of the key that signed it.
    pub fn key(&self) -> &str {
        &self.key
    }
}
