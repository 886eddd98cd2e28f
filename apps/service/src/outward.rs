//! Calls to others' services.

use std::time::Duration;

/// Calls over HTTPS to whom the system believes, straight and without following anybody elsewhere. Any status is an answer.
pub(crate) fn agent(patience: Duration) -> ureq::Agent {
    let roots = realname_https::system_roots().unwrap_or_default();
    ureq::Agent::config_builder()
        .tls_config(realname_https::config(roots, None))
        .timeout_global(Some(patience))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}
