//! Buttons act; links that look like buttons navigate.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::{Glyph, Icon, unique_id};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several things that can be done here.
    #[default]
    Plain,
    /// The thing this page is for. One a page.
    Primary,
    /// Steps back: repeated in rows, or undoes.
    Quiet,
    /// Leads to something that destroys.
    Danger,
    /// Destroys: only in the dialog that asks.
    DangerSolid,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "button",
            Self::Primary => "button button--primary",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
            Self::DangerSolid => "button button--danger-solid",
        }
    }
}

fn class(kind: ButtonKind, small: bool, wide: bool, icon_only: bool) -> String {
    let mut class = kind.class().to_owned();
    for (wanted, name) in
        [(small, " button--s"), (wide, " button--wide"), (icon_only, " button--icon")]
    {
        if wanted {
            class.push_str(name);
        }
    }
    class
}

/// A button. While `busy` it keeps its focus and ignores presses; with `why_not` it does the same
/// and the reason stands beside it in words.
#[component]
pub fn Button(
    /// What pressing does. Not needed when `submit` is set.
    #[prop(optional, into)]
    on_press: Option<Callback<MouseEvent>>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// The small size, for rows and panel heads.
    #[prop(optional)]
    small: bool,
    /// As wide as its container.
    #[prop(optional)]
    wide: bool,
    /// The name of a button that shows only its icon.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    /// Submits the form it is in.
    #[prop(optional)]
    submit: bool,
    /// The action is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be pressed now. Shown beside it.
    #[prop(optional, into)]
    why_not: Signal<Option<String>>,
    /// The id of an element that tells the reason elsewhere: then `why_not` is not shown twice.
    #[prop(optional, into)]
    reason_at: Option<String>,
    /// The words on it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let own_reason = reason_at.is_none();
    let reason_id = reason_at.unwrap_or_else(|| unique_id("why"));
    let described_by = {
        let reason_id = reason_id.clone();
        move || why_not.read().is_some().then(|| reason_id.clone())
    };
    let inert = move || busy.get() || why_not.read().is_some();
    let press = move |event: MouseEvent| {
        if busy.get_untracked() || why_not.read_untracked().is_some() {
            event.prevent_default();
            return;
        }
        if let Some(on_press) = on_press {
            on_press.run(event);
        }
    };
    let icon_only = children.is_none();
    view! {
        <button
            class=class(kind, small, wide, icon_only)
            type=if submit { "submit" } else { "button" }
            aria-label=move || label.map(|label| label.get())
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || inert().then_some("true")
            aria-describedby=described_by
            on:click=press
        >
            {icon.map(|glyph| view! { <Icon glyph=glyph small=!icon_only /> })}
            {children.map(|children| children())}
        </button>
        {own_reason.then(|| view! {
            <Show when=move || why_not.read().is_some()>
                <span class="button-why" id=reason_id.clone()>{move || why_not.get()}</span>
            </Show>
        })}
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// The small size.
    #[prop(optional)]
    small: bool,
    /// The words on it.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=class(kind, small, false, false) href=move || href.get()>
            {icon.map(|glyph| view! { <Icon glyph=glyph small=true /> })}
            {children()}
        </a>
    }
}
