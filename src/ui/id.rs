//! Ids for elements that must refer to one another (`for`, `aria-describedby`, `popovertarget`).

use std::cell::Cell;

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// An id that no other element of this page has, such as `field-7`.
pub fn unique_id(kind: &str) -> String {
    let number = NEXT.with(|next| {
        next.set(next.get() + 1);
        next.get()
    });
    format!("{kind}-{number}")
}

#[cfg(test)]
mod tests {
    use super::unique_id;

    #[test]
    fn ids_differ() {
        assert_ne!(unique_id("field"), unique_id("field"));
    }
}
