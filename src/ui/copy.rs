//! Things to copy: ids, commands. Monospace means "you can paste this".

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::{Button, ButtonKind, Glyph};
use crate::text::{tr, tr_with};

const SHOWN_FOR: Duration = Duration::from_millis(1600);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Copying {
    Ready,
    Copied,
    Refused,
}

/// A button that copies a text and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What that is: "id", "command". Shown only with an icon, so it names the button.
    #[prop(into)]
    what: String,
    /// With the word "Copy" on it.
    #[prop(optional)]
    worded: bool,
    /// With other words than "Copy" where several buttons could be meant.
    #[prop(default = tr("Copy"))]
    words: &'static str,
) -> impl IntoView {
    let state = RwSignal::new(Copying::Ready);
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text.get_untracked());
        spawn_local(async move {
            let done = JsFuture::from(promise).await.is_ok();
            state.try_set(if done { Copying::Copied } else { Copying::Refused });
            set_timeout(
                move || {
                    state.try_set(Copying::Ready);
                },
                SHOWN_FOR,
            );
        });
    };
    let label = {
        let what = what.clone();
        Signal::derive(move || match state.get() {
            Copying::Ready => tr_with("Copy {what}", &[("what", &what)]),
            Copying::Copied => tr("Copied").to_owned(),
            Copying::Refused => tr("The browser refused to copy").to_owned(),
        })
    };
    let glyph = move || match state.get() {
        Copying::Ready => Glyph::Copy,
        Copying::Copied => Glyph::Check,
        Copying::Refused => Glyph::Warn,
    };
    view! {
        {move || {
            let glyph = glyph();
            if worded {
                view! {
                    <Button kind=ButtonKind::Quiet small=true icon=glyph on_press=copy>
                        {move || match state.get() {
                            Copying::Ready => words,
                            Copying::Copied => tr("Copied"),
                            Copying::Refused => tr("Refused by the browser"),
                        }}
                    </Button>
                }.into_any()
            } else {
                view! {
                    <Button kind=ButtonKind::Quiet small=true icon=glyph label=label on_press=copy />
                }.into_any()
            }
        }}
        <span class="visually-hidden" role="status">
            {move || (state.get() != Copying::Ready).then(|| label.get())}
        </span>
    }
}

/// A text in monospace with its copy button.
#[component]
pub fn Copyable(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is: "id", "address".
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <span class="copyable">
            <code class="copyable__text">{move || text.get()}</code>
            <CopyButton text=text what=what />
        </span>
    }
}
