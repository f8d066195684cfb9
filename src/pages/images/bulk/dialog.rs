//! The dialog of work on several images: it says what will happen to which, how far it is, and what failed and why. Its code
//! comes behind the list, when it is first wanted.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::image::Image;
use web_sys::HtmlElement;

use super::Bulk;
use super::parts::{Parts, use_parts};
use super::plan::{Deed, Plan};
use super::run::{Failure, Item, Progress, Why, why_not_word};
use crate::cloud::use_cloud;
use crate::components::image::{PartRow, display_name};
use crate::lazy::{self, LazyPiece};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{self, Button, ButtonKind, Dialog, Field, Input, Note, Tone};

/// So many names are listed; of more, how many.
const NAMES: usize = 200;

/// Asks, shows how far it is, tells what failed.
#[component]
pub fn BulkDialog(
    /// The page's work on several images.
    bulk: Bulk,
) -> impl IntoView {
    view! { <Provider value=bulk><LazyPiece piece=&lazy::BULK_DIALOG wanted=bulk.open /></Provider> }
}

/// What [`BulkDialog`] draws once its code is here; the work is in context.
#[component]
pub fn BulkDialogBody() -> impl IntoView {
    let bulk = expect_context::<Bulk>();
    let title = Signal::derive(move || {
        bulk.plan.with(|plan| {
            plan.as_ref()
                .map(|plan| format!("{}?", plan.deed.question(plan.can.len())))
                .unwrap_or_default()
        })
    });
    // Only the step that is shown is made anew, not at each image that is done.
    let step = Memo::new(move |_| {
        bulk.run.progress.with(|progress| match progress {
            None => Step::Asking,
            Some(progress) if !progress.over => Step::Going,
            Some(_) => Step::Over,
        })
    });
    view! {
        <Dialog open=bulk.open title=title>
            {move || bulk.plan.get().map(|plan| match step.get() {
                Step::Asking => asking(bulk, plan),
                Step::Going => going(bulk),
                Step::Over => over(bulk, plan.deed),
            })}
        </Dialog>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Asking,
    Going,
    Over,
}

fn asking(bulk: Bulk, plan: Plan) -> AnyView {
    let deed = plan.deed;
    let own_project = StoredValue::new(use_cloud().project().id.to_string());
    let tried = RwSignal::new(false);
    let wrong = Memo::new(move |_| {
        own_project.with_value(|own| bulk.word.with(|word| why_not_word(deed, word, own)))
    });
    let left_out = plan.left_out();
    let parts = use_parts(&plan);
    let names = name_list(plan.can.iter().map(|entry| &entry.image));
    let label = deed.question(plan.can.len());
    let images: Vec<Image> = plan.can.iter().map(|entry| entry.image.clone()).collect();
    let waits = move || parts.is_some_and(Parts::are_waited_for);
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if wrong.get_untracked().is_none() && !untrack(waits) {
            let item = |image: &Image| {
                let chosen = parts.map(|parts| parts.chosen(&image.id));
                Item::new(image.clone(), chosen.unwrap_or_default())
            };
            start(bulk, deed, images.iter().map(item).collect());
        }
    };
    let kind = if deed == Deed::Delete { ButtonKind::DangerSolid } else { ButtonKind::Primary };
    view! {
        <form novalidate on:submit=begin>
            <div class="dialog__body">
                {names}
                <p>{deed.consequence()}</p>
                {parts.map(Parts::view)}
                {left_out.map(|reasons| view! {
                    <p class="muted">{tr_with("Left out: {reasons}.", &[("reasons", &reasons)])}</p>
                })}
                {word_field(bulk, deed, Signal::derive(move || wrong.get().filter(|_| tried.get()).map(str::to_owned)))}
            </div>
            <div class="dialog__foot">
                <Button on_press=move |_| bulk.open.set(false)>
                    {tr("Cancel")}
                </Button>
                <Button kind=kind submit=true busy=Signal::derive(waits)>{label}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// The tag or the project that it is about.
fn word_field(bulk: Bulk, deed: Deed, error: Signal<Option<String>>) -> Option<AnyView> {
    let (label, hint) = match deed {
        Deed::Tag => (tr("Tag"), None),
        Deed::Share | Deed::Unshare => (
            tr("Project id"),
            Some(tr("Its members find it with `openstack project show`, or on their empty list of shared images.").to_owned()),
        ),
        _ => return None,
    };
    let mono = deed != Deed::Tag;
    Some(
        view! {
            <Field label=label hint=Signal::stored(hint) error=error>
                <Input value=bulk.word mono=mono />
            </Field>
        }
        .into_any(),
    )
}

fn going(bulk: Bulk) -> AnyView {
    let progress = move || bulk.run.progress.get().unwrap_or_default();
    let words = move || {
        let now = progress();
        let gone = now.done + now.failed.len();
        match now.failed.len() {
            0 => tr_with("{count} of {total} done", &[("count", &gone), ("total", &now.total)]),
            failed => tr_with(
                "{count} of {total} done, {failed} failed",
                &[("count", &gone), ("total", &now.total), ("failed", &failed)],
            ),
        }
    };
    view! {
        <div class="dialog__body">
            <ui::Progress label=Signal::stored(tr("Progress").to_owned()) share=Signal::derive(move || Some(progress().share())) />
            <p>{words}</p>
            <p class="muted">{tr("It goes on when this is closed.")}</p>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| bulk.run.stop()>{tr("Stop")}</Button>
            <Button on_press=move |_| bulk.open.set(false)>{tr("Close")}</Button>
        </div>
    }
    .into_any()
}

/// Row by row what failed and why, and the way to try those again.
fn over(bulk: Bulk, deed: Deed) -> AnyView {
    let progress = bulk.run.progress.get_untracked().unwrap_or_default();
    let again: Vec<Item> = progress.failed.iter().map(|failure| failure.item.clone()).collect();
    let count = again.len();
    let (title, tone) = outcome(&progress);
    view! {
        <div class="dialog__body">
            <Note tone=tone title=title text=stopped(&progress) />
            {(count > 0).then(|| view! {
                <ul class="dialog__list bulk__failures" tabindex="0" aria-label=tr("Failed")>
                    {progress.failed.iter().map(failure).collect_view()}
                </ul>
            })}
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| {
                bulk.open.set(false);
                focus_around(bulk);
            }>{tr("Close")}</Button>
            {(count > 0).then(|| view! {
                <Button kind=ButtonKind::Primary on_press=move |_| start(bulk, deed, again.clone())>
                    {tr_with("Try the {count} again", &[("count", &count)])}
                </Button>
            })}
        </div>
    }
    .into_any()
}

fn outcome(progress: &Progress) -> (String, Tone) {
    let done = format::count(progress.done, "image is done", "images are done");
    match progress.failed.len() {
        0 => (done, Tone::Ok),
        failed => {
            (format!("{done}, {}", tr_with("{count} failed", &[("count", &failed)])), Tone::Danger)
        }
    }
}

fn stopped(progress: &Progress) -> Option<String> {
    match progress.left() {
        0 if progress.failed.is_empty() => None,
        0 => Some(stays_words(&progress.failed)),
        left => Some(tr_with(
            "It was stopped; {count} were not begun and stay as they were.",
            &[("count", &left)],
        )),
    }
}

/// What is still there of those that failed.
fn stays_words(failed: &[Failure]) -> String {
    let refused = failed.iter().any(|failure| failure.why != Why::PartsStay);
    let refused = refused.then(|| tr("Those stay as they were, and stay selected."));
    let parts = failed.iter().any(|failure| failure.why == Why::PartsStay);
    let parts = parts.then(|| tr("Where volume snapshots are still there, their image is deleted. They go on counting against the quota, and this console shows them no longer: try again, or note their ids."));
    [refused, parts].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn failure(failure: &Failure) -> AnyView {
    let image = &failure.item.image;
    let why = match &failure.why {
        Why::Refused(error) => {
            let words = errors::api(error, None).text_with_request();
            view! { <span class="bulk__why">{words}</span> }.into_any()
        }
        Why::PartsStay => failure.item.parts.iter().map(part_failure).collect_view().into_any(),
    };
    view! {
        <li class="bulk__failure">
            <span class="bulk__name">{display_name(image)}</span>
            " "
            <code class="faint">{short_id(image)}</code>
            {why}
        </li>
    }
    .into_any()
}

fn part_failure(part: &PartRow) -> AnyView {
    let name = tr_with("{name} is still there.", &[("name", &part.name)]);
    let why = part.fate.why().unwrap_or_default();
    view! { <span class="bulk__why">{name} " " {why} " " <code>{part.id.to_string()}</code></span> }
        .into_any()
}

fn name_list<'a>(images: impl ExactSizeIterator<Item = &'a Image>) -> AnyView {
    let more = images.len().saturating_sub(NAMES);
    let lines = images
        .take(NAMES)
        .map(|image| {
            let size = image.size_bytes.filter(|bytes| *bytes > 0).map(format::bytes);
            view! {
                <li class="bulk__line">
                    <span class="truncate">{display_name(image)}</span>
                    <code class="faint">{short_id(image)}</code>
                    <span class="bulk__size">{size}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="dialog__list bulk__names" tabindex="0" aria-label=tr("Images")>
            {lines}
            {(more > 0).then(|| view! {
                <li class="muted">{tr_with("and {count} more", &[("count", &format::thousands(more as u64))])}</li>
            })}
        </ul>
    }
    .into_any()
}

fn short_id(image: &Image) -> String {
    image.id.as_str().chars().take(8).collect()
}

fn start(bulk: Bulk, deed: Deed, items: Vec<Item>) {
    let word = bulk.word.get_untracked().trim().to_owned();
    bulk.run.start(deed, word, items, move |all_well| {
        if all_well {
            bulk.open.try_set(false);
            focus_around(bulk);
        }
    });
}

/// What had the focus may be gone with the selection: then the list takes it.
pub(super) fn focus_around(bulk: Bulk) {
    request_animation_frame(move || {
        let lost = document()
            .active_element()
            .is_none_or(|active| Some(active.unchecked_ref()) == document().body().as_ref());
        if lost && let Some(Some(around)) = bulk.around.try_get_untracked() {
            let around: &HtmlElement = around.unchecked_ref();
            // Only an element that is not in the document refuses.
            drop(around.focus());
        }
    });
}
