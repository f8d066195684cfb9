//! Going from one view of a list to another: each has its own address.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Whether the back button leads to the view before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It does.
    Push,
    /// It does not: a letter more in the search is no place to go back to.
    Replace,
}

impl Step {
    /// The step that a change of the search is: the first letter can be undone by the back button, the next ones belong
    /// to it.
    pub fn of_search(before: &str) -> Self {
        if before.is_empty() { Self::Push } else { Self::Replace }
    }
}

/// Goes to an address of the same page, staying where it is scrolled to.
pub type Visit = Callback<(String, Step)>;

/// Makes one.
pub fn use_visit() -> Visit {
    let navigate = use_navigate();
    Callback::new(move |(href, step): (String, Step)| {
        let replace = step == Step::Replace;
        navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    })
}
