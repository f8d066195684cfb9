//! A field is a label, a control, and what is to be said about it.
//!
//! `Field` makes the ids; the control inside reads them from context, so that label, hint and
//! error are always joined to it: `<Field label="Name" error=error><Input value=name/></Field>`.

use leptos::html;
use leptos::prelude::*;

use super::{Glyph, Icon, Tone, marked, unique_id};
use crate::text::tr;

/// What a control inside a `Field` needs to know of it.
#[derive(Clone)]
pub(super) struct Wiring {
    pub(super) id: String,
    pub(super) described_by: Signal<Option<String>>,
    pub(super) invalid: Signal<bool>,
}

impl Wiring {
    pub(super) fn take() -> Self {
        use_context().unwrap_or_else(|| Self {
            id: unique_id("control"),
            described_by: Signal::stored(None),
            invalid: Signal::stored(false),
        })
    }
}

/// Label, control, hint, warning, error.
#[component]
pub fn Field(
    /// What the field asks for.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with it. Takes the place of the hint.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is allowed but should be known. Shown when there is no error.
    #[prop(optional, into)]
    warning: Signal<Option<String>>,
    /// May be left empty.
    #[prop(optional)]
    optional: bool,
    /// Set to `"file"` when the value was read from the file, `"changed"` when the user has changed
    /// such a value.
    #[prop(optional, into)]
    source: Signal<Option<&'static str>>,
    /// The id of the control, when something outside must name it (an error summary).
    #[prop(optional, into)]
    id: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| unique_id("field"));
    let hint_id = format!("{id}-hint");
    let message_id = format!("{id}-message");
    let described_by = Signal::derive({
        let (hint_id, message_id) = (hint_id.clone(), message_id.clone());
        move || {
            if error.read().is_some() || warning.read().is_some() {
                Some(message_id.clone())
            } else {
                hint.read().is_some().then(|| hint_id.clone())
            }
        }
    });
    let wiring = Wiring {
        id: id.clone(),
        described_by,
        invalid: Signal::derive(move || error.read().is_some()),
    };
    let message = move || {
        error
            .get()
            .map(|text| (None, text))
            .or_else(|| warning.get().map(|text| (Some("warn"), text)))
    };
    view! {
        <div class="field" data-source=move || source.get()>
            <div class="field__head">
                <label class="field__label" for=id>{move || label.get()}</label>
                {move || (optional && source.read().is_none()).then(|| view! { <span class="field__optional">{tr("optional")}</span> })}
                {move || source.get().map(|source| view! {
                    <span class="source">
                        <Icon glyph=Glyph::Read small=true />
                        {if source == "file" { tr("from the file") } else { tr("changed by you") }}
                    </span>
                })}
            </div>
            <leptos::context::Provider value=wiring>{children()}</leptos::context::Provider>
            {move || match message() {
                Some((tone, text)) => view! {
                    <p class="field__message" data-tone=tone id=message_id.clone()>
                        <Icon glyph=Glyph::Warn small=true />
                        <span>{marked(&text)}</span>
                    </p>
                }.into_any(),
                None => hint.get().map(|text| view! {
                    <p class="field__hint" id=hint_id.clone()>{marked(&text)}</p>
                }).into_any(),
            }}
        </div>
    }
}

/// A line of text.
#[component]
pub fn Input(
    /// What is in it.
    value: RwSignal<String>,
    /// The HTML type: `text`, `password`, `search`, `url`, `number` ...
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in, as HTML names it; `off` for names of things.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example of what to type. Never the only hint.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Which keys a phone shows: `numeric`, `url` ...
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// In monospace: something that is pasted.
    #[prop(optional)]
    mono: bool,
    /// For a number of a few digits.
    #[prop(optional)]
    short: bool,
    /// The unit after the number.
    #[prop(optional, into)]
    unit: Option<&'static str>,
    /// An icon inside, at the start.
    #[prop(optional, into)]
    lead: Option<Glyph>,
    /// Cannot be changed.
    #[prop(optional, into)]
    readonly: Signal<bool>,
    /// Its name when it stands without a `Field`.
    #[prop(optional, into)]
    aria_label: Option<String>,
    /// Called after the value has changed by typing.
    #[prop(optional, into)]
    on_input: Option<Callback<()>>,
    /// The element, for moving the focus to it.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let Wiring { id, described_by, invalid } = Wiring::take();
    let input = view! {
        <input
            class="input"
            class:input--mono=mono
            id=id
            type=kind
            autocomplete=autocomplete
            spellcheck="false"
            placeholder=placeholder
            inputmode=inputmode
            aria-label=aria_label
            aria-describedby=move || described_by.get()
            aria-invalid=move || invalid.get().then_some("true")
            readonly=move || readonly.get()
            node_ref=node_ref
            prop:value=value
            on:input:target=move |event| {
                value.set(event.target().value());
                if let Some(on_input) = on_input { on_input.run(()) }
            }
        />
    };
    if unit.is_none() && lead.is_none() && !short {
        return input.into_any();
    }
    view! {
        <span class="control" class:control--lead=lead.is_some() class:control--short=short>
            {lead.map(|glyph| view! { <Icon glyph=glyph small=true /> })}
            {input}
            {unit.map(|unit| view! { <span class="control__unit">{unit}</span> })}
        </span>
    }
    .into_any()
}

/// Several lines of text, in monospace.
#[component]
pub fn TextArea(
    /// What is in it.
    value: RwSignal<String>,
    /// How many lines it shows.
    #[prop(default = 6)]
    rows: u32,
    /// An example of what to type.
    #[prop(optional, into)]
    placeholder: Option<String>,
) -> impl IntoView {
    let Wiring { id, described_by, invalid } = Wiring::take();
    view! {
        <textarea
            class="input input--mono"
            id=id
            rows=rows.to_string()
            spellcheck="false"
            autocomplete="off"
            placeholder=placeholder
            aria-describedby=move || described_by.get()
            aria-invalid=move || invalid.get().then_some("true")
            prop:value=value
            on:input:target=move |event| value.set(event.target().value())
        ></textarea>
    }
}

/// One entry of a `Select`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What `value` becomes when it is chosen.
    pub value: String,
    /// What the user reads.
    pub label: String,
    /// It is shown but cannot be chosen; the label says why.
    pub disabled: bool,
}

impl Choice {
    /// An entry that can be chosen.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), disabled: false }
    }
}

/// One of several.
#[component]
pub fn Select(
    /// The value of the chosen entry.
    value: RwSignal<String>,
    /// What can be chosen, in order.
    #[prop(into)]
    options: Signal<Vec<Choice>>,
    /// Its name when it stands without a `Field`.
    #[prop(optional, into)]
    aria_label: Option<String>,
    /// Called after the user has chosen.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
) -> impl IntoView {
    let Wiring { id, described_by, invalid } = Wiring::take();
    view! {
        <span class="control">
            <select
                class="input"
                id=id
                aria-label=aria_label
                aria-describedby=move || described_by.get()
                aria-invalid=move || invalid.get().then_some("true")
                on:change:target=move |event| {
                    value.set(event.target().value());
                    if let Some(on_change) = on_change { on_change.run(event.target().value()) }
                }
            >
                // Options are few: drawing them anew keeps `selected` right when they change.
                {move || options.get().into_iter().map(|option| {
                    let own = option.value.clone();
                    view! {
                        <option
                            value=option.value
                            disabled=option.disabled
                            prop:selected=move || *value.read() == own
                        >{option.label}</option>
                    }
                }).collect_view()}
            </select>
            <Icon glyph=Glyph::Down small=true tone=Tone::Faint />
        </span>
    }
}
