//! Step 1 of the wizard: a file of this computer, picked or dropped, a URL that the cloud fetches, or what is in the cloud
//! already (`existing`).

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{DragEvent, FileList};

use super::draft::{Place, Problem, Source};
use super::entry::Entry;
use super::existing::{Existing, ExistingPick};
use super::form::{Form, error_at};
use super::link::choose_source;
use super::reading::Reading;
use super::road::RoadChoices;
use crate::components::CheckLink;
use crate::text::{format, tr};
use crate::ui::{Field, FileDrag, Glyph, Icon, Input, Note, Section, SegmentedOption, Tone};
use crate::uploads::handles::{self, NotPicked, Picked};

/// Takes what was dropped or picked.
#[derive(Clone, Copy)]
pub(super) struct Taker {
    form: Form,
    /// What is dragged over the form.
    pub(super) drag: FileDrag,
    /// Several files were dropped at once.
    several: RwSignal<bool>,
}

impl Taker {
    /// For this form.
    pub(super) fn new(form: Form) -> Self {
        Self { form, drag: FileDrag::new(), several: RwSignal::new(false) }
    }

    /// The first of these files.
    fn take(self, files: Option<FileList>) {
        let Some(files) = files else { return };
        self.several.set(files.length() > 1);
        if let Some(file) = files.get(0) {
            let size_bytes = whole(file.size());
            self.form.take_file(file, size_bytes, None);
        }
    }

    /// Lets the browser's own picker choose, which gives a way back to the file. Whatever goes wrong there, the plain
    /// input still works: `otherwise` opens it.
    fn pick(self, otherwise: impl FnOnce() + 'static) {
        spawn_local(async move {
            match handles::pick().await {
                Ok(Picked { file, handle }) => {
                    if self.several.try_set(false).is_none() {
                        let size_bytes = whole(file.size());
                        self.form.take_file(file, size_bytes, Some(handle));
                    }
                }
                Err(NotPicked::Closed) => {}
                Err(NotPicked::Refused(why)) => {
                    leptos::logging::warn!("no way back to files: {why}");
                    otherwise();
                }
            }
        });
    }

    /// It was dropped.
    pub(super) fn drop(self, event: &DragEvent) {
        if !self.drag.drop(event) {
            return;
        }
        let back = handles::dropped(event);
        self.take(event.data_transfer().and_then(|data| data.files()));
        let file = self.form.file.get_untracked();
        let (Some(back), Some(file)) = (back, file) else { return };
        spawn_local(async move {
            if let Some(handle) = handles::from_drop(back).await {
                self.form.take_handle(&file, handle);
            }
        });
    }
}

/// Step 1.
#[component]
pub(super) fn SourceStep(
    /// The form.
    form: Form,
    /// Takes files over.
    taker: Taker,
    /// What is wrong with it.
    problems: Memo<Vec<Problem>>,
    /// Why the cloud cannot fetch from a URL; `None` when it can.
    why_no_url: Signal<Option<String>>,
    /// The choice of an instance or a volume.
    existing: Existing,
) -> impl IntoView {
    let choose = choose_source(form, existing);
    let options = Source::ALL.map(|source| {
        let checked = Signal::derive(move || form.source.get() == source);
        view! { <SegmentedOption name="source" label=source.label() checked=checked on_choose=move |()| choose.run(source) /> }
    });
    let url_error = error_at(problems, Place::Source);
    view! {
        <Section title=tr("Source") number=1_u8>
            <div class="segmented" role="radiogroup" aria-label=tr("Source")>
                {options}
            </div>
            <div class="stack" hidden=move || form.source.get() != Source::File>
                <FilePick form=form taker=taker />
                {move || taker.several.get().then(|| view! {
                    <Note tone=Tone::Warn title=tr("One file becomes one image") text=Some(tr("Several were dropped; the first was taken. Create the others one after the other: uploads go on side by side.").to_owned()) />
                })}
                <Reading form=form problems=problems />
                <RoadChoices form=form />
            </div>
            <div class="stack" hidden=move || form.source.get() != Source::Url>
                <Field
                    label=tr("Address")
                    id=Entry::Url.field_id()
                    error=Signal::derive(move || url_error.get().filter(|_| form.source.get() == Source::Url))
                    hint=Some(tr("The cloud fetches it by itself; your computer sends nothing. It must answer without a login.").to_owned())
                >
                    <Input value=form.text(Entry::Url) kind="url" inputmode="url" mono=true placeholder="https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2" />
                </Field>
                {move || why_no_url.get().map(|text| view! { <Note tone=Tone::Warn title=tr("This cloud does not fetch images") text=Some(text)><CheckLink /></Note> })}
            </div>
            <ExistingPick form=form existing=existing />
        </Section>
    }
}

/// Where a file is dropped or picked; afterwards, which one it is.
#[component]
fn FilePick(
    /// The form.
    form: Form,
    /// Takes files over.
    taker: Taker,
) -> impl IntoView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let picked = move |_| {
        let Some(input) = input.get_untracked() else { return };
        taker.take(input.files());
        // So that the same file can be picked again after it was changed.
        input.set_value("");
    };
    // A click, a key and the label all come here first.
    let plainly = StoredValue::new(false);
    let click = move |event: web_sys::MouseEvent| {
        if plainly.get_value() || !handles::can_pick() {
            return;
        }
        event.prevent_default();
        taker.pick(move || {
            plainly.set_value(true);
            if let Some(input) = input.try_get_untracked().flatten() {
                input.click();
            }
        });
    };
    let over = move || taker.drag.is_over().then_some("");
    let chosen = Memo::new(move |_| {
        form.chosen.with(|chosen| chosen.as_ref().map(|file| (file.name.clone(), file.size_bytes)))
    });
    view! {
        <div class="pick">
            <input
                class="visually-hidden pick__input"
                type="file"
                id="create-file"
                aria-label=tr("Disk image file")
                node_ref=input
                on:click=click
                on:change=picked
            />
            {move || match chosen.get() {
                None => view! {
                    <div class="drop" data-over=over>
                        <svg class="drop__art icon" viewBox="0 0 64 40" aria-hidden="true">
                            <path d="M4 27.5 60 38" /><path d="M10 30v4M22 32.2v4M34 34.5v4" />
                            <rect x="18" y="4" width="24" height="20" rx="2" transform="rotate(10.6 30 14)" />
                            <path d="M22.6 17.4l21 3.9M38.2 24.1h.01" />
                        </svg>
                        <p class="drop__title">{tr("Drop a disk image here")}</p>
                        <p class="drop__text">
                            {tr("qcow2, raw, VMDK, VHD, VHDX, VDI or ISO, of any size. It is read on this computer first: format, disk size and operating system are filled in before anything is sent.")}
                        </p>
                        <label class="button button--primary" for="create-file">{tr("Choose a file")}</label>
                    </div>
                }.into_any(),
                Some((name, size_bytes)) => view! {
                    <div class="file" data-over=over>
                        <Icon glyph=Glyph::File />
                        <span>
                            <span class="file__name">{name}</span>
                            <br />
                            <span class="file__note">{format::bytes(size_bytes)}" · "{tr("nothing sent yet")}</span>
                        </span>
                        <span class="file__actions"><label class="button button--s" for="create-file">{tr("Choose another")}</label></span>
                    </div>
                }.into_any(),
            }}
        </div>
    }
}

/// Sizes are whole numbers far below 2^53; the browser hands them out as floats.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
