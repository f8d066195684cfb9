//! The rows of the tray for what was left behind, for what goes on in other tabs, and for what was removed.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::words;
use super::{Done, Elsewhere, Kind, Leftover, Leftovers, NotGone};
use crate::clock;
use crate::routes;
use crate::text::transfers::TransferWords;
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, ConfirmDialog, Glyph, Progress, Shape};
use crate::uploads::handles::{self, NotPicked, Picked};
use crate::uploads::tray::{TrayRow, end_button};

/// All rows.
#[component]
pub fn LeftoverItems(
    /// What was found.
    left: Leftovers,
) -> impl IntoView {
    view! {
        <For each=move || left.elsewhere.get() key=|one| one.upload.clone() let(one)>
            <OtherTab one=one left=left />
        </For>
        <For each=move || left.left.get() key=words::key let(one)>
            <Left one=one left=left />
        </For>
        <For each=move || left.done.get() key=|done| done.key.clone() let(done)>
            <Gone done=done left=left />
        </For>
    }
}

/// Goes on in another tab; it is watched from here.
#[component]
fn OtherTab(
    /// Which.
    one: Elsewhere,
    /// Where its state is told.
    left: Leftovers,
) -> impl IntoView {
    let upload = one.upload.clone();
    let said = Memo::new(move |_| left.said.with(|said| said.get(&upload).cloned()));
    let shown = Memo::new(move |_| {
        let said = said.read();
        let shape = said.as_ref().map_or(Shape::Uploading, |said| words::shape(&said.shape));
        TransferWords {
            figures: said.as_ref().map(|said| {
                let parts = [Some(said.word.clone()), said.figures.clone()];
                parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }),
            ..TransferWords::plain((shape, tr("Goes on in another tab")))
        }
    });
    let share = Memo::new(move |_| said.read().as_ref().and_then(|said| said.share));
    let href = Signal::derive(move || said.read().as_ref()?.image.as_deref().map(routes::image));
    let bar = view! {
        <Progress label=Signal::stored(one.name.clone()) share=share shape=Signal::derive(move || Some(shown.read().shape)) />
    };
    view! {
        <TrayRow
            name=one.name
            href=href
            words=shown
            bar=bar.into_any()
            buttons=().into_any()
            about=Signal::stored(tr("It is paused and cancelled there.").to_owned())
            project=String::new()
        />
    }
}

/// Left behind: to be gone on with, or removed.
#[component]
fn Left(
    /// What.
    one: Leftover,
    /// Where it is gone on with or removed.
    left: Leftovers,
) -> impl IntoView {
    let name = words::name(&one);
    let shown = words::words(&one);
    let href = one.image.as_ref().map(|image| routes::image(image.id.as_str()));
    let href = href.filter(|_| !matches!(one.kind, Kind::Probes(_)));
    let since = one.since.map(|then| format::ago(then, clock::now(), clock::offset_at(then)));
    let about = words::about(&one);
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<NotGone>);
    let asking = RwSignal::new(false);
    let item = StoredValue::new_local(one);
    let remove = move || {
        asking.set(false);
        busy.set(true);
        spawn_local(async move {
            left.remove(item.get_value()).await;
            busy.try_set(false);
        });
    };
    let press_remove = move || match item.with_value(|one| matches!(one.kind, Kind::Probes(_))) {
        // Nobody has ever seen or wanted them.
        true => remove(),
        false => asking.set(true),
    };
    let remove_label = tr_with("Remove {name}", &[("name", &name)]);
    let buttons = view! {
        {item.with_value(Leftover::can_go_on).then(|| going_on(item, left, busy, trouble, &name))}
        {item.with_value(Leftover::is_foreign).then(|| view! {
            <Button kind=ButtonKind::Quiet small=true on_press=move |_| item.with_value(|one| left.hide(one))>{tr("Not mine")}</Button>
        })}
        <Button
            kind=ButtonKind::Quiet
            small=true
            icon=Glyph::Trash
            label=Signal::stored(remove_label)
            busy=busy
            on_press=move |_| press_remove()
        />
    };
    let title = tr_with("Remove {name}?", &[("name", &name)]);
    let follows = item.with_value(words::removing);
    view! {
        <TrayRow
            name=name
            href=Signal::stored(href)
            words=Memo::new(move |_| shown.clone())
            beside=Signal::stored(since)
            bar=().into_any()
            buttons=buttons.into_any()
            about=Signal::stored(about)
            project=String::new()
        >
            {move || trouble.get().map(|why| view! {
                <p class="tray__why" role="alert">{words::not_gone(&why)}</p>
            })}
            <ConfirmDialog
                open=asking
                title=Signal::stored(title)
                confirm=tr("Remove")
                danger=true
                on_confirm=Callback::new(move |()| remove())
            >
                <p>{follows.clone()}</p>
            </ConfirmDialog>
        </TrayRow>
    }
}

/// "Go on" where the browser leads back to the file, else "Choose the file".
fn going_on(
    item: StoredValue<Leftover, LocalStorage>,
    left: Leftovers,
    busy: RwSignal<bool>,
    trouble: RwSignal<Option<NotGone>>,
    name: &str,
) -> AnyView {
    let input: NodeRef<html::Input> = NodeRef::new();
    let handle = item.with_value(|one| match &one.kind {
        Kind::Remembered(known) => known.handle.clone(),
        Kind::Record | Kind::Objects | Kind::Probes(_) => None,
    });
    let handle = RwSignal::new_local(handle);
    let word = move || if handle.read().is_some() { tr("Go on") } else { tr("Choose the file") };
    let ended = move |answer: Result<(), NotGone>| {
        busy.try_set(false);
        match answer {
            Ok(()) | Err(NotGone::Closed) => trouble.try_set(None),
            Err(why) => {
                // That way does not lead there: the file can be chosen instead.
                handle.try_set(None);
                trouble.try_set(Some(why))
            }
        };
    };
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        let one = item.get_value();
        match handle.get_untracked() {
            Some(handle) => {
                busy.set(true);
                spawn_local(async move { ended(left.reopen(one, handle).await) });
            }
            None if handles::can_pick() => {
                busy.set(true);
                spawn_local(async move {
                    let answer = match handles::pick().await {
                        Ok(Picked { file, handle }) => left.go_on(one, file, Some(handle)).await,
                        Err(NotPicked::Closed) => Err(NotGone::Closed),
                        Err(NotPicked::Refused(why)) => Err(NotGone::Unreadable(why)),
                    };
                    ended(answer);
                });
            }
            None => {
                if let Some(input) = input.get_untracked() {
                    input.click();
                }
            }
        }
    };
    let picked = move |_| {
        // The row may have gone while the browser asked for a file.
        let Some(Some(input)) = input.try_get_untracked() else { return };
        let file = input.files().and_then(|files| files.get(0));
        // So that the same file can be picked again.
        input.set_value("");
        let Some(file) = file else { return };
        busy.set(true);
        let one = item.get_value();
        spawn_local(async move { ended(left.go_on(one, file, None).await) });
    };
    let label = tr_with("The file of {name}", &[("name", &name)]);
    view! {
        <input class="visually-hidden" type="file" tabindex="-1" aria-label=label node_ref=input on:change=picked />
        <Button small=true busy=busy on_press=press>{word}</Button>
    }
    .into_any()
}

/// What became of something that was removed.
#[component]
fn Gone(
    /// What.
    done: Done,
    /// Where it is dismissed.
    left: Leftovers,
) -> impl IntoView {
    let name = words::name_of(&done);
    let shown = TransferWords {
        why: words::removed(&done.removed),
        ..TransferWords::plain(words::end(&done.removed))
    };
    let key = done.key.clone();
    let dismiss_label = tr_with("Dismiss {name}", &[("name", &name)]);
    let dismiss = move || left.done.update(|all| all.retain(|one| one.key != key));
    let failures: Vec<String> = done
        .removed
        .failed
        .iter()
        .map(|(what, error)| {
            format!("{}: {}", words::what(what), errors::api(error, None).paragraph())
        })
        .collect();
    view! {
        <TrayRow
            name=name
            href=Signal::stored(None)
            words=Memo::new(move |_| shown.clone())
            bar=().into_any()
            buttons=end_button(Signal::stored(dismiss_label), Signal::stored(false), dismiss, || true)
            about=Signal::stored(String::new())
            project=String::new()
        >
            {(!failures.is_empty()).then(|| view! {
                <ul class="tray__why">
                    {failures.into_iter().map(|failure| view! { <li>{failure}</li> }).collect_view()}
                </ul>
            })}
        </TrayRow>
    }
}
