//! `verify --audit`: a kept record, judged as of a time. Answers nothing, changes nothing.

use std::path::Path;

use jiff::Timestamp;
use realname::rely::{Limits, Record};
use realname::trust::TrustList;

use super::chain;
use super::order::Order;
use super::tell::tell;
use super::{Given, distrust};
use crate::commands::{Done, trusted};
use crate::failure::{Exit, Failure};
use crate::{files, lang};

pub(super) fn run(given: &Given<'_>, at: Timestamp, earlier: Option<&Path>, as_json: bool) -> Done {
    let record = parse(given.file)?;
    if record.accepted_at().is_some_and(|accepted| accepted > at) {
        return Err(Failure::refused(
            "record_later",
            lang::pick(
                "the record was made after the time that it is judged at",
                "该记录的形成时间晚于所指定的审计时间",
            ),
            lang::pick("give a later --at", "请提供更晚的 --at 时间"),
        ));
    }
    let anchors = trusted::anchors(given.anchor)?;
    let mut order = Order::of_record(&record);
    match TrustList::as_of(&files::read_text(given.trust)?, &anchors, at) {
        Ok(list) => {
            let verdict = record.audit(&list, &Limits::default());
            if let Some(earlier) = earlier.filter(|_| verdict.is_accepted()) {
                order.chain = Some(chain::follow(&record, earlier, &list, at)?);
            }
            tell(&verdict, &order, as_json, Exit::Refused)
        }
        Err(error) => distrust(error, &order, as_json),
    }
}

/// Reads a kept record.
pub(in crate::commands) fn parse(path: &std::path::Path) -> Result<Record, Failure> {
    Ok(Record::parse(&files::read(path)?)?)
}
