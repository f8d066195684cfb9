//! Menus: a button that opens a list of things to do, as a native popover.
//!
//! Escape, a click outside and the return of the focus are the browser's work. Where CSS anchor
//! positioning is missing, the place is set from here through two custom properties
//! (`style/components/menu.css` reads them only there).

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{Glyph, Icon, unique_id};

/// Which way a menu opens from its button.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MenuAlign {
    /// Down, from the button's start edge.
    #[default]
    Start,
    /// Down, from its end edge: for buttons at the end of a row.
    End,
    /// Up, from its start edge.
    Up,
}

impl MenuAlign {
    const fn class(self) -> &'static str {
        match self {
            Self::Start => "menu",
            Self::End => "menu menu--end",
            Self::Up => "menu menu--up",
        }
    }
}

/// How an item closes the menu it is in.
#[derive(Clone, Copy)]
struct MenuContext(NodeRef<html::Div>);

impl MenuContext {
    fn close(self) {
        if let Some(menu) = self.0.get_untracked() {
            // Fails only when it is closed already.
            drop(menu.hide_popover());
        }
    }
}

/// A button and the menu it opens. The content is made only while it is open.
#[component]
pub fn Menu(
    /// The class of the button: `button button--quiet button--s button--icon`, `scope` ...
    #[prop(into)]
    button_class: String,
    /// Its name when it shows only an icon.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    /// What is in the button.
    #[prop(into)]
    button: ViewFn,
    /// Which way it opens.
    #[prop(optional)]
    align: MenuAlign,
    /// Items: `MenuItem`, `MenuLink`, `MenuTitle`, `MenuRule`, or labels with a checkbox.
    children: ChildrenFn,
) -> impl IntoView {
    let id = unique_id("menu");
    let trigger: NodeRef<html::Button> = NodeRef::new();
    let menu: NodeRef<html::Div> = NodeRef::new();
    let open = RwSignal::new(false);
    let opened_by = Box::new(move || trigger.get_untracked().map(HtmlElement::from));
    view! {
        <button
            class=button_class
            type="button"
            popovertarget=id.clone()
            aria-label=move || label.map(|label| label.get())
            aria-expanded=move || if open.get() { "true" } else { "false" }
            node_ref=trigger
            on:keydown=move |event: KeyboardEvent| {
                if let (Some(trigger), Some(menu)) = (trigger.get_untracked(), menu.get_untracked()) {
                    lead_into(&event, &trigger, &menu);
                }
            }
        >
            {button.run()}
        </button>
        {popover(id, menu, open, opened_by, align, children)}
    }
}

/// The menu that the buttons of many rows open, one at a time: a thousand rows do not carry a thousand menus. The buttons
/// name it as their `popovertarget`; [`SharedMenu::asked_by`] is told of each press before the browser opens it.
#[derive(Clone, Copy)]
pub struct SharedMenu {
    menu: NodeRef<html::Div>,
    open: RwSignal<bool>,
    trigger: StoredValue<Option<HtmlElement>, LocalStorage>,
}

impl SharedMenu {
    /// Closed. It lives as long as the owner that is current now.
    pub fn in_this_owner() -> Self {
        let trigger = StoredValue::new_local(None::<HtmlElement>);
        let open = RwSignal::new(false);
        Effect::new(move |_| {
            let expanded = if open.get() { "true" } else { "false" };
            trigger.with_value(|trigger| mark(trigger.as_ref(), expanded));
        });
        Self { menu: NodeRef::new(), open, trigger }
    }

    /// A button was pressed that opens it.
    pub fn asked_by(self, button: HtmlElement) {
        let other = self.trigger.with_value(|trigger| trigger.as_ref() != Some(&button));
        if other && self.open.get_untracked() {
            // Else the press would close what another button has opened.
            self.trigger.with_value(|trigger| mark(trigger.as_ref(), "false"));
            self.close();
            mark(Some(&button), "true");
        }
        self.trigger.set_value(Some(button));
    }

    /// A key was pressed on a button that opens it.
    pub fn key(self, event: &KeyboardEvent, button: &HtmlElement) {
        if let Some(menu) = self.menu.get_untracked() {
            lead_into(event, button, &menu);
        }
    }

    /// The button that has opened it, while it is open.
    pub fn opened_by(self) -> Option<HtmlElement> {
        self.open.get_untracked().then(|| self.trigger.get_value()).flatten()
    }

    /// Closes it, if it is open.
    pub fn close(self) {
        MenuContext(self.menu).close();
    }

    /// Draws it. Once a page, with an id of its own.
    pub fn view(self, id: &str, align: MenuAlign, items: ChildrenFn) -> AnyView {
        let Self { menu, open, trigger } = self;
        popover(id.to_owned(), menu, open, Box::new(move || trigger.get_value()), align, items)
    }
}

fn mark(trigger: Option<&HtmlElement>, expanded: &str) {
    if let Some(trigger) = trigger
        && trigger.set_attribute("aria-expanded", expanded).is_err()
    {
        leptos::logging::warn!("a button does not say that its menu is open");
    }
}

fn popover(
    id: String,
    menu: NodeRef<html::Div>,
    open: RwSignal<bool>,
    opened_by: Box<dyn Fn() -> Option<HtmlElement>>,
    align: MenuAlign,
    children: ChildrenFn,
) -> AnyView {
    let children = StoredValue::new(children);
    // `beforetoggle` comes before it is painted: time to fill it and to find its place.
    let before = move |event: web_sys::ToggleEvent| {
        if event.new_state() == "open" {
            open.set(true);
            if let (Some(trigger), Some(menu)) = (opened_by(), menu.get_untracked()) {
                place(&trigger, &menu, align);
            }
        }
    };
    let after = move |event: web_sys::Event| {
        let closed = event
            .dyn_ref::<web_sys::ToggleEvent>()
            .is_some_and(|event| event.new_state() == "closed");
        if closed {
            open.set(false);
        }
    };
    view! {
        <div
            class=align.class()
            id=id
            popover="auto"
            node_ref=menu
            on:beforetoggle=before
            on:toggle=after
            on:keydown=move |event| move_focus(&event, menu)
        >
            <leptos::context::Provider value=MenuContext(menu)>
                <Show when=move || open.get()>{move || children.with_value(|children| children())}</Show>
            </leptos::context::Provider>
        </div>
    }
    .into_any()
}

/// Down leads into the menu, as in a list of choices. The press is the button's own, so that the browser knows what the
/// menu hangs on.
fn lead_into(event: &KeyboardEvent, trigger: &HtmlElement, menu: &HtmlElement) {
    if event.key() != "ArrowDown" {
        return;
    }
    event.prevent_default();
    if !menu.matches(":popover-open").unwrap_or(false) {
        trigger.click();
    }
    let menu = menu.clone();
    request_animation_frame(move || focus_first(&menu));
}

/// Something to do.
#[component]
pub fn MenuItem(
    /// Do it. The menu closes first.
    #[prop(into)]
    on_press: Callback<()>,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// A word at the end: a key, a count.
    #[prop(optional, into)]
    note: Option<Signal<String>>,
    /// It is the chosen one of several.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// It leads to something that destroys.
    #[prop(optional)]
    danger: bool,
    /// Why it cannot be done now. Shown below it; the item stays.
    #[prop(optional, into)]
    why_not: Signal<Option<String>>,
    /// What to do, as a verb.
    children: Children,
) -> impl IntoView {
    let context = use_context::<MenuContext>();
    let reason_id = unique_id("why");
    let described_by = {
        let id = reason_id.clone();
        move || why_not.read().is_some().then(|| id.clone())
    };
    let press = move |_| {
        if why_not.read_untracked().is_some() {
            return;
        }
        if let Some(context) = context {
            context.close();
        }
        on_press.run(());
    };
    view! {
        <button
            class="menu__item"
            class:menu__item--danger=danger
            type="button"
            aria-current=move || current.get().then_some("true")
            aria-disabled=move || why_not.read().is_some().then_some("true")
            aria-describedby=described_by
            on:click=press
        >
            {move || if current.get() {
                Some(view! { <Icon glyph=Glyph::Check /> })
            } else {
                icon.map(|glyph| view! { <Icon glyph=glyph /> })
            }}
            <span class="menu__word">{children()}</span>
            {note.map(|note| view! { <span class="menu__note">{move || note.get()}</span> })}
        </button>
        {move || why_not.get().map(|reason| view! {
            <p class="menu__reason" id=reason_id.clone()>{reason}</p>
        })}
    }
}

/// Somewhere to go.
#[component]
pub fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// An icon before the word.
    #[prop(optional, into)]
    icon: Option<Glyph>,
    /// Where to, in a word.
    children: Children,
) -> impl IntoView {
    let context = use_context::<MenuContext>();
    view! {
        <a class="menu__item" href=href on:click=move |_| if let Some(context) = context { context.close() }>
            {icon.map(|glyph| view! { <Icon glyph=glyph /> })}
            <span class="menu__word">{children()}</span>
        </a>
    }
}

/// What the items below it are.
#[component]
pub fn MenuTitle(
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <p class="menu__title">{children()}</p> }
}

/// A line between groups of items.
#[component]
pub fn MenuRule() -> impl IntoView {
    view! { <div class="menu__rule"></div> }
}

fn move_focus(event: &KeyboardEvent, menu: NodeRef<html::Div>) {
    let Some(menu) = menu.get_untracked() else { return };
    let Ok(found) = menu.query_selector_all(".menu__item") else { return };
    let items: Vec<HtmlElement> = (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok())
        .collect();
    let focused = document().active_element();
    let at = items.iter().position(|item| Some(item.as_ref()) == focused.as_ref());
    let last = items.len().saturating_sub(1);
    let next = match (event.key().as_str(), at) {
        ("ArrowDown", Some(at)) if at < last => at + 1,
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp", Some(at)) if at > 0 => at - 1,
        ("ArrowUp" | "End", _) => last,
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = items.get(next) {
        // An element that cannot take the focus leaves it where it is.
        drop(item.focus());
    }
}

fn focus_first(menu: &HtmlElement) {
    if let Ok(Some(item)) = menu.query_selector(".menu__item")
        && let Some(item) = item.dyn_ref::<HtmlElement>()
    {
        drop(item.focus());
    }
}

/// Where it would be with anchor positioning, for browsers without it.
fn place(trigger: &HtmlElement, menu: &HtmlElement, align: MenuAlign) {
    let button = trigger.get_bounding_client_rect();
    let (Some(width), Some(height)) = (viewport("innerWidth"), viewport("innerHeight")) else {
        return;
    };
    let style = menu.style();
    let properties = match align {
        MenuAlign::Start => [("--menu-left", button.left()), ("--menu-top", button.bottom())],
        MenuAlign::End => {
            [("--menu-right", width - button.right()), ("--menu-top", button.bottom())]
        }
        MenuAlign::Up => [("--menu-left", button.left()), ("--menu-bottom", height - button.top())],
    };
    for (name, value) in properties {
        if style.set_property(name, &format!("{value}px")).is_err() {
            leptos::logging::warn!("the place of a menu could not be set");
        }
    }
}

fn viewport(side: &str) -> Option<f64> {
    js_sys::Reflect::get(&window(), &side.into()).ok()?.as_f64()
}
