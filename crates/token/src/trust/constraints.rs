//! How little a delegated key can say.

use jiff::SignedDuration;

use super::draft::{self, DraftError, Member};
use super::{MAX_LIST, TrustError};
use crate::jose::Json;
use crate::profile::{Check, Env, MAX_ID, MAX_LIFE, Purpose, is_id, is_safe};

/// The limits of a delegation. What is absent isn't limited by this statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Only for these purposes.
    pub purposes: Option<Vec<Purpose>>,
    /// Only from terminals that state one of these regions.
    pub regions: Option<Vec<String>>,
    /// Only these checks may be stated as passed.
    pub checks: Option<Vec<Check>>,
    /// Longest life of an attestation, in whole seconds.
    pub max_lifetime: Option<SignedDuration>,
    /// Only for this environment.
    pub env: Option<Env>,
    /// Only from this terminal.
    pub terminal: Option<String>,
    /// Only with one of these SAMs.
    pub sam_ids: Option<Vec<String>>,
}

/// What an attestation says, as far as a delegation can limit it.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The purposes consented to.
    pub purposes: &'a [Purpose],
    /// The terminal's region.
    pub region: Option<&'a str>,
    /// The checks stated as passed.
    pub passed: &'a [Check],
    /// `exp` - `iat`.
    pub lifetime: SignedDuration,
    /// The environment.
    pub env: Env,
    /// The terminal.
    pub terminal: Option<&'a str>,
    /// The reader's SAM.
    pub sam_id: Option<&'a str>,
}

impl Constraints {
    const MEMBERS: [&str; 7] =
        ["purposes", "regions", "checks", "max_lifetime", "env", "terminal", "sam_ids"];

    /// Reads constraints that somebody wrote into a file, as JSON; what they can't mean is refused by name.
    pub fn parse(bytes: &[u8]) -> Result<Self, DraftError> {
        let json = Json::parse(bytes, MAX_LIST).map_err(DraftError::NotJson)?;
        let file = Member::new("constraints", &json);
        file.only(&Self::MEMBERS)?;
        let constraints = Self {
            purposes: file.list("purposes", draft::PURPOSE, |text| text.parse().ok())?,
            regions: file.list("regions", draft::ID, |text| Some(text.to_owned()))?,
            checks: file.list("checks", draft::CHECK, Check::from_name)?,
            max_lifetime: file.seconds("max_lifetime")?.map(SignedDuration::from_secs),
            env: file.text("env", "expected `production` or `test`", Env::from_name)?,
            terminal: file.text("terminal", draft::ID, |text| Some(text.to_owned()))?,
            sam_ids: file.list("sam_ids", "expected SAM ids", |text| Some(text.to_owned()))?,
        };
        constraints.check()?;
        Ok(constraints)
    }

    /// Whether they allow anything at all, in words that are read.
    pub(super) fn check(&self) -> Result<(), DraftError> {
        fn empty<T>(list: &Option<Vec<T>>) -> bool {
            list.as_ref().is_some_and(Vec::is_empty)
        }
        let lists = [
            ("purposes", empty(&self.purposes)),
            ("regions", empty(&self.regions)),
            ("checks", empty(&self.checks)),
            ("sam_ids", empty(&self.sam_ids)),
        ];
        if let Some((name, _)) = lists.into_iter().find(|(_, empty)| *empty) {
            let place = format!("constraints.{name}");
            return Err(DraftError::new(
                place,
                "[]",
                "an empty list allows nothing; leave it out for no limit",
            ));
        }
        let ids = self.regions.iter().flatten().map(|region| ("regions", region));
        let ids = ids.chain(self.terminal.iter().map(|terminal| ("terminal", terminal)));
        if let Some((name, id)) = ids.into_iter().find(|(_, id)| !is_id(id)) {
            return Err(DraftError::new(format!("constraints.{name}"), id.as_str(), draft::ID));
        }
        if let Some(id) = self.sam_ids.iter().flatten().find(|id| !is_safe(id, MAX_ID)) {
            return Err(DraftError::new("constraints.sam_ids", id.as_str(), "expected SAM ids"));
        }
        match self.max_lifetime {
            Some(life) if !(SignedDuration::from_secs(1)..=MAX_LIFE).contains(&life) => {
                let problem = "an attestation lives from 1 to 86400 seconds";
                Err(DraftError::new("constraints.max_lifetime", life.as_secs(), problem))
            }
            _ => Ok(()),
        }
    }

    /// Reads `constraints` of a statement. A member that isn't known refuses the statement: it may be the limit that matters.
    pub(super) fn from_json(json: &Json) -> Result<Self, TrustError> {
        let members = json.as_object().ok_or(TrustError::DelegationMember("constraints"))?;
        if members.keys().any(|name| !Self::MEMBERS.contains(&name.as_str())) {
            return Err(TrustError::DelegationConstraintUnknown);
        }
        let member = TrustError::delegation;
        let own = |text: &str| Some(text.to_owned());
        let env = match json.optional_text("env").map_err(member)? {
            None => None,
            Some(name) => Some(Env::from_name(name).ok_or(TrustError::DelegationMember("env"))?),
        };
        let constraints = Self {
            purposes: json.optional_list("purposes", |name| name.parse().ok()).map_err(member)?,
            regions: json.optional_list("regions", own).map_err(member)?,
            checks: json.optional_list("checks", Check::from_name).map_err(member)?,
            max_lifetime: json
                .optional_seconds("max_lifetime")
                .map_err(member)?
                .map(SignedDuration::from_secs),
            env,
            terminal: json.optional_text("terminal").map_err(member)?.map(str::to_owned),
            sam_ids: json.optional_list("sam_ids", own).map_err(member)?,
        };
        if constraints.regions.iter().flatten().any(|region| !is_id(region)) {
            return Err(TrustError::Text("regions"));
        }
        if constraints.terminal.as_deref().is_some_and(|terminal| !is_id(terminal)) {
            return Err(TrustError::Text("terminal"));
        }
        if constraints.sam_ids.iter().flatten().any(|id| !is_safe(id, MAX_ID)) {
            return Err(TrustError::Text("sam_ids"));
        }
        Ok(constraints)
    }

    /// As they stand in a statement.
    pub(super) fn to_json(&self) -> Json {
        let texts = |list: &Vec<String>| Json::array(list.iter().map(String::as_str));
        let members = [
            ("purposes", self.purposes.as_ref().map(|list| Json::array(list.iter().map(Purpose::as_str)))),
            ("regions", self.regions.as_ref().map(texts)),
            ("checks", self.checks.as_ref().map(|list| Json::array(list.iter().map(|check| check.as_str())))),
            ("max_lifetime", self.max_lifetime.map(|life| life.as_secs().into())),
            ("env", self.env.map(|env| env.as_str().into())),
            ("terminal", self.terminal.as_deref().map(Json::from)),
            ("sam_ids", self.sam_ids.as_ref().map(texts)),
        ];
        Json::object(members.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }

    /// Whether these allow nothing that `above` doesn't. What is absent here is still limited by `above`.
    pub(super) fn narrow(&self, above: &Self) -> bool {
        fn within<T: PartialEq>(own: &Option<Vec<T>>, above: &Option<Vec<T>>) -> bool {
            match (own, above) {
                (Some(own), Some(above)) => own.iter().all(|value| above.contains(value)),
                _ => true,
            }
        }
        fn same<T: PartialEq>(own: &Option<T>, above: &Option<T>) -> bool {
            own.is_none() || above.is_none() || own == above
        }
        within(&self.purposes, &above.purposes)
            && within(&self.regions, &above.regions)
            && within(&self.checks, &above.checks)
            && within(&self.sam_ids, &above.sam_ids)
            && same(&self.env, &above.env)
            && same(&self.terminal, &above.terminal)
            && self.max_lifetime.zip(above.max_lifetime).is_none_or(|(own, above)| own <= above)
    }

    /// Whether an attestation with this scope stays inside. What is limited must be stated.
    pub fn allow(&self, scope: &Scope<'_>) -> bool {
        fn all<T: PartialEq>(limit: &Option<Vec<T>>, stated: &[T]) -> bool {
            limit.as_ref().is_none_or(|limit| stated.iter().all(|value| limit.contains(value)))
        }
        fn one(limit: &Option<Vec<String>>, stated: Option<&str>) -> bool {
            limit
                .as_ref()
                .is_none_or(|limit| stated.is_some_and(|value| limit.iter().any(|each| each == value)))
        }
        all(&self.purposes, scope.purposes)
            && all(&self.checks, scope.passed)
            && one(&self.regions, scope.region)
            && one(&self.sam_ids, scope.sam_id)
            && self.env.is_none_or(|env| env == scope.env)
            && self.terminal.as_deref().is_none_or(|terminal| scope.terminal == Some(terminal))
            && self.max_lifetime.is_none_or(|limit| scope.lifetime <= limit)
    }
}
