//! The address of the server, taken apart into its hosts.

use postgres::Config;
use postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::Config as One;

use crate::store::StoreError;

/// Whether every host of the address is a local socket or a loopback address. A `hostaddr` is what is really called.
pub(super) fn on_this_machine(config: &Config) -> bool {
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(|address| address.is_loopback());
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

/// One configuration a host, so that each can be given its share of the time: the client itself would wait for the first
/// as long as that one likes. Of several hosts only one that writes will do, unless the address says otherwise.
pub(super) fn hosts(config: &Config) -> Result<Vec<One>, StoreError> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = names.len().max(addresses.len());
    let fits = |length: usize| length == count || length == 0;
    if count == 0 || !fits(names.len()) || !fits(addresses.len()) || !(fits(ports.len()) || ports.len() == 1)
    {
        return Err(StoreError::Address);
    }
    let host = |index: usize| {
        let mut one = common(config);
        match names.get(index) {
            Some(Host::Tcp(name)) => _ = one.host(name),
            #[cfg(unix)]
            Some(Host::Unix(path)) => _ = one.host_path(path),
            None => {}
        }
        if let Some(address) = addresses.get(index) {
            one.hostaddr(*address);
        }
        if let Some(port) = ports.get(index).or(ports.first()) {
            one.port(*port);
        }
        if count > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
            one.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        one
    };
    Ok((0..count).map(host).collect())
}

/// All but the host.
fn common(config: &Config) -> One {
    let mut one = One::new();
    one.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .target_session_attrs(config.get_target_session_attrs())
        .load_balance_hosts(config.get_load_balance_hosts())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle());
    if let Some(user) = config.get_user() {
        one.user(user);
    }
    if let Some(password) = config.get_password() {
        one.password(password);
    }
    if let Some(name) = config.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = config.get_options() {
        one.options(options);
    }
    if let Some(name) = config.get_application_name() {
        one.application_name(name);
    }
    if let Some(timeout) = config.get_connect_timeout() {
        one.connect_timeout(*timeout);
    }
    if let Some(timeout) = config.get_tcp_user_timeout() {
        one.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn each_host_keeps_its_port_and_what_all_share() {
        let config: Config = "host=/run/a,b.example port=1,2 user=u password=p dbname=d".parse().unwrap();
        let hosts = hosts(&config).unwrap();
        assert_eq!(hosts.len(), 2);
        assert_eq!(hosts[0].get_hosts(), [Host::Unix("/run/a".into())]);
        assert_eq!(hosts[1].get_hosts(), [Host::Tcp("b.example".to_owned())]);
        assert_eq!((hosts[0].get_ports(), hosts[1].get_ports()), (&[1][..], &[2][..]));
        for host in &hosts {
            assert_eq!((host.get_user(), host.get_password()), (Some("u"), Some(&b"p"[..])));
            assert_eq!(host.get_dbname(), Some("d"));
            assert_eq!(host.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        }
    }

    #[test]
    fn one_host_is_taken_as_it_is() {
        let one = |address: &str| hosts(&address.parse().unwrap()).unwrap().remove(0);
        assert_eq!(one("host=a user=u").get_target_session_attrs(), TargetSessionAttrs::Any);
        let says = "host=a,b user=u target_session_attrs=read-only";
        assert_eq!(one(says).get_target_session_attrs(), TargetSessionAttrs::ReadOnly);
    }

    #[test]
    fn what_does_not_fit_is_no_address() {
        for address in ["user=u", "host=a,b,c port=1,2 user=u", "host=a,b hostaddr=127.0.0.1 user=u"] {
            assert!(matches!(hosts(&address.parse().unwrap()), Err(StoreError::Address)), "{address}");
        }
    }
}
