//! The downloads in the tray.

use leptos::prelude::*;

use super::{Download, Downloads, use_downloads};
use crate::routes;
use crate::text::{downloads as words, format, tr_with};
use crate::ui::Progress;
use crate::uploads::tray::{TrayRow, end_button};

/// Items for the tray's list, newest first.
#[component]
pub fn DownloadItems() -> impl IntoView {
    let downloads = use_downloads();
    view! {
        <For each=move || downloads.list().get() key=|one| one.key let(one)>
            <Item one=one downloads=downloads />
        </For>
    }
}

#[component]
fn Item(
    /// Which.
    one: Download,
    /// Where it is ended.
    downloads: Downloads,
) -> impl IntoView {
    let Download { key, name, image, project, state } = one;
    let state = ArcSignal::from(state);
    let shown = {
        let state = state.clone();
        Memo::new(move |_| state.with(words::download))
    };
    let share = {
        let state = state.clone();
        Memo::new(move |_| state.with(words::share))
    };
    let going = {
        let state = state.clone();
        Memo::new(move |_| state.with(|state| state.phase.is_under_way()))
    };
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let label = tr_with("Download of {name}", &values);
    let cancel = tr_with("Cancel the download of {name}", &values);
    let dismiss = tr_with("Dismiss the download of {name}", &values);
    let end = Signal::derive(move || if going.get() { cancel.clone() } else { dismiss.clone() });
    let press =
        move || if going.get_untracked() { downloads.cancel(key) } else { downloads.dismiss(key) };
    let shape = Signal::derive(move || Some(shown.read().shape));
    let about = Signal::derive(move || state.with(|state| format::bytes(state.size_bytes)));
    view! {
        <TrayRow
            name=name
            href=Signal::stored(Some(routes::image(image.as_str())))
            words=shown
            bar=view! { <Progress label=Signal::stored(label) share=share shape=shape /> }.into_any()
            buttons=end_button(end, Signal::stored(false), press, move || !going.get_untracked())
            about=about
            project=project
        />
    }
}
