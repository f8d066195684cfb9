//! The mark of an operating system, on a tile of its colour.

use leptos::prelude::*;

use super::systems::Mark;

/// The mark of an operating system. Decoration: its name always stands in words nearby.
#[component]
pub fn OsMark(
    /// The distribution as `os_distro` names it (libosinfo's short id); anything unknown gets a ring.
    #[prop(into)]
    distro: Signal<Option<String>>,
    /// The large one, beside a page's heading.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let mark = Memo::new(move |_| Mark::of(distro.read().as_deref().unwrap_or_default()));
    view! {
        <svg
            class="os"
            class:os--l=large
            data-os=move || mark.get().tint
            viewBox="0 0 20 20"
            aria-hidden="true"
        >
            <path d=move || mark.get().strokes />
        </svg>
    }
}
