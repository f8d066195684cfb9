//! The tray: every upload, import, download and image being made of this tab, in sight on every page.
//!
//! It shows and asks; what is done is done by [`Uploads`], `Downloads` and `Captures`. `sum` is what all of them come to, `row` what
//! they look alike in, `item` what is an upload's own, `telling` what is said where the page is not seen.

mod cancelling;
mod details;
mod foot;
mod item;
mod row;
mod strip;
mod sum;
mod telling;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::prelude::Closure;
use web_sys::{HtmlElement, ResizeObserver};

use super::leftovers::{LeftoverItems, Leftovers};
use super::{Job, Standing, use_uploads};
use crate::captures::{CaptureItems, recall_here, use_captures};
use crate::downloads::{DownloadItems, use_downloads};
use crate::storage::{self, Keep};
use crate::text::{captures as capture_words, downloads as download_words, tr, uploads as words};
use crate::ui::{Glyph, Icon, Progress};
use foot::Foot;
use item::Item;
pub(crate) use row::{TrayRow, end_button};
use sum::Sum;

/// Under this name the site keeps that the tray is folded.
const FOLDED: &str = "slipway.tray";

/// Below this width the tray is a sheet over the page's lower edge, and begins folded. As in `tray.css`.
const SHEET: &str = "(width < 52rem)";

/// The tray, docked at the lower corner; nothing while there are no jobs.
#[component]
pub fn Tray() -> impl IntoView {
    let jobs = use_uploads().jobs();
    let downloads = use_downloads();
    let captures = use_captures().list();
    recall_here();
    let left = Leftovers::watch();
    provide_context(left);
    let any = Memo::new(move |_| {
        let none = jobs.read().is_empty() && downloads.list().read().is_empty();
        !none || !captures.read().is_empty() || left.count() > 0
    });
    let sum = Memo::new(move |_| Sum::of(&jobs.read(), &downloads.list().read(), &captures.read()));
    telling::on_the_tab(sum);
    telling::when_hidden(jobs, downloads.list(), captures);
    view! {
        <Show when=move || any.get()><Docked sum=sum /></Show>
        // Steps are announced, not bytes.
        <p class="visually-hidden" role="status">{announced(left)}</p>
    }
}

/// What there is to see while there are jobs.
#[component]
fn Docked(
    /// What they come to.
    sum: Memo<Sum>,
) -> impl IntoView {
    let uploads = use_uploads();
    let jobs = uploads.jobs();
    let left = expect_context::<Leftovers>();
    // What may be somebody else's is not put before the page.
    let foreign = Memo::new(move |_| sum.read().is_nothing() && !left.is_ours());
    let open = RwSignal::new(begins_open() && !foreign.get_untracked());
    let element: NodeRef<html::Details> = NodeRef::new();
    Effect::new(move |before: Option<bool>| {
        let foreign = foreign.get();
        if before == Some(true)
            && !foreign
            && begins_open()
            && let Some(details) = element.get_untracked()
        {
            open.set(true);
            details.set_open(true);
        }
        foreign
    });
    reserve_room(element);
    let toggled = move |_| {
        let Some(details) = element.get_untracked() else { return };
        let now = details.open();
        // The browser also tells when the tray is first drawn.
        if now != open.get_untracked() {
            open.set(now);
            storage::write(Keep::Site, FOLDED, Some(if now { "open" } else { "folded" }));
        }
    };
    view! {
        <section aria-label=tr("Uploads")>
            <details class="tray tray--docked" open=open.get_untracked() node_ref=element on:toggle=toggled>
                <summary class="tray__head">
                    <span class="tray__title">{move || match sum.read().is_nothing() {
                        true => tr("Unfinished uploads").to_owned(),
                        false => sum.read().title(),
                    }}</span>
                    <span class="tray__sum">
                        {move || if open.get() { sum.read().counts() } else { sum.read().in_short() }}
                    </span>
                    <Icon glyph=Glyph::Down />
                    {move || (!open.get() && sum.read().is_under_way()).then(|| view! {
                        <span class="tray__edge">
                            <Progress
                                label=tr("All transfers")
                                share=Signal::derive(move || sum.read().share())
                                shape=Signal::derive(move || sum.read().shape)
                                thin=true
                            />
                        </span>
                    })}
                </summary>
                <ul class="tray__list">
                    <For each=move || jobs.get() key=|job| job.key let(job)>
                        <Item job=job uploads=uploads />
                    </For>
                    <CaptureItems />
                    <DownloadItems />
                    <LeftoverItems left=left />
                </ul>
                <Foot />
            </details>
        </section>
    }
}

/// As it was left; at first open where there is room for it.
fn begins_open() -> bool {
    match storage::read(Keep::Site, FOLDED).as_deref() {
        Some("folded") => false,
        Some("open") => true,
        _ => !window().match_media(SHEET).ok().flatten().is_some_and(|query| query.matches()),
    }
}

/// Tells the style sheets how high the tray is, so that the page's end can be scrolled clear of it.
fn reserve_room(element: NodeRef<html::Details>) {
    let room = |height: Option<i32>| {
        let root =
            document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
        let Some(style) = root.map(|root| root.style()) else { return };
        let done = match height {
            Some(height) => style.set_property("--tray-room", &format!("{height}px")),
            None => style.remove_property("--tray-room").map(|_| ()),
        };
        if let Err(error) = done {
            leptos::logging::warn!("no room is left for the tray: {error:?}");
        }
    };
    let watching = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(details) = element.get() else { return };
        let measured: HtmlElement = (*details).clone();
        let changed = Closure::<dyn FnMut()>::new(move || room(Some(measured.offset_height())));
        match ResizeObserver::new(changed.as_ref().unchecked_ref()) {
            Ok(observer) => {
                observer.observe(&details);
                watching.set_value(Some((observer, changed)));
            }
            Err(error) => leptos::logging::warn!("the tray is not measured: {error:?}"),
        }
    });
    on_cleanup(move || {
        if let Some((observer, _changed)) = watching.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
        room(None);
    });
}

/// The step that was taken last, of whichever transfer, or what became of one that was removed: "golden: Verified".
fn announced(left: Leftovers) -> Memo<String> {
    let jobs = use_uploads().jobs();
    let downloads = use_downloads().list();
    let captures = use_captures().list();
    let steps = Memo::new(move |_| {
        let jobs = jobs.get().into_iter().map(|job| {
            let word = job.state.with(|state| words::step(&state.phase).1);
            (format!("job {}", job.key), job.name, word)
        });
        let downloads = downloads.get().into_iter().map(|one| {
            let word = one.state.with(|state| download_words::download(state).word);
            (format!("download {}", one.key), one.name, word)
        });
        let captures = captures.get().into_iter().map(|one| {
            let word = one.state.with(|state| capture_words::capture(&one.of, state).word);
            (format!("capture {}", one.key), one.name, word)
        });
        jobs.chain(downloads).chain(captures).chain(left.ends()).collect::<Vec<_>>()
    });
    let before = StoredValue::new(Vec::new());
    Memo::new(move |said: Option<&String>| {
        let now = steps.get();
        let new = before.with_value(|before| {
            now.iter()
                .find(|step| !before.contains(*step))
                .map(|(_, name, word)| format!("{name}: {word}"))
        });
        before.set_value(now);
        new.or_else(|| said.cloned()).unwrap_or_default()
    })
}

fn standing(job: &Job) -> Standing {
    job.state.with(|state| state.phase.standing())
}
