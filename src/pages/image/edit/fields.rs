//! The fields of the edit form that stand for one part each, and the tags.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::image::Visibility;
use web_sys::{HtmlElement, KeyboardEvent};

use super::Edit;
use super::change::Part;
use super::known::{Known, label};
use super::words::anchor;
use crate::components::image::{property_meaning, visibility_word};
use crate::text::{tr, tr_with};
use crate::ui::{Button, Check, Choice, Field, Glyph, Icon, Input, Select};

/// The visibilities to choose from: what this console offers, what the image has, and shareable, as sharing makes it so.
/// The others are shown with the reason.
pub(super) fn visibilities(offered: &[String], now: &Visibility) -> Vec<Choice> {
    let all = [Visibility::Private, Visibility::Shared, Visibility::Community, Visibility::Public];
    let known = all.contains(now);
    let others = (!known).then(|| now.clone());
    all.into_iter()
        .chain(others)
        .map(|visibility| {
            let possible = visibility == *now
                || visibility == Visibility::Shared
                || visibility == Visibility::Private
                || offered.iter().any(|word| word == visibility.as_str());
            let word = visibility_word(&visibility, true);
            let label = match possible {
                true => word,
                false => {
                    tr_with("{visibility} (not offered in this cloud)", &[("visibility", &word)])
                }
            };
            Choice { value: visibility.as_str().to_owned(), label, disabled: !possible }
        })
        .collect()
}

/// Name, visibility, protection, hiding, tags.
#[component]
pub(super) fn Keeping(edit: Edit, visibilities: Vec<Choice>) -> impl IntoView {
    let form = edit.form;
    let reach = Signal::derive(move || {
        Some(
            match form.visibility.read().as_str() {
                "private" => tr("Only this project sees it."),
                "shared" => tr("This project and those it is shared with see it."),
                "community" => tr("Everybody can use it who knows its id; it is in nobody’s list."),
                "public" => tr("Everybody sees it. Only operators may do this in most clouds."),
                _ => "",
            }
            .to_owned(),
        )
        .filter(|text| !text.is_empty())
    });
    view! {
        <div class="pair">
            <Field label=tr("Name") error=edit.error(Part::Name) id=anchor(&Part::Name)>
                <Input value=form.name />
            </Field>
            <Field label=tr("Visibility") hint=reach error=edit.error(Part::Visibility) id=anchor(&Part::Visibility)>
                <Select value=form.visibility options=visibilities />
            </Field>
        </div>
        <div class="pair">
            <Check checked=form.protected label=tr("Protected") hint=Some(tr("It cannot be deleted, by nobody, until it is unprotected.").to_owned()) />
            <Check checked=form.hidden label=tr("Hidden") hint=Some(tr("It is left out of lists; its id goes on working.").to_owned()) />
        </div>
        <Tags edit=edit />
    }
}

#[component]
fn Tags(edit: Edit) -> impl IntoView {
    let form = edit.form;
    let list: NodeRef<html::Div> = NodeRef::new();
    let remove = move |tag: &str| {
        let at = form.tags.with_untracked(|tags| tags.iter().position(|other| other == tag));
        form.tags.update(|tags| tags.retain(|other| other != tag));
        // The cross goes with its tag: the focus goes to the one that takes its place.
        request_animation_frame(move || focus_tag(list, at.unwrap_or_default()));
    };
    view! {
        <Field label=tr("Tags") hint=Some(tr("Enter adds one.").to_owned()) error=edit.error(Part::Tag(String::new())) id="edit-tags">
            {move || {
                let tags = form.tags.get();
                (!tags.is_empty()).then(|| view! {
                    <span class="row">
                        {tags.into_iter().map(|tag| {
                            let label = tr_with("Remove the tag {tag}", &[("tag", &tag)]);
                            let own = tag.clone();
                            view! {
                                <span class="tag">
                                    {tag}
                                    <button class="tag__remove" type="button" aria-label=label on:click=move |_| remove(&own)>
                                        <Icon glyph=Glyph::X small=true />
                                    </button>
                                </span>
                            }
                        }).collect_view()}
                    </span>
                })
            }}
            <div
                class="row"
                node_ref=list
                on:keydown=move |event: KeyboardEvent| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                        form.add_tag();
                    }
                }
            >
                <Input value=form.new_tag short=true />
                <Button small=true on_press=move |_| form.add_tag()>{tr("Add tag")}</Button>
            </div>
        </Field>
    }
}

/// Gives the focus to the cross at that place or the one before it, else to the field for another tag.
fn focus_tag(fields: NodeRef<html::Div>, at: usize) {
    let Some(Some(fields)) = fields.try_get_untracked() else { return };
    let crosses = fields
        .parent_element()
        .and_then(|field| field.query_selector_all(".tag__remove").ok())
        .map(|found| (0..found.length()).filter_map(|at| found.item(at)).collect::<Vec<_>>())
        .unwrap_or_default();
    let cross = crosses.get(at).or(crosses.last()).cloned();
    let next = cross.or_else(|| fields.query_selector("input").ok().flatten().map(Into::into));
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // What cannot take it leaves it where it is.
        drop(next.focus());
    }
}

/// Smallest disk and RAM.
#[component]
pub(super) fn Needs(edit: Edit) -> impl IntoView {
    let form = edit.form;
    view! {
        <div class="pair">
            <Field label=tr("Smallest disk") error=edit.error(Part::MinDisk) id=anchor(&Part::MinDisk)>
                <Input value=form.min_disk inputmode="numeric" unit="GiB" short=true />
            </Field>
            <Field label=tr("Smallest RAM") error=edit.error(Part::MinRam) id=anchor(&Part::MinRam)>
                <Input value=form.min_ram inputmode="numeric" unit="MiB" short=true />
            </Field>
        </div>
    }
}

/// One field for each of these properties; an empty one takes the property away.
#[component]
pub(super) fn KnownFields(edit: Edit, known: &'static [Known]) -> impl IntoView {
    let fields = known.iter().map(|Known { key, values }| {
        let part = Part::Property((*key).to_owned());
        let value = edit.form.known(key);
        let hint = property_meaning(key).map(str::to_owned);
        let id = anchor(&part);
        let error = edit.error(part);
        view! {
            <Field label=label(key) hint=hint error=error id=id>
                {if values.is_empty() {
                    view! { <Input value=value /> }.into_any()
                } else {
                    let options = Signal::derive(move || choices(values, &value.read()));
                    view! { <Select value=value options=options /> }.into_any()
                }}
            </Field>
        }
        .into_any()
    });
    view! { <div class="pair">{fields.collect_view()}</div> }
}

/// What can be chosen, with what stands there when it is none of it.
fn choices(values: &[&str], now: &str) -> Vec<Choice> {
    let none = Choice::new("", tr("Not set"));
    let other = (!now.is_empty() && !values.contains(&now)).then(|| Choice::new(now, now));
    let known = values.iter().map(|value| Choice::new(*value, *value));
    std::iter::once(none).chain(known).chain(other).collect()
}
