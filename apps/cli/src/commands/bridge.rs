//! `realname bridge`: a till's card reader over HTTP on this machine.

use std::sync::Arc;

use realname_bridge::{Config, read_token, run as serve};
use realname_service::start_logs;

use super::attest::Till;
use super::{Done, done, reader};
use crate::args::BridgeArgs;
use crate::config::Config as Terminal;
use crate::output;

pub(crate) fn run(args: &BridgeArgs) -> Done {
    start_logs(args.log.level());
    let mut config = Config::new(Some(args.port.clone()).filter(|port| port != "auto"));
    config.baud = args.baud;
    config.listen = args.listen;
    config.origins = args.origins.clone();
    config.token = args.token.as_deref().map(read_token).transpose()?;
    config.notes = reader::notes_directory();
    if let (Some(file), Some(trust), Some(anchor)) = (&args.config, &args.trust, &args.anchor) {
        let terminal = Till::open(Terminal::load(file)?, trust.clone(), anchor, args.authority.as_deref())?;
        config.terminal = Some(Arc::new(terminal));
    }
    serve(config, |origin| output::line(format_args!("listening on {origin}")))?;
    done()
}
