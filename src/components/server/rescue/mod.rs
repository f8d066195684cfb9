//! Rescue: a server runs from another image for a while, with its own disks beside it, so that they can be mended.

mod banner;
mod dialog;
mod rules;

pub use banner::RescueBanner;
pub(super) use dialog::RescueDialog;
pub(super) use rules::{why_not_rescue, why_not_unrescue};
