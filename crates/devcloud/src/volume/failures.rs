//! Names that provoke failures; `docs/devcloud.md` lists them for people.

/// A volume with such a name goes to `error` instead of `available`.
pub const CREATE: &str = "fail-create";

/// A volume with such a name goes to `error_deleting` when it is deleted.
pub const DELETE: &str = "fail-delete";

/// Whether a name begins with one of the words above.
pub fn asks_for(word: &str, name: Option<&str>) -> bool {
    name.is_some_and(|name| name.starts_with(word))
}
