//! Image names that provoke a failure, so that anybody can see it happen: type one into the console, the CLI or a test.
//!
//! | an image whose name starts with | what happens |
//! |---|---|
//! | `fail-import` | the import gets to `importing`, then its task fails ("Task failed due to Internal Error") |
//! | `fail-worker` | the import gets to `importing`, and then nothing happens any more, as after a killed worker; a restart changes nothing |
//! | `fail-saving` | `PUT file` takes the whole body and answers 503; the image stays `saving` for ever, as after a killed worker |
//! | `fail-503` | `PUT file` takes the whole body and answers 503; the image is `queued` again, every time |
//! | `fail-quota` | `PUT file` answers 413 (over `image_size_total`) after the first bytes of the body |
//! | `fail-hash` | the upload or import ends well, but `checksum` and `os_hash_value` are not those of the bytes: corruption on the way |
//! | `fail-delete` | `DELETE` answers 409: the image is in use |
//!
//! Case counts. Everything else about such an image is as usual; `fail-saving` and `fail-worker` images survive a restart as they are.

/// What is to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// `fail-import`
    Import,
    /// `fail-worker`
    Worker,
    /// `fail-saving`
    Saving,
    /// `fail-503`
    Unavailable,
    /// `fail-quota`
    Quota,
    /// `fail-hash`
    Hash,
    /// `fail-delete`
    Delete,
}

impl Failure {
    /// By an image's name.
    pub fn of(name: Option<&str>) -> Option<Self> {
        let known = [
            ("fail-import", Self::Import),
            ("fail-worker", Self::Worker),
            ("fail-saving", Self::Saving),
            ("fail-503", Self::Unavailable),
            ("fail-quota", Self::Quota),
            ("fail-hash", Self::Hash),
            ("fail-delete", Self::Delete),
        ];
        let name = name?;
        known.into_iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, failure)| failure)
    }
}

/// A digest that is not this one.
pub(super) fn corrupted(hex: &str) -> String {
    let mut chars = hex.chars();
    let first = if chars.next() == Some('0') { '1' } else { '0' };
    std::iter::once(first).chain(chars).collect()
}
