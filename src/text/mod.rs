//! Words and figures. `errors` is the only place that makes words of errors, `format` the only one
//! that writes sizes, times and counts. Both are pure.

pub mod errors;
pub mod format;
