//! A terminal: who asks, and the answer to it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use realname::appraisal::{
    Case, CaseRequest, ConsentGiven, DecideError, Evidence, OnSite, Policy, Quotas, Signal,
};
use realname::attest::{Attestor, Terminal as Place};
use realname::authority::{Authority, DirectoryAuthority, http};
use realname::capture::plugin::{HelperDecoder, HelperFaceMatcher, HelperLivenessChecker, NoFaceMatcher};
use realname::capture::{Intake, Slot};
use realname::demand::{Transaction, VerifiedDemand};
use realname::document::SamId;
use realname::profile::{Env, Explain, Fault, Locality, ReasonCode};
use realname::trust::TrustList;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::helpers::{self, Helper};
use crate::relying::{is_in_token, signing_key, transaction_json};
use crate::{Failure, Reader, Status, Store, Told, Trust};

/// What a terminal is told once: the keys of `attest --config`, and the three that stand on the command line there. Relative
/// paths are relative to the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    iss: String,
    key: PathBuf,
    #[serde(default)]
    delegation: OneOrMore,
    terminal: String,
    agent: Option<String>,
    region: Option<String>,
    #[serde(default)]
    policy: OneOrMore,
    env: Env,
    #[serde(default)]
    enrolled_sam_ids: Vec<String>,
    consent_text: String,
    /// Whether that text says that registers are told the phone number.
    #[serde(default)]
    consent_phone_number: bool,
    photo_decoder: Option<Helper>,
    face_matcher: Option<Helper>,
    liveness: Option<Helper>,
    /// Looks at photos of online sales, which no terminal of a binding takes.
    #[allow(dead_code, reason = "one file serves the command line and the bindings")]
    face_finder: Option<Helper>,
    store: Option<PathBuf>,
    trust: Option<PathBuf>,
    anchor: Option<PathBuf>,
    /// `dir:FILE`, an `http(s)` address, or a register's configuration.
    authority: Option<String>,
}

/// `{"config": "terminal.toml", "trust": …, "anchor": …, "authority": …}`: for a configuration without them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    config: PathBuf,
    trust: Option<PathBuf>,
    anchor: Option<PathBuf>,
    authority: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    #[default]
    None,
    One(PathBuf),
    More(Vec<PathBuf>),
}

impl OneOrMore {
    fn as_slice(&self) -> &[PathBuf] {
        match self {
            Self::None => &[],
            Self::One(path) => std::slice::from_ref(path),
            Self::More(paths) => paths,
        }
    }
}

/// An open terminal: its key, its trust, its policy, its register, its store.
pub struct Terminal {
    config: Config,
    attestor: Attestor,
    policy: Policy,
    enrolled: Vec<SamId>,
    store: Store,
    trust: Trust,
    register: Box<dyn Authority>,
    decoder: Option<HelperDecoder>,
    matcher: Option<HelperFaceMatcher>,
    liveness: Option<HelperLivenessChecker>,
}

/// The person's word: `{"given": true}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consent {
    given: bool,
    /// What the person was shown, when it isn't the configuration's.
    text: Option<String>,
    /// Whether what was shown says that registers are told the phone number; as the configuration says when absent, with its own
    /// text.
    phone_number: Option<bool>,
}

impl Terminal {
    /// Opens a terminal by its configuration's path, or by a JSON object that names it beside trust list, anchor and register.
    ///
    /// # Errors
    /// When a file can't be read or isn't what it should be, or the trust list isn't to be trusted now.
    pub fn open(config: &str) -> Result<Self, Failure> {
        let given = if config.trim_start().starts_with('{') {
            serde_json::from_str(config)
                .map_err(|error| Failure::argument(&format!("the terminal: {error}")))?
        } else {
            Given { config: config.into(), trust: None, anchor: None, authority: None }
        };
        let path = given.config;
        let text = read(&path)?;
        let config: Config = toml::from_str(&text)
            .map_err(|error| damaged("config", &format!("{}: {}", path.display(), error.message())))?;
        let base = path.parent().unwrap_or(Path::new(".")).to_owned();
        // What the caller names is the caller's; what the file names is beside it.
        let file = |named: Option<PathBuf>, kept: &Option<PathBuf>, what: &str| {
            named.or_else(|| kept.as_ref().map(|path| base.join(path))).ok_or_else(|| {
                damaged("config", &format!("neither the call nor the configuration names `{what}`"))
            })
        };
        let store = config.store.clone().unwrap_or_else(|| PathBuf::from("terminal-store"));
        let store = Store::open(&base.join(store).to_string_lossy())?;
        let list = read(&file(given.trust, &config.trust, "trust")?)?;
        let anchors = read(&file(given.anchor, &config.anchor, "anchor")?)?;
        let trust = Trust::load(&list, &anchors)?;
        let register = match (&given.authority, &config.authority) {
            (Some(spec), _) => connect(spec, Path::new(""))?,
            (None, Some(spec)) => connect(spec, &base)?,
            (None, None) => {
                return Err(damaged("config", "neither the call nor the configuration names `authority`"));
            }
        };
        Ok(Self {
            attestor: attestor(&config, &base)?,
            policy: policy(&config, &base)?,
            enrolled: enrolled(&config)?,
            decoder: config.photo_decoder.as_ref().map(|one| helpers::decoder(one, &base)).transpose()?,
            matcher: config.face_matcher.as_ref().map(|one| helpers::face_matcher(one, &base)).transpose()?,
            liveness: config.liveness.as_ref().map(|one| helpers::liveness(one, &base)).transpose()?,
            config,
            store,
            trust,
            register,
        })
    }

    /// Who asks, for what, and what would be disclosed: verified, before anything is read. As `demand check --json` prints it.
    ///
    /// # Errors
    /// When the asker isn't trusted to ask this, or the demand is damaged or over.
    pub fn check(&self, demand: &str) -> Result<Told, Failure> {
        let demand = self.verified(demand)?.0;
        Ok(demand_json(&demand).into())
    }

    /// Checks the person at this terminal and answers the demand. `live`: the photo taken on the spot. Nothing is read before
    /// the asker was verified, nor without the person's consent.
    ///
    /// # Errors
    /// A refusal with all its checks in `details`; whatever the reader, the photo or the register said.
    pub fn attest(
        &self,
        demand: &str,
        reader: &Reader,
        options: &str,
        live: &[u8],
        consent: &str,
    ) -> Result<String, Failure> {
        let (demand, list) = self.verified(demand)?;
        self.fits(&demand, &list)?;
        let consent = self.consent(consent, &demand)?;
        let photo = Intake::default().take(Slot::Live, live.to_vec(), Timestamp::now());
        let photo = photo.map_err(|error| Failure { status: Status::Damaged, ..Failure::of(&error) })?;
        let card = reader.read(options)?;
        let evidence: Evidence =
            OnSite::new(card, photo, consent).map_err(|error| Failure::of(&error))?.into();
        let signals = self.count(&evidence)?;
        let verified =
            self.case(evidence, &demand, signals)?.decide(self.register.as_ref()).map_err(refused)?;
        let now = Timestamp::now();
        let attestation =
            self.attestor.attest(verified, &demand, now).map_err(|error| Failure::of(&error))?;
        attestation.present(&demand, now).map_err(|error| Failure::of(&error))
    }

    fn verified(&self, demand: &str) -> Result<(VerifiedDemand, TrustList), Failure> {
        let now = Timestamp::now();
        let list = self.trust.verified(self.store.ledger(), now).map_err(|error| Failure::of(&error))?;
        let demand =
            VerifiedDemand::verify(demand.trim(), &list, now).map_err(|error| Failure::of(&error))?;
        Ok((demand, list))
    }

    /// What is certain to be refused later is refused before a card is read.
    fn fits(&self, demand: &VerifiedDemand, list: &TrustList) -> Result<(), Failure> {
        if demand.env() != self.config.env {
            return Err(Failure::of(&ReasonCode::EnvMismatch));
        }
        if demand.requirements().terminal.as_ref().is_some_and(|wanted| *wanted != self.config.terminal) {
            return Err(Failure::new(
                Status::Refused,
                "other_terminal",
                ["the demand is for another terminal", "该请求指定了其他终端"],
                ["use the terminal that it names", "请使用该请求指定的终端"],
            ));
        }
        if self.policy.rule(demand.purpose()).is_none() {
            return Err(Failure::new(
                Status::Refused,
                "purpose_not_covered",
                ["the terminal's policy has no rule for this purpose", "本终端的策略不含此业务"],
                ["use a policy that covers it", "请使用包含此业务的策略"],
            ));
        }
        self.attestor.may_answer(demand, list, Timestamp::now()).map_err(|error| Failure::of(&error))
    }

    fn consent(&self, text: &str, demand: &VerifiedDemand) -> Result<ConsentGiven, Failure> {
        let consent: Consent = serde_json::from_str(text)
            .map_err(|error| Failure::argument(&format!("the consent: {error}")))?;
        if !consent.given {
            return Err(Failure::new(
                Status::Refused,
                "no_consent",
                ["the person didn't agree", "本人未同意"],
                ["nothing was read or asked", "未读取证件，未查询任何信息"],
            ));
        }
        let own = consent.text.is_none() && self.config.consent_phone_number;
        let shown = consent.text.unwrap_or_else(|| self.config.consent_text.clone());
        let given = ConsentGiven::new(&shown, [demand.purpose().clone()], Timestamp::now());
        Ok(if consent.phone_number.unwrap_or(own) { given.with_phone_number() } else { given })
    }

    fn count(&self, evidence: &Evidence) -> Result<Vec<Signal>, Failure> {
        let check = realname::jose::random_id().map_err(|error| Failure::of(&error))?;
        Quotas::of_terminal(self.store.ledger(), self.policy.limits())
            .and_then(|quotas| {
                quotas.count_evidence(evidence, &self.config.terminal, &check, Timestamp::now())
            })
            .map_err(|error| Failure::of(&error))
    }

    fn case(
        &self,
        evidence: Evidence,
        demand: &VerifiedDemand,
        signals: Vec<Signal>,
    ) -> Result<Case, Failure> {
        let mut request = CaseRequest::new(demand.purpose().clone(), self.config.env, Timestamp::now())
            .terminal(self.config.terminal.as_str())
            .enrolled(self.enrolled.iter().copied())
            .signals(signals);
        if let Some(number) = demand.transaction().and_then(Transaction::number) {
            request = request.offering_phone_number(number.clone());
        }
        let mut case = Case::open(evidence, &self.policy, request).map_err(|error| Failure::of(&error))?;
        if let Some(decoder) = &self.decoder {
            case = match &self.matcher {
                Some(matcher) => case.with_face_chip(decoder, matcher),
                None => case.with_face_chip(decoder, &NoFaceMatcher),
            };
        }
        if let Some(checker) = &self.liveness {
            case = case.with_liveness(checker);
        }
        Ok(case)
    }
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("terminal", &self.config.terminal).finish_non_exhaustive()
    }
}

fn demand_json(demand: &VerifiedDemand) -> Value {
    let require = demand.requirements();
    let number = demand.transaction().and_then(Transaction::number).map(|number| number.as_str().to_owned());
    json!({
        "iss": demand.iss(), "display_name": demand.display_name(), "purpose": demand.purpose(),
        "number": number, "transaction": transaction_json(demand.transaction()),
        "claims": demand.claims(), "checks": require.checks, "env": demand.env(),
        "locality": if require.onsite { json!("onsite") } else { Value::Null },
        "max_age": require.max_age.map(|age| age.as_secs()), "terminal": require.terminal, "nonce": demand.nonce(),
        "issued_at": demand.issued_at().as_second(), "expires_at": demand.expires_at().as_second(),
    })
}

fn refused(error: DecideError) -> Failure {
    let mut failure = Failure::of(&error);
    if let DecideError::Refused(refusal) = &error {
        failure.details = Some(json!({ "refusal": serde_json::to_value(refusal).unwrap_or_default() }));
        // When a register gave no answer, that is trouble rather than a no.
        let silent = matches!(error.entry().fault, Fault::Register | Fault::Network);
        failure.status = if silent { Status::Trouble } else { Status::Refused };
    }
    failure
}

fn attestor(config: &Config, base: &Path) -> Result<Attestor, Failure> {
    let mut place = Place::new(config.terminal.as_str());
    if let Some(agent) = &config.agent {
        place = place.with_agent(agent.as_str());
    }
    if let Some(region) = &config.region {
        place = place.with_region(region.as_str());
    }
    let named = config.key.to_string_lossy();
    let key = if is_in_token(&named) {
        signing_key(&named)?
    } else {
        signing_key(&base.join(&config.key).to_string_lossy())?
    };
    let attestor = Attestor::new(config.iss.as_str(), key, place).map_err(|error| Failure::of(&error))?;
    let chain = config.delegation.as_slice().iter().map(|path| read(&base.join(path)));
    let chain = chain.collect::<Result<Vec<_>, Failure>>()?;
    if chain.is_empty() {
        return Ok(attestor);
    }
    attestor.with_delegation(chain).map_err(|error| Failure::of(&error))
}

/// The policy for checks on site: the one that is named, else the built-in one.
fn policy(config: &Config, base: &Path) -> Result<Policy, Failure> {
    for spec in config.policy.as_slice() {
        let name = spec.to_string_lossy();
        let built_in =
            [Policy::on_site(), Policy::online(), Policy::cancel_online()].into_iter().find(|policy| {
                let id = policy.reference().id;
                name == id || id.rsplit(':').next().is_some_and(|last| name == last)
            });
        let found = match built_in {
            Some(policy) => policy,
            None => {
                let text = read(&base.join(spec))?;
                let is_json =
                    spec.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
                let read = if is_json { Policy::from_json(&text) } else { Policy::from_toml(&text) };
                read.map_err(|error| Failure::of(&error))?
            }
        };
        if found.locality() == Locality::Onsite {
            return Ok(found);
        }
    }
    if config.policy.as_slice().is_empty() {
        return Ok(Policy::on_site());
    }
    Err(damaged("policy", "none of the configuration's policies is for onsite checks"))
}

fn enrolled(config: &Config) -> Result<Vec<SamId>, Failure> {
    let ids = config.enrolled_sam_ids.iter().map(|text| text.parse().map_err(|error| Failure::of(&error)));
    ids.collect()
}

fn connect(spec: &str, base: &Path) -> Result<Box<dyn Authority>, Failure> {
    if let Some(file) = spec.strip_prefix("dir:") {
        let register = DirectoryAuthority::open(&base.join(file)).map_err(|error| Failure::of(&error))?;
        return Ok(Box::new(register));
    }
    let is_address = spec.starts_with("http://") || spec.starts_with("https://");
    let file = base.join(spec.strip_prefix("config:").unwrap_or(spec));
    let connected =
        if is_address { http::connect(Some(spec), None) } else { http::connect(None, Some(&file)) };
    connected.map_err(|error| Failure::of(&error))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))
}

fn damaged(code: &str, what: &str) -> Failure {
    let next = ["correct the configuration", "请修正配置"];
    Failure::new(Status::Damaged, code, [what, "配置有误"], next)
}
