//! `realname serve`: the library over HTTP.

mod customer;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname::profile::is_safe;
use realname_service::config::Config;
use realname_service::{Customer, Demo, NewToken, Scope, new_token, run as serve, start_logs};

use super::{Done, done, sandbox, specimens};
use crate::args::{ServiceArgs, ServiceCommand, TokenCommand, TokenNewArgs};
use crate::failure::Failure;
use crate::shapes::NewServiceToken;
use crate::{lang, output};

/// Who calls in the demonstration.
const VISITOR: &str = "demo";

pub(crate) fn run(args: &ServiceArgs) -> Done {
    match (&args.command, &args.config) {
        (Some(ServiceCommand::Token(TokenCommand::New(args))), _) => make(args),
        (Some(ServiceCommand::Token(TokenCommand::Withdraw(args))), _) => withdraw(&args.config),
        (Some(ServiceCommand::Migrate(args)), _) => migrate(&args.config),
        (None, Some(config)) if args.check_config => check(config),
        (None, Some(config)) => {
            start_logs(args.log.level());
            let config = Config::load(config)?;
            serve(config, args.listen, None, |origin| {
                output::line(format_args!("listening on {origin}"));
            })?;
            done()
        }
        (None, None) => demonstrate(args),
    }
}

/// A sandbox in a temporary directory, and a token for whoever started it. The directory goes with the service.
fn demonstrate(args: &ServiceArgs) -> Done {
    start_logs(args.log.level());
    let dir = tempfile::Builder::new().prefix("realname-demo-").tempdir();
    let dir = dir.map_err(|error| specimens::unmade(&std::env::temp_dir(), &error))?;
    sandbox::fill(dir.path())?;
    let file = dir.path().join("serve.toml");
    let mut config = Config::load(&file)?;
    config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let token = |scopes: &[Scope]| {
        let store = realname_service::store_of(&file)?;
        let token = NewToken { name: VISITOR, principal: VISITOR, scopes, days: 1 };
        Ok::<_, Failure>(new_token(store.as_ref(), &token, Timestamp::now())?)
    };
    let (desk, token) = (token(&[Scope::Desk])?, token(&Scope::ALL)?);
    let sandbox = dir.path().to_owned();
    let customer = Customer {
        token: desk,
        number: sandbox::NUMBER,
        shows: Arc::new(move |demand| {
            customer::show(&sandbox, demand).map_err(|failure| failure.to_string())
        }),
    };
    let demo = Demo::new(VISITOR).with_customer(customer);
    let served = serve(config, args.listen, Some(demo), |origin| {
        output::line(format_args!("listening on {origin}"));
        output::line(format_args!("demo token {}", token.as_str()));
    });
    // The demonstration's files are removed whether the service ended well or not.
    let gone = dir.close();
    served?;
    gone.map_err(|error| specimens::unmade(&std::env::temp_dir(), &error))?;
    done()
}

fn check(config: &Path) -> Done {
    realname_service::check(config)?;
    output::line(lang::pick(
        "the configuration is right: everything that it names was loaded",
        "配置无误：所引用的内容均已加载",
    ));
    done()
}

/// Nothing else makes tables: a mistyped database is no new ledger.
fn migrate(config: &Path) -> Done {
    realname_service::prepare_store(config)?;
    output::line(lang::pick("the store is as this program needs it", "存储已符合本程序的要求"));
    done()
}

fn make(args: &TokenNewArgs) -> Done {
    let names = [("--name", &args.name), ("--principal", &args.principal)];
    if let Some((option, _)) = names.into_iter().find(|(_, name)| !is_safe(name, 64)) {
        return Err(Failure::usage(
            lang::pick(
                format!("{option} has 1 to 64 plain characters"),
                format!("{option} 须为 1 至 64 个普通字符"),
            ),
            lang::pick("choose another name", "请更换名称"),
        ));
    }
    let store = realname_service::store_of(&args.config)?;
    let token =
        NewToken { name: &args.name, principal: &args.principal, scopes: &args.scopes, days: args.days };
    let text = new_token(store.as_ref(), &token, Timestamp::now())?;
    if args.json {
        output::json(&NewServiceToken { token: text.as_str(), name: &args.name, principal: &args.principal });
    } else {
        output::line(text.as_str());
    }
    done()
}

/// The token comes on standard input, so that no list of processes shows it.
fn withdraw(config: &Path) -> Done {
    let text = crate::files::read_text(Path::new("-"))?;
    let store = realname_service::store_of(config)?;
    if realname_service::withdraw_token(store.as_ref(), text.trim(), Timestamp::now())? {
        output::line(lang::pick(
            "withdrawn: no node takes it after ten seconds",
            "已撤销：十秒后各节点均不再接受",
        ));
        return done();
    }
    Err(Failure::refused(
        "token_refused",
        lang::pick("no such token is in force here", "此处没有该有效令牌"),
        lang::pick(
            "give the token as it was printed, to the service's own configuration",
            "请提供打印时的完整令牌，并使用该服务自己的配置",
        ),
    ))
}
