//! How the start of an instance goes, while it goes.

use std::time::Duration;

use leptos::prelude::*;

use super::Known;
use crate::clock;
use crate::components::server::{Progress, Step, boot_volume, progress};
use crate::text::{format, tr, tr_with};
use crate::ui::{Panel, Shape, Status};

const TICK: Duration = Duration::from_secs(1);

/// The steps.
#[component]
pub fn Building(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let steps = Memo::new(move |_| {
        known
            .server
            .with(|server| server.as_ref().map(|server| progress(server, known.furthest.get())))
    });
    let on_volume = Memo::new(move |_| {
        known.server.with(|server| {
            server
                .as_ref()
                .is_some_and(|server| server.image_id.is_none() || boot_volume(server).is_some())
        })
    });
    let now = clock::use_now(TICK);
    let since = move || {
        let created =
            known.server.with(|server| server.as_ref().and_then(|server| server.created))?;
        let age = format::age(created, now.get());
        let age = if age == tr("now") { tr("just now").to_owned() } else { age };
        Some(tr_with("asked for {age}", &[("age", &age)]))
    };
    view! {
        <Panel
            title=tr("Starting")
            note=move || view! { {since} }
            foot=|| tr("You may leave this page; the cloud goes on. Most instances run within a minute.")
        >
            <ol class="steps">
                {move || steps.get().map(|steps| steps.map(|(step, progress)| view! {
                    <li class="steps__step" aria-current=(progress == Progress::Now).then_some("step")>
                        <Status shape=shape(progress) word=step.label() note=Signal::stored(note(step, progress, on_volume)) />
                    </li>
                }).collect_view())}
            </ol>
        </Panel>
    }
}

/// Shape of a step; the words beside it say the rest.
pub fn shape(progress: Progress) -> Shape {
    match progress {
        Progress::Done => Shape::Done,
        Progress::Now => Shape::Uploading,
        Progress::Ahead => Shape::Queued,
        Progress::Failed => Shape::Failed,
    }
}

fn note(step: Step, progress: Progress, on_volume: Memo<bool>) -> Option<String> {
    (step == Step::BlockDevice && progress == Progress::Now && on_volume.get())
        .then(|| tr("the volume is filled from the image; a large one takes minutes").to_owned())
}
