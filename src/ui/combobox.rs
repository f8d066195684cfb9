//! A line of text with suggestions below it, after the ARIA pattern "editable combobox with list autocomplete":
//! arrows walk the list, Enter takes, Escape closes, and any other text may be typed.
//!
//! What the keys do is decided in `press`, which is pure.

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

use super::field::Wiring;
use super::{Glyph, Icon};
use crate::text::tr;

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What the field holds when it is taken.
    pub value: String,
    /// What the user reads.
    pub label: String,
    /// What explains it, smaller.
    pub note: Option<String>,
}

impl Suggestion {
    /// A suggestion that explains itself.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: None }
    }

    /// With an explanation.
    pub fn noted(
        value: impl Into<String>,
        label: impl Into<String>,
        note: impl Into<String>,
    ) -> Self {
        Self { note: Some(note.into()), ..Self::new(value, label) }
    }
}

/// The state of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct List {
    open: bool,
    /// The suggestion that the arrows have reached.
    at: Option<usize>,
}

/// What a key does besides changing the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// Nothing more, and the browser does nothing either.
    Stop,
    /// The browser does what it always does.
    Pass,
    /// Takes that suggestion.
    Take(usize),
}

/// A text field with suggestions.
#[component]
pub fn Combobox(
    /// What it holds: a suggestion's value, or the text as typed.
    value: RwSignal<String>,
    /// What is suggested, in order.
    #[prop(into)]
    options: Signal<Vec<Suggestion>>,
    /// An example of what to type. Never the only hint.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// In monospace: something that is pasted.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let Wiring { id, described_by, invalid } = Wiring::take();
    let list_id = format!("{id}-list");
    let list = RwSignal::new(List::default());
    // While somebody types, the text as typed; else what the value is called.
    let typed = RwSignal::new(None::<String>);
    let shown = Memo::new(move |_| match typed.get() {
        Some(text) => matching(&options.read(), &text),
        None => options.get(),
    });
    let text = move || match typed.get() {
        Some(text) => text,
        None => label_of(&options.read(), &value.read()),
    };
    let input: NodeRef<html::Input> = NodeRef::new();
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let reach = {
        let option_id = option_id.clone();
        move |to: List| {
            list.set(to);
            if let Some(at) = to.at {
                // Drawn by the next frame.
                let id = option_id(at);
                request_animation_frame(move || show_option(&id));
            }
        }
    };
    let take = move |at: usize| {
        if let Some(option) = shown.with_untracked(|shown| shown.get(at).cloned()) {
            value.set(option.value);
        }
        typed.set(None);
        list.set(List::default());
    };
    let key = {
        let reach = reach.clone();
        move |event: KeyboardEvent| {
            let own = value.get_untracked();
            let (count, chosen) = shown
                .with_untracked(|shown| (shown.len(), shown.iter().position(|o| o.value == own)));
            // A list that nothing fits is not seen: no key is spent on closing it.
            let before = list.get_untracked();
            let before = List { open: before.open && count > 0, ..before };
            let (to, act) = press(&event.key(), event.alt_key(), before, count, chosen);
            match act {
                Act::Pass => reach(to),
                Act::Stop => {
                    event.prevent_default();
                    event.stop_propagation();
                    reach(to);
                }
                Act::Take(at) => {
                    event.prevent_default();
                    take(at);
                }
            }
        }
    };
    let toggle = move |_| {
        let open = !list.get_untracked().open;
        if let Some(input) = input.get_untracked() {
            drop(input.focus());
        }
        list.set(List { open, at: None });
    };
    let listbox = {
        let (list_id, option_id) = (list_id.clone(), option_id.clone());
        move || {
            let items = shown.get().into_iter().enumerate().map(|(at, option)| {
                let Suggestion { label, note, .. } = option;
                view! {
                    <li
                        class="combobox__option"
                        role="option"
                        id=option_id(at)
                        aria-selected=move || if list.read().at == Some(at) { "true" } else { "false" }
                        on:click=move |_| take(at)
                    >
                        <span class="combobox__label">{label}</span>
                        {note.map(|note| view! { <span class="combobox__note">{note}</span> })}
                    </li>
                }
            });
            view! {
                <ul
                    class="combobox__list"
                    role="listbox"
                    id=list_id.clone()
                    aria-label=tr("Suggestions")
                    // The focus stays in the text, whether an option is pressed or what is between and beside them.
                    on:mousedown=|event: MouseEvent| event.prevent_default()
                >{items.collect_view()}</ul>
            }
        }
    };
    let is_open = move || list.read().open && !shown.read().is_empty();
    view! {
        <span class="combobox control">
            <input
                class="input"
                class:input--mono=mono
                id=id
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-expanded=move || if is_open() { "true" } else { "false" }
                aria-controls=list_id.clone()
                aria-activedescendant={
                    let option_id = option_id.clone();
                    move || list.read().at.filter(|_| is_open()).map(&option_id)
                }
                aria-describedby=move || described_by.get()
                aria-invalid=move || invalid.get().then_some("true")
                placeholder=move || placeholder.get()
                node_ref=input
                prop:value=text
                on:input:target=move |event| {
                    let text = event.target().value();
                    value.set(value_of(&options.read_untracked(), &text));
                    typed.set(Some(text));
                    list.set(List { open: true, at: None });
                }
                on:keydown=key
                // What is there is replaced by typing, as in a search.
                on:focus:target=|event| event.target().select()
                on:click:target=move |event| if !list.get_untracked().open {
                    event.target().select();
                    list.set(List { open: true, at: None });
                }
                on:blur=move |_| { typed.set(None); list.set(List::default()); }
            />
            <Show when=move || !options.read().is_empty()>
                <button
                    class="combobox__open"
                    type="button"
                    tabindex="-1"
                    aria-label=tr("Show suggestions")
                    // The focus stays in the text, or goes there.
                    on:mousedown=|event: MouseEvent| event.prevent_default()
                    on:click=toggle
                ><Icon glyph=Glyph::Down small=true /></button>
            </Show>
            {move || is_open().then(&listbox)}
        </span>
    }
}

/// What a key does. `chosen` is the suggestion that the field holds now.
fn press(key: &str, alt: bool, list: List, count: usize, chosen: Option<usize>) -> (List, Act) {
    let last = count.checked_sub(1);
    let opened = |at| (List { open: true, at }, Act::Stop);
    match (key, list.open) {
        ("ArrowDown" | "ArrowUp", _) if last.is_none() => (list, Act::Pass),
        ("ArrowDown", false) if alt => opened(None),
        ("ArrowDown", false) => opened(chosen.or(Some(0))),
        ("ArrowUp", false) => opened(chosen.or(last)),
        ("ArrowUp", true) if alt => (List::default(), Act::Stop),
        ("ArrowDown", true) => opened(match list.at {
            Some(at) if Some(at) != last => Some(at + 1),
            _ => Some(0),
        }),
        ("ArrowUp", true) => opened(list.at.and_then(|at| at.checked_sub(1)).or(last)),
        ("Enter", true) => match list.at {
            Some(at) => (List::default(), Act::Take(at)),
            // The text stands as typed; the form is not sent by closing a list.
            None => (List::default(), Act::Stop),
        },
        ("Escape", true) => (List::default(), Act::Stop),
        // What the arrows only reached is not taken: leaving a field changes nothing.
        ("Tab", true) => (List::default(), Act::Pass),
        // The caret moves in the text; the list is left alone but for its mark.
        ("Home" | "End" | "ArrowLeft" | "ArrowRight", true) => {
            (List { at: None, ..list }, Act::Pass)
        }
        _ => (list, Act::Pass),
    }
}

/// The suggestions that fit a text, the best first: those that begin with it, then words that do, then the rest.
fn matching(options: &[Suggestion], text: &str) -> Vec<Suggestion> {
    let text = text.trim().to_lowercase();
    let rank = |option: &Suggestion| {
        let (label, value) = (option.label.to_lowercase(), option.value.to_lowercase());
        let begins = |words: &str| words.starts_with(&text);
        if begins(&label) || begins(&value) {
            return Some(0);
        }
        if label.split([' ', '-', '_', '(']).chain(value.split(['-', '_'])).any(begins) {
            return Some(1);
        }
        (label.contains(&text) || value.contains(&text)).then_some(2)
    };
    let mut ranked: Vec<(u8, &Suggestion)> =
        options.iter().filter_map(|option| Some((rank(option)?, option))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, option)| option.clone()).collect()
}

/// What a value is called.
fn label_of(options: &[Suggestion], value: &str) -> String {
    options
        .iter()
        .find(|option| option.value == value)
        .map_or_else(|| value.to_owned(), |option| option.label.clone())
}

/// What a typed text means: a suggestion that is called so, or the text itself.
fn value_of(options: &[Suggestion], text: &str) -> String {
    let text = text.trim();
    let is = |words: &str| words.to_lowercase() == text.to_lowercase();
    options
        .iter()
        .find(|option| is(&option.label) || is(&option.value))
        .map_or_else(|| text.to_owned(), |option| option.value.clone())
}

/// Scrolls the list, and nothing else, until the option can be seen.
fn show_option(id: &str) {
    let Some(option) = document().get_element_by_id(id) else { return };
    let Ok(option) = option.dyn_into::<HtmlElement>() else { return };
    let Some(list) = option.parent_element() else { return };
    let (top, height) = (option.offset_top(), option.offset_height());
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if top + height > list.scroll_top() + list.client_height() {
        list.set_scroll_top(top + height - list.client_height());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn systems() -> Vec<Suggestion> {
        [
            ("debian", "Debian"),
            ("rhel", "Red Hat Enterprise Linux"),
            ("alpinelinux", "Alpine Linux"),
        ]
        .map(|(value, label)| Suggestion::new(value, label))
        .into()
    }

    #[test]
    fn keys_walk_take_and_close() {
        let open = |at| List { open: true, at };
        let check = |key: &str, list: List, to: List, act: Act| {
            assert_eq!(press(key, false, list, 3, None), (to, act), "{key} at {list:?}");
        };
        let shut = List::default();
        check("ArrowDown", shut, open(Some(0)), Act::Stop);
        check("ArrowUp", shut, open(Some(2)), Act::Stop);
        check("ArrowDown", open(None), open(Some(0)), Act::Stop);
        check("ArrowDown", open(Some(2)), open(Some(0)), Act::Stop);
        check("ArrowUp", open(Some(0)), open(Some(2)), Act::Stop);
        check("Enter", open(Some(1)), shut, Act::Take(1));
        check("Enter", open(None), shut, Act::Stop);
        check("Enter", shut, shut, Act::Pass);
        check("Escape", open(Some(1)), shut, Act::Stop);
        check("Escape", shut, shut, Act::Pass);
        check("Tab", open(Some(1)), shut, Act::Pass);
        check("Home", open(Some(1)), open(None), Act::Pass);
        check("x", shut, shut, Act::Pass);
        assert_eq!(press("ArrowDown", true, shut, 3, None), (open(None), Act::Stop));
        assert_eq!(press("ArrowDown", false, shut, 3, Some(2)), (open(Some(2)), Act::Stop));
        assert_eq!(press("ArrowDown", false, shut, 0, None), (shut, Act::Pass));
        assert_eq!(press("ArrowUp", true, open(Some(1)), 3, None), (shut, Act::Stop));
    }

    #[test]
    fn a_text_finds_names_ids_and_words() {
        let check = |text: &str, expected: &[&str]| {
            let found = matching(&systems(), text);
            let found: Vec<&str> = found.iter().map(|option| option.value.as_str()).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("deb", &["debian"]);
        check("RHE", &["rhel"]);
        check("linux", &["rhel", "alpinelinux"]);
        check("x", &["rhel", "alpinelinux"]);
        check("", &["debian", "rhel", "alpinelinux"]);
        check("haiku", &[]);
    }

    #[test]
    fn other_text_is_kept_as_it_is() {
        assert_eq!(value_of(&systems(), "red hat enterprise linux"), "rhel");
        assert_eq!(value_of(&systems(), " Haiku "), "Haiku");
        assert_eq!(label_of(&systems(), "rhel"), "Red Hat Enterprise Linux");
        assert_eq!(label_of(&systems(), "haiku"), "haiku");
    }
}
