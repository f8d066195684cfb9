//! The field and the list below it: made when the palette opens, gone when it closes.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_navigate;
use web_sys::HtmlElement;

use super::deeds::{Deeds, deeds};
use super::search::{best, pieces};
use super::stock::Found;
use super::{Act, Command, Mark, Palette};
use crate::components::OsMark;
use crate::routes;
use crate::session::Account;
use crate::text::{tr, tr_with};
use crate::ui::{Glyph, Icon, unique_id};

/// How many images are listed; the list of images shows the others.
const MOST_IMAGES: usize = 7;
/// How many of everything else under one heading.
const MOST_OTHERS: usize = 5;

/// Commands under one heading, as they are shown.
struct Group {
    title: &'static str,
    commands: Vec<Command>,
}

/// Field, list and the keys that work.
#[component]
pub(super) fn Panel(
    /// The palette.
    palette: Palette,
    /// Closes it and gives the focus back.
    close: Callback<()>,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let query = RwSignal::new(String::new());
    let wished = RwSignal::new(0_usize);
    let list_id = unique_id("palette");
    let list: NodeRef<html::Div> = NodeRef::new();
    let field: NodeRef<html::Input> = NodeRef::new();
    let deeds = StoredValue::new(deeds(palette));
    let found = palette.stock.found();
    let groups = Memo::new_with_compare(
        move |_| {
            query.with(|query| {
                deeds.with_value(|deeds| found.with(|found| groups(query, deeds, found)))
            })
        },
        |_, _| true,
    );
    let count = Memo::new(move |_| {
        groups.with(|groups| groups.iter().map(|group| group.commands.len()).sum::<usize>())
    });
    let at = Memo::new(move |_| wished.get().min(count.get().saturating_sub(1)));

    let navigate = StoredValue::new_local(use_navigate());
    let choose = Callback::new(move |number: usize| {
        let chosen = groups.with_untracked(|groups| {
            groups.iter().flat_map(|group| &group.commands).nth(number).cloned()
        });
        let Some(command) = chosen else { return };
        close.run(());
        match command.act {
            Act::Go(href) => navigate.with_value(|navigate| navigate(&href, Default::default())),
            Act::Do(deed) => deed(),
        }
    });
    Effect::new(move || {
        if let Some(field) = field.get() {
            // In the document by now; a field refuses the focus only outside it.
            drop(field.focus());
        }
    });
    let keys = move |event: KeyboardEvent| {
        let (here, all) = (at.get_untracked(), count.get_untracked());
        let to = match event.key().as_str() {
            "ArrowDown" if here + 1 < all => here + 1,
            "ArrowDown" => 0,
            "ArrowUp" if here > 0 => here - 1,
            "ArrowUp" => all.saturating_sub(1),
            "PageDown" => (here + MOST_OTHERS).min(all.saturating_sub(1)),
            "PageUp" => here.saturating_sub(MOST_OTHERS),
            // Enter that ends the composition of a letter chooses nothing.
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                return choose.run(here);
            }
            _ => return,
        };
        event.prevent_default();
        wished.set(to);
        keep_in_view(list, to);
    };
    let type_in = move |text: String| {
        if !text.trim().is_empty()
            && let Some(cloud) = account.current().get_untracked()
        {
            palette.stock.fill(cloud, &palette.lenders.get_value());
        }
        query.set(text);
        wished.set(0);
        keep_in_view(list, 0);
    };
    let option_id = {
        let list_id = list_id.clone();
        move |number: usize| format!("{list_id}-{number}")
    };
    let active = {
        let option_id = option_id.clone();
        move || (count.get() > 0).then(|| option_id(at.get()))
    };
    let any = Memo::new(move |_| count.get() > 0);
    view! {
        <div class="palette__search">
            <Icon glyph=Glyph::Search />
            <input
                class="palette__input"
                type="text"
                role="combobox"
                aria-label=tr("Find or do")
                aria-autocomplete="list"
                aria-controls=list_id.clone()
                aria-expanded=move || any.get().to_string()
                aria-activedescendant=active
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=tr("Name or id of an image, an instance, a page, an action")
                node_ref=field
                on:input=move |event| type_in(event_target_value(&event))
                on:keydown=keys
            />
            <span class="kbd" aria-hidden="true">"Esc"</span>
        </div>
        <div class="palette__list" id=list_id role="listbox" aria-label=tr("What was found") node_ref=list hidden=move || !any.get()>
            {move || groups.with(|groups| {
                let mut number = 0;
                groups.iter().map(|group| {
                    let first = number;
                    number += group.commands.len();
                    let words = query.get_untracked();
                    view_group(group, first, &words, &option_id, at, Callback::new(move |n| wished.set(n)), choose)
                }).collect_view()
            })}
        </div>
        <div class="palette__foot">
            <span aria-hidden="true"><span class="kbd">"↑"</span>" "<span class="kbd">"↓"</span>" "{tr("choose")}</span>
            <span aria-hidden="true"><span class="kbd">"Enter"</span>" "{tr("open or do")}</span>
            <p class="palette__words" role="status">{move || status(&query.read(), count.get(), &found.read())}</p>
        </div>
    }
}

/// What is shown for what was typed.
fn groups(query: &str, deeds: &[Deeds], found: &Found) -> Vec<Group> {
    let pick = |commands: &[Command], most: usize| -> (Vec<Command>, usize) {
        let (best, all) =
            best(commands.iter(), query, most, |command| (&command.words, &command.id));
        (best.into_iter().cloned().collect(), all)
    };
    let mut groups = Vec::new();
    let mut push = |title: &'static str, commands: Vec<Command>| {
        if !commands.is_empty() {
            groups.push(Group { title, commands });
        }
    };
    let typed = !query.trim().is_empty();
    let mut deeds = deeds.iter();
    if let Some(here) = deeds.next() {
        push(here.title, pick(&here.commands, usize::MAX).0);
    }
    if typed {
        let (mut images, all) = pick(&found.images, MOST_IMAGES);
        if all > images.len() {
            let words = tr_with("Show all {count} images", &[("count", &all)]);
            let href = routes::with_query(
                routes::IMAGES,
                &[("tab", Some("all")), ("q", Some(query.trim()))],
            );
            images.push(Command::go(&words, Glyph::Search, &href));
        }
        push(tr("Images"), images);
        push(tr("Instances"), pick(&found.servers, MOST_OTHERS).0);
    }
    for more in deeds {
        push(more.title, pick(&more.commands, usize::MAX).0);
    }
    groups
}

fn view_group(
    group: &Group,
    first: usize,
    query: &str,
    option_id: &impl Fn(usize) -> String,
    at: Memo<usize>,
    point: Callback<usize>,
    choose: Callback<usize>,
) -> AnyView {
    let title_id = unique_id("group");
    let labelled_by = title_id.clone();
    let options = group
        .commands
        .iter()
        .enumerate()
        .map(|(offset, command)| {
            let number = first + offset;
            view_option(command, number, option_id(number), query, at, point, choose)
        })
        .collect_view();
    view! {
        <div role="group" aria-labelledby=labelled_by>
            <div class="palette__group" id=title_id role="presentation">{group.title}</div>
            {options}
        </div>
    }
    .into_any()
}

fn view_option(
    command: &Command,
    number: usize,
    id: String,
    query: &str,
    at: Memo<usize>,
    point: Callback<usize>,
    choose: Callback<usize>,
) -> AnyView {
    let mark = match &command.mark {
        Mark::Glyph(glyph) => view! { <Icon glyph=*glyph /> }.into_any(),
        Mark::System(distro) => {
            view! { <OsMark distro=Signal::stored(distro.clone()) /> }.into_any()
        }
    };
    let words = pieces(&command.words, query)
        .into_iter()
        .map(|(hit, piece)| match hit {
            true => view! { <mark>{piece}</mark> }.into_any(),
            false => piece.into_any(),
        })
        .collect_view();
    let note = (!command.note.is_empty())
        .then(|| view! { <span class="palette__note">{command.note.clone()}</span> });
    view! {
        <div
            class="palette__item"
            role="option"
            id=id
            aria-selected=move || (at.get() == number).to_string()
            // The focus stays in the field.
            on:mousedown=|event: MouseEvent| event.prevent_default()
            on:mousemove=move |_| if at.get_untracked() != number { point.run(number) }
            on:click=move |_| choose.run(number)
        >
            {mark}
            <span class="truncate">{words}</span>
            {note}
        </div>
    }
    .into_any()
}

/// What is said below the list, and announced.
fn status(query: &str, count: usize, found: &Found) -> String {
    let typed = !query.trim().is_empty();
    match &found.failed {
        Some(failed) if typed => failed.clone(),
        _ if typed && found.looking => tr("Looking through images and instances …").to_owned(),
        // Nobody asked for anything yet.
        _ if !typed => String::new(),
        _ if count == 0 => tr("Nothing is called that.").to_owned(),
        _ if count == 1 => tr("1 result").to_owned(),
        _ => tr_with("{count} results", &[("count", &count)]),
    }
}

/// Scrolls the list, and only the list, so far that the option can be seen.
fn keep_in_view(list: NodeRef<html::Div>, number: usize) {
    request_animation_frame(move || {
        // Whatever was chosen meanwhile may have closed the palette.
        let Some(list) = list.try_get_untracked().flatten() else { return };
        let Ok(options) = list.query_selector_all("[role=option]") else { return };
        let Some(option) = u32::try_from(number).ok().and_then(|number| options.item(number))
        else {
            return;
        };
        let Ok(option) = option.dyn_into::<HtmlElement>() else { return };
        let (top, bottom) = (list.get_bounding_client_rect(), option.get_bounding_client_rect());
        let above = top.top() - bottom.top();
        let below = bottom.bottom() - top.bottom();
        if number == 0 {
            list.set_scroll_top(0);
        } else if above > 0.0 {
            list.set_scroll_top(list.scroll_top() - above.ceil() as i32);
        } else if below > 0.0 {
            list.set_scroll_top(list.scroll_top() + below.ceil() as i32);
        }
    });
}
