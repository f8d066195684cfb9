//! The downloads in the tray.

use leptos::prelude::*;

use super::{Download, Downloads, use_downloads};
use crate::routes;
use crate::text::{downloads as words, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, Progress, Status};

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
    let shown = Memo::new({
        let state = state.clone();
        move |_| state.with(words::download)
    });
    let share = Memo::new({
        let state = state.clone();
        move |_| state.with(words::share)
    });
    let going = Memo::new(move |_| state.with(|state| state.phase.is_under_way()));
    let values: [(&str, &dyn std::fmt::Display); 1] = [("name", &name)];
    let label = tr_with("Download of {name}", &values);
    let cancel = tr_with("Cancel the download of {name}", &values);
    let dismiss = tr_with("Dismiss the download of {name}", &values);
    let end = Signal::derive(move || if going.get() { cancel.clone() } else { dismiss.clone() });
    let press =
        move |_| if going.get_untracked() { downloads.cancel(key) } else { downloads.dismiss(key) };
    view! {
        <li class="tray__item">
            <div class="tray__top">
                <a class="tray__name truncate" href=routes::image(image.as_str())>{name}</a>
                <span class="tray__buttons">
                    <Button kind=ButtonKind::Quiet small=true icon=Glyph::X label=end on_press=press />
                </span>
            </div>
            <Progress label=Signal::stored(label) share=share shape=Signal::derive(move || Some(shown.read().shape)) />
            <div class="tray__line">
                <Status
                    shape=Signal::derive(move || shown.read().shape)
                    word=Signal::derive(move || shown.read().word.to_owned())
                />
                <span>{move || shown.read().figures.clone()}</span>
            </div>
            {move || shown.read().why.clone().map(|why| view! { <p class="tray__why">{why}</p> })}
            <div class="tray__line"><span></span><span>{project}</span></div>
        </li>
    }
}
