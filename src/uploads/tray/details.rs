//! What is below an upload for those who look closely: the bar's key, figures, hashes, requests that failed.

use leptos::html;
use leptos::prelude::*;

use super::strip;
use crate::clock;
use crate::text::{tr, uploads as words};
use crate::ui::{CopyButton, Glyph, Icon};
use crate::uploads::JobState;

/// Folded; what is in it is made when it is opened.
#[component]
pub(super) fn Details(
    /// Whose.
    name: String,
    /// How it is.
    state: ArcSignal<JobState>,
) -> impl IntoView {
    let element: NodeRef<html::Details> = NodeRef::new();
    let open = RwSignal::new(false);
    let toggled = move |_| open.set(element.get_untracked().is_some_and(|details| details.open()));
    let label = crate::text::tr_with("Details of {name}", &[("name", &name)]);
    let (drawn, listed) = (state.clone(), state);
    let list = Memo::new(move |_| {
        open.get()
            .then(|| listed.with(|state| words::details(state, clock::offset_at(clock::now()))))
    });
    let copied = {
        let name = name.clone();
        Signal::derive(move || words::copied(&name, list.read().as_deref().unwrap_or_default()))
    };
    view! {
        <details class="tray__details" node_ref=element on:toggle=toggled>
            <summary><Icon glyph=Glyph::Right small=true /><span aria-hidden="true">{tr("Details")}</span><span class="visually-hidden">{label}</span></summary>
            {move || open.get().then(|| drawn.with(strip::key))}
            <dl class="tray__facts">
                {move || list.get().into_iter().flatten().map(|detail| view! {
                    <div><dt>{detail.term}</dt><dd data-exact=detail.exact.then_some("")>{detail.value}</dd></div>
                }).collect_view()}
            </dl>
            <Show when=move || open.get()><CopyButton text=copied what=tr("details") worded=true /></Show>
        </details>
    }
}
