//! Any other property: rows of name and value, the known ones explained.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::draft::{Place, Problem};
use super::entry::Entry;
use super::form::{Form, Row, error_at};
use super::known::{self, Known};
use super::options::Definitions;
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, Combobox, Field, Fold, Glyph, Suggestion};

/// The rows, folded away while there are none.
#[component]
pub(super) fn OtherProperties(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
    /// What this cloud itself explains.
    definitions: Signal<Definitions>,
) -> impl IntoView {
    let has_field = |key: &str| Entry::ALL.into_iter().any(|entry| entry.property() == Some(key));
    let known = Memo::new(move |_| match &*definitions.read() {
        Definitions::Known(cloud) => known::all(cloud, has_field),
        Definitions::Unasked | Definitions::Silent => known::ours(),
    });
    let note = Signal::derive(move || {
        let set = form.rows.read().iter().filter(|row| !row.key.read().trim().is_empty()).count();
        Some(if set == 0 { tr("none").to_owned() } else { set.to_string() })
    });
    let add = move |_| {
        let id = form.add_row(String::new(), String::new());
        focus(format!("#create-property-{id}"));
    };
    let explained = move || match &*definitions.read() {
        Definitions::Known(cloud) if !cloud.is_empty() => {
            Some(tr("The cloud’s own definitions are among the suggestions."))
        }
        Definitions::Known(_) | Definitions::Silent => {
            Some(tr("This cloud defines no properties of its own; any name may be used."))
        }
        Definitions::Unasked => None,
    };
    let open = untrack(|| !form.rows.read().is_empty());
    view! {
        <Fold title=tr("Other properties") note=note open=open>
            <div class="stack">
                <For each=move || form.rows.get() key=|row| row.id let:row>
                    {property(form, problems, known, row)}
                </For>
                <div class="row" id="create-property-add">
                    <Button icon=Glyph::Plus on_press=add>{tr("Add a property")}</Button>
                    {move || explained().map(|text| view! { <span class="field__hint">{text}</span> })}
                </div>
            </div>
        </Fold>
    }
}

fn property(
    form: Form,
    problems: Memo<Vec<Problem>>,
    known: Memo<Vec<Known>>,
    row: Row,
) -> AnyView {
    let at = Memo::new(move |_| form.rows.read().iter().position(|other| other.id == row.id));
    let error = Signal::derive(move || error_at(problems, Place::Row(at.get()?)).get());
    let keys = Signal::derive(move || {
        let known = known.read();
        known
            .iter()
            .map(|one| Suggestion::noted(one.key.as_str(), one.key.as_str(), one.text.as_str()))
            .collect()
    });
    let explained = Memo::new(move |_| {
        let (known, key) = (known.read(), row.key.read());
        known.iter().find(|one| one.key == key.trim()).cloned()
    });
    let values = Signal::derive(move || {
        let values = explained.get().map(|known| known.values).unwrap_or_default();
        values.into_iter().map(|value| Suggestion::new(value.clone(), value)).collect()
    });
    let remove = move |_| {
        // The focus goes where it can go on: the row before, else the one that is first now, else the button.
        let rows = form.rows.get_untracked();
        let at = rows.iter().position(|other| other.id == row.id).unwrap_or_default();
        let other = match at.checked_sub(1) {
            Some(before) => rows.get(before),
            None => rows.get(1),
        };
        let to = other.map_or_else(
            || "#create-property-add button".to_owned(),
            |other| format!("#create-property-{}", other.id),
        );
        form.rows.update(|rows| rows.retain(|other| other.id != row.id));
        focus(to);
    };
    let name = Signal::derive(move || {
        let key = row.key.read();
        match key.trim() {
            "" => tr("Remove this property").to_owned(),
            key => tr_with("Remove {key}", &[("key", &key)]),
        }
    });
    view! {
        <div class="property">
            <Field
                label=tr("Property")
                id=format!("create-property-{}", row.id)
                error=error
                hint=Signal::derive(move || explained.get().map(|known| known.text))
            >
                <Combobox value=row.key options=keys mono=true />
            </Field>
            <Field label=tr("Value") id=format!("create-value-{}", row.id)>
                <Combobox value=row.value options=values mono=true />
            </Field>
            <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=name on_press=remove />
        </div>
    }
    .into_any()
}

/// The focus to what the selector finds; it is drawn by the next frame.
fn focus(selector: String) {
    request_animation_frame(move || {
        let field = document().query_selector(&selector).ok().flatten();
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(field.focus());
        }
    });
}
