//! Create an image: one page, steps *Source → What it is → Options*, and a summary with the button.
//!
//! It creates nothing itself: a file goes to the uploads of this tab, a URL to the cloud's import. When the record cannot
//! be made, the form is as the user left it; what was typed survives a reload (`keep`).

mod aside;
mod command;
mod draft;
mod entry;
mod existing;
mod fields;
mod filled;
mod form;
mod keep;
mod known;
mod link;
mod looking;
mod options;
mod presets;
mod reading;
mod readings;
mod record;
mod road;
mod rows;
mod source;
mod tape;
mod told;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack::image::CreateImage;
use upload::{Outcome, Phase};
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, DragEvent, HtmlElement};

use self::aside::Aside;
use self::draft::{Place, Problem, Source};
use self::entry::Entry;
use self::existing::{Existing, ExistingAside, ExistingFields};
use self::fields::WhatItIs;
use self::form::Form;
use self::options::Options;
use self::source::{SourceStep, Taker};
use self::told::Told;
use crate::cloud::use_cloud;
use crate::components::{ErrorNote, Page};
use crate::pages::images::list_href;
use crate::routes;
use crate::text::{tr, tr_with, uploads as words};
use crate::ui::{Button, Note, Tone};
use crate::uploads::{Job, JobPhase, NotBegun, Standing, Upload, use_uploads};

/// The page.
#[component]
pub fn CreatePage() -> impl IntoView {
    let cloud = use_cloud();
    let uploads = use_uploads();
    let policy = cloud.config().images.clone();
    let user = cloud.user().id.to_string();
    let form = Form::new(&policy.architectures, &policy.visibilities, &user);

    let existing = Existing::new(&cloud, form);
    link::follow(form, existing);

    let told = Told::ask(&cloud, form);
    let problems = form.problems(told.facts);
    let why_read_only = cloud.why_read_only();

    // A file's record is made by the engine; the page watches until there is one.
    let job = RwSignal::new(None::<Job>);
    let begin_import = Action::new_local({
        let cloud = cloud.clone();
        move |(): &()| {
            let (cloud, draft) = (cloud.clone(), untrack(|| form.draft()));
            let url = draft.value(Entry::Url).trim().to_owned();
            async move { uploads.fetch_url(cloud, draft.record(), &url).await }
        }
    });
    // The road may have to be tried first. What is sent is what stood there when Create was pressed.
    let begin_upload = Action::new_local({
        let cloud = cloud.clone();
        move |(record, upload, size_bytes): &(CreateImage, Upload, u64)| {
            let (cloud, record, upload) = (cloud.clone(), record.clone(), upload.clone());
            let (size_bytes, wished) = (*size_bytes, form.roads.wished());
            async move {
                let way = road::decide(&cloud, size_bytes, wished).await;
                job.try_set(Some(uploads.send(cloud, record, upload, way)));
            }
        }
    });
    let refused = Signal::derive(move || {
        job.get().and_then(|job| job.state.with(|state| refusal(&state.phase)))
    });
    let making = Signal::derive(move || {
        let waits = job.get().is_some_and(|job| {
            // Ended in the tray before there was a record: nothing is waited for any more.
            job.state.with(|state| {
                state.image_id.is_none() && state.phase.standing() == Standing::UnderWay
            })
        });
        waits || begin_import.pending().get() || begin_upload.pending().get()
    });
    let made = Memo::new(move |_| {
        let by_file = job.get().and_then(|job| job.state.with(|state| state.image_id.clone()));
        if let Some(id) = existing.made.get() {
            return Some(id);
        }
        let by_url = begin_import.value().with(|answer| match answer {
            Some(Ok(job)) => job.state.with(|state| state.image_id.clone()),
            _ => None,
        });
        by_file.or(by_url)
    });
    keep_typed(form, user, made.into());
    let navigate = use_navigate();
    Effect::new(move || {
        if let Some(id) = made.get() {
            // What was typed for a file is not what became this image.
            if !form.source.get_untracked().is_in_the_cloud() {
                form::forget();
            }
            navigate(&routes::image(&id), Default::default());
        }
    });

    let summary: NodeRef<html::Div> = NodeRef::new();
    let blocking = Memo::new(move |_| {
        let problems = problems.get();
        problems.into_iter().filter(|problem| problem.weight.blocks()).collect::<Vec<_>>()
    });
    let may_create = why_read_only.is_none();
    let create = Callback::new(move |()| {
        if !may_create || making.get_untracked() {
            return;
        }
        if form.source.get_untracked().is_in_the_cloud() {
            return existing.submit();
        }
        form.tried.set(true);
        let cannot_fetch =
            form.source.get_untracked() == Source::Url && told.why_no_url.get_untracked().is_some();
        let blocked = untrack(|| form.draft().problems(&told.facts.get()))
            .iter()
            .any(|problem| problem.weight.blocks());
        if blocked || cannot_fetch {
            // The summary is drawn by now or on the next frame. Why nothing is fetched stands below the address.
            request_animation_frame(move || match summary.try_get_untracked().flatten() {
                Some(summary) if blocked => drop(summary.focus()),
                _ => go_to(&Entry::Url.field_id()),
            });
            return;
        }
        match form.source.get_untracked() {
            Source::Url => {
                begin_import.dispatch_local(());
            }
            Source::Instance | Source::Volume => {}
            Source::File => {
                let Some((record, upload)) = form.upload() else { return };
                if let Some(before) = job.get_untracked() {
                    uploads.dismiss(before.key);
                }
                let size_bytes = upload.size_bytes();
                begin_upload.dispatch_local((record, upload, size_bytes));
            }
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match form.source.get_untracked().is_in_the_cloud() {
            true => create.run(()),
            false => form.looking.after(create),
        }
    };
    let taker = Taker::new(form);
    stay_on_stray_drops();

    view! {
        <Page title=tr("Create image") crumbs=vec![(tr("Images").to_owned(), list_href())]>
            <form
                class="split"
                novalidate
                on:submit=submit
                on:dragover=move |event| taker.drag.drag(&event)
                on:dragleave=move |event| taker.drag.leave(&event)
                on:drop=move |event| taker.drop(&event)
            >
                <div class="split__main">
                    {restored(form)}
                    <Summary form=form blocking=blocking node_ref=summary />
                    {move || refused.get().map(|text| view! {
                        <Note tone=Tone::Danger title=tr("The image was not created") text=Some(tr_with("{why} What you typed is still here.", &[("why", &text)])) />
                    })}
                    {move || begin_import.value().with(|answer| match answer {
                        Some(Err(why)) => Some(view! { <NotBegunNote why=why.clone() /> }),
                        _ => None,
                    })}
                    <SourceStep form=form taker=taker problems=problems why_no_url=told.why_no_url existing=existing />
                    <div class="split__part" hidden=move || form.source.get().is_in_the_cloud()>
                        <WhatItIs form=form problems=problems formats=told.formats name_is_free=told.name_is_free />
                        <Options form=form problems=problems definitions=told.definitions />
                    </div>
                    <ExistingFields form=form existing=existing />
                </div>
                <aside class="split__aside" aria-label=tr("Summary")>
                    <div class="split__part" hidden=move || form.source.get().is_in_the_cloud()>
                        <Aside form=form busy=making why_not=why_read_only.clone() facts=told.facts />
                    </div>
                    <ExistingAside form=form existing=existing why_not=why_read_only />
                </aside>
            </form>
        </Page>
    }
}

/// Keeps what is typed for this tab until it has become an image. Where the browser keeps nothing, it asks before the page
/// is left.
fn keep_typed(form: Form, user: String, made: Signal<Option<String>>) {
    let kept = StoredValue::new(true);
    Effect::new(move || {
        if made.read().is_none() {
            kept.set_value(form.keep(&user));
        }
    });
    let listener = window_event_listener_untyped("beforeunload", move |event| {
        if !kept.get_value() && made.read_untracked().is_none() {
            event.prevent_default();
            // Older Chromium asks only when the value is set.
            if let Ok(event) = event.dyn_into::<BeforeUnloadEvent>() {
                event.set_return_value("typed");
            }
        }
    });
    on_cleanup(move || listener.remove());
}

/// A file that is dropped beside the form must not take the browser away from the page.
fn stay_on_stray_drops() {
    let stay = |event: web_sys::Event| {
        if event.dyn_ref::<DragEvent>().is_some() {
            event.prevent_default();
        }
    };
    let listeners = ["dragover", "drop"].map(|name| window_event_listener_untyped(name, stay));
    on_cleanup(move || {
        for listener in listeners {
            listener.remove();
        }
    });
}

/// What was typed before the page was loaded anew is back.
fn restored(form: Form) -> impl IntoView {
    move || {
        let restored = form.restored.get().filter(|_| !form.source.get().is_in_the_cloud());
        restored.map(|restored| {
            let text = match restored.file {
                Some(file) => tr_with(
                    "Choose {file} once more: a browser does not let a page keep files.",
                    &[("file", &file)],
                ),
                None => tr("It is kept in this tab until the image is created.").to_owned(),
            };
            view! {
                <Note title=tr("What you typed before is here again") text=Some(text)>
                    <Button small=true on_press=move |_| form.start_over()>{tr("Start over")}</Button>
                </Note>
            }
        })
    }
}

/// Why the engine could not make the record; in words.
fn refusal(phase: &JobPhase) -> Option<String> {
    match phase {
        JobPhase::File(Phase::Finished(Outcome::Failed { reason, .. })) => {
            Some(words::failure(reason))
        }
        _ => None,
    }
}

/// What has to be mended before the image can be created, with links to the fields.
#[component]
fn Summary(
    /// The form.
    form: Form,
    /// What is wrong with it.
    blocking: Memo<Vec<Problem>>,
    /// Takes the focus after a failed try.
    node_ref: NodeRef<html::Div>,
) -> impl IntoView {
    let shown = move || form.tried.get() && !blocking.read().is_empty();
    view! {
        <Show when=shown>
            <div class="note" data-tone="danger" role="alert" tabindex="-1" node_ref=node_ref>
                <p class="note__title">{tr("Not yet: something is missing or wrong")}</p>
                <ul class="note__text">
                    {move || blocking.get().into_iter().map(|problem| {
                        let id = anchor(problem.place, form);
                        let href = format!("#{id}");
                        view! {
                            <li><a class="link" href=href rel="external" on:click=move |event| {
                                event.prevent_default();
                                go_to(&id);
                            }>{problem.text}</a></li>
                        }
                    }).collect_view()}
                </ul>
            </div>
        </Show>
    }
}

fn anchor(place: Place, form: Form) -> String {
    match (place, form.source.get()) {
        (Place::Source, Source::File) => "create-file".to_owned(),
        (Place::Source, _) => Entry::Url.field_id(),
        (Place::At(entry), _) => entry.field_id(),
        (Place::Row(at), _) => {
            let id = form.rows.read().get(at).map_or(0, |row| row.id);
            format!("create-property-{id}")
        }
    }
}

/// The focus to a field, out of whatever it is folded away in.
fn go_to(id: &str) {
    let Some(field) = document().get_element_by_id(id) else { return };
    if let Ok(Some(fold)) = field.closest("details") {
        drop(fold.set_attribute("open", ""));
    }
    if let Ok(field) = field.dyn_into::<HtmlElement>() {
        drop(field.focus());
    }
}

/// The cloud did not begin an import.
#[component]
fn NotBegunNote(
    /// Why.
    why: NotBegun,
) -> impl IntoView {
    let kept = match why.left {
        None => tr("What you typed is still here, and nothing was left in the cloud.").to_owned(),
        Some(id) => tr_with(
            "What you typed is still here. The record {id} could not be removed again; delete it in the list.",
            &[("id", &id)],
        ),
    };
    view! { <ErrorNote error=why.error kept=kept /> }
}
