//! The tags of an image, where they stand: added and removed one by one, so that a colleague's stay.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::image::Image;

use crate::components::image::ImageActions;
use crate::text::{tr, tr_with};
use crate::ui::{Button, Glyph, Icon, Input};
use web_sys::HtmlElement;

/// Tags with a cross each, and a field for one more.
#[component]
pub fn Tags(
    /// The image.
    image: Signal<Image>,
    /// What can be done with it.
    actions: ImageActions,
    /// Whether this user may.
    changeable: bool,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let adding = RwSignal::new(false);
    let tags = Memo::new(move |_| image.with(|image| image.tags.clone()));
    let busy = Signal::derive(move || image.with(|image| actions.is_changing(&image.id)));
    let add = move || {
        let tag = typed.get_untracked().trim().to_owned();
        if tag.is_empty() || busy.get_untracked() {
            return;
        }
        image.with_untracked(|image| actions.tag(image, tag, true));
        typed.set(String::new());
    };
    let row: NodeRef<html::Span> = NodeRef::new();
    let removing = StoredValue::new(false);
    Effect::new(move |before: Option<usize>| {
        let now = tags.with(Vec::len);
        if before.is_some_and(|before| now < before) && removing.get_value() {
            removing.set_value(false);
            // The cross went with its tag.
            request_animation_frame(move || focus_first(row));
        }
        now
    });
    view! {
        <span class="row" node_ref=row>
            {move || tags.read().is_empty().then(|| view! { <span class="muted">{tr("None")}</span> })}
            <For each=move || tags.get() key=|tag| tag.clone() let(tag)>
                {
                    let label = tr_with("Remove the tag {tag}", &[("tag", &tag)]);
                    let own = tag.clone();
                    view! {
                        <span class="tag">
                            {tag}
                            {changeable.then(|| view! {
                                <button
                                    class="tag__remove"
                                    type="button"
                                    aria-label=label
                                    on:click=move |_| {
                                        removing.set_value(true);
                                        image.with_untracked(|image| actions.tag(image, own.clone(), false));
                                    }
                                ><Icon glyph=Glyph::X small=true /></button>
                            })}
                        </span>
                    }
                }
            </For>
            {changeable.then(|| view! {
                <Show
                    when=move || adding.get()
                    fallback=move || view! { <button class="link" type="button" on:click=move |_| adding.set(true)>{tr("Add tag")}</button> }
                >
                    <form class="row" novalidate on:submit=move |event| { event.prevent_default(); add() }>
                        <Input value=typed aria_label=tr("New tag") short=true />
                        <Button small=true submit=true busy=busy>{tr("Add")}</Button>
                    </form>
                </Show>
            })}
        </span>
    }
}

/// Gives the focus to the first control of the tags, unless something else has taken it.
fn focus_first(row: NodeRef<html::Span>) {
    let lost = document().active_element() == document().body().map(Into::into);
    let Some(Some(row)) = row.try_get_untracked() else { return };
    let Ok(Some(first)) = row.query_selector("button, input") else { return };
    if lost && let Some(first) = first.dyn_ref::<HtmlElement>() {
        drop(first.focus());
    }
}
