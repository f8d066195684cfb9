//! One image in the list. What can take the focus is made once and only its words change, so that a look at the cloud
//! never takes it away.

use std::sync::Arc;

use jiff::Timestamp;
use leptos::prelude::*;
use openstack::ImageId;

use super::Shown;
use super::rows::Entry;
use crate::clock;
use crate::components::image::{
    ImageActions, ImageMenu, Next, architecture, display_name, local_upload, needs, visibility_word,
};
use crate::routes;
use crate::text::format;
use crate::ui::{self, Glyph, Icon, OsMark, Status, TimeAgo};

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
    let entry: Memo<Option<Arc<Entry>>> = {
        let id = id.clone();
        Memo::new(move |before: Option<&Option<Arc<Entry>>>| {
            shown.set.with(|set| set.get(&id)).or_else(|| before.cloned().flatten())
        })
    };
    let read = move |take: fn(&Entry) -> Option<String>| {
        Memo::new(move |_| entry.with(|entry| entry.as_deref().and_then(take)))
    };
    let name = read(|entry| Some(display_name(&entry.image)));
    let name = Signal::derive(move || name.get().unwrap_or_default());
    let system = read(|entry| entry.system.clone());
    let distro = read(|entry| entry.image.property("os_distro").map(str::to_owned));
    let details = routes::image(id.as_str());
    let mark = move || view! { <OsMark distro=distro /> };
    let protected = Memo::new(move |_| {
        entry.with(|entry| entry.as_ref().is_some_and(|entry| entry.image.protected))
    });
    view! {
        <tr class="table__row" role="row">
            <td class="table__name" role="cell">
                <ui::Entry href=details name=name id=id.to_string() note=read(origin) mark=mark />
            </td>
            <td class="cell-facts" role="cell" data-first>
                {move || match system.get() {
                    Some(system) => system.into_any(),
                    None => view! { <span class="faint">"Unknown"</span> }.into_any(),
                }}
            </td>
            <td class="cell-minor cell-third table__muted" role="cell">
                {or_none(read(|entry| architecture(&entry.image).map(str::to_owned)))}
            </td>
            <td class="cell-minor cell-third table__muted" role="cell">
                {or_none(read(|entry| entry.image.disk_format.clone()))}
            </td>
            <td class="cell-facts num" role="cell">{or_none(read(size))}</td>
            <td class="cell-facts cell-second num table__muted" role="cell" data-label="needs">
                {or_none(read(|entry| needs(&entry.image)))}
            </td>
            <td class="cell-facts cell-second" role="cell" data-last>
                {or_none(read(|entry| Some(visibility_word(&entry.image.visibility, entry.own))))}
            </td>
            <td class="cell-minor" role="cell">
                <Show when=move || protected.get()>
                    <span class="lock" title="Protected">
                        <Icon glyph=Glyph::Lock small=true />
                        <span class="visually-hidden">"Protected"</span>
                    </span>
                </Show>
            </td>
            <td class="cell-status" role="cell"><RowStatus id=id.clone() entry=entry /></td>
            <td class="cell-minor cell-second num table__muted" role="cell"><Created entry=entry now=now /></td>
            <td class="cell-actions" role="cell"><RowActions id=id entry=entry name=name actions=actions /></td>
        </tr>
    }
}

/// The text, or the sign for "no value yet".
fn or_none(text: Memo<Option<String>>) -> impl IntoView {
    move || match text.get() {
        Some(text) => text.into_any(),
        None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
    }
}

/// A word after the id: where the image comes from, when that is not its usual way.
fn origin(entry: &Entry) -> Option<String> {
    entry.image.is_snapshot().then(|| "snapshot".to_owned())
}

/// A record that holds no data of its own has no size.
fn size(entry: &Entry) -> Option<String> {
    entry.image.size_bytes.filter(|size_bytes| *size_bytes > 0).map(format::bytes)
}

#[component]
fn RowStatus(id: ImageId, entry: Memo<Option<Arc<Entry>>>) -> impl IntoView {
    let status = Memo::new(move |_| {
        let under_way = local_upload(&id).and_then(|upload| upload.under_way);
        match under_way {
            Some(upload) => Some((upload.state, upload.percent)),
            None => entry.with(|entry| entry.as_ref().map(|entry| (entry.state(), None))),
        }
    });
    move || {
        status.get().map(|(state, note)| {
            view! { <Status shape=state.shape word=state.word note=Signal::stored(note) /> }
        })
    }
}

#[component]
fn Created(entry: Memo<Option<Arc<Entry>>>, now: ReadSignal<Timestamp>) -> impl IntoView {
    let then = Memo::new(move |_| {
        entry.with(|entry| entry.as_ref().and_then(|entry| entry.image.created_at))
    });
    move || match then.get() {
        None => view! { <span class="faint">{format::NONE}</span> }.into_any(),
        Some(then) => {
            let offset = clock::offset_at(then);
            view! {
                <TimeAgo
                    words=Signal::derive(move || format::ago(then, now.get(), offset))
                    exact=then.to_string()
                    title=format::moment(then, offset)
                />
            }
            .into_any()
        }
    }
}

/// The likely next action, and the rest behind one button.
#[component]
fn RowActions(
    id: ImageId,
    entry: Memo<Option<Arc<Entry>>>,
    name: Signal<String>,
    actions: ImageActions,
) -> impl IntoView {
    let next = {
        let id = id.clone();
        Memo::new(move |_| {
            if local_upload(&id).is_some_and(|upload| upload.under_way.is_some()) {
                return Next::ShowUpload;
            }
            let offered = |entry: &Arc<Entry>| entry.offered;
            entry.with(|entry| match entry {
                Some(entry) if !offered(entry) => Next::of(&entry.image),
                _ => Next::Open,
            })
        })
    };
    let href = {
        let id = id.clone();
        move || match next.get() {
            Next::Launch => routes::launch_from(id.as_str()),
            _ => routes::image(id.as_str()),
        }
    };
    let image =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| entry.image.clone())));
    view! {
        <span class="table__actions">
            <a
                class="button button--quiet button--s button--next"
                href=href
                aria-label=move || format!("{} {}", next.get().label(), name.get())
            >
                {move || next.get().label()}
            </a>
            <Show when=move || image.read().is_some()>
                {move || image.get_untracked().map(|first| {
                    let image = Signal::derive(move || image.get().unwrap_or_else(|| first.clone()));
                    view! { <ImageMenu image=image actions=actions small=true /> }
                })}
            </Show>
        </span>
    }
}
