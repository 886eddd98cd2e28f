//! Second confirmations: the customer is asked on the number itself, once a service and natural day.

use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use realname::confirmation::{
    Asking, Challenge, CustomerReply, Form, Key, Messenger, Order, PhoneNumber, Price, Question, Redemption,
    Replied, ServiceId, Standing, UnverifiedGrant,
};
use realname::document::Personal;
use realname::jose::{encode, random_id};
use realname::profile::{Lang, Purpose, Reason, ReasonCode};
use realname::store::{Put, Space, Store};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::Refusal;
use crate::app::App;
use crate::asker::Asker;
use crate::call::{Call, Path, answer};
use crate::clock::now;
use crate::once::Told;
use crate::operator::Operator;
use crate::scope::Scope;
use crate::shown::ReasonShown;

/// Which service an id of ours is about, and whose it is; and the id of a day's question.
const SPACE: Space = Space::new("confirmation_id");
/// How long an id is known: as long as its day, wherever that is.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// A question for a customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuestion {
    /// The number that is asked (E.164).
    #[schema(value_type = String, example = "+8613900000001")]
    number: Personal,
    /// What is ordered: 1 to 64 of a-z 0-9 . _ : -
    #[schema(example = "vas:10658000")]
    service: String,
    /// What the customer is told of it. It names no person.
    #[schema(max_length = 300)]
    text: String,
    /// In fen; nothing is charged when absent.
    #[serde(default)]
    price_fen: u32,
    /// `message` (the default), `code` or `voice`.
    form: Option<String>,
    /// Of `voice`: the recorded prompt's version and the key that means yes.
    prompt_version: Option<u32>,
    yes: Option<String>,
    /// `service.order` unless said.
    purpose: Option<String>,
    /// `en` or `zh` (the default).
    locale: Option<String>,
}

/// What comes back from a customer: a text, or a key of a call.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    /// From which number, as the network says.
    #[schema(value_type = String)]
    number: Personal,
    /// The message, or the code that was typed.
    #[schema(value_type = Option<String>)]
    text: Option<Personal>,
    /// The key that was pressed, and the version of the prompt that was played.
    key: Option<String>,
    prompt_version: Option<u32>,
}

/// A grant to use for an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Use {
    #[schema(value_type = String)]
    grant: Personal,
    /// The caller's own id of the order: the same order is never charged twice.
    #[schema(value_type = String, max_length = 200)]
    order: Personal,
    #[schema(value_type = String)]
    number: Personal,
    service: String,
    #[serde(default)]
    price_fen: u32,
    purpose: Option<String>,
}

/// How a day's question stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionShown {
    id: String,
    /// `waiting`, `granted`, `declined` or `unanswered`.
    standing: &'static str,
    /// After this a reply is too late; while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The signed grant, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<String>,
}

/// What came of a reply.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum ReplyOutcome {
    Granted {
        /// Signed, for one order.
        grant: String,
    },
    /// The right reply again: the grant that was made then.
    AlreadyGranted {
        grant: String,
    },
    Declined,
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

/// What came of a grant.
#[derive(Serialize, ToSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(crate) enum Redeemed {
    /// It is used up by this: charge now.
    Now,
    /// This order was charged before.
    Before,
    Refused {
        #[schema(value_type = Vec<ReasonShown>)]
        reasons: Vec<Reason>,
    },
}

fn number(text: &Personal) -> Result<PhoneNumber, Refusal> {
    text.as_str().parse().map_err(Refusal::PhoneNumber)
}

fn service(text: &str) -> Result<ServiceId, Refusal> {
    text.parse().map_err(Refusal::Service)
}

fn purpose(text: Option<&str>) -> Result<Purpose, Refusal> {
    let unknown = Refusal::Value { member: "purpose", problem: "it isn't one that is known" };
    text.map_or(Ok(Purpose::ServiceOrder), |text| text.parse().map_err(|_| unknown))
}

fn key(text: &str) -> Result<Key, Refusal> {
    let mut signs = text.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) => Ok(Key::new(sign)?),
        _ => Err(Refusal::Value { member: "key", problem: "it is one key of a telephone" }),
    }
}

/// Asks the customer, unless they were asked today: then it tells how that stands.
#[utoipa::path(
    post, path = "/v1/confirmations", operation_id = "ask_confirmation", tag = "confirmations", request_body = NewQuestion,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 of A-Z a-z 0-9 - _")),
    responses(
        (status = 200, description = "How the day's question stands", body = QuestionShown),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn ask(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, body) = call.json::<NewQuestion>().await?;
    let once = call.once(&app, &body)?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    let shown = app
        .pool
        .run(move || {
            let (now, asker, store) = (now(), operator.asker()?, operator.store.as_ref());
            let lang = if wanted.locale.as_deref() == Some("en") { Lang::En } else { Lang::Zh };
            let question = question_of(&wanted)?;
            let (number, service) = (number(&wanted.number)?, service(&wanted.service)?);
            let owner = &caller.grant.principal;
            let told = once.run(store, now, |seed| {
                // What the customer says is told to who asked: no other principal may have the grant, or lend its name to a question.
                if !asker.is_asked_by(store, owner, (&number, &service), now)? {
                    return Err(Refusal::AskedByAnother);
                }
                let id = id_of(asker, store, owner, (&number, &service), &encode(&seed.bits), now)?;
                if let Asking::Ask(challenge) = asker.confirmer.ask(store, question, now)? {
                    send(challenge, asker.messenger.as_ref(), lang)?;
                }
                Ok(Told { status: 200, of: json!({ "id": id }) })
            })?;
            let id = told.of["id"].as_str().ok_or(Refusal::Internal)?.to_owned();
            let standing = asker.confirmer.standing(store, &number, &service, now)?;
            Ok(shown(id, standing.unwrap_or(Standing::Unanswered)))
        })
        .await?;
    Ok(answer(StatusCode::OK, &shown))
}

/// What a number says to a question of this service's own.
pub(crate) enum Word {
    /// Nothing yet: the id of the question.
    Waiting(String),
    /// Yes: the grant.
    Granted(String),
    /// No, or nothing in time.
    No(ReasonCode),
}

/// Asks a question that the library made, unless it was asked today, and tells what the number says to it.
pub(crate) fn put_question(
    operator: &Operator,
    question: Question,
    (number, service): (&PhoneNumber, &str),
    owner: &str,
    lang: Lang,
    now: Timestamp,
) -> Result<Word, Refusal> {
    let (asker, store) = (operator.asker()?, operator.store.as_ref());
    let service = self::service(service)?;
    let fresh = random_id().map_err(|_| Refusal::Internal)?;
    // The home's own question, in the library's words: its answer serves whichever of the home's desks the person stands at, and isn't told.
    let _ = asker.is_asked_by(store, owner, (number, &service), now)?;
    let id = id_of(asker, store, owner, (number, &service), &fresh, now)?;
    if let Asking::Ask(challenge) = asker.confirmer.ask(store, question, now)? {
        send(challenge, asker.messenger.as_ref(), lang)?;
    }
    // The reply may have come from the number's own network meanwhile.
    Ok(match asker.confirmer.standing(store, number, &service, now)? {
        Some(Standing::Waiting { .. }) => Word::Waiting(id),
        Some(Standing::Granted(grant)) => Word::Granted(grant.as_str().to_owned()),
        Some(Standing::Declined) => Word::No(ReasonCode::ConfirmationDeclined),
        _ => Word::No(ReasonCode::ConfirmationMissing),
    })
}

fn question_of(wanted: &NewQuestion) -> Result<Question, Refusal> {
    let voice = Refusal::Value {
        member: "form",
        problem: "it is message, code, or voice with prompt_version and yes",
    };
    let form = match (wanted.form.as_deref(), wanted.prompt_version, wanted.yes.as_deref()) {
        (None | Some("message"), None, None) => Form::Message,
        (Some("code"), None, None) => Form::Code,
        (Some("voice"), Some(prompt_version), Some(yes)) => Form::Voice { prompt_version, yes: key(yes)? },
        _ => return Err(voice),
    };
    let (number, service) = (number(&wanted.number)?, service(&wanted.service)?);
    let question = Question::new(number, service, Price::fen(wanted.price_fen), wanted.text.as_str())?;
    Ok(question.form(form).purpose(purpose(wanted.purpose.as_deref())?))
}

/// The id of the day's question: the first that was made for it.
fn id_of(
    asker: &Asker,
    store: &dyn Store,
    owner: &str,
    (number, service): (&PhoneNumber, &ServiceId),
    fresh: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
    let about = serde_json::to_vec(&(owner, service.as_str())).map_err(|_| Refusal::Internal)?;
    // Before the pointer to it, so that no pointer leads nowhere.
    let _ = store.put(SPACE, fresh.as_bytes(), &about, end)?;
    let place = asker.place(owner, number, service, now)?;
    if store.put(SPACE, &place, fresh.as_bytes(), end)? == Put::Stored {
        return Ok(fresh.to_owned());
    }
    let entry = store.get(SPACE, &place)?.ok_or(Refusal::Internal)?;
    String::from_utf8(entry.value.to_vec()).map_err(|_| Refusal::Internal)
}

/// Sends it; what certainly didn't go out is sent again, twice.
fn send(mut challenge: Challenge, messenger: &dyn Messenger, lang: Lang) -> Result<(), Refusal> {
    for pause in [200, 800] {
        match challenge.send(messenger, lang) {
            Ok(_) => return Ok(()),
            Err(failed) => match failed.challenge {
                Some(again) => challenge = again,
                None => return Err(Refusal::Messenger(failed.error)),
            },
        }
        std::thread::sleep(std::time::Duration::from_millis(pause));
    }
    challenge.send(messenger, lang).map(drop).map_err(|failed| Refusal::Messenger(failed.error))
}

fn shown(id: String, standing: Standing) -> QuestionShown {
    let plain = |standing| QuestionShown { id: id.clone(), standing, until: None, grant: None };
    match standing {
        Standing::Waiting { until } => QuestionShown { until: Some(until), ..plain("waiting") },
        Standing::Granted(grant) => {
            QuestionShown { grant: Some(grant.as_str().to_owned()), ..plain("granted") }
        }
        Standing::Declined => plain("declined"),
        _ => plain("unanswered"),
    }
}

fn reasons(codes: &[ReasonCode]) -> Vec<Reason> {
    codes.iter().map(|code| Reason::from(*code)).collect()
}

/// Takes what came back from the customer. Only a grant allows anything.
#[utoipa::path(
    post, path = "/v1/confirmations/{id}/reply", operation_id = "reply_confirmation", tag = "confirmations", request_body = Reply,
    params(("id" = String, Path, description = "The question")),
    responses(
        (status = 200, description = "What came of it", body = ReplyOutcome),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn reply(
    State(app): State<App>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (came, _) = call.json::<Reply>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    // The right reply again gives the grant that was made then, so this call needs no key of its own to be repeated.
    let told = app
        .pool
        .run(move || {
            let (now, asker, store) = (now(), operator.asker()?, operator.store.as_ref());
            let service = service_of(store, &id, &caller.grant.principal)?;
            let number = number(&came.number)?;
            let reply = match (&came.text, came.key.as_deref(), came.prompt_version) {
                (Some(text), None, None) => CustomerReply::text(number, service, text.as_str()),
                (None, Some(sign), Some(version)) => CustomerReply::key(number, service, key(sign)?, version),
                _ => return Err(Refusal::Members("a reply is a text, or a key with prompt_version")),
            };
            Ok(match asker.confirmer.reply(store, &reply, now)? {
                Replied::Granted(grant) => ReplyOutcome::Granted { grant: grant.as_str().to_owned() },
                Replied::AlreadyGranted(grant) => {
                    ReplyOutcome::AlreadyGranted { grant: grant.as_str().to_owned() }
                }
                Replied::Declined => ReplyOutcome::Declined,
                Replied::Refused(code) => ReplyOutcome::Refused { reasons: reasons(&[code]) },
                _ => return Err(Refusal::Internal),
            })
        })
        .await?;
    Ok(answer(StatusCode::OK, &told))
}

/// The service of a question that this principal asked.
fn service_of(store: &dyn Store, id: &str, principal: &str) -> Result<ServiceId, Refusal> {
    if id.is_empty() || id.len() > 64 {
        return Err(Refusal::NotFound);
    }
    let entry = store.get(SPACE, id.as_bytes())?.ok_or(Refusal::NotFound)?;
    let about = serde_json::from_slice::<(String, String)>(&entry.value);
    let (owner, name) = about.map_err(|_| Refusal::NotFound)?;
    if owner == principal { service(&name) } else { Err(Refusal::NotFound) }
}

/// Verifies a grant for an order and uses it: `now` is charged, `before` was, `refused` never is.
#[utoipa::path(
    post, path = "/v1/grants/redeem", operation_id = "redeem_grant", tag = "confirmations", request_body = Use,
    responses(
        (status = 200, description = "What came of it", body = Redeemed),
        (status = "default", response = crate::shown::Error),
    ),
    security(("token" = ["demand"]))
)]
pub(crate) async fn redeem(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let mut call = Call::admit(&app, request, Scope::Demand).await?;
    let (wanted, _) = call.json::<Use>().await?;
    let (operator, caller) = (app.operator.clone(), call.caller.clone());
    // The caller's order is the key under which it happens once.
    let told = app.pool.run(move || use_up(&operator, &wanted, &caller.grant.principal, now())).await?;
    Ok(answer(StatusCode::OK, &told))
}

fn use_up(operator: &Operator, wanted: &Use, principal: &str, now: Timestamp) -> Result<Redeemed, Refusal> {
    if !(1..=200).contains(&wanted.order.as_str().len()) {
        return Err(Refusal::Value { member: "order", problem: "it has 1 to 200 bytes" });
    }
    let trust = operator.trust(now)?;
    let order = Order::new(number(&wanted.number)?, service(&wanted.service)?, Price::fen(wanted.price_fen))
        .purpose(purpose(wanted.purpose.as_deref())?)
        .env(operator.env);
    let grant = UnverifiedGrant::parse(wanted.grant.as_str())
        .and_then(|grant| grant.verify(&trust.list, &order, now));
    let grant = match grant {
        Ok(grant) => grant,
        Err(error) => return Ok(Redeemed::Refused { reasons: reasons(&error.reasons) }),
    };
    // Orders of two principals are two, whatever they call them.
    let order = Zeroizing::new(format!("{principal}\n{}", wanted.order.as_str()));
    Ok(match grant.redeem(operator.store.as_ref(), &order, now)? {
        Redemption::Now => Redeemed::Now,
        Redemption::Before => Redeemed::Before,
        Redemption::Refused(code) => Redeemed::Refused { reasons: reasons(&[code]) },
        _ => return Err(Refusal::Internal),
    })
}
