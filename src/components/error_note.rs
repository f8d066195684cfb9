//! Errors of the cloud on a page, and how old what it shows is.

use std::time::Duration;

use leptos::prelude::*;
use openstack::ApiError;

use crate::clock;
use crate::remote::Remote;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, Note, Tone};

const TICK: Duration = Duration::from_secs(1);

/// An error where the data or the answer would be.
#[component]
pub fn ErrorNote(
    /// What went wrong.
    #[prop(into)]
    error: Signal<ApiError>,
    /// What is not lost, as a sentence.
    #[prop(optional, into)]
    kept: Option<String>,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let words = Memo::new(move |_| errors::api(&error.read(), kept.as_deref()));
    let children = on_retry.map(|on_retry| {
        let button: Children = Box::new(move || {
            view! { <Button small=true on_press=move |_| on_retry.run(())>{tr("Try again")}</Button> }
                .into_any()
        });
        button
    });
    let title = Signal::derive(move || words.get().title);
    let text = Signal::derive(move || Some(words.get().text_with_request()));
    match children {
        Some(children) => {
            view! { <Note tone=Tone::Danger title=title text=text>{children()}</Note> }.into_any()
        }
        None => view! { <Note tone=Tone::Danger title=title text=text /> }.into_any(),
    }
}

/// Above data that could not be refreshed: why, and how old it is. Nothing otherwise.
#[component]
pub fn Stale<T: Clone + Send + Sync + 'static>(
    /// The data.
    #[prop(into)]
    remote: Signal<Remote<T>>,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let error =
        Memo::new(move |_| remote.with(|remote| remote.data.as_ref().and(remote.error.clone())));
    let kept = move || {
        remote.with_untracked(|remote| {
            let data = remote.data.as_ref()?;
            let at = format::time_of_day(data.received_at, clock::offset_at(data.received_at));
            Some(tr_with("What you see is as of {at}.", &[("at", &at)]))
        })
    };
    move || {
        error.get().map(|error| {
            let words = errors::api(&error, kept().as_deref());
            view! {
                <Note tone=Tone::Warn title=words.title.clone() text=words.text_with_request()>
                    <Button small=true on_press=move |_| on_retry.run(())>{tr("Try again")}</Button>
                </Note>
            }
        })
    }
}

/// "live, 3 s ago": how old the data on the page is.
#[component]
pub fn Freshness<T: Clone + Send + Sync + 'static>(
    /// The data.
    #[prop(into)]
    remote: Signal<Remote<T>>,
) -> impl IntoView {
    let now = clock::use_now(TICK);
    let received_at =
        Memo::new(move |_| remote.with(|remote| remote.data.as_ref().map(|data| data.received_at)));
    let failed = Memo::new(move |_| remote.with(|remote| remote.error.is_some()));
    move || {
        received_at.get().map(|received_at| {
            let age = format::age(received_at, now.get());
            view! { <span class="freshness">{if failed.get() { tr("as of ") } else { tr("live, ") }}{age}</span> }
        })
    }
}
