//! Toasts: what happened elsewhere or in the background, said once, out of the way.
//!
//! An answer to what the user just did on this page belongs on the page, not here.

use std::time::Duration;

use leptos::prelude::*;

use super::{Button, ButtonKind, Glyph, Icon, Tone};
use crate::text::tr;

const SHOWN_FOR: Duration = Duration::from_secs(8);

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// How grave it is. Danger stays until it is dismissed.
    pub tone: Option<Tone>,
    /// What happened.
    pub title: String,
    /// What is kept and what to do.
    pub text: Option<String>,
    /// Where to look: address and words of a link.
    pub link: Option<(String, String)>,
}

impl Toast {
    /// Something went well.
    pub fn ok(title: impl Into<String>) -> Self {
        Self { tone: Some(Tone::Ok), title: title.into(), text: None, link: None }
    }

    /// Something failed.
    pub fn danger(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { tone: Some(Tone::Danger), title: title.into(), text: Some(text.into()), link: None }
    }

    /// The same with a link.
    pub fn with_link(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.link = Some((href.into(), words.into()));
        self
    }
}

/// Where toasts are put. In context.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }
}

impl Toasts {
    /// Shows one.
    pub fn show(self, toast: Toast) {
        let number = self.next.get_value();
        self.next.set_value(number.wrapping_add(1));
        let stays = toast.tone == Some(Tone::Danger);
        self.list.update(|list| list.push((number, toast)));
        if !stays {
            set_timeout(move || self.dismiss(number), SHOWN_FOR);
        }
    }

    fn dismiss(self, number: u32) {
        self.list.update(|list| list.retain(|(own, _)| *own != number));
    }
}

/// The region that shows and announces them. Once in the app.
#[component]
pub fn ToastRegion(
    /// Where they come from.
    toasts: Toasts,
) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-relevant="additions">
            <For each=move || toasts.list.get() key=|(number, _)| *number let((number, toast))>
                <div class="toast">
                    <Icon
                        glyph=match toast.tone {
                            Some(Tone::Danger | Tone::Warn) => Glyph::Warn,
                            Some(Tone::Ok) => Glyph::Check,
                            _ => Glyph::Info,
                        }
                        tone=toast.tone.unwrap_or(Tone::Faint)
                    />
                    <p class="toast__title">{toast.title}</p>
                    <Button
                        kind=ButtonKind::Quiet
                        small=true
                        icon=Glyph::X
                        label=tr("Dismiss")
                        on_press=move |_| toasts.dismiss(number)
                    />
                    {toast.text.map(|text| view! { <p class="toast__text">{text}</p> })}
                    {toast.link.map(|(href, words)| view! {
                        <p class="toast__text"><a class="link" href=href>{words}</a></p>
                    })}
                </div>
            </For>
        </div>
    }
}
