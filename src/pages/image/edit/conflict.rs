//! What the user and somebody else changed at once: both are shown, the user chooses.

use leptos::prelude::*;

use super::Edit;
use super::change::{Conflict, Part};
use super::words::{part_words, value_words};
use crate::text::{tr, tr_with};
use crate::ui::{Button, Note, Tone};

/// The open questions; nothing when there are none.
#[component]
pub(super) fn Conflicts(edit: Edit) -> impl IntoView {
    move || {
        let open = edit.open.get();
        (!open.is_empty()).then(|| {
            let text = tr("Nothing was sent. Choose for each what shall be, then save again.");
            view! {
                <Note tone=Tone::Warn title=tr("Somebody else changed the same while you were editing") text=Some(text.to_owned())>
                    <ul class="edit__conflicts">
                        {open.into_iter().map(|conflict| view! { <Question edit=edit conflict=conflict /> }).collect_view()}
                    </ul>
                </Note>
            }
        })
    }
}

#[component]
fn Question(edit: Edit, conflict: Conflict) -> impl IntoView {
    let Conflict { part, mine, theirs } = conflict;
    let words = |value: &Option<String>| value_words(&part, value.as_deref());
    let (name, now, yours) = (part_words(&part), words(&theirs), words(&mine));
    let values: [(&str, &dyn std::fmt::Display); 1] = [("part", &name)];
    let (keep, take) =
        (tr_with("Keep theirs: {part}", &values), tr_with("Use mine: {part}", &values));
    let settle = {
        let part = part.clone();
        move |use_mine: bool| settle(edit, &part, theirs.clone(), use_mine)
    };
    let use_mine = settle.clone();
    view! {
        <li class="edit__conflict">
            <p><b>{name.clone()}</b></p>
            <p>{tr("Now in the cloud:")}" "<ins>{now}</ins></p>
            <p>{tr("You typed:")}" "<ins>{yours}</ins></p>
            <div class="row">
                <Button small=true on_press=move |_| settle(false)>{keep}</Button>
                <Button small=true on_press=move |_| use_mine(true)>{take}</Button>
            </div>
        </li>
    }
}

/// From now on the part counts from what the cloud has; the form shows what was chosen.
fn settle(edit: Edit, part: &Part, theirs: Option<String>, use_mine: bool) {
    let mut shown = untrack(|| edit.form.values(&edit.base.get()));
    edit.base.update(|base| put(base, part, theirs.clone()));
    if !use_mine {
        put(&mut shown, part, theirs);
        edit.form.show(&shown);
    }
    edit.open.update(|open| open.retain(|conflict| conflict.part != *part));
    // The button that was pressed is gone.
    edit.look_up();
}

fn put(values: &mut super::Values, part: &Part, value: Option<String>) {
    match value {
        Some(value) => values.insert(part.clone(), value),
        None => values.remove(part),
    };
}
