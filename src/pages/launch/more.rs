//! What most launches leave alone: server group, host name, description, tags, metadata, config drive. Folded away until
//! something of it is set.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::fields::{Fields, Pair};
use super::form::Part;
use super::server_group::ServerGroupField;
use super::supply::{Supply, waiting};
use super::words;
use crate::text::{tr, tr_with};
use crate::ui::{Button, ButtonKind, Check, Field, Fold, Glyph, Icon, Input};

/// The fold.
#[component]
pub fn More(
    /// What the cloud offers.
    supply: Supply,
    /// The form.
    fields: Fields,
    /// Opens the dialog that makes a server group.
    new_group: RwSignal<bool>,
) -> impl IntoView {
    let set = Memo::new(move |_| set_parts(fields));
    let note = Signal::derive(move || {
        Some(set.with(|set| {
            match set.is_empty() {
                true => tr(
                    "server group, host name, description, tags, metadata, config drive: none set",
                )
                .to_owned(),
                false => set.join(", "),
            }
        }))
    });
    let open = !set.with_untracked(Vec::is_empty);
    let host_hint = Signal::derive(move || {
        let name = fields.name.read();
        let own = words::host_name(&name).unwrap_or_else(|| name.trim().to_owned());
        Some(match own.is_empty() {
            true => tr("Empty: it follows from the name.").to_owned(),
            false => tr_with("Empty: {host}, which follows from the name.", &[("host", &own)]),
        })
    });
    let tags_hint = || Some(tr("With commas between them; to find instances by.").to_owned());
    view! {
        <Fold title=tr("More") note=note open=open>
            <div class="stack">
                <div class="launch__two">
                    {waiting(supply.server_groups, 2, move || view! {
                        <ServerGroupField supply=supply fields=fields new_group=new_group />
                    }.into_any())}
                    <Field label=tr("Host name") optional=true hint=host_hint error=fields.error_at_once(Part::HostName) id=Part::HostName.anchor()>
                        <Input value=fields.host_name />
                    </Field>
                    <Field label=tr("Description") optional=true error=fields.error_at_once(Part::Description) id=Part::Description.anchor()>
                        <Input value=fields.description />
                    </Field>
                    <Field label=tr("Tags") optional=true hint=Signal::derive(tags_hint) error=fields.error_at_once(Part::Tags) id=Part::Tags.anchor()>
                        <Input value=fields.tags />
                    </Field>
                </div>
                <Metadata fields=fields />
                <ConfigDrive fields=fields />
            </div>
        </Fold>
    }
}

/// The names of what is set, for who looks at the closed fold.
fn set_parts(fields: Fields) -> Vec<String> {
    let draft = fields.draft();
    let named = [
        (!draft.server_group.is_empty(), tr("server group")),
        (!draft.host_name.trim().is_empty(), tr("host name")),
        (!draft.description.trim().is_empty(), tr("description")),
        (!draft.tag_list().is_empty(), tr("tags")),
        (draft.metadata.iter().any(|(key, _)| !key.is_empty()), tr("metadata")),
        (draft.config_drive, tr("config drive")),
    ];
    named.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned()).collect()
}

#[component]
fn Metadata(fields: Fields) -> impl IntoView {
    let error = fields.error_at_once(Part::Metadata);
    let add = move |_| {
        let id = fields.add_pair(String::new(), String::new());
        focus_soon(format!("launch-metadata-{id}"));
    };
    view! {
        <fieldset class="fieldset fieldset--close" id=Part::Metadata.anchor() tabindex="-1">
            <legend class="fieldset__legend">{tr("Metadata")}</legend>
            <p class="field__hint">{tr("Names and values that the instance can read of itself, and that operators’ tools look at.")}</p>
            <For each=move || fields.metadata.get() key=|pair| pair.id let:pair>
                <PairRow pair=pair fields=fields />
            </For>
            {move || error.get().map(|words| view! {
                <p class="field__message"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p>
            })}
            <div class="row" id="launch-metadata-add">
                <Button small=true icon=Glyph::Plus on_press=add>{tr("Add a value")}</Button>
            </div>
        </fieldset>
    }
}

#[component]
fn PairRow(pair: Pair, fields: Fields) -> impl IntoView {
    let remove = move |_| {
        fields.metadata.update(|pairs| pairs.retain(|other| other.id != pair.id));
        focus_soon("launch-metadata-add".to_owned());
    };
    let label = Signal::derive(move || match pair.key.read().trim() {
        "" => tr("Remove this value").to_owned(),
        key => tr_with("Remove {key}", &[("key", &key)]),
    });
    view! {
        <div class="property">
            <Field label=tr("Name") id=format!("launch-metadata-{}", pair.id)>
                <Input value=pair.key mono=true />
            </Field>
            <Field label=tr("Value")>
                <Input value=pair.value mono=true />
            </Field>
            <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=label on_press=remove />
        </div>
    }
}

#[component]
fn ConfigDrive(fields: Fields) -> impl IntoView {
    // Glance's own word for an image that does not start without one.
    let mandatory = Memo::new(move |_| {
        let says = fields.against(|_, offer| {
            offer.image.property("img_config_drive").map(|word| word == "mandatory")
        });
        says.flatten().unwrap_or(false)
    });
    let hint = Signal::derive(move || {
        Some(match mandatory.get() {
            true => tr("This image always gets one.").to_owned(),
            false => {
                tr("For images that do not ask the metadata service, and networks without one.")
                    .to_owned()
            }
        })
    });
    let error = fields.error_at_once(Part::ConfigDrive);
    view! {
        <div class="stack stack--tight" id=Part::ConfigDrive.anchor()>
            <Check checked=fields.config_drive label=tr("Give it its data on a config drive as well") hint=hint />
            {move || error.get().map(|words| view! {
                <p class="field__message"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p>
            })}
        </div>
    }
}

/// The focus to an element, or to the first control in it, when it is drawn.
fn focus_soon(id: String) {
    request_animation_frame(move || {
        let Some(element) = document().get_element_by_id(&id) else { return };
        let inner = element.query_selector("button, input").ok().flatten().unwrap_or(element);
        if let Ok(inner) = inner.dyn_into::<HtmlElement>() {
            drop(inner.focus());
        }
    });
}
