//! User data: what cloud-init is given. An editor, what is wrong with what stands in it, its size, ready pieces.
//!
//! The form keeps one text (`cloud_init::field_of`); what is no text, or was compressed, is shown as a file. What is found is told
//! and never keeps anybody from launching: only the size does, as Nova would refuse it (`form.rs`).

mod checking;
mod edit;
mod editor;
mod findings;
mod packing;
mod snippets;
mod taking;

use cloud_init::{Format, LONGEST_ENCODED, bytes_of, encoded_len};
use leptos::prelude::*;

use self::checking::Checking;
use self::editor::Editor;
use self::findings::Findings;
use self::packing::Packed;
use self::snippets::Snippets;
use self::taking::{OpenFile, Taking};
use super::fields::Fields;
use super::form::Part;
use crate::text::{format, tr, tr_with, user_data};
use crate::ui::{Glyph, Icon, Meter, Section, marked};

const ANCHOR: &str = Part::UserData.anchor();

/// The section.
#[component]
pub fn UserDataSection(
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let value = fields.user_data;
    let guest = Signal::derive(move || fields.guest());
    let checking = Checking::new(value, guest);
    let taking = Taking::new(value);
    let error = fields.error_at_once(Part::UserData);
    let is_text =
        Memo::new(move |_| value.with(|value| bytes_of(value).as_ref() == value.as_bytes()));
    let format = Memo::new(move |_| {
        checking.report.with(|report| report.as_ref().map(|report| report.format))
    });
    view! {
        <Section title=tr("User data")>
            <div class="field userdata" on:dragover=move |event| taking.drag.drag(&event) on:dragleave=move |event| taking.drag.leave(&event) on:drop=move |event| taking.drop(&event) data-over=move || taking.drag.is_over().then_some("")>
                <div class="field__head">
                    <label class="field__label" for=ANCHOR>{tr("cloud-config or script")}</label>
                    <span class="field__optional">{tr("optional")}</span>
                </div>
                <div class="userdata__tools">
                    <OpenFile taking=taking />
                    <Snippets value=value fields=fields taking=taking />
                </div>
                {move || if is_text.get() {
                    view! { <Editor value=value checking=checking invalid=Signal::derive(move || error.read().is_some()) /> }.into_any()
                } else {
                    view! { <Packed value=value taking=taking format=format /> }.into_any()
                }}
                <Foot value=value format=format />
                {move || error.get().map(|text| view! {
                    <p class="field__message" id="launch-user-data-message">
                        <Icon glyph=Glyph::Warn small=true />
                        <span>{marked(&text)}</span>
                    </p>
                })}
                <packing::TooLong value=value taking=taking />
                {move || taking.said.get().map(|words| view! { <p class="field__message" data-tone="warn" role="status"><Icon glyph=Glyph::Warn small=true /><span>{words}</span></p> })}
                <Findings value=value checking=checking />
                <p class="field__hint" id="launch-user-data-hint">
                    {marked(tr("Tab indents; Esc and then Tab leaves the editor. What is found here never keeps you from launching; only what is too long does, as the cloud refuses it. All keys are explained at `docs.cloud-init.io`."))}
                </p>
            </div>
        </Section>
    }
}

/// What it is, and how long.
#[component]
fn Foot(value: RwSignal<String>, format: Memo<Option<Format>>) -> impl IntoView {
    let length = Memo::new(move |_| value.with(|value| encoded_len(bytes_of(value).len())));
    let label = Signal::derive(move || match format.get() {
        None | Some(Format::Empty) => tr("Size after base64").to_owned(),
        Some(format) => {
            tr_with("{format}, size after base64", &[("format", &user_data::format(format))])
        }
    });
    let reading = Signal::derive(move || {
        let (length, most) =
            (format::thousands(length.get() as u64), format::thousands(LONGEST_ENCODED as u64));
        tr_with("{length} of {most} characters", &[("length", &length), ("most", &most)])
    });
    let share = Signal::derive(move || length.get() as f64 / LONGEST_ENCODED as f64);
    view! { <Meter label=label reading=reading share=share /> }
}
