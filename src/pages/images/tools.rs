//! The search, and how fresh the list is.

use leptos::prelude::*;

use super::feed::Feed;
use super::{Extent, Go, Shown, Step};
use crate::components::Freshness;
use crate::text::format;
use crate::ui::{Button, ButtonKind, Glyph, Icon};

/// The line between tabs and table.
#[component]
pub fn Tools(
    /// The page's images.
    shown: Shown,
    /// Where they come from.
    feed: Feed,
    /// Goes to another search.
    go: Go,
) -> impl IntoView {
    let search = Memo::new(move |_| shown.query.with(|query| query.search.clone()));
    let type_in =
        move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
            let query = shown.query.get_untracked();
            // The first letter is a step that the back button undoes; the next ones belong to it.
            let step = if query.search.is_empty() { Step::Push } else { Step::Replace };
            go.run((query.with_search(event.target().value()), step));
        };
    let count = Memo::new(move |_| count_words(shown));
    view! {
        <div class="facets images__tools" role="search">
            <span class="control control--lead facets__search">
                <Icon glyph=Glyph::Search small=true />
                <input
                    class="input"
                    type="search"
                    placeholder="Name, id, tag or system"
                    aria-label="Search images"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=search
                    on:input:target=type_in
                />
            </span>
            <span class="facets__end">
                <span role="status">{move || count.get()}</span>
                <Freshness remote=feed.remote() />
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=Glyph::Retry
                    label=Signal::stored("Refresh images".to_owned())
                    busy=Signal::derive(move || feed.remote().with(|remote| remote.refreshing))
                    on_press=move |_| feed.refresh()
                />
            </span>
        </div>
    }
}

/// "173 images", "12 of 173 images", "3,000 images so far".
fn count_words(shown: Shown) -> Option<String> {
    let extent = shown.extent.get();
    let (matching, in_tab) = shown.page.with(|page| (page.matching, page.in_tab));
    let all = format::count(in_tab, "image", "images");
    let words = match shown.query.with(|query| query.search.trim().is_empty()) {
        true => all,
        false => format!("{} of {all}", format::thousands(matching as u64)),
    };
    match extent {
        Extent::Nothing => None,
        Extent::Part => Some(format!("{words} so far")),
        Extent::Whole => Some(words),
    }
}
