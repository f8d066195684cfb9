//! What follows from the form: sums, the Create button, and the same action as a command line.

use leptos::prelude::*;

use super::draft::{CloudFacts, Draft, Source};
use super::entry::Entry;
use super::form::Form;
use crate::cloud::use_cloud;
use crate::text::{format, price, tr};
use crate::ui::{Button, ButtonKind, CopyButton, Fact, Panel};

/// Summary, button, command line.
#[component]
pub(super) fn Aside(
    /// The form.
    form: Form,
    /// The record is being made.
    busy: Signal<bool>,
    /// Why nothing can be created by this user.
    why_not: Option<String>,
    /// What the cloud has told.
    facts: Signal<CloudFacts>,
) -> impl IntoView {
    let config_price = StoredValue::new(use_cloud().config().price.clone());
    let draft = Memo::new(move |_| form.draft());
    let title = Signal::derive(move || {
        let draft = draft.read();
        let name = draft.value(Entry::Name).trim();
        if name.is_empty() { tr("New image").to_owned() } else { name.to_owned() }
    });
    let size = Memo::new(move |_| {
        let draft = draft.read();
        match draft.source {
            Source::File => {
                let whole = draft.file.as_ref()?.size_bytes;
                Some(facts.read().bytes_to_send.filter(|_| draft.as_qcow2).unwrap_or(whole))
            }
            Source::Url | Source::Instance | Source::Volume => None,
        }
    });
    let whole = move || {
        let draft = draft.read();
        let whole = draft.file.as_ref().filter(|_| draft.as_qcow2)?.size_bytes;
        Some(view! { <Fact term=tr("Instead of")>{format::bytes(whole)}</Fact> })
    };
    let cost = move || {
        size.get()
            .zip(config_price.get_value())
            .map(|(size, price)| price::of_storing(size, &price))
    };
    let command = Signal::derive(move || draft.with(Draft::command_line));
    view! {
        <Panel title=title>
            <dl class="facts facts--sum">
                <Fact term=tr("To send")>{move || size.get().map_or_else(|| format::NONE.to_owned(), format::bytes)}</Fact>
                {whole}
                {move || cost().map(|(hour, month)| view! { <Fact term=tr("Storage")><span class="nowrap">{hour}</span><br /><span class="nowrap">{format!("≈ {month}")}</span></Fact> })}
                {move || facts.read().bytes_left.map(|left| view! { <Fact term=tr("Left of the image quota")>{format::bytes(left)}</Fact> })}
            </dl>
            <Button kind=ButtonKind::Primary wide=true submit=true busy=busy why_not=why_not>{tr("Create image")}</Button>
            <p class="field__hint">{move || match form.source.get() {
                Source::File => tr("The upload goes on in the tray while you work elsewhere. It counts as done when the cloud’s SHA-512 is that of what was sent."),
                _ => tr("The cloud fetches the image by itself; the tray follows it."),
            }}</p>
        </Panel>
        <div class="code">
            <div class="code__head">
                <span class="code__kind">{tr("The same as a command")}</span>
                <CopyButton text=command what=tr("command") worded=true />
            </div>
            <code class="code__text" tabindex="0" role="region" aria-label=tr("Command line")>{move || command.get()}</code>
        </div>
    }
}
