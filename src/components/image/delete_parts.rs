//! Deleting an image that points to volume snapshots: which of them go with it, and row by row what became of them. The
//! image goes first, so that nothing of its data is lost where the cloud refuses to let go of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use openstack::{ApiError, ErrorKind, VolumeSnapshotId};

use super::actions::ImageActions;
use super::display_name;
use super::fate::{Fate, delete_part};
use super::part_words::{children_words, part_name, part_size_gib, why_not_delete_part};
use crate::cloud::{Cloud, SnapshotImage, SnapshotPart};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Check, Note, Skeleton, Status, Toast, Tone};

/// Where the dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Asking,
    Going,
    /// The image is gone, and not every snapshot that was to go with it.
    Over,
}

/// A snapshot that can be chosen.
#[derive(Clone)]
struct Choice {
    id: VolumeSnapshotId,
    name: String,
    goes: RwSignal<bool>,
}

/// A snapshot that was chosen, and what became of it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    id: VolumeSnapshotId,
    name: String,
    fate: Fate,
}

/// What the dialog knows and does. Its signals end with it; the work goes on.
#[derive(Clone, Copy)]
struct Work {
    actions: ImageActions,
    image: StoredValue<Image>,
    choices: RwSignal<Vec<Choice>>,
    rows: RwSignal<Vec<Row>>,
    step: RwSignal<Step>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    marks: StoredValue<Arc<Marks>>,
}

/// What outlives the dialog.
#[derive(Default)]
struct Marks {
    closed: AtomicBool,
    image_gone: AtomicBool,
    told: AtomicBool,
}

impl Marks {
    /// Tells the page once that the image is gone.
    fn tell(&self, actions: ImageActions, image: Image) {
        if self.image_gone.load(Ordering::Relaxed) && !self.told.swap(true, Ordering::Relaxed) {
            actions.on_deleted.try_run(image);
        }
    }
}

/// The dialog's body and foot.
#[component]
pub(super) fn DeleteWithParts(
    /// The page's actions.
    actions: ImageActions,
    /// The image.
    image: Image,
) -> impl IntoView {
    let work = Work {
        actions,
        image: StoredValue::new(image.clone()),
        choices: RwSignal::new(Vec::new()),
        rows: RwSignal::new(Vec::new()),
        step: RwSignal::new(Step::Asking),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        marks: StoredValue::new(Arc::default()),
    };
    on_cleanup({
        let (marks, image) = (work.marks.get_value(), image.clone());
        move || {
            marks.closed.store(true, Ordering::Relaxed);
            // Closed without waiting for the end: the page is told after it has put the dialog away.
            spawn_local(async move { marks.tell(actions, image) });
        }
    });
    let known = LocalResource::new({
        let cloud = actions.cloud.get_value();
        move || look(cloud.clone(), image.clone())
    });
    let body = move || match work.step.get() {
        Step::Asking => match known.get() {
            None => view! { <p>{tr("Its data is in volume snapshots.")}</p> <Skeleton lines=3 /> }
                .into_any(),
            Some(known) => asking(work, &known),
        },
        Step::Going | Step::Over => under_way(work),
    };
    let waits = Signal::derive(move || {
        work.busy.get() || (work.step.get() == Step::Asking && known.read().is_none())
    });
    view! {
        <div class="dialog__body">{body}</div>
        <div class="dialog__foot">
            <Button on_press=move |_| actions.open.set(false)>
                {move || if work.step.get() == Step::Asking { tr("Keep it") } else { tr("Close") }}
            </Button>
            <Button kind=ButtonKind::DangerSolid busy=waits on_press=move |_| press(work)>
                {move || press_words(work)}
            </Button>
        </div>
    }
}

async fn look(cloud: Cloud, image: Image) -> Result<SnapshotImage, ApiError> {
    cloud.snapshot_image(image.mapped_disks(), image.source_server()).await
}

/// Which snapshots go with the image.
fn asking(work: Work, known: &Result<SnapshotImage, ApiError>) -> AnyView {
    let parts = match known {
        Ok(known) => known.parts.as_slice(),
        Err(error) => return unknown(work, error),
    };
    let choices: Vec<(SnapshotPart, Choice)> = parts
        .iter()
        .map(|part| {
            let goes = why_not_delete_part(part).is_none() && part.children.is_empty();
            let choice = Choice {
                id: part.disk.snapshot.clone(),
                name: part_name(part),
                goes: RwSignal::new(goes),
            };
            (part.clone(), choice)
        })
        .collect();
    let all: Vec<Choice> = choices.iter().map(|(_, choice)| choice.clone()).collect();
    work.choices.set(all);
    let some_stay = {
        let goes: Vec<RwSignal<bool>> = choices.iter().map(|(_, choice)| choice.goes).collect();
        let there: Vec<bool> = choices.iter().map(|(part, _)| part.snapshot.is_some()).collect();
        move || goes.iter().zip(&there).any(|(goes, there)| *there && !goes.get())
    };
    view! {
        <p>{tr("Its data is in volume snapshots. They stay, unless they are deleted with it:")}</p>
        <fieldset class="fieldset dialog__choices">
            <legend class="fieldset__legend">{tr("Delete with it")}</legend>
            {choices.into_iter().map(|(part, choice)| choice_view(&part, choice)).collect_view()}
        </fieldset>
        {move || some_stay().then(|| view! {
            <p class="muted">{tr("What stays goes on counting against the quota. This console shows volume snapshots only with their image.")}</p>
        })}
        {refusal(work)}
    }
    .into_any()
}

fn choice_view(part: &SnapshotPart, choice: Choice) -> AnyView {
    let size = part_size_gib(part).map(format::disk);
    let label = match size {
        Some(size) => format!("{}, {size}", choice.name),
        None => choice.name,
    };
    let hint = children_words(part).map(|children| {
        let means = tr(
            "They go on as they are. Many clouds keep a snapshot as long as such a volume is there: delete the volume first, or try.",
        );
        format!("{children} {means}")
    });
    view! {
        <Check
            checked=choice.goes
            label=Signal::stored(label)
            hint=Signal::stored(hint)
            why_not=Signal::stored(why_not_delete_part(part))
        />
    }
    .into_any()
}

/// Nothing is known of the snapshots: the image alone can be deleted.
fn unknown(work: Work, error: &ApiError) -> AnyView {
    let words = errors::api(error, None);
    let ids = work.image.with_value(Image::volume_snapshots);
    view! {
        <p>{tr("It holds no data itself: only the record goes.")}</p>
        <Note tone=Tone::Warn title=tr("Its volume snapshots could not be looked up") text=Some(words.paragraph()) />
        <p>{tr("These volume snapshots stay, and go on counting against the quota:")}</p>
        <ul class="dialog__list">
            {ids.iter().map(|id| view! { <li><code>{id.to_string()}</code></li> }).collect_view()}
        </ul>
        {refusal(work)}
    }
    .into_any()
}

/// Why the cloud did not let go of the image.
fn refusal(work: Work) -> impl IntoView {
    move || {
        work.refused.get().map(|error| {
            let words = errors::api(
                &error,
                Some(tr("The image and its volume snapshots are still there.")),
            );
            let text = words.text_with_request();
            view! { <Note tone=Tone::Danger title=words.title text=text /> }
        })
    }
}

/// The image is gone; row by row what becomes of the snapshots.
fn under_way(work: Work) -> AnyView {
    let said = move || {
        let (gone, total) = work
            .rows
            .with(|rows| (rows.iter().filter(|row| row.fate == Fate::Gone).count(), rows.len()));
        tr_with(
            "The image is deleted. {count} of {total} volume snapshots deleted.",
            &[("count", &gone), ("total", &total)],
        )
    };
    let failed = move || {
        let count = work.rows.with(|rows| failures(rows).len());
        (work.step.get() == Step::Over && count > 0).then_some(count)
    };
    let ids = Memo::new(move |_| {
        work.rows.with(|rows| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>())
    });
    view! {
        {move || failed().map(|count| {
            let title = format::count(count, "volume snapshot is still there", "volume snapshots are still there");
            let text = tr("The image is deleted. What stays goes on counting against the quota, and this console shows it no longer: try again, or note the id.");
            view! { <Note tone=Tone::Danger title=title text=Some(text.to_owned()) /> }
        })}
        <p role="status">{said}</p>
        <ul class="dialog__list">
            <For each=move || ids.get() key=|id| id.clone() let(id)><Outcome id=id rows=work.rows /></For>
        </ul>
        {move || (work.step.get() == Step::Going).then(|| view! {
            <p class="muted">{tr("It goes on when this is closed.")}</p>
        })}
    }
    .into_any()
}

#[component]
fn Outcome(id: VolumeSnapshotId, rows: RwSignal<Vec<Row>>) -> impl IntoView {
    let own = id.clone();
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.id == own).cloned()));
    move || {
        row.get().map(|row| {
            let (shape, word) = row.fate.state();
            let stays = !row.fate.is_well() && row.fate != Fate::Going;
            view! {
                <li class="dialog__outcome">
                    <span class="dialog__what">{row.name.clone()}</span>
                    <Status shape=shape word=word.to_owned() />
                    {row.fate.why().map(|why| view! { <span class="dialog__why">{why}</span> })}
                    {stays.then(|| view! { <code class="dialog__why">{row.id.to_string()}</code> })}
                </li>
            }
        })
    }
}

fn press_words(work: Work) -> String {
    if work.step.get() != Step::Asking {
        return match work.rows.with(|rows| failures(rows).len()) {
            0 => tr("Delete").to_owned(),
            count => tr_with("Try the {count} again", &[("count", &count)]),
        };
    }
    match work.choices.with(|choices| choices.iter().filter(|choice| choice.goes.get()).count()) {
        0 => tr("Delete image").to_owned(),
        1 => tr("Delete image and 1 volume snapshot").to_owned(),
        count => tr_with("Delete image and {count} volume snapshots", &[("count", &count)]),
    }
}

fn failures(rows: &[Row]) -> Vec<Row> {
    let failed = |row: &&Row| !row.fate.is_well() && row.fate != Fate::Going;
    rows.iter().filter(failed).cloned().collect()
}

fn press(work: Work) {
    if work.busy.get_untracked() {
        return;
    }
    work.busy.set(true);
    work.refused.set(None);
    if work.step.get_untracked() == Step::Over {
        spawn_local(delete_parts(work, work.rows.with_untracked(|rows| failures(rows))));
        return;
    }
    let chosen: Vec<Row> = work.choices.with_untracked(|choices| {
        let chosen = choices.iter().filter(|choice| choice.goes.get_untracked());
        chosen
            .map(|choice| Row {
                id: choice.id.clone(),
                name: choice.name.clone(),
                fate: Fate::Going,
            })
            .collect()
    });
    let (cloud, image) = (work.actions.cloud.get_value(), work.image.get_value());
    let marks = work.marks.get_value();
    spawn_local(async move {
        match cloud.delete_image(&image.id).await {
            Ok(()) => {}
            // Somebody else was quicker: what was asked for is so.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {}
            Err(error) => {
                work.busy.try_set(false);
                work.refused.try_set(Some(error));
                return;
            }
        }
        marks.image_gone.store(true, Ordering::Relaxed);
        work.rows.try_set(chosen.clone());
        delete_parts_of(work, cloud, image, marks, chosen).await;
    });
}

async fn delete_parts(work: Work, rows: Vec<Row>) {
    let (cloud, image) = (work.actions.cloud.get_value(), work.image.get_value());
    let marks = work.marks.get_value();
    delete_parts_of(work, cloud, image, marks, rows).await;
}

/// Deletes the snapshots, all at once, and says at the end what became of them.
async fn delete_parts_of(
    work: Work,
    cloud: Cloud,
    image: Image,
    marks: Arc<Marks>,
    rows: Vec<Row>,
) {
    let tell = move |id: &VolumeSnapshotId, fate: Fate| {
        work.rows.try_update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == *id) {
                row.fate = fate;
            }
        });
    };
    rows.iter().for_each(|row| tell(&row.id, Fate::Going));
    work.step.try_set(Step::Going);
    let fates = rows.into_iter().map(|row| {
        let cloud = &cloud;
        async move {
            let fate = delete_part(cloud, &row.id).await;
            tell(&row.id, fate.clone());
            Row { fate, ..row }
        }
    });
    let ended = join_all(fates).await;
    let failed = failures(&ended);
    work.busy.try_set(false);
    work.step.try_set(Step::Over);
    let name = display_name(&image);
    let closed = marks.closed.load(Ordering::Relaxed);
    if failed.is_empty() {
        // Those of an earlier try are not counted again: all that were chosen are gone.
        work.actions.toasts.show(Toast::ok(match ended.len() {
            0 => tr_with("{name} was deleted", &[("name", &name)]),
            _ => tr_with("{name} and its volume snapshots were deleted", &[("name", &name)]),
        }));
        if !closed {
            work.actions.open.try_set(false);
        }
        marks.tell(work.actions, image);
    } else if closed {
        // The open dialog tells each of them. Where it is closed, nobody would see it.
        let title =
            tr_with("{name} was deleted without all of its volume snapshots", &[("name", &name)]);
        let lines: Vec<String> = failed
            .iter()
            .map(|row| format!("{} ({}): {}", row.name, row.id, row.fate.why().unwrap_or_default()))
            .collect();
        work.actions.toasts.show(Toast::danger(title, lines.join(" ")));
    }
}
