//! Who may use a route; every route names one, or it does not compile.

use medrecord_clinic::access::Action;
use std::fmt;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// Anybody, for a reason that is stated.
    Open(&'static str),
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in and may do this.
    May(Action),
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(reason) => write!(f, "open: {reason}"),
            Self::SignedIn => f.write_str("signed in"),
            Self::May(action) => write!(f, "may {action}"),
        }
    }
}
