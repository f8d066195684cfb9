//! One image in the list. What can take the focus is made once and only its words change, so that a look at the cloud
//! never takes it away. Rows come and go while the page is scrolled: each has one memo, and cells that only read it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::ImageStatus;
use openstack::{ImageId, Timestamp};
use wasm_bindgen_futures::JsFuture;

use super::Shown;
use super::entry::{Entry, Share};
use super::keys::row_index;
use crate::clock;
use crate::components::image::{
    ImageActions, ImageMenu, Next, architecture, display_name, local_upload, needs, visibility_word,
};
use crate::routes;
use crate::text::{format, tr, tr_with};
use crate::ui::{Glyph, Icon, OsMark, Status, Toast, Toasts};

type OfRow = Memo<Option<Arc<Entry>>>;

/// A row of the table; a card where it is narrow.
#[component]
pub fn ImageRow(
    /// Which image.
    id: ImageId,
    /// The page's images.
    shown: Shown,
    /// The time, for ages.
    now: ReadSignal<Timestamp>,
    /// What can be done.
    actions: ImageActions,
) -> impl IntoView {
    // An image that has just gone keeps its words until its row is taken away.
    let entry: OfRow = {
        let id = id.clone();
        Memo::new(move |before: Option<&Option<Arc<Entry>>>| {
            shown.set.with(|set| set.get(&id)).or_else(|| before.cloned().flatten())
        })
    };
    let number = {
        let id = id.clone();
        Memo::new(move |before: Option<&usize>| {
            let number =
                shown.rows.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.number));
            number.or(before.copied()).unwrap_or_default()
        })
    };
    let name = Signal::derive(move || of(entry, |entry| display_name(&entry.image)));
    let chosen = {
        let id = id.clone();
        Memo::new(move |_| shown.selection.has(&id))
    };
    let press = {
        let id = id.clone();
        move |event: web_sys::MouseEvent| {
            shown.selection.press(number.get_untracked(), &id, event.shift_key());
        }
    };
    view! {
        <tr
            class="table__row"
            role="row"
            aria-rowindex=move || row_index(number.get())
            aria-selected=move || if chosen.get() { "true" } else { "false" }
            data-dimmed=move || entry.with(|entry| is_dimmed(entry.as_deref()))
        >
            <td class="cell-select" role="cell">
                <input
                    class="tick"
                    type="checkbox"
                    aria-label=move || tr_with("Select {name}", &[("name", &name.get())])
                    prop:checked=chosen
                    on:click=press
                />
            </td>
            <td class="table__name" role="cell">{named(&id, entry, name)}</td>
            <td class="cell-facts col-system" role="cell" data-first>
                {move || match entry.with(|entry| entry.as_ref().and_then(|entry| entry.system.clone())) {
                    Some(system) => system.into_any(),
                    None => view! { <span class="faint">{tr("Unknown")}</span> }.into_any(),
                }}
            </td>
            <td class="cell-minor cell-third table__muted col-arch" role="cell">
                {cell(entry, |entry| architecture(&entry.image).map(str::to_owned))}
            </td>
            <td class="cell-minor cell-third table__muted col-format" role="cell">
                {cell(entry, |entry| entry.image.disk_format.clone())}
            </td>
            <td class="cell-facts num col-size" role="cell">{cell(entry, size)}</td>
            <td class="cell-facts cell-second num table__muted col-needs" role="cell" data-label=tr("needs")>
                {cell(entry, |entry| needs(&entry.image))}
            </td>
            <td class="cell-facts cell-second col-visibility" role="cell" data-last>
                {cell(entry, |entry| Some(visibility_word(&entry.image.visibility, entry.own).to_owned()))}
            </td>
            <td class="cell-minor" role="cell">
                {move || entry.with(|entry| entry.as_ref().is_some_and(|entry| entry.image.protected)).then(lock)}
            </td>
            <td class="cell-status col-status" role="cell">{status(id.clone(), entry)}</td>
            <td class="cell-minor cell-second num table__muted col-created" role="cell">{created(entry, now)}</td>
            <td class="cell-actions" role="cell">{acts(id, entry, name, actions)}</td>
        </tr>
    }
}

fn of(entry: OfRow, take: fn(&Entry) -> String) -> String {
    entry.with(|entry| entry.as_deref().map(take).unwrap_or_default())
}

/// The text, or the sign for "no value yet".
fn cell(entry: OfRow, take: fn(&Entry) -> Option<String>) -> AnyView {
    (move || match entry.with(|entry| entry.as_deref().and_then(take)) {
        Some(text) => text.into_any(),
        None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
    })
    .into_any()
}

/// A record that holds no data of its own has no size.
fn size(entry: &Entry) -> Option<String> {
    entry.image.size_bytes.filter(|size_bytes| *size_bytes > 0).map(format::bytes)
}

/// What is not wanted steps back.
fn is_dimmed(entry: Option<&Entry>) -> Option<&'static str> {
    entry.filter(|entry| entry.image.hidden || entry.share == Some(Share::Rejected)).map(|_| "")
}

fn lock() -> AnyView {
    view! {
        <span class="lock" title=tr("Protected")>
            <Icon glyph=Glyph::Lock small=true />
            <span class="visually-hidden">{tr("Protected")}</span>
        </span>
    }
    .into_any()
}

/// The mark, the name as the link to the details, the id as a button that copies it, and where the image comes from.
fn named(id: &ImageId, entry: OfRow, name: Signal<String>) -> AnyView {
    let distro = Memo::new(move |_| {
        entry.with(|entry| {
            entry.as_ref().and_then(|entry| entry.image.property("os_distro").map(str::to_owned))
        })
    });
    let toasts = expect_context::<Toasts>();
    let text = id.to_string();
    let short: String = text.chars().take(8).collect();
    let copy = {
        let text = text.clone();
        move |_| copy_id(&text, name.get_untracked(), toasts)
    };
    view! {
        <span class="entry">
            <OsMark distro=distro />
            <a class="entry__name" href=routes::image(id.as_str())>{move || name.get()}</a>
            <span class="entry__id">
                // The menu of the row has it for the keyboard.
                <button
                    class="entry__copy"
                    type="button"
                    tabindex="-1"
                    title=text
                    on:click=copy
                >
                    <code>{short}</code>
                    // What is seen is a part of the name, for who speaks to the browser.
                    <span class="visually-hidden">{move || tr_with(": copy the id of {name}", &[("name", &name.get())])}</span>
                </button>
                {move || entry.with(|entry| entry.as_deref().map(notes))}
            </span>
        </span>
    }
    .into_any()
}

/// Words after the id: what the image is, when that is not the usual.
fn notes(entry: &Entry) -> String {
    let words = [
        (entry.image.is_snapshot(), tr("snapshot")),
        (entry.share.is_some(), tr("from another project")),
        (entry.image.hidden, tr("hidden")),
    ];
    words.into_iter().filter(|(is, _)| *is).map(|(_, word)| format!(" · {word}")).collect()
}

fn copy_id(id: &str, name: String, toasts: Toasts) {
    let promise = window().navigator().clipboard().write_text(id);
    spawn_local(async move {
        let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
        toasts.show(match JsFuture::from(promise).await {
            Ok(_) => Toast::ok(tr_with("The id of {name} is copied", &values)),
            Err(_) => Toast::danger(
                tr("The id was not copied"),
                tr("The browser refused. The details page shows it in full."),
            ),
        });
    });
}

fn status(id: ImageId, entry: OfRow) -> AnyView {
    let status = Memo::new(move |_| {
        let under_way = local_upload(&id).and_then(|upload| upload.under_way);
        match under_way {
            Some(upload) => Some((upload.state, upload.percent)),
            None => entry.with(|entry| entry.as_ref().map(|entry| (entry.state(), None))),
        }
    });
    (move || {
        status.get().map(|(state, note)| {
            view! { <Status shape=state.shape word=state.word note=Signal::stored(note) /> }
        })
    })
    .into_any()
}

fn created(entry: OfRow, now: ReadSignal<Timestamp>) -> AnyView {
    (move || {
        let then = entry.with(|entry| entry.as_ref().and_then(|entry| entry.image.created_at));
        match then {
            None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
            Some(then) => {
                let offset = clock::offset_at(then);
                view! {
                    <time datetime=then.to_string() title=format::moment(then, offset)>
                        {move || format::ago(then, now.get(), offset)}
                    </time>
                }
                .into_any()
            }
        }
    })
    .into_any()
}

/// What is most likely done with the row's image.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// Somewhere to go.
    Go(Next),
    /// An offer to answer; it may have been rejected before.
    Answer {
        /// It can still be rejected.
        open: bool,
    },
    /// Open the data again.
    Reactivate,
}

/// The likely next action, and the rest behind one button.
fn acts(id: ImageId, entry: OfRow, name: Signal<String>, actions: ImageActions) -> AnyView {
    let first = {
        let id = id.clone();
        Memo::new(move |_| {
            if local_upload(&id).is_some_and(|upload| upload.under_way.is_some()) {
                return First::Go(Next::ShowUpload);
            }
            entry.with(|entry| match entry.as_deref() {
                Some(Entry { share: Some(Share::Offered), .. }) => First::Answer { open: true },
                Some(Entry { share: Some(Share::Rejected), .. }) => First::Answer { open: false },
                Some(entry) if entry.own && entry.image.status == ImageStatus::Deactivated => {
                    First::Reactivate
                }
                Some(entry) => First::Go(Next::of(&entry.image)),
                None => First::Go(Next::Open),
            })
        })
    };
    let image =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| entry.image.clone())));
    let likely = move || match first.get() {
        First::Go(next) => {
            let href = match next {
                Next::Launch => routes::launch_from(id.as_str()),
                _ => routes::image(id.as_str()),
            };
            view! {
                <a
                    class="button button--quiet button--s button--next"
                    href=href
                    aria-label=move || format!("{} {}", next.label(), name.get())
                >
                    {next.label()}
                </a>
            }
            .into_any()
        }
        First::Answer { open } => view! {
            {act_button(entry, name, actions, Act::Accept)}
            {open.then(|| act_button(entry, name, actions, Act::Reject))}
        }
        .into_any(),
        First::Reactivate => act_button(entry, name, actions, Act::Reactivate),
    };
    view! {
        <span class="table__actions">
            {likely}
            <Show when=move || image.read().is_some()>
                {move || image.get_untracked().map(|first| {
                    let image = Signal::derive(move || image.get().unwrap_or_else(|| first.clone()));
                    view! { <ImageMenu image=image actions=actions small=true /> }
                })}
            </Show>
        </span>
    }
    .into_any()
}

/// What a button in a row does at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Accept,
    Reject,
    Reactivate,
}

fn act_button(entry: OfRow, name: Signal<String>, actions: ImageActions, act: Act) -> AnyView {
    let word = match act {
        Act::Accept => tr("Accept"),
        Act::Reject => tr("Reject"),
        Act::Reactivate => tr("Reactivate"),
    };
    let busy = move || {
        entry.with(|entry| entry.as_ref().is_some_and(|entry| actions.is_changing(&entry.image.id)))
    };
    let press = move |_| {
        let image = entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.image.clone()));
        match (image, act) {
            (None, _) => {}
            (Some(image), Act::Accept) => actions.answer(&image, true),
            (Some(image), Act::Reject) => actions.answer(&image, false),
            (Some(image), Act::Reactivate) => actions.reactivate(&image, true),
        }
    };
    let class = match act {
        Act::Reject => "button button--quiet button--s",
        _ => "button button--quiet button--s button--next",
    };
    view! {
        <button
            class=class
            type="button"
            aria-label=move || format!("{word} {}", name.get())
            aria-busy=move || busy().then_some("true")
            on:click=press
        >
            {word}
        </button>
    }
    .into_any()
}
