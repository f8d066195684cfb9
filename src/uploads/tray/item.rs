//! One upload or import in the tray.

use leptos::prelude::*;
use upload::{Outcome, Phase};

use super::cancelling::Cancelling;
use super::details::Details;
use super::row::{TrayRow, end_button};
use super::strip::{self, strip};
use crate::clock;
use crate::routes;
use crate::text::{format, tr, tr_with, uploads as words};
use crate::ui::{Button, ButtonKind, ButtonLink, Glyph, Icon, Progress, Shape, unique_id};
use crate::uploads::{Job, JobPhase, JobState, Pausing, Road, Standing, Uploads};

/// One job.
#[component]
pub(super) fn Item(
    /// Which.
    job: Job,
    /// Where it is paused and ended.
    uploads: Uploads,
) -> impl IntoView {
    let Job { key, name, project, state, .. } = job;
    let state = ArcSignal::from(state);
    let of = |read: fn(&JobState) -> Standing| {
        let state = state.clone();
        Memo::new(move |_| state.with(read))
    };
    let place = of(|state| state.phase.standing());
    let shown = {
        let state = state.clone();
        Memo::new(move |_| state.with(words::job))
    };
    let asking = RwSignal::new(false);
    let href = href(state.clone(), place);
    let buttons = view! {
        {pause_button(uploads, key, &name, state.clone())}
        {retry_button(uploads, key, &name, state.clone(), place)}
        {remove_button(uploads, key, &name, state.clone())}
        {launch_link(state.clone(), place)}
        {end(uploads, key, &name, state.clone(), place, asking)}
    };
    let about = {
        let state = state.clone();
        Signal::derive(move || {
            state.with(|state| {
                let road = words::road(state.road).to_owned();
                let parts = [state.size_bytes.map(format::bytes), Some(road)];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
            })
        })
    };
    view! {
        <TrayRow
            name=name.clone()
            href=href
            words=shown
            beside=waiting(uploads, key, state.clone())
            bar=bar(&name, state.clone(), Signal::derive(move || shown.read().shape))
            buttons=buttons.into_any()
            about=about
            project=project
        >
            {one_piece_button(uploads, key, state.clone())}
            <Details name=name.clone() state=state.clone() />
            <Cancelling key=key name=name state=state asking=asking uploads=uploads />
        </TrayRow>
    }
}

/// The image's page. After a cancelled or failed upload there is none.
fn href(state: ArcSignal<JobState>, place: Memo<Standing>) -> Signal<Option<String>> {
    let page = Memo::new(move |_| {
        state.with(|state| {
            let gone = match place.get() {
                Standing::Cancelled => true,
                Standing::Failed => state.road.is_file(),
                Standing::UnderWay | Standing::InTheCloud | Standing::Done => false,
            };
            state.image_id.as_deref().filter(|_| !gone).map(routes::image)
        })
    });
    page.into()
}

/// The bar: in parts where they are known, else one that fills or runs.
fn bar(name: &str, state: ArcSignal<JobState>, shape: Signal<Shape>) -> AnyView {
    let share = {
        let state = state.clone();
        Memo::new(move |_| state.with(words::share))
    };
    let parts = Memo::new(move |_| state.with(strip::parts));
    let divided = Memo::new(move |_| {
        let ends = matches!(shape.get(), Shape::Verified | Shape::Active);
        parts.read().is_some() && share.read().is_some() && !ends
    });
    let label = name.to_owned();
    (move || {
        let label = label.clone();
        let plain = view! {
            <Progress label=Signal::stored(label) share=share shape=Signal::derive(move || Some(shape.get())) />
        };
        match divided.get() {
            true => view! { <div class="visually-hidden">{plain}</div>{strip(parts, shape)} }.into_any(),
            false => plain.into_any(),
        }
    })
    .into_any()
}

/// "since 18:32", "number 2 in the queue": beside what waits.
fn waiting(uploads: Uploads, key: u32, state: ArcSignal<JobState>) -> Signal<Option<String>> {
    let waits = {
        let state = state.clone();
        Memo::new(move |_| {
            state.with(|state| match state.phase {
                JobPhase::File(Phase::Offline | Phase::AwaitingSignIn | Phase::Paused) => {
                    Some(words::step(&state.phase).1)
                }
                _ => None,
            })
        })
    };
    // Counted anew when it waits for something else.
    let since = Memo::new(move |_| waits.get().map(|_| clock::now()));
    let queued =
        Memo::new(move |_| state.with(|state| state.phase == JobPhase::File(Phase::Queued)));
    Signal::derive(move || {
        if queued.get() {
            let place =
                uploads.jobs().read().iter().filter(|job| job.key <= key && is_queued(job)).count();
            return Some(tr_with("number {place} in the queue", &[("place", &place)]));
        }
        since.get().map(|since| {
            let time = format::time_of_day(since, clock::offset_at(since));
            tr_with("since {time}", &[("time", &time)])
        })
    })
}

fn is_queued(job: &Job) -> bool {
    job.state.with(|state| state.phase == JobPhase::File(Phase::Queued))
}

/// Pause, or Resume: the same button, so that it keeps the focus.
fn pause_button(uploads: Uploads, key: u32, name: &str, state: ArcSignal<JobState>) -> AnyView {
    let pausing = Memo::new(move |_| state.with(|state| state.pausing));
    let shown = Memo::new(move |_| pausing.get() != Pausing::Nothing);
    let paused = Memo::new(move |_| pausing.get() == Pausing::Paused);
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let (pause, resume) = (tr_with("Pause {name}", &values), tr_with("Resume {name}", &values));
    let label = Signal::derive(move || if paused.get() { resume.clone() } else { pause.clone() });
    let why_id = unique_id("pause-why");
    let stuck = move || (pausing.get() == Pausing::OnePiece).then_some("true");
    let press = move |_| match pausing.get_untracked() {
        Pausing::Can => uploads.pause(key),
        Pausing::Paused => uploads.resume(key),
        Pausing::OnePiece | Pausing::Nothing => {}
    };
    (move || {
        let (why_id, described_by) = (why_id.clone(), why_id.clone());
        shown.get().then(|| {
            view! {
                <button
                    class="button button--quiet button--s button--icon"
                    type="button"
                    aria-label=move || label.get()
                    aria-disabled=stuck
                    aria-describedby=move || stuck().map(|_| described_by.clone())
                    on:click=press
                >
                    {move || match paused.get() {
                        true => view! { <Icon glyph=Glyph::Play /> },
                        false => view! { <Icon glyph=Glyph::Pause /> },
                    }}
                </button>
                <span class="visually-hidden" id=why_id>{move || stuck().map(|_| tr("In one piece: it cannot be paused."))}</span>
            }
        })
    })
    .into_any()
}

fn retry_button(
    uploads: Uploads,
    key: u32,
    name: &str,
    state: ArcSignal<JobState>,
    place: Memo<Standing>,
) -> AnyView {
    let label = tr_with("Try {name} again", &[("name", &name)]);
    let again = Memo::new(move |_| {
        matches!(place.get(), Standing::Failed | Standing::Cancelled)
            && state.with(|state| state.road.is_file())
    });
    (move || {
        let label = label.clone();
        again.get().then(|| view! {
            <Button kind=ButtonKind::Quiet small=true icon=Glyph::Retry label=Signal::stored(label) on_press=move |_| uploads.retry(key) />
        })
    })
    .into_any()
}

/// What failed in parts may go in one piece.
fn one_piece_button(uploads: Uploads, key: u32, state: ArcSignal<JobState>) -> AnyView {
    let offered = Memo::new(move |_| {
        state.with(|state| {
            state.road == Road::Segments && state.phase.standing() == Standing::Failed
        })
    });
    (move || {
        offered.get().then(|| {
            view! {
                <div><Button small=true on_press=move |_| uploads.send_in_one_piece(key)>{tr("Send in one piece")}</Button></div>
            }
        })
    })
    .into_any()
}

/// What was kept for another try can go at once.
fn remove_button(uploads: Uploads, key: u32, name: &str, state: ArcSignal<JobState>) -> AnyView {
    let label = tr_with("Remove what {name} left in the cloud", &[("name", &name)]);
    let kept = Memo::new(move |_| {
        state.with(|state| match &state.phase {
            JobPhase::File(Phase::Finished(Outcome::Failed { left, .. })) => {
                !left.objects.is_empty() && left.objects_expire_unix_s.is_some()
            }
            _ => false,
        })
    });
    (move || {
        let label = label.clone();
        kept.get().then(|| view! {
            <Button kind=ButtonKind::Quiet small=true icon=Glyph::Trash label=Signal::stored(label) on_press=move |_| uploads.cancel(key) />
        })
    })
    .into_any()
}

fn launch_link(state: ArcSignal<JobState>, place: Memo<Standing>) -> AnyView {
    let id = Memo::new(move |_| {
        (place.get() == Standing::Done)
            .then(|| state.with(|state| state.image_id.clone()))
            .flatten()
    });
    (move || {
        id.get().map(|id| {
            view! {
                <ButtonLink small=true href=routes::launch_from(&id)>{tr("Launch")}</ButtonLink>
            }
        })
    })
    .into_any()
}

/// Cancel while there is something to cancel, afterwards Dismiss.
fn end(
    uploads: Uploads,
    key: u32,
    name: &str,
    state: ArcSignal<JobState>,
    place: Memo<Standing>,
    asking: RwSignal<bool>,
) -> AnyView {
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let (cancel, dismiss) = (tr_with("Cancel {name}", &values), tr_with("Dismiss {name}", &values));
    let going = move || matches!(place.get(), Standing::UnderWay | Standing::InTheCloud);
    let label = Signal::derive(move || if going() { cancel.clone() } else { dismiss.clone() });
    let cleaning = Memo::new(move |_| {
        state.with(|state| {
            matches!(state.phase, JobPhase::CleaningUp | JobPhase::File(Phase::CleaningUp))
        })
    });
    let press = move || if untrack(going) { asking.set(true) } else { uploads.dismiss(key) };
    end_button(label, cleaning.into(), press, move || !untrack(going))
}
