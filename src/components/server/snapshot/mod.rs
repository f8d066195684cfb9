//! Making an image of a server: when it can be done, what will come, the form, the dialog. The order itself is carried out by
//! `captures`.

mod command;
mod dialog;
mod fields;
mod form;
mod keep;
mod rules;
mod what;

pub(super) use dialog::SnapshotDialog;
pub use fields::SnapshotFields;
pub use form::{SnapshotForm, UnderWay};
pub use rules::why_not_image;
pub use what::WhatComes;
