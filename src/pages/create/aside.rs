//! What follows from the form: sums, the Create button, and the same action as a command line.

use leptos::prelude::*;

use super::draft::{Draft, Source};
use super::form::Form;
use crate::cloud::use_cloud;
use crate::text::{format, price};
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
    /// Bytes left of the project's quota.
    bytes_left: Signal<Option<u64>>,
) -> impl IntoView {
    let config_price = StoredValue::new(use_cloud().config().price.clone());
    let draft = Memo::new(move |_| form.draft());
    let title = Signal::derive(move || {
        let name = draft.read().name.trim().to_owned();
        if name.is_empty() { "New image".to_owned() } else { name }
    });
    let size = Memo::new(move |_| match draft.read().source {
        Source::File => draft.read().file.as_ref().map(|file| file.size_bytes),
        Source::Url => None,
    });
    let cost = move || {
        size.get()
            .zip(config_price.get_value())
            .map(|(size, price)| price::of_storing(size, &price))
    };
    let command = Signal::derive(move || draft.with(Draft::command_line));
    view! {
        <Panel title=title>
            <dl class="facts facts--sum">
                <Fact term="To send">{move || size.get().map_or_else(|| format::NONE.to_owned(), format::bytes)}</Fact>
                {move || cost().map(|(hour, month)| view! { <Fact term="Storage">{format!("{hour} ≈ {month}")}</Fact> })}
                {move || bytes_left.get().map(|left| view! { <Fact term="Left of the image quota">{format::bytes(left)}</Fact> })}
            </dl>
            <Button kind=ButtonKind::Primary wide=true submit=true busy=busy why_not=why_not>"Create image"</Button>
            <p class="field__hint">{move || match form.source.get() {
                Source::File => "The upload goes on in the tray while you work elsewhere. It counts as done when the cloud’s SHA-512 equals your file’s.",
                Source::Url => "The cloud fetches the image by itself; the tray follows it.",
            }}</p>
        </Panel>
        <div class="code">
            <div class="code__head">
                <span class="code__kind">"openstack"</span>
                <CopyButton text=command what="command" worded=true />
            </div>
            <code class="code__text" tabindex="0" role="region" aria-label="Command line">{move || command.get()}</code>
        </div>
    }
}
