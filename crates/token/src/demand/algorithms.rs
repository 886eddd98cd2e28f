//! Which algorithms whoever asks can verify: the part of a verifier's metadata that a demand uses.

use super::AnswerError;
use crate::jose::{Algorithm, Json};
use crate::profile::DCQL_FORMAT;

/// The algorithms in which an answer may be signed, where the demand says so (OpenID4VP 1.0, section 11.1 and appendix B:
/// `client_metadata.vp_formats_supported`, `sd-jwt_alg_values` and `kb-jwt_alg_values`). A back office whose library has no
/// Ed25519 asks for `ES256`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Algorithms {
    issuer: Vec<Algorithm>,
    session: Vec<Algorithm>,
}

const MEMBER: &str = "client_metadata";
const ISSUER: &str = "sd-jwt_alg_values";
const SESSION: &str = "kb-jwt_alg_values";

impl Algorithms {
    /// Those of the issuer's signature. None named: any.
    pub fn issuer(&self) -> &[Algorithm] {
        &self.issuer
    }

    /// Those of the key binding, which the session's key signs. None named: any.
    pub fn session(&self) -> &[Algorithm] {
        &self.session
    }

    /// Whether the issuer may sign so.
    pub fn take_issuer(&self, algorithm: Algorithm) -> bool {
        self.issuer.is_empty() || self.issuer.contains(&algorithm)
    }

    /// Whether the session may sign so.
    pub fn take_session(&self, algorithm: Algorithm) -> bool {
        self.session.is_empty() || self.session.contains(&algorithm)
    }

    /// What a session's key is to be: the issuer's algorithm where the demand takes it (whoever can verify the one can verify
    /// the other), else the first one that the demand names.
    pub fn session_for(&self, issuer: Algorithm) -> Algorithm {
        if self.take_session(issuer) { issuer } else { self.session.first().copied().unwrap_or(issuer) }
    }

    pub(super) fn add_issuer(&mut self, algorithm: Algorithm) {
        add(&mut self.issuer, algorithm);
    }

    pub(super) fn add_session(&mut self, algorithm: Algorithm) {
        add(&mut self.session, algorithm);
    }

    /// Reads the metadata; those of other formats and of other things aren't looked at.
    pub(super) fn read(payload: &Json) -> Result<Self, AnswerError> {
        let Some(metadata) = payload.member(MEMBER) else { return Ok(Self::default()) };
        let metadata = metadata.as_object().ok_or(AnswerError::Member(MEMBER))?;
        let Some(formats) = metadata.get("vp_formats_supported") else { return Ok(Self::default()) };
        let formats = formats.as_object().ok_or(AnswerError::Member(MEMBER))?;
        // A verifier that names its formats and not this one couldn't read any answer.
        let own = formats.get(DCQL_FORMAT).filter(|own| own.as_object().is_some());
        let own = own.ok_or(AnswerError::Member(MEMBER))?;
        Ok(Self { issuer: named(own, ISSUER)?, session: named(own, SESSION)? })
    }

    /// As [`read`](Self::read) takes it; nothing where nothing is asked.
    pub(super) fn to_member(&self) -> Option<(&'static str, Json)> {
        let lists = [(ISSUER, &self.issuer), (SESSION, &self.session)];
        let own =
            lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, names(list)));
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            return None;
        }
        let formats = Json::object([(DCQL_FORMAT, Json::object(own))]);
        Some((MEMBER, Json::object([("vp_formats_supported", formats)])))
    }
}

/// The known ones of a list that may be absent. A list in which none is known can be answered by nobody.
fn named(own: &Json, name: &'static str) -> Result<Vec<Algorithm>, AnswerError> {
    let Some(names) = own.optional_list(name, |text| Some(Algorithm::from_name(text)))? else {
        return Ok(Vec::new());
    };
    let mut known = Vec::new();
    names.into_iter().flatten().for_each(|algorithm| add(&mut known, algorithm));
    if known.is_empty() { Err(AnswerError::Member(name)) } else { Ok(known) }
}

/// Ed25519 by both its names: the older one, which libraries know, and the fully specified one (RFC 9864).
fn names(list: &[Algorithm]) -> Json {
    Json::array(list.iter().flat_map(|algorithm| {
        match algorithm {
            Algorithm::EdDsa => &["EdDSA", "Ed25519"][..],
            Algorithm::Es256 => &["ES256"],
        }
        .iter()
        .copied()
    }))
}

fn add(list: &mut Vec<Algorithm>, algorithm: Algorithm) {
    if !list.contains(&algorithm) {
        list.push(algorithm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Algorithms, AnswerError> {
        Algorithms::read(&Json::parse(text.as_bytes(), 1000).unwrap())
    }

    #[test]
    fn what_is_written_is_read_and_what_is_not_known_is_passed_over() {
        let mut both = Algorithms::default();
        assert!(both.to_member().is_none());
        both.add_issuer(Algorithm::EdDsa);
        both.add_session(Algorithm::Es256);
        both.add_session(Algorithm::EdDsa);
        assert_eq!(Algorithms::read(&Json::object(both.to_member())).unwrap(), both);
        assert!(both.take_session(Algorithm::Es256) && !both.take_issuer(Algorithm::Es256));
        let of = |text: &str| {
            read(&format!(
                r#"{{"client_metadata": {{"vp_formats_supported": {{"dc+sd-jwt": {text}}}, "x": 1}}}}"#
            ))
        };
        let session = |text: &str| of(&format!(r#"{{"kb-jwt_alg_values": {text}}}"#)).map(|all| all.session);
        assert_eq!(
            session(r#"["ES512", "ES256", "Ed25519", "EdDSA"]"#).unwrap(),
            [Algorithm::Es256, Algorithm::EdDsa]
        );
        assert_eq!(of("{}").unwrap(), Algorithms::default());
        for bad in ["[]", r#"["ES512"]"#, "[1]", r#""ES256""#, "null", "{}"] {
            assert!(session(bad).is_err(), "{bad}");
        }
        assert_eq!(read("{}").unwrap(), Algorithms::default());
        assert_eq!(read(r#"{"client_metadata": {"client_name": "x"}}"#).unwrap(), Algorithms::default());
        for bad in [
            r#"{"client_metadata": 1}"#,
            r#"{"client_metadata": {"vp_formats_supported": []}}"#,
            r#"{"client_metadata": {"vp_formats_supported": {"mso_mdoc": {}}}}"#,
            r#"{"client_metadata": {"vp_formats_supported": {"dc+sd-jwt": 1}}}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_session_has_the_issuers_algorithm_unless_the_demand_wants_another() {
        let (ed, es) = (Algorithm::EdDsa, Algorithm::Es256);
        for (asked, issuer, session) in [
            (&[][..], ed, ed),
            (&[], es, es),
            (&[es], ed, es),
            (&[ed], es, ed),
            (&[es, ed], ed, ed),
            (&[es], es, es),
        ] {
            let mut algorithms = Algorithms::default();
            asked.iter().for_each(|asked| algorithms.add_session(*asked));
            assert_eq!(algorithms.session_for(issuer), session, "{asked:?} {issuer}");
        }
    }
}
