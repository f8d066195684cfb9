//! Create an image: one page, steps *Source → What it is → Options*, and a summary with the button.
//!
//! It creates nothing itself: a file goes to the uploads of this tab, a URL to the cloud's import. When the record cannot
//! be made, the form is as the user left it.

mod aside;
mod draft;
mod fields;
mod form;
mod from_file;
mod record;
mod source;

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack::ApiError;
use openstack::image::ImageUsage;
use upload::{Outcome, Phase};

use self::aside::Aside;
use self::draft::{CloudFacts, FieldName, Problem, Source};
use self::fields::{Options, WhatItIs};
use self::form::Form;
use self::source::SourceStep;
use crate::cloud::{Cloud, use_cloud};
use crate::components::{ErrorNote, Page};
use crate::routes;
use crate::text::uploads as words;
use crate::ui::{Note, Tone};
use crate::uploads::{Job, JobPhase, NotBegun, use_uploads};

/// Typing pauses this long before the cloud is asked whether the name is taken.
const PAUSE: Duration = Duration::from_millis(400);

/// The page.
#[component]
pub fn CreatePage() -> impl IntoView {
    let cloud = use_cloud();
    let uploads = use_uploads();
    let policy = cloud.config().images.clone();
    let first = |names: &[String]| names.first().cloned().unwrap_or_default();
    let form = Form::new(&first(&policy.architectures), &first(&policy.visibilities));

    let told = Told::ask(&cloud, form);
    let problems = form.problems(told.facts);
    let why_read_only = cloud.why_read_only();

    // A file's record is made by the engine; the page watches until there is one.
    let job = RwSignal::new(None::<Job>);
    let begin_import = Action::new_local({
        let cloud = cloud.clone();
        move |(): &()| {
            let (cloud, draft) = (cloud.clone(), untrack(|| form.draft()));
            async move { uploads.fetch_url(cloud, draft.record(), draft.url.trim()).await }
        }
    });
    let refused = Signal::derive(move || {
        job.get().and_then(|job| job.state.with(|state| refusal(&state.phase)))
    });
    let making = Signal::derive(move || {
        let waits = job.get().is_some_and(|job| {
            job.state.with(|state| state.image_id.is_none() && refusal(&state.phase).is_none())
        });
        waits || begin_import.pending().get()
    });
    let navigate = use_navigate();
    Effect::new(move || {
        let by_file = job.get().and_then(|job| job.state.with(|state| state.image_id.clone()));
        let by_url = begin_import.value().with(|answer| match answer {
            Some(Ok(job)) => job.state.with(|state| state.image_id.clone()),
            _ => None,
        });
        if let Some(id) = by_file.or(by_url) {
            navigate(&routes::image(&id), Default::default());
        }
    });

    let summary: NodeRef<html::Div> = NodeRef::new();
    let blocking = Memo::new(move |_| {
        let problems = problems.get();
        problems.into_iter().filter(|problem| problem.weight.blocks()).collect::<Vec<_>>()
    });
    let may_create = why_read_only.is_none();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !may_create || making.get_untracked() {
            return;
        }
        form.tried.set(true);
        let cannot_fetch =
            form.source.get_untracked() == Source::Url && told.why_no_url.get_untracked().is_some();
        if cannot_fetch
            || untrack(|| form.draft().problems(&told.facts.get()))
                .iter()
                .any(|problem| problem.weight.blocks())
        {
            // The summary is drawn by now or on the next frame.
            request_animation_frame(move || {
                if let Some(summary) = summary.get_untracked() {
                    drop(summary.focus());
                }
            });
            return;
        }
        match form.source.get_untracked() {
            Source::Url => {
                begin_import.dispatch_local(());
            }
            Source::File => {
                let Some(file) = form.file.get_untracked() else { return };
                if let Some(before) = job.get_untracked() {
                    uploads.dismiss(before.key);
                }
                let record = untrack(|| form.draft().record());
                job.set(Some(uploads.send_file(cloud.clone(), record, file)));
            }
        }
    };

    view! {
        <Page title="Create image" crumbs=vec![("Images".to_owned(), routes::IMAGES.to_owned())]>
            <form class="split" novalidate on:submit=submit>
                <div class="split__main">
                    <Summary form=form blocking=blocking node_ref=summary />
                    {move || refused.get().map(|text| view! {
                        <Note tone=Tone::Danger title="The image was not created" text=Some(format!("{text} What you typed is still here.")) />
                    })}
                    {move || begin_import.value().with(|answer| match answer {
                        Some(Err(why)) => Some(view! { <NotBegunNote why=why.clone() /> }),
                        _ => None,
                    })}
                    <SourceStep form=form problems=problems why_no_url=told.why_no_url />
                    <WhatItIs form=form problems=problems formats=told.formats />
                    <Options form=form problems=problems />
                </div>
                <aside class="split__aside" aria-label="Summary">
                    <Aside form=form busy=making why_not=why_read_only bytes_left=Signal::derive(move || told.facts.read().bytes_left) />
                </aside>
            </form>
        </Page>
    }
}

/// What the cloud has told while the form is filled in. A question that failed leaves its part unknown: the cloud checks
/// everything again when the image is created.
#[derive(Clone, Copy)]
struct Told {
    facts: Signal<CloudFacts>,
    formats: Signal<Vec<String>>,
    why_no_url: Signal<Option<String>>,
}

impl Told {
    fn ask(cloud: &Cloud, form: Form) -> Self {
        let usage = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.image_usage().await }
            }
        });
        let formats = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.image_formats().await }
            }
        });
        let fetches = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.fetches_urls().await }
            }
        });
        let taken = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let (cloud, name) = (cloud.clone(), form.name.get().trim().to_owned());
                async move {
                    gloo_timers::future::sleep(PAUSE).await;
                    let settled =
                        form.name.try_with_untracked(|now| now.trim() == name).unwrap_or(false);
                    if name.is_empty() || !settled {
                        return Ok::<_, ApiError>(false);
                    }
                    Ok(!cloud.images_named(&name).await?.items.is_empty())
                }
            }
        });
        Self {
            facts: Signal::derive(move || {
                let usage: Option<ImageUsage> = usage.get().and_then(Result::ok).flatten();
                let left = |entry: Option<openstack::image::UsageEntry>| {
                    entry.and_then(|entry| entry.left())
                };
                CloudFacts {
                    name_taken: taken.get().is_some_and(|answer| answer == Ok(true)),
                    bytes_left: left(usage.and_then(|usage| usage.size_total_mib))
                        .map(|mib| mib.saturating_mul(1 << 20)),
                    images_left: left(usage.and_then(|usage| usage.count_total)),
                }
            }),
            formats: Signal::derive(move || {
                formats.get().and_then(Result::ok).map(|formats| formats.disk).unwrap_or_default()
            }),
            why_no_url: Signal::derive(move || {
                match fetches.get() {
                Some(Ok(false)) => Some("Its operator has not switched on web-download imports. Download the file and choose it here instead.".to_owned()),
                _ => None,
            }
            }),
        }
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
                <p class="note__title">"Not yet: something is missing or wrong"</p>
                <ul class="note__text">
                    {move || blocking.get().into_iter().map(|problem| view! {
                        <li><a class="link" href=format!("#{}", anchor(problem.field, form.source.get())) rel="external">{problem.text}</a></li>
                    }).collect_view()}
                </ul>
            </div>
        </Show>
    }
}

fn anchor(field: FieldName, source: Source) -> &'static str {
    match (field, source) {
        (FieldName::Source, Source::File) => "create-file",
        (FieldName::Source, Source::Url) => "create-url",
        (FieldName::Name, _) => "create-name",
        (FieldName::DiskFormat, _) => "create-format",
        (FieldName::MinDisk, _) => "create-min-disk",
        (FieldName::MinRam, _) => "create-min-ram",
        (FieldName::Tags, _) => "create-tags",
        (FieldName::Other, _) => "create-other",
    }
}

/// The cloud did not begin an import.
#[component]
fn NotBegunNote(
    /// Why.
    why: NotBegun,
) -> impl IntoView {
    let kept = match why.left {
        None => "What you typed is still here, and nothing was left in the cloud.".to_owned(),
        Some(id) => format!(
            "What you typed is still here. The record {id} could not be removed again; delete it in the list."
        ),
    };
    view! { <ErrorNote error=why.error kept=kept /> }
}
