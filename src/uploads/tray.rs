//! The tray: every upload, import and download of this tab, in sight on every page.

use leptos::prelude::*;

use super::{Job, JobPhase, Road, Standing, Uploads, use_uploads};
use crate::downloads::{DownloadItems, use_downloads};
use crate::routes;
use crate::text::{format, tr, tr_with, uploads as words};
use crate::ui::{Button, ButtonKind, ButtonLink, ConfirmDialog, Glyph, Icon, Progress, Status};

/// The tray, docked at the lower corner; nothing while there are no jobs.
#[component]
pub fn Tray() -> impl IntoView {
    let uploads = use_uploads();
    let jobs = uploads.jobs();
    let downloads = use_downloads();
    let any = Memo::new(move |_| !jobs.read().is_empty() || !downloads.list().read().is_empty());
    let sum = Memo::new(move |_| sum_up(&jobs.read(), downloads.list().read().len()));
    let foot = Memo::new(move |_| {
        let sending = jobs.read().iter().any(|job| standing(job) == Standing::UnderWay);
        match (sending, downloads.under_way() > 0) {
            (true, _) => Some(words::leaving(Road::Direct)),
            (false, true) => {
                Some(tr("Leave this tab open: closing it breaks off what is being downloaded."))
            }
            (false, false) => None,
        }
    });
    view! {
        <Show when=move || any.get()>
            <section aria-label=tr("Uploads")>
                <details class="tray tray--docked" open>
                    <summary class="tray__head">
                        <span class="tray__title">{move || sum.get().0}</span>
                        <span class="tray__sum">{move || sum.get().1}</span>
                        <Icon glyph=Glyph::Down />
                    </summary>
                    <ul class="tray__list">
                        <For each=move || jobs.get() key=|job| job.key let(job)>
                            <Item job=job uploads=uploads />
                        </For>
                        <DownloadItems />
                    </ul>
                    {move || foot.get().map(|foot| view! { <p class="tray__foot">{foot}</p> })}
                </details>
            </section>
        </Show>
        // Steps are announced, not bytes.
        <p class="visually-hidden" role="status">{move || jobs.read().first().map(|job| {
            format!("{}: {}", job.name, job.state.with(|state| words::job(state).word))
        })}</p>
        <p class="visually-hidden" role="status">{move || downloads.list().read().first().map(|one| {
            format!("{}: {}", one.name, one.state.with(|state| crate::text::downloads::download(state).word))
        })}</p>
    }
}

fn standing(job: &Job) -> Standing {
    job.state.with(|state| state.phase.standing())
}

/// "2 uploads", "1 sending · 1 verified".
fn sum_up(jobs: &[Job], downloads: usize) -> (String, String) {
    let title = match (jobs.len(), downloads) {
        (jobs, 0) => format::count(jobs, "upload", "uploads"),
        (0, 1) => tr("1 download").to_owned(),
        (0, count) => tr_with("{count} downloads", &[("count", &count)]),
        (jobs, count) => tr_with("{count} transfers", &[("count", &(jobs + count))]),
    };
    let count = |wanted: Standing| jobs.iter().filter(|job| standing(job) == wanted).count();
    let parts = [
        (count(Standing::UnderWay), tr("under way")),
        (count(Standing::InTheCloud), tr("importing")),
        (count(Standing::Failed), tr("failed")),
        (count(Standing::Done), tr("done")),
        (count(Standing::Cancelled), tr("cancelled")),
    ];
    let sum: Vec<String> =
        parts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    (title, sum.join(" · "))
}

/// One job.
#[component]
fn Item(
    /// Which.
    job: Job,
    /// Where it is ended.
    uploads: Uploads,
) -> impl IntoView {
    let Job { key, name, project, state, .. } = job;
    let state = ArcSignal::from(state);
    let shown = Memo::new({
        let state = state.clone();
        move |_| state.with(words::job)
    });
    let share = Memo::new({
        let state = state.clone();
        move |_| state.with(words::share)
    });
    let place = Memo::new({
        let state = state.clone();
        move |_| state.with(|state| state.phase.standing())
    });
    let image_id = Memo::new({
        let state = state.clone();
        move |_| state.with(|state| state.image_id.clone())
    });
    let (size, road) = state.with_untracked(|state| (state.size_bytes, state.road));
    let cleaning = Memo::new(move |_| {
        state.with(|state| {
            matches!(state.phase, JobPhase::CleaningUp | JobPhase::File(upload::Phase::CleaningUp))
        })
    });
    let asking = RwSignal::new(false);
    let title = name.clone();
    let label = name.clone();
    let retry_label = tr_with("Try {name} again", &[("name", &name)]);
    let cancel_label = tr_with("Cancel {name}", &[("name", &name)]);
    let dismiss_label = tr_with("Dismiss {name}", &[("name", &name)]);
    view! {
        <li class="tray__item">
            <div class="tray__top">
                {move || {
                    let name = name.clone();
                    // After a cancelled or failed upload there is no page to go to.
                    let gone = matches!(place.get(), Standing::Cancelled) || (place.get() == Standing::Failed && road.is_file());
                    match image_id.get().filter(|_| !gone) {
                        Some(id) => view! { <a class="tray__name truncate" href=routes::image(&id)>{name}</a> }.into_any(),
                        None => view! { <span class="tray__name truncate">{name}</span> }.into_any(),
                    }
                }}
                <span class="tray__buttons">
                    {move || {
                        let retry_label = retry_label.clone();
                        (road.is_file() && matches!(place.get(), Standing::Failed | Standing::Cancelled)).then(|| view! {
                            <Button kind=ButtonKind::Quiet small=true icon=Glyph::Retry label=Signal::stored(retry_label) on_press=move |_| uploads.retry(key) />
                        })
                    }}
                    {move || match place.get() {
                        Standing::Done => image_id.get().map(|id| view! {
                            <ButtonLink small=true href=routes::launch_from(&id)>{tr("Launch")}</ButtonLink>
                        }),
                        _ => None,
                    }}
                    {move || {
                        let (cancel_label, dismiss_label) = (cancel_label.clone(), dismiss_label.clone());
                        match place.get() {
                            Standing::UnderWay | Standing::InTheCloud => view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    small=true
                                    icon=Glyph::X
                                    label=Signal::stored(cancel_label)
                                    busy=cleaning
                                    on_press=move |_| asking.set(true)
                                />
                            }.into_any(),
                            _ => view! {
                                <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=Signal::stored(dismiss_label) on_press=move |_| uploads.dismiss(key) />
                            }.into_any(),
                        }
                    }}
                </span>
            </div>
            <Progress label=Signal::stored(label) share=share shape=Signal::derive(move || Some(shown.read().shape)) />
            <div class="tray__line">
                <Status
                    shape=Signal::derive(move || shown.read().shape)
                    word=Signal::derive(move || shown.read().word.clone())
                />
                <span>{move || shown.read().figures.clone()}</span>
            </div>
            {move || shown.read().why.clone().map(|why| view! { <p class="tray__why">{why}</p> })}
            <div class="tray__line">
                <span>{size.map(format::bytes)}</span>
                <span>{project}</span>
            </div>
            <ConfirmDialog
                open=asking
                title=Signal::derive(move || tr_with("Cancel {title}?", &[("title", &title)]))
                confirm=tr("Cancel the upload")
                cancel=tr("Go on")
                danger=true
                on_confirm=Callback::new(move |()| {
                    asking.set(false);
                    uploads.cancel(key);
                })
            >
                <p>{tr("What was sent is thrown away and the image’s record is removed. The file on this computer is not touched.")}</p>
            </ConfirmDialog>
        </li>
    }
}
