//! How the file will travel: which road, why, and the choice of the other one.
//!
//! For a large file some kilobytes go the whole way first (`uploads::choose`), as soon as it is chosen; nobody has to wait
//! for that before pressing Create.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::draft::Source;
use super::form::Form;
use crate::cloud::{Cloud, use_cloud};
use crate::components::CheckLink;
use crate::text::{format, tr, tr_with, uploads as words};
use crate::ui::{Button, Check, ChoiceCard, CopyButton, Note, Tone};
use crate::uploads::{
    Road, RoadChoice, Segmented, Way, WhyDirect, WhyRoad, choose, probe, probe_again,
};

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wish {
    /// What is best for the file's size.
    #[default]
    Automatic,
    /// In parts, though the file is small.
    Parts,
    /// In one piece, though parts are possible.
    OnePiece,
}

/// The choice of a road. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Roads {
    pub(super) wish: RwSignal<Wish>,
    /// Leave the parts in the object store afterwards.
    pub(super) keep: RwSignal<bool>,
}

impl Roads {
    /// Nothing wished for.
    pub(super) fn new() -> Self {
        Self { wish: RwSignal::new(Wish::Automatic), keep: RwSignal::new(false) }
    }

    /// Nothing wished for any more.
    pub(super) fn reset(self) {
        self.wish.set(Wish::Automatic);
        self.keep.set(false);
    }

    /// What is wished for now.
    pub(super) fn wished(self) -> (Wish, bool) {
        (self.wish.get_untracked(), self.keep.get_untracked())
    }
}

/// The way that a file of this size takes. When that has to be tried first, it takes some seconds.
pub(super) async fn decide(cloud: &Cloud, size_bytes: u64, (wish, keep): (Wish, bool)) -> Way {
    let parts = match wish {
        Wish::OnePiece => false,
        Wish::Parts => size_bytes > 0 && probe(cloud).await.is_ok(),
        Wish::Automatic => choose(cloud, size_bytes).await.road == Road::Segments,
    };
    if parts {
        Way::Segments(Segmented { keep_segments: keep, earlier: None })
    } else {
        Way::Direct
    }
}

/// What is known of the roads.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    size_bytes: u64,
    choice: RoadChoice,
    /// What trying a road that was only wished for has told.
    closed: Option<WhyDirect>,
}

/// The road and the choice, once there is a file.
#[component]
pub(super) fn RoadChoices(
    /// The form.
    form: Form,
) -> impl IntoView {
    let cloud = use_cloud();
    let segment_bytes = cloud.config().upload_segment_mib << 20;
    let size = Memo::new(move |_| {
        if form.source.get() != Source::File {
            return None;
        }
        let whole = form.chosen.with(|chosen| {
            // Before that something else may be said of it.
            chosen.as_ref().filter(|chosen| chosen.report.is_some()).map(|chosen| chosen.size_bytes)
        })?;
        let small = form.looking.saving.get().map(|saving| saving.send_bytes);
        Some(small.filter(|_| form.as_qcow2.get()).unwrap_or(whole))
    });
    let wants_parts = Memo::new(move |_| form.roads.wish.get() == Wish::Parts);
    let asked = {
        let cloud = cloud.clone();
        LocalResource::new(move || {
            let (cloud, size, wants_parts) = (cloud.clone(), size.get(), wants_parts.get());
            async move { find(&cloud, size?, wants_parts).await }
        })
    };
    // What is said of another size is not said of this one.
    let found = Memo::new(move |_| {
        let found: Option<Found> = asked.get().flatten();
        found.filter(|found| Some(found.size_bytes) == size.get())
    });
    let trying = RwSignal::new(false);
    let again = Callback::new(move |()| {
        let cloud = cloud.clone();
        trying.set(true);
        spawn_local(async move {
            // What it says is asked for again below.
            drop(probe_again(&cloud).await);
            trying.try_set(false);
            asked.refetch();
        });
    });
    move || {
        size.get().map(|size_bytes| {
            view! {
                <fieldset class="fieldset fieldset--close">
                    <legend class="fieldset__legend">{tr("The way to the cloud")}</legend>
                    {choices(form, found, size_bytes, segment_bytes)}
                    <div role="status">{move || said(found, trying)}</div>
                    {move || closed(&found.get()?).map(|why| obstacle(&why, trying, again))}
                    {move || goes_in_parts(form, found).then(|| keep(form, size_bytes))}
                </fieldset>
            }
        })
    }
}

async fn find(cloud: &Cloud, size_bytes: u64, wants_parts: bool) -> Option<Found> {
    let choice = choose(cloud, size_bytes).await;
    let closed = match (&choice.why, wants_parts) {
        (WhyRoad::Small, true) => probe(cloud).await.err(),
        _ => None,
    };
    Some(Found { size_bytes, choice, closed })
}

/// Why parts are not possible.
fn closed(found: &Found) -> Option<WhyDirect> {
    found.choice.why_no_segments().or(found.closed.as_ref()).cloned()
}

/// What the user wants, as far as it is possible.
fn effective(form: Form, found: Memo<Option<Found>>) -> Wish {
    let wish = form.roads.wish.get();
    let impossible =
        found.with(|found| found.as_ref().is_some_and(|found| closed(found).is_some()));
    if wish == Wish::Parts && impossible { Wish::Automatic } else { wish }
}

fn goes_in_parts(form: Form, found: Memo<Option<Found>>) -> bool {
    match effective(form, found) {
        Wish::Parts => found.read().is_some(),
        Wish::OnePiece => false,
        Wish::Automatic => found
            .with(|found| found.as_ref().is_some_and(|found| found.choice.road == Road::Segments)),
    }
}

/// Three cards: automatic, in parts, in one piece.
fn choices(form: Form, found: Memo<Option<Found>>, size_bytes: u64, segment_bytes: u64) -> AnyView {
    let is = move |wish: Wish| Signal::derive(move || effective(form, found) == wish);
    let choose = move |wish: Wish| Callback::new(move |()| form.roads.wish.set(wish));
    let automatic = Signal::derive(move || {
        Some(found.with(|found| match found {
            Some(found) => match &found.choice.why {
                WhyRoad::Cannot(_) => {
                    tr("In one piece, as parts are not possible here.").to_owned()
                }
                _ => words::why_road(&found.choice, size_bytes, segment_bytes),
            },
            None => tr("Is being looked at …").to_owned(),
        }))
    });
    let parts = tr_with(
        "{parts}. Survives a lost line, a closed tab and a restart; what the cloud has already is not sent.",
        &[("parts", &words::parts(size_bytes, segment_bytes))],
    );
    let why_no_parts = Signal::derive(move || {
        found.with(|found| closed(found.as_ref()?).map(|why| words::why_direct(&why).text))
    });
    view! {
        <div class="choices choices--2">
            <ChoiceCard name="travel" title=tr("Automatic") text=automatic checked=is(Wish::Automatic) on_choose=choose(Wish::Automatic) />
            <ChoiceCard name="travel" title=words::road(Road::Segments) text=Some(parts) why_not=why_no_parts checked=is(Wish::Parts) on_choose=choose(Wish::Parts) />
            <ChoiceCard
                name="travel"
                title=words::road(Road::Direct)
                text=Some(tr("One request with the whole file. If the line breaks, it starts again from its beginning; it cannot be paused.").to_owned())
                checked=is(Wish::OnePiece)
                on_choose=choose(Wish::OnePiece)
            />
        </div>
    }
    .into_any()
}

/// That something is being tried.
fn said(found: Memo<Option<Found>>, trying: RwSignal<bool>) -> Option<AnyView> {
    (found.read().is_none() || trying.get()).then(|| {
        view! {
            <p class="field__hint">{tr("Trying whether this cloud takes files in parts: a few kilobytes go the whole way first. You need not wait for it.")}</p>
        }
        .into_any()
    })
}

/// What would have to change for parts, and by whom.
fn obstacle(why: &WhyDirect, trying: RwSignal<bool>, again: Callback<()>) -> Option<AnyView> {
    let told = words::why_direct(why);
    let operator = told.operator?;
    let commands = told.commands.join("\n");
    let commands = (!commands.is_empty()).then(|| {
        let copied = commands.clone();
        view! {
            <code class="mend" tabindex="0" role="region" aria-label=tr("Commands that open the object store")>{commands}</code>
            <CopyButton text=Signal::stored(copied) what=tr("commands") worded=true />
        }
    });
    Some(
        view! {
            <Note tone=Tone::Faint still=true title=tr("For parts, the cloud’s operator would have to change") text=Some(operator)>
                {commands}
                <Button small=true busy=trying on_press=move |_| again.run(())>{tr("Try again")}</Button>
                <CheckLink />
            </Note>
        }
        .into_any(),
    )
}

/// Keeping the parts: what it brings and what it costs.
fn keep(form: Form, size_bytes: u64) -> AnyView {
    let hint = tr_with(
        "The next upload of a changed version then sends only what has changed. Until they remove themselves they take up {size} of the object store, which your cloud may charge for.",
        &[("size", &format::bytes(size_bytes))],
    );
    view! { <Check checked=form.roads.keep label=tr("Keep the parts for at least a week") hint=Some(hint) /> }
        .into_any()
}
