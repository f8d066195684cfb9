//! The command palette: images, instances, places and deeds by their first letters, from anywhere (Ctrl K or ⌘ K).
//!
//! The APG's combobox with a listbox, in the browser's own modal dialog: the focus stays in the field, the arrows choose,
//! Enter does it. It remembers nothing of what was typed. `search` decides what fits, `stock` brings what can be
//! found, `deeds` says what can be done.

mod deeds;
mod panel;
mod search;
mod stock;

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use openstack::image::Image;

use self::panel::Panel;
use self::stock::Stock;
use super::scope::use_section_root;
use crate::session::Account;
use crate::text::tr;
use crate::ui::{Glyph, Icon};

/// Something that can be found and chosen.
#[derive(Clone)]
pub struct Command {
    /// What it is called.
    pub words: String,
    /// What else a person wants to know before choosing it; may be empty.
    pub note: String,
    /// The icon before it.
    pub mark: Mark,
    /// Another name that finds it: an id. May be empty.
    pub id: String,
    /// What choosing it does.
    pub act: Act,
}

/// The icon before a command.
#[derive(Clone)]
pub enum Mark {
    /// One of the console's own.
    Glyph(Glyph),
    /// That of an operating system, by its short id.
    System(Option<String>),
}

/// What choosing a command does.
#[derive(Clone)]
pub enum Act {
    /// Goes there.
    Go(String),
    /// Does it.
    Do(Arc<dyn Fn() + Send + Sync>),
}

impl Command {
    /// A place.
    pub fn go(words: &str, glyph: Glyph, href: &str) -> Self {
        Self {
            words: words.to_owned(),
            note: String::new(),
            mark: Mark::Glyph(glyph),
            id: String::new(),
            act: Act::Go(href.to_owned()),
        }
    }

    /// A deed.
    pub fn act(
        words: impl Into<String>,
        glyph: Glyph,
        deed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self {
            words: words.into(),
            note: String::new(),
            mark: Mark::Glyph(glyph),
            id: String::new(),
            act: Act::Do(Arc::new(deed)),
        }
    }
}

/// Shows every image of a page that has the whole list to the one who looks for something; `false` when it has not.
type Lender = Arc<dyn Fn(&mut dyn FnMut(&Image)) -> bool + Send + Sync>;

/// What a page can do, asked each time the palette opens.
type Offer = Arc<dyn Fn() -> Vec<Command> + Send + Sync>;

/// The palette of the app. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Palette {
    open: RwSignal<bool>,
    offers: StoredValue<Vec<(u32, Offer)>>,
    next: StoredValue<u32>,
    stock: Stock,
    lenders: StoredValue<Vec<(u32, Lender)>>,
    /// Leaves a page that is of the scope that was left.
    leave: StoredValue<Arc<dyn Fn() + Send + Sync>>,
}

impl Palette {
    /// Closed, and nothing is offered yet. Call it once, in the app's own owner: it listens to the keyboard.
    pub fn new(account: Account) -> Self {
        let palette = Self {
            open: RwSignal::new(false),
            offers: StoredValue::new(Vec::new()),
            next: StoredValue::new(0),
            stock: Stock::new(),
            lenders: StoredValue::new(Vec::new()),
            leave: StoredValue::new(Arc::new(use_section_root())),
        };
        let keys = window_event_listener_untyped("keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let asked = (event.ctrl_key() || event.meta_key())
                && !event.alt_key()
                && !event.shift_key()
                && event.key().eq_ignore_ascii_case("k");
            if !asked || account.current().read_untracked().is_none() {
                return;
            }
            event.prevent_default();
            if palette.open.get_untracked() {
                palette.open.set(false);
            } else if !is_dialog_open() {
                palette.open.set(true);
            }
        });
        on_cleanup(move || keys.remove());
        palette
    }

    /// Whether it is open.
    pub fn is_open(self) -> Signal<bool> {
        self.open.into()
    }

    fn number(self) -> u32 {
        let number = self.next.get_value();
        self.next.set_value(number.wrapping_add(1));
        number
    }

    /// Lets images be found in the list that the page at hand has loaded, until the page goes: no request is needed then.
    pub fn lend(self, images: impl Fn(&mut dyn FnMut(&Image)) -> bool + Send + Sync + 'static) {
        let number = self.number();
        let lender: Lender = Arc::new(images);
        self.lenders.update_value(|lenders| lenders.push((number, lender)));
        on_cleanup(move || {
            self.lenders.try_update_value(|lenders| lenders.retain(|(own, _)| *own != number));
        });
    }

    /// Offers what the page at hand can do, above everything else, until the page goes.
    pub fn offer(self, commands: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
        let number = self.number();
        let offer: Offer = Arc::new(commands);
        self.offers.update_value(|offers| offers.push((number, offer)));
        on_cleanup(move || {
            self.offers.try_update_value(|offers| offers.retain(|(own, _)| *own != number));
        });
    }
}

/// Something else asks already; it wants its answer first.
fn is_dialog_open() -> bool {
    document().query_selector("dialog:modal").is_ok_and(|found| found.is_some())
}

/// The visible way in.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let palette = expect_context::<Palette>();
    let keys = if is_apple() { "⌘ K" } else { "Ctrl K" };
    view! {
        <button
            class="finder"
            type="button"
            aria-keyshortcuts="Control+K Meta+K"
            aria-haspopup="dialog"
            on:click=move |_| palette.open.set(true)
        >
            <Icon glyph=Glyph::Search small=true />
            <span class="finder__text">{tr("Find or do")}</span>
            <span class="finder__key" aria-hidden="true"><span class="kbd">{keys}</span></span>
        </button>
    }
}

fn is_apple() -> bool {
    let platform = window().navigator().platform();
    platform.is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

/// The palette itself. Once in the app.
#[component]
pub fn PaletteDialog() -> impl IntoView {
    let palette = expect_context::<Palette>();
    let open = palette.open;
    let element: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            if !dialog.open() && dialog.show_modal().is_err() {
                leptos::logging::error!("the palette is not in the document");
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    // The dialog gives the focus back to where it was before anything else is done.
    let close = Callback::new(move |()| {
        if let Some(dialog) = element.get_untracked() {
            dialog.close();
        }
        open.set(false);
    });
    view! {
        <dialog
            class="palette"
            aria-label=tr("Find or do")
            node_ref=element
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // A click that reaches the dialog itself is beside the panel.
                let beside = event.target().is_some_and(|target| {
                    element.get_untracked().is_some_and(|dialog| target == ****dialog)
                });
                if beside {
                    close.run(());
                }
            }
        >
            <Show when=move || open.get()><Panel palette=palette close=close /></Show>
        </dialog>
    }
}
