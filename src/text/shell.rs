//! Words for a POSIX shell, so that a command line shown on a page can be pasted as it stands.

pub use recipes::shell::quote;
