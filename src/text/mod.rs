//! Words and figures. `errors` is the only place that makes words of errors, `format` the only one
//! that writes sizes, times and counts, `language` the only one that knows which language is spoken, `shell` the only one that quotes for a shell. All are pure.

pub mod captures;
pub mod downloads;
pub mod errors;
pub mod findings;
pub mod format;
pub mod language;
pub mod price;
pub mod shell;
pub mod transfers;
pub mod uploads;
pub mod user_data;

pub use language::{tr, tr_with};
