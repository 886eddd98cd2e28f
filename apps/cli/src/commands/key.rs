//! `realname key`: make a signing key, show its public part.

mod load;
mod new;
mod show;

pub(crate) use self::load::{is_uri, load};
pub(crate) use self::show::{public_record, window};
use super::Done;
use crate::args::KeyCommand;

pub(crate) fn run(command: KeyCommand) -> Done {
    match command {
        KeyCommand::New { out, alg, json } => new::run(&out, alg, json),
        KeyCommand::Show { file, valid_days, json: _ } => show::run(&file, valid_days),
    }
}
