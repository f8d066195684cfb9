//! What is going on with the image, and its main figures.

use leptos::prelude::*;
use openstack::image::{Image, ImportTask};

use super::story;
use crate::clock;
use crate::cloud::use_cloud;
use crate::components::image::{
    ImageState, LocalUpload, is_changing, smallest_disk_gib, upload_words,
};
use crate::text::{format, tr, tr_with};
use crate::ui::{Panel, Progress, Reading, Shape, Status};

/// The id of the sentence, for what refers to it.
pub const SENTENCE_ID: &str = "image-state";

/// The panel.
#[component]
pub fn StatusPanel(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// What the cloud did with it.
    #[prop(into)]
    tasks: Signal<Vec<ImportTask>>,
    /// What this tab sends.
    #[prop(into)]
    upload: Signal<Option<LocalUpload>>,
) -> impl IntoView {
    let project = use_cloud().project().id.clone();
    let sending = Memo::new(move |_| {
        upload.with(|upload| upload.as_ref().and_then(|upload| upload.under_way.clone()))
    });
    let state = Memo::new(move |_| match sending.get() {
        Some(upload) => upload.state,
        None => image.with(ImageState::of),
    });
    let words = Memo::new(move |_| image.with(|image| upload_words(&image.id)));
    let sentence = Memo::new(move |_| match words.get().and_then(|words| words.why) {
        Some(why) => why,
        None => image.with(|image| story::sentence(image, image.owner.as_ref() == Some(&project))),
    });
    let moving = Memo::new(move |_| sending.read().is_some() || image.with(is_changing));
    let share = Memo::new(move |_| {
        sending.with(|sending| sending.as_ref().and_then(|upload| upload.share))
    });
    let figures = Memo::new(move |_| {
        if let Some(words) = words.get() {
            return words.figures;
        }
        let telling = moving.get() || state.with(|state| state.shape == Shape::Failed);
        let said = telling.then(|| tasks.with(|tasks| story::newest_message(tasks))).flatten();
        said.map(|message| tr_with("The cloud says: {message}", &[("message", &message)]))
    });
    let status = move || {
        view! {
            <span role="status">
                {move || {
                    let state = state.get();
                    view! { <Status shape=state.shape word=state.word /> }
                }}
            </span>
        }
    };
    view! {
        <Panel title=tr("Status") status=status flush=true>
            <div class="state">
                <p id=SENTENCE_ID>{move || sentence.get()}</p>
                {move || figures.get().map(|figures| view! { <p class="muted">{figures}</p> })}
                <Show when=move || moving.get()>
                    <Progress label=tr("The image’s data") share=share thin=true />
                </Show>
            </div>
            <Figures image=image />
        </Panel>
    }
}

#[component]
fn Figures(image: Signal<Image>) -> impl IntoView {
    let size = move || {
        image.with(|image| {
            let data = image.size_bytes.filter(|size| *size > 0).map(format::bytes);
            data.or_else(|| in_volumes(image).map(|(gib, _)| format::disk(gib)))
        })
    };
    let place = move || {
        image.with(|image| {
            let (_, count) = in_volumes(image)?;
            Some(format::count(count, "volume snapshot", "volume snapshots"))
        })
    };
    let unpacked = move || {
        image.with(|image| image.virtual_size_bytes.filter(|size| *size > 0)).map(format::binary)
    };
    let disk = move || Some(image.with(smallest_disk_gib)).filter(|gib| *gib > 0).map(format::disk);
    let ram =
        move || Some(image.with(|image| image.min_ram_mib)).filter(|mib| *mib > 0).map(format::ram);
    let created = move || {
        image
            .with(|image| image.created_at)
            .map(|then| format::ago(then, clock::now(), clock::offset_at(then)))
    };
    let or_none = |value: Option<String>| value.unwrap_or_else(|| format::NONE.to_owned());
    view! {
        <div class="readout">
            <Reading label=tr("Size") value=Signal::derive(move || or_none(size())) note=Signal::derive(place) />
            <Reading label=tr("Disk when unpacked") value=Signal::derive(move || or_none(unpacked())) />
            <Reading label=tr("Smallest disk") value=Signal::derive(move || disk().unwrap_or_else(|| tr("Any").to_owned())) />
            <Reading label=tr("Smallest RAM") value=Signal::derive(move || ram().unwrap_or_else(|| tr("Any").to_owned())) />
            <Reading label=tr("Created") value=Signal::derive(move || or_none(created())) />
        </div>
    }
}

/// GiB of the volumes that it stands for, and how many they are; `None` of an image with data of its own.
fn in_volumes(image: &Image) -> Option<(u64, usize)> {
    let disks = if image.is_volume_snapshot() { image.mapped_disks() } else { Vec::new() };
    let sizes: Option<Vec<u64>> = disks.iter().map(|disk| disk.size_gib).collect();
    sizes.filter(|sizes| !sizes.is_empty()).map(|sizes| (sizes.iter().sum(), sizes.len()))
}
