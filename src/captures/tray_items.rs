//! The images being made of instances and volumes, in the tray.

use leptos::prelude::*;

use super::{Capture, Captures, End, Origin, Phase, Standing, recall, use_captures};
use crate::routes;
use crate::session::Account;
use crate::text::{captures as words, tr, tr_with};
use crate::ui::{Button, ButtonLink, Progress};
use crate::uploads::Waiting;
use crate::uploads::tray::{TrayRow, end_button};

/// Puts orders that a closed tab has left half done back into the list, at each sign-in and in each project.
pub fn recall_here() {
    let captures = use_captures();
    let account = expect_context::<Account>();
    let waiting = StoredValue::new_local(Vec::<Waiting>::new());
    let scope = Memo::new(move |_| account.current().get().map(|cloud| cloud.key()));
    Effect::new(move || {
        // Followed: an order belongs to its project.
        let cloud = account.current().get_untracked().filter(|_| scope.read().is_some());
        waiting.set_value(cloud.map(|cloud| recall(captures, cloud)).unwrap_or_default());
    });
}

/// Items for the tray's list, newest first.
#[component]
pub fn CaptureItems() -> impl IntoView {
    let captures = use_captures();
    view! {
        <For each=move || captures.list().get() key=|one| one.key let(one)>
            <Item one=one captures=captures />
        </For>
    }
}

#[component]
fn Item(
    /// Which.
    one: Capture,
    /// Where it is ended.
    captures: Captures,
) -> impl IntoView {
    let Capture { key, name, of, scope, project, state } = one;
    let account = expect_context::<Account>();
    let state = ArcSignal::from(state);
    let shown = {
        let (state, of) = (state.clone(), of.clone());
        Memo::new(move |_| state.with(|state| words::capture(&of, state)))
    };
    let standing = {
        let state = state.clone();
        Memo::new(move |_| state.with(|state| state.standing()))
    };
    let interrupted = {
        let state = state.clone();
        Memo::new(move |_| {
            state.with(|state| matches!(state.phase, Phase::Over(End::Interrupted(_))))
        })
    };
    let unclear = {
        let state = state.clone();
        Memo::new(move |_| state.with(|state| state.is_unclear()))
    };
    let href = {
        let state = state.clone();
        let of = of.clone();
        Memo::new(move |_| state.with(|state| page(&of, state.image_id.as_deref(), &state.phase)))
    };
    let can_be_called_off = {
        let state = state.clone();
        Memo::new(move |_| state.with(|state| state.can_be_called_off()))
    };
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let label = tr_with("Image {name}", &values);
    let (call_off, dismiss) =
        (tr_with("Call {name} off", &values), tr_with("Dismiss {name}", &values));
    let end =
        Signal::derive(
            move || {
                if can_be_called_off.get() { call_off.clone() } else { dismiss.clone() }
            },
        );
    let press = move || {
        if can_be_called_off.get_untracked() {
            captures.call_off(key);
        } else if interrupted.get_untracked() {
            captures.forget(key);
        } else {
            captures.dismiss(key);
        }
    };
    // Between asking for the image and starting the instance again there is nothing to end.
    let endable =
        Memo::new(move |_| standing.get() != Standing::NeedsTab || can_be_called_off.get());
    let go_on = move || {
        let scope = scope.clone();
        let word = match (interrupted.get(), unclear.get()) {
            (true, _) => tr("Go on"),
            (_, true) => tr("Look again"),
            _ => return None,
        };
        Some(
            view! { <Button small=true on_press=move |_| go_on(captures, account, key, &scope)>{word}</Button> },
        )
    };
    let launch = move || {
        let id = (standing.get() == Standing::Done)
            .then(|| state.with(|state| state.image_id.clone()))
            .flatten();
        id.map(|id| view! { <ButtonLink small=true href=routes::launch_from(&id)>{tr("Launch")}</ButtonLink> })
    };
    let end = move || {
        endable.get().then(|| {
            end_button(end, Signal::stored(false), press, move || {
                !can_be_called_off.get_untracked()
            })
        })
    };
    let shape = Signal::derive(move || Some(shown.read().shape));
    // Nobody tells how far the copying is: the bar runs until it is over.
    let share = Signal::derive(move || match standing.get() {
        Standing::NeedsTab | Standing::InTheCloud => None,
        Standing::Done => Some(1.0),
        Standing::Failed | Standing::CalledOff => Some(0.0),
    });
    view! {
        <TrayRow
            name=name
            href=href.into()
            words=shown
            bar=view! { <Progress label=Signal::stored(label) share=share shape=shape /> }.into_any()
            buttons=view! { {go_on}{launch}{end} }.into_any()
            about=Signal::stored(words::source(&of))
            project=project
        />
    }
}

/// The page that tells most: the image's where there is one, else the instance's.
fn page(of: &Origin, image: Option<&str>, phase: &Phase) -> Option<String> {
    let gone = matches!(phase, Phase::Over(End::Failed(_)));
    match (image.filter(|_| !gone), of) {
        (Some(image), _) => Some(routes::image(image)),
        (None, Origin::Instance { id, .. }) => Some(routes::instance(id)),
        (None, Origin::Volume { .. }) => None,
    }
}

fn go_on(captures: Captures, account: Account, key: u32, scope: &str) {
    let current = account.current().get_untracked();
    if let Some(cloud) = current.filter(|cloud| cloud.key() == scope) {
        captures.go_on(key, cloud.clone());
        captures.look_again(key, cloud);
    }
}
