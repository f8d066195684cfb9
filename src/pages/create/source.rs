//! Step 1 of the wizard: a file of this computer, picked or dropped, or a URL that the cloud fetches.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DragEvent, File};

use disk_image::{HEAD_BYTES, Kind};

use super::draft::{FieldName, FileFacts, Problem, Source};
use super::form::{Form, error_at, warning_at};
use crate::text::format;
use crate::ui::{Fact, Field, Glyph, Icon, Input, Note, Panel, Section, SegmentedOption, Tone};

/// Step 1.
#[component]
pub(super) fn SourceStep(
    /// The form.
    form: Form,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
    /// Why the cloud cannot fetch from a URL; `None` when it can.
    why_no_url: Signal<Option<String>>,
) -> impl IntoView {
    let error = error_at(problems, FieldName::Source);
    let warning = warning_at(problems, FieldName::Source);
    let unread = RwSignal::new(None::<String>);
    let take = Callback::new(move |file: JsValue| {
        let Ok(file) = file.dyn_into::<File>() else { return };
        spawn_local(async move {
            match head_of(&file).await {
                Ok(head) => {
                    unread.set(None);
                    let facts = FileFacts {
                        name: file.name(),
                        size_bytes: whole(file.size()),
                        kind: disk_image::recognise(&head),
                    };
                    form.source.set(Source::File);
                    form.take_file(file, facts);
                }
                Err(_) => unread.set(Some(format!("{} could not be read. A folder cannot be uploaded; a file may have been moved or needs a permission.", file.name()))),
            }
        });
    });
    let is = move |source: Source| Signal::derive(move || form.source.get() == source);
    view! {
        <Section title="Source" number=1_u8>
            <div class="segmented" role="radiogroup" aria-label="Source">
                <SegmentedOption name="source" label="File" checked=is(Source::File) on_choose=Callback::new(move |()| form.source.set(Source::File)) />
                <SegmentedOption name="source" label="URL" checked=is(Source::Url) on_choose=Callback::new(move |()| form.source.set(Source::Url)) />
            </div>
            <div class="stack" hidden=move || form.source.get() != Source::File>
                <FileDrop form=form take=take />
                {move || unread.get().map(|text| view! { <Note tone=Tone::Danger title="The file could not be read" text=Some(text) /> })}
                {move || error.get().filter(|_| form.source.get() == Source::File).map(|text| view! {
                    <Note tone=Tone::Danger title="This file cannot be used as it is" text=Some(text) />
                })}
                {move || warning.get().map(|text| view! { <Note tone=Tone::Warn title="Worth knowing" text=Some(text) /> })}
            </div>
            <div class="stack" hidden=move || form.source.get() != Source::Url>
                <Field
                    label="Address"
                    id="create-url"
                    error=Signal::derive(move || error.get().filter(|_| form.source.get() == Source::Url))
                    hint=Some("The cloud fetches it by itself; your computer sends nothing. It must answer without a login.".to_owned())
                >
                    <Input value=form.url kind="url" inputmode="url" mono=true placeholder="https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2" />
                </Field>
                {move || why_no_url.get().map(|text| view! { <Note tone=Tone::Warn title="This cloud does not fetch images" text=Some(text) /> })}
            </div>
        </Section>
    }
}

/// Where a file is dropped or picked; afterwards, what it is.
#[component]
fn FileDrop(
    /// The form.
    form: Form,
    /// Takes a file over.
    take: Callback<JsValue>,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let input: NodeRef<html::Input> = NodeRef::new();
    let picked = move |_| {
        let Some(input) = input.get_untracked() else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            take.run(file.into());
        }
        // So that the same file can be picked again after it was changed.
        input.set_value("");
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) =
            event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0))
        {
            take.run(file.into());
        }
    };
    view! {
        <div
            class="pick"
            on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true) }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <input
                class="visually-hidden pick__input"
                type="file"
                id="create-file"
                aria-label="Disk image file"
                node_ref=input
                on:change=picked
            />
            {move || match form.facts.get() {
                None => view! {
                    <div class="drop" data-over=move || over.get().then_some("")>
                        <svg class="drop__art icon" viewBox="0 0 64 40" aria-hidden="true">
                            <path d="M4 27.5 60 38" /><path d="M10 30v4M22 32.2v4M34 34.5v4" />
                            <rect x="18" y="4" width="24" height="20" rx="2" transform="rotate(10.6 30 14)" />
                            <path d="M22.6 17.4l21 3.9M38.2 24.1h.01" />
                        </svg>
                        <p class="drop__title">"Drop a disk image here"</p>
                        <p class="drop__text">
                            "qcow2, raw, VMDK, VHD, VHDX, VDI or ISO, of any size. Its first bytes are read on this computer: format and disk size are filled in before anything is sent."
                        </p>
                        <label class="button button--primary" for="create-file">"Choose a file"</label>
                    </div>
                }.into_any(),
                Some(facts) => view! { <Chosen facts=facts over=over /> }.into_any(),
            }}
        </div>
    }
}

/// The chosen file and what its first bytes say.
#[component]
fn Chosen(
    /// What is known of it.
    facts: FileFacts,
    /// Another one is being dragged over it.
    over: RwSignal<bool>,
) -> impl IntoView {
    let is = kind_words(&facts.kind);
    let disk = match &facts.kind {
        Kind::Qcow2(qcow2) => Some(format::binary(qcow2.virtual_size_bytes)),
        _ => None,
    };
    view! {
        <div class="file" data-over=move || over.get().then_some("")>
            <Icon glyph=Glyph::File />
            <span>
                <span class="file__name">{facts.name.clone()}</span>
                <br />
                <span class="file__note">{format::bytes(facts.size_bytes)}" · nothing sent yet"</span>
            </span>
            <span class="file__actions"><label class="button button--s" for="create-file">"Choose another"</label></span>
        </div>
        <Panel title="Read from the file" note=|| "its first bytes, on this computer" flush=true>
            <dl class="facts">
                <Fact term="Format" place="first bytes">{is}</Fact>
                {disk.map(|disk| view! { <Fact term="Disk" place="header, byte 24">{disk}</Fact> })}
            </dl>
        </Panel>
    }
}

fn kind_words(kind: &Kind) -> String {
    match kind {
        Kind::Qcow2(qcow2) => {
            let plain = if qcow2.refusals.is_empty() { ", in one file" } else { "" };
            format!("qcow2, version {}{plain}", qcow2.version)
        }
        Kind::Vmdk => "VMDK".into(),
        Kind::VmdkDescriptor => "VMDK, only the description of a disk".into(),
        Kind::Vhd => "VHD, dynamic".into(),
        Kind::Vhdx => "VHDX".into(),
        Kind::Vdi => "VDI".into(),
        Kind::Qed => "QED, which clouds refuse".into(),
        Kind::Iso => "ISO disc".into(),
        Kind::Luks => "LUKS, encrypted".into(),
        Kind::RawDisk => "raw disk with a partition table or boot sector".into(),
        Kind::Wrapped(wrapped) => format!("{} file, not a disk", wrapped.name()),
        Kind::Unknown => "nothing known; perhaps a raw disk without a partition table".into(),
        Kind::Empty => "empty".into(),
    }
}

async fn head_of(file: &File) -> Result<Vec<u8>, JsValue> {
    let blob: &Blob = file;
    let head = blob.slice_with_f64_and_f64(0.0, HEAD_BYTES as f64)?;
    let buffer = JsFuture::from(head.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Sizes are whole numbers far below 2^53; the browser hands them out as floats.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
