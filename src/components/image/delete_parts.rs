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
use super::delete::tell_refusal;
use super::display_name;
use super::fate::{Fate, delete_part};
use super::part_choice::{PartChoice, PartRow, part_choice};
use crate::cloud::{Cloud, SnapshotImage};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Note, Skeleton, Status, Toast, Tone};

/// Where the dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Asking,
    Going,
    /// The image is gone, and not every snapshot that was to go with it.
    Over,
}

/// What the dialog knows and does. Its signals end with it; the work goes on.
#[derive(Clone, Copy)]
struct Work {
    actions: ImageActions,
    image: StoredValue<Image>,
    choices: Memo<Vec<PartChoice>>,
    rows: RwSignal<Vec<PartRow>>,
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
    let known = LocalResource::new({
        let (cloud, image) = (actions.cloud.get_value(), image.clone());
        move || look(cloud.clone(), image.clone())
    });
    let work = Work {
        actions,
        image: StoredValue::new(image.clone()),
        choices: Memo::new(move |_| match known.get() {
            Some(Ok(known)) => known.parts.into_iter().map(PartChoice::of).collect(),
            _ => Vec::new(),
        }),
        rows: RwSignal::new(Vec::new()),
        step: RwSignal::new(Step::Asking),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        marks: StoredValue::new(Arc::default()),
    };
    on_cleanup({
        let marks = work.marks.get_value();
        move || {
            marks.closed.store(true, Ordering::Relaxed);
            // Closed without waiting for the end: the page is told after it has put the dialog away.
            spawn_local(async move { marks.tell(actions, image) });
        }
    });
    let body = move || match work.step.get() {
        Step::Asking => match known.get() {
            None => view! { <p>{tr("Its data is in volume snapshots.")}</p> <Skeleton lines=3 /> }
                .into_any(),
            Some(Ok(_)) => asking(work),
            Some(Err(error)) => unknown(work, &error),
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
fn asking(work: Work) -> AnyView {
    let choices = work.choices.get_untracked();
    let some_stay = move || {
        let stays = |choice: &PartChoice| choice.part.snapshot.is_some() && !choice.goes.get();
        work.choices.with(|choices| choices.iter().any(stays))
    };
    view! {
        <p>{tr("Its data is in volume snapshots. They stay, unless they are deleted with it:")}</p>
        <fieldset class="fieldset fieldset--close">
            <legend class="fieldset__legend">{tr("Delete with it")}</legend>
            <div class="dialog__choices">{choices.into_iter().map(|choice| part_choice(choice, None)).collect_view()}</div>
        </fieldset>
        {move || some_stay().then(|| view! {
            <p class="muted">{tr("What stays goes on counting against the quota. This console shows volume snapshots only with their image.")}</p>
        })}
        {refusal(work)}
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
            let text = tr("What stays goes on counting against the quota, and this console shows it no longer: try again, or note the id.");
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
fn Outcome(id: VolumeSnapshotId, rows: RwSignal<Vec<PartRow>>) -> impl IntoView {
    let own = id.clone();
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.id == own).cloned()));
    move || {
        row.get().map(|row| {
            let (shape, word) = row.fate.state();
            let stays = row.stays();
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

fn failures(rows: &[PartRow]) -> Vec<PartRow> {
    rows.iter().filter(|row| row.stays()).cloned().collect()
}

fn press(work: Work) {
    if work.busy.get_untracked() {
        return;
    }
    work.busy.set(true);
    work.refused.set(None);
    let chosen = work.choices.with_untracked(|choices| {
        let chosen = choices.iter().filter(|choice| choice.goes.get_untracked());
        chosen.map(|choice| PartRow::of(&choice.part)).collect::<Vec<_>>()
    });
    let there = work.choices.with_untracked(|choices| {
        choices.iter().filter(|choice| choice.part.snapshot.is_some()).count()
    });
    let batch = Batch {
        cloud: work.actions.cloud.get_value(),
        image: work.image.get_value(),
        marks: work.marks.get_value(),
        done: deleted_words(&work.image.with_value(display_name), chosen.len(), there),
    };
    if work.step.get_untracked() == Step::Over {
        let again = work.rows.with_untracked(|rows| failures(rows));
        spawn_local(delete_parts(work, batch, again));
        return;
    }
    spawn_local(async move {
        match batch.cloud.delete_image(&batch.image.id).await {
            Ok(()) => {}
            // Somebody else was quicker: what was asked for is so.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Gone) => {}
            Err(error) => {
                if work.busy.try_set(false).is_none() {
                    work.refused.set(Some(error));
                } else {
                    tell_refusal(work.actions, &batch.image, &error);
                }
                return;
            }
        }
        batch.marks.image_gone.store(true, Ordering::Relaxed);
        work.rows.try_set(chosen.clone());
        delete_parts(work, batch, chosen).await;
    });
}

/// What the work needs when the dialog is gone.
struct Batch {
    cloud: Cloud,
    image: Image,
    marks: Arc<Marks>,
    /// What is said when all went well.
    done: String,
}

/// Deletes the snapshots, all at once, and says at the end what became of them.
async fn delete_parts(work: Work, batch: Batch, rows: Vec<PartRow>) {
    let tell = move |id: &VolumeSnapshotId, fate: Fate| {
        work.rows.try_update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == *id) {
                row.fate = fate;
            }
        });
    };
    rows.iter().for_each(|row| tell(&row.id, Fate::Going));
    work.step.try_set(Step::Going);
    let cloud = &batch.cloud;
    let fates = rows.into_iter().map(|row| async move {
        let fate = delete_part(cloud, &row.id).await;
        tell(&row.id, fate.clone());
        PartRow { fate, ..row }
    });
    let failed = failures(&join_all(fates).await);
    work.busy.try_set(false);
    work.step.try_set(Step::Over);
    let closed = batch.marks.closed.load(Ordering::Relaxed);
    if failed.is_empty() {
        work.actions.toasts.show(Toast::ok(batch.done));
        if !closed {
            work.actions.open.try_set(false);
        }
        batch.marks.tell(work.actions, batch.image);
    } else if closed {
        // The open dialog tells each of them. Where it is closed, nobody would see it.
        let name = display_name(&batch.image);
        let title =
            tr_with("{name} was deleted without all of its volume snapshots", &[("name", &name)]);
        let lines: Vec<String> = failed
            .iter()
            .map(|row| format!("{} ({}): {}", row.name, row.id, row.fate.why().unwrap_or_default()))
            .collect();
        work.actions.toasts.show(Toast::danger(title, lines.join(" ")));
    }
}

/// What went, of the snapshots that were there.
fn deleted_words(name: &str, went: usize, there: usize) -> String {
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("name", &name), ("count", &went), ("total", &there)];
    match went {
        0 => tr_with("{name} was deleted", &values),
        _ if went == there => tr_with("{name} and its volume snapshots were deleted", &values),
        _ => tr_with("{name} and {count} of its {total} volume snapshots were deleted", &values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_not_said_to_be_deleted() {
        let check = |went, there, expected: &str| {
            assert_eq!(deleted_words("erp", went, there), expected);
        };
        check(0, 2, "erp was deleted");
        check(2, 2, "erp and its volume snapshots were deleted");
        check(1, 2, "erp and 1 of its 2 volume snapshots were deleted");
        check(0, 0, "erp was deleted");
    }
}
