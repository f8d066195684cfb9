//! Panels, sections of a form, and folds.

use leptos::prelude::*;

use super::{Glyph, Icon, unique_id};

/// A hairline and a heading around things that belong together.
#[component]
pub fn Panel(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// A status beside the heading.
    #[prop(optional, into)]
    status: Option<ViewFn>,
    /// A few words or a button at the end of the head.
    #[prop(optional, into)]
    note: Option<ViewFn>,
    /// A sentence below the body.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    /// The body goes to the edges: tables, facts.
    #[prop(optional)]
    flush: bool,
    /// The body.
    children: Children,
) -> impl IntoView {
    let id = unique_id("panel");
    view! {
        <section class="panel" class:panel--flush=flush aria-labelledby=id.clone()>
            <div class="panel__head">
                <h2 id=id.clone()>{move || title.get()}</h2>
                {status.map(|status| status.run())}
                {note.map(|note| view! { <span class="panel__note">{note.run()}</span> })}
            </div>
            <div class="panel__body">{children()}</div>
            {foot.map(|foot| view! { <p class="panel__foot">{foot.run()}</p> })}
        </section>
    }
}

/// A section of a one-page form: number, title, fields.
#[component]
pub fn Section(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Its number among the steps.
    #[prop(optional, into)]
    number: Option<u8>,
    /// What there is to know, at the end of the head.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let id = unique_id("section");
    view! {
        <section class="section" aria-labelledby=id.clone()>
            <div class="section__head">
                {number.map(|number| view! { <span class="section__number" aria-hidden="true">{number}</span> })}
                <h2 id=id.clone()>{move || title.get()}</h2>
                {move || note.get().map(|note| view! { <span class="section__note">{note}</span> })}
            </div>
            {children()}
        </section>
    }
}

/// Something that most people need not see. Its note says what is in it.
#[component]
pub fn Fold(
    /// What it is about.
    #[prop(into)]
    title: String,
    /// What is set in it: "none", "40 GiB, virtio".
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// Open from the start.
    #[prop(optional)]
    open: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold" open=open>
            <summary>
                <Icon glyph=Glyph::Right />
                {title}
                {move || note.get().map(|note| view! { " " <span class="fold__note">{note}</span> })}
            </summary>
            <div class="fold__body">{children()}</div>
        </details>
    }
}
