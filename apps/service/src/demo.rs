//! What only the demonstration has: somebody synthetic who stands at the desk, with a card and a telephone.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// What the demonstration has that no other service has.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Demo {
    /// Whose demands and sessions the visitor's are.
    pub principal: String,
    /// Who comes to the desk.
    pub(crate) customer: Option<Customer>,
}

/// Somebody synthetic who wants a number cancelled, and the token of the desk that they come to.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "built by its callers")]
pub struct Customer {
    /// Of the scope `desk`.
    pub token: Zeroizing<String>,
    /// Which number they want cancelled (E.164).
    pub number: &'static str,
    /// Shows the card for a demand: gives the presentation, or what went wrong.
    pub shows: Arc<Shows>,
}

/// Answers a demand with a presentation.
pub type Shows = dyn Fn(&str) -> Result<String, String> + Send + Sync;

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Demo {
    /// For that principal.
    pub fn new(principal: impl Into<String>) -> Self {
        Self { principal: principal.into(), customer: None }
    }

    /// With somebody at the desk.
    pub fn with_customer(mut self, customer: Customer) -> Self {
        self.customer = Some(customer);
        self
    }
}
