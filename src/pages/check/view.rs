//! How verdicts are drawn: the sum of all, a panel for each service, a line for each thing looked at, lines to copy.

use leptos::prelude::*;

use super::Verdicts;
use super::mend::Mend;
use super::report::word;
use super::rules::{Line, State, Sum};
use crate::text::{tr, tr_with};
use crate::ui::{ButtonLink, CopyButton, Note, Panel, Shape, Skeleton, Status, Tone, marked};

/// All of it in one sentence.
#[component]
pub(super) fn Verdict(
    /// What was found so far.
    sum: Memo<Sum>,
    /// There is more to come.
    busy: Memo<bool>,
    /// With a sign-in.
    signed_in: bool,
    /// Where to sign in.
    sign_in: String,
) -> impl IntoView {
    // Announced once when it is done, not with every service.
    let told = Memo::new(move |_| (!busy.get()).then(|| sum.get()));
    view! {
        <div role="status">
            {move || {
                let told = told.get();
                let tone = match told {
                    None => Tone::Faint,
                    Some(Sum { wrong: 0, missing: 0, .. }) => Tone::Ok,
                    Some(Sum { wrong: 0, .. }) => Tone::Warn,
                    Some(_) => Tone::Danger,
                };
                let text = told.map(|sum| tr_with(
                    "{wrong} wrong, {missing} missing, {unlooked} not looked at.",
                    &[("wrong", &sum.wrong), ("missing", &sum.missing), ("unlooked", &sum.unlooked)],
                ));
                view! { <Note tone=tone still=true title=title(told).to_owned() text=text /> }
            }}
        </div>
        {(!signed_in).then(|| view! {
            <Note tone=Tone::Faint still=true title=tr("Without a sign-in only a part can be looked at").to_owned()
                text=Some(tr("The catalogue says where the services are, and comes with a sign-in.").to_owned())>
                <ButtonLink small=true href=sign_in.clone()>{tr("Sign in")}</ButtonLink>
            </Note>
        })}
    }
}

fn title(told: Option<Sum>) -> &'static str {
    match told {
        None => tr("The cloud is being looked at …"),
        Some(Sum { wrong: 0, missing: 0, .. }) => tr("Nothing stands in the way"),
        Some(Sum { wrong: 0, .. }) => tr("Not everything is possible in this cloud"),
        Some(_) => tr("Something stands in the way"),
    }
}

/// One service.
#[component]
pub(super) fn Group(
    /// Its verdicts.
    group: Memo<Option<Verdicts>>,
) -> impl IntoView {
    let title = Signal::derive(move || {
        group.read().as_ref().map(|group| group.title.clone()).unwrap_or_default()
    });
    let worst = Memo::new(move |_| {
        let group = group.read();
        group.as_ref()?.lines.as_ref()?.iter().map(|line| line.state).max()
    });
    let status = move || {
        view! {
            {move || match worst.get() {
                None => view! { <Status shape=Shape::Pending word=tr("Is being looked at …") /> }.into_any(),
                Some(state) => view! { <Status shape=shape(state) word=word(state) /> }.into_any(),
            }}
        }
    };
    let note = move || view! { {move || group.read().as_ref().map(|group| group.note)} };
    view! {
        <Panel title=title status=status note=note flush=true>
            {move || match group.get().and_then(|group| group.lines) {
                None => view! { <div class="check__wait"><Skeleton lines=2 /></div> }.into_any(),
                Some(lines) => view! { <ul class="check__lines">{lines.into_iter().map(line).collect_view()}</ul> }.into_any(),
            }}
        </Panel>
    }
}

fn shape(state: State) -> Shape {
    match state {
        State::Fine => Shape::Done,
        State::Missing => Shape::Offline,
        State::Wrong => Shape::Failed,
        State::Unlooked => Shape::Unknown,
    }
}

fn line(line: Line) -> AnyView {
    view! {
        <li class="check__line" data-state=(line.state == State::Fine).then_some("fine")>
            <Status shape=shape(line.state) word=word(line.state) />
            <div class="check__words">
                <p class="check__title">{line.title}</p>
                <p class="check__text">{marked(&line.text)}</p>
                {line.mends.into_iter().map(mend).collect_view()}
            </div>
        </li>
    }
    .into_any()
}

fn mend(mend: Mend) -> AnyView {
    let what = tr_with("lines for {place}", &[("place", &mend.place)]);
    let copied = mend.lines.clone();
    view! {
        <div class="check__mend">
            <div class="check__place">
                <span>{mend.place}</span>
                <CopyButton text=Signal::stored(copied) what=what />
            </div>
            <code class="mend">{mend.lines}</code>
        </div>
    }
    .into_any()
}
