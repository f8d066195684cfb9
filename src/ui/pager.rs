//! Which part of a long list is shown, and the way to the parts beside it.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::text::tr;

/// "1 to 50 of 173", and links to the page before and after.
#[component]
pub fn Pager(
    /// What is listed, in the plural: "images".
    #[prop(into)]
    what: String,
    /// The number of the first shown, from 1.
    #[prop(into)]
    from: Signal<usize>,
    /// The number of the last shown.
    #[prop(into)]
    to: Signal<usize>,
    /// How many there are.
    #[prop(into)]
    total: Signal<usize>,
    /// The address of the page before, if there is one.
    #[prop(into)]
    previous: Signal<Option<String>>,
    /// The address of the page after, if there is one.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let step = |href: Signal<Option<String>>, label: &'static str, class: &'static str| {
        move || {
            href.get().map(|href| {
                view! {
                    <a class=class href=href aria-label=label>
                        <Icon glyph=Glyph::Right small=true />
                    </a>
                }
            })
        }
    };
    view! {
        <nav class="pager" aria-label=tr("Pages")>
            <span>{move || from.get()} {tr(" to ")} {move || to.get()} {tr(" of ")} {move || total.get()} " " {what}</span>
            {step(previous, tr("Page before"), "button button--s button--icon pager__back")}
            {step(next, tr("Page after"), "button button--s button--icon")}
        </nav>
    }
}
