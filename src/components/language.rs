//! The way to another language: items for a menu, buttons for the sign-in page, and the question before anything typed is lost.
//!
//! Words on a page do not change while it is open, so another language loads it anew. What that would break off or lose is
//! said first: uploads under way keep it from happening, a form in which something was typed makes it ask.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::captures::use_captures;
use crate::locale;
use crate::text::language::{self, Language};
use crate::text::tr;
use crate::ui::{ConfirmDialog, Glyph, MenuItem, MenuTitle};
use crate::uploads::use_uploads;

/// Whether something was typed or dropped on the page at hand. In context; the shell listens.
#[derive(Clone, Copy)]
pub struct Typed(StoredValue<bool>);

impl Typed {
    /// Nothing yet, and nothing again after each change of the page. Needs the router's context.
    pub fn follow() -> Self {
        let typed = StoredValue::new(false);
        let path = use_location().pathname;
        Effect::new(move || {
            path.track();
            typed.set_value(false);
        });
        Self(typed)
    }

    /// Something was. What a search field holds stands in the address and is not lost.
    pub fn note(self, event: &web_sys::Event) {
        use leptos::wasm_bindgen::JsCast;
        let is_search = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
            .is_some_and(|input| input.type_() == "search");
        if !is_search {
            self.0.set_value(true);
        }
    }
}

/// Asks for another language: the answer to "may what is typed be lost?" is awaited in [`LanguageDialog`].
#[derive(Clone, Copy)]
pub struct Switching {
    wanted: RwSignal<Option<Language>>,
    open: RwSignal<bool>,
    typed: Typed,
}

impl Switching {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self {
            wanted: RwSignal::new(None),
            open: RwSignal::new(false),
            typed: expect_context::<Typed>(),
        }
    }

    fn to(self, language: Language) {
        if language == language::spoken() {
            return;
        }
        if self.typed.0.get_value() {
            self.wanted.set(Some(language));
            self.open.set(true);
        } else {
            locale::choose(language);
        }
    }
}

impl Default for Switching {
    fn default() -> Self {
        Self::new()
    }
}

/// Items of a menu, the language spoken marked.
#[component]
pub fn LanguageItems(
    /// Where a choice goes.
    switching: Switching,
) -> impl IntoView {
    let (uploads, captures) = (use_uploads(), use_captures());
    view! {
        <MenuTitle>{tr("Language")}</MenuTitle>
        {Language::ALL.map(|language| {
            let here = language == language::spoken();
            let why_not = Signal::derive(move || {
                let waits = !here && (uploads.under_way() > 0 || captures.need_tab() > 0);
                waits.then(|| tr("When the uploads are done: the page has to be loaded anew for it.").to_owned())
            });
            view! {
                <MenuItem icon=Glyph::Globe current=here why_not=why_not on_press=move |()| switching.to(language)>
                    <span lang=language.tag()>{language.own_name()}</span>
                </MenuItem>
            }
        }).collect_view()}
    }
}

/// Two buttons, for the page without a menu.
#[component]
pub fn LanguageButtons() -> impl IntoView {
    let switching = Switching::new();
    view! {
        <div class="gate__languages" role="group" aria-label=tr("Language")>
            {Language::ALL.map(|language| view! {
                <button
                    class="button button--quiet button--s"
                    type="button"
                    lang=language.tag()
                    aria-pressed=(language == language::spoken()).to_string()
                    on:click=move |_| switching.to(language)
                >
                    {language.own_name()}
                </button>
            }).collect_view()}
        </div>
        <LanguageDialog switching=switching />
    }
}

/// Asks before the page is loaded anew over something typed. Beside the menu, as a menu's content goes when it closes.
#[component]
pub fn LanguageDialog(
    /// What was chosen.
    switching: Switching,
) -> impl IntoView {
    let go = move |()| {
        switching.open.set(false);
        if let Some(language) = switching.wanted.get_untracked() {
            locale::choose(language);
        }
    };
    view! {
        <ConfirmDialog
            open=switching.open
            title=tr("Load the page anew in the other language?")
            confirm=tr("Load anew")
            cancel=tr("Stay")
            on_confirm=go
        >
            <p>{tr("What you typed on this page will be lost. Or finish here first and change the language then.")}</p>
        </ConfirmDialog>
    }
}
