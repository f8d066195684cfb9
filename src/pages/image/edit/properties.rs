//! The properties without a field of their own: key and value, one a row.

use leptos::html;
use leptos::prelude::*;

use super::Edit;
use super::change::Part;
use super::form::Row;
use crate::components::image::{KNOWN_PROPERTIES, property_meaning};
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, unique_id};

/// The rows and the button for one more.
#[component]
pub(super) fn OtherProperties(edit: Edit) -> impl IntoView {
    let form = edit.form;
    let list = unique_id("keys");
    let options =
        KNOWN_PROPERTIES.iter().map(|key| view! { <option value=*key></option> }).collect_view();
    let named = list.clone();
    let empty = move || form.rows.read().is_empty();
    view! {
        <datalist id=list>{options}</datalist>
        <div class="edit__rows" id="edit-properties" tabindex="-1">
            <Show when=empty><p class="muted">{tr("None besides those above.")}</p></Show>
            <For each=move || form.rows.get() key=|row| row.number let(row)>
                <PropertyRow edit=edit row=row list=named.clone() />
            </For>
        </div>
        <div class="row">
            <Button icon=Glyph::Plus on_press=move |_| form.add_row()>{tr("Add property")}</Button>
        </div>
    }
}

#[component]
fn PropertyRow(edit: Edit, row: Row, list: String) -> impl IntoView {
    let message_id = unique_id("property");
    let key_input: NodeRef<html::Input> = NodeRef::new();
    // A new row is where the user goes on typing.
    if row.added {
        Effect::new(move || {
            if let Some(input) = key_input.get().filter(|_| row.key.read_untracked().is_empty()) {
                drop(input.focus());
            }
        });
    }
    let error = move || edit.error(Part::Property(row.key.get().trim().to_owned())).get();
    let said = Memo::new(move |_| match error() {
        Some(text) => Some((true, text)),
        None => property_meaning(row.key.read().trim()).map(|text| (false, text.to_owned())),
    });
    let described_by = {
        let id = message_id.clone();
        Signal::derive(move || said.read().is_some().then(|| id.clone()))
    };
    let invalid = move || matches!(*said.read(), Some((true, _))).then_some("true");
    let name = move || row.key.get();
    let value_label = move || tr_with("Value of {key}", &[("key", &name())]);
    let remove_label = Signal::derive(move || tr_with("Remove {key}", &[("key", &row.key.get())]));
    view! {
        <div class="edit__row">
            {if row.added {
                view! {
                    <input
                        class="input input--mono"
                        aria-label=tr("Name of the property")
                        list=list
                        spellcheck="false"
                        autocomplete="off"
                        aria-invalid=invalid
                        aria-describedby=move || described_by.get()
                        node_ref=key_input
                        prop:value=row.key
                        on:input:target=move |event| row.key.set(event.target().value())
                    />
                }.into_any()
            } else {
                view! { <code class="edit__key">{name}</code> }.into_any()
            }}
            <input
                class="input input--mono"
                aria-label=value_label
                spellcheck="false"
                autocomplete="off"
                aria-invalid=invalid
                aria-describedby=move || described_by.get()
                prop:value=row.value
                on:input:target=move |event| row.value.set(event.target().value())
            />
            <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=remove_label on_press=move |_| edit.form.remove_row(row.number) />
            {move || said.get().map(|(wrong, text)| view! {
                <p class="edit__said" class:field__message=wrong class:field__hint=!wrong id=message_id.clone()>{crate::ui::marked(&text)}</p>
            })}
        </div>
    }
}
