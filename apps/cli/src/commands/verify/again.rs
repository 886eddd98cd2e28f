//! `verify --nonce N --again`: what was decided, for the one whose demand it was. After a crash, or a lost output.

use realname::jose::encode;
use realname::profile::{Explain, ReasonCode};
use realname::rely::{DemandRef, recorded};

use super::order::Order;
use super::{incomplete, tell};
use crate::args::VerifyArgs;
use crate::commands::{Done, done, one_value, stores};
use crate::errors;
use crate::failure::Failure;
use crate::files::Output;
use crate::lang;

pub(super) fn run(args: &VerifyArgs) -> Done {
    let (Some(nonce), Some(store)) = (&args.nonce, &args.store) else { return Err(incomplete()) };
    let store = stores::shared(store)?;
    let out = args.record.as_deref().map(Output::prepare).transpose()?;
    one_value(args.json, &out.iter().collect::<Vec<_>>())?;
    let mut order = Order::find(&*store, DemandRef::Nonce(nonce), None)?;
    let Some(record) = recorded(&*store, nonce)? else {
        if order.is_known() {
            return Err(Failure::refused(
                "not_answered",
                lang::pick("nothing was accepted for this demand yet", "该请求尚未有被接受的应答"),
                lang::pick(
                    "wait for a presentation, or make a new demand when its time is over",
                    "请等待凭证；如请求已过期，请重新发起",
                ),
            ));
        }
        let code = ReasonCode::DemandUnknown;
        let what = lang::pick("this store has no such demand".to_owned(), code.message(lang::of_library()));
        return Err(errors::refusal(code, what));
    };
    order.record = Some(encode(&record.digest()));
    if let Some(out) = out {
        out.write(&record.to_bytes())?;
    }
    let verdict = serde_json::to_value(record.verdict()).unwrap_or_default();
    tell::recorded(verdict, record.accepted_at(), &order, args.json);
    done()
}
