//! Why an instance is in error: the cloud's words, where in its start it happened, the request id, and the way to try again.

use std::sync::Arc;

use leptos::prelude::*;

use super::Known;
use super::building::Steps;
use crate::clock;
use crate::cloud::use_cloud;
use crate::components::server::{Deed, Deeds, Progress, timeline};
use crate::pages::launch::again_href;
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, Copyable, Glyph, Note, Panel, Tone};

/// What is known of the fault.
#[component]
pub fn FaultNote(
    /// The instance.
    known: Known,
    /// What can be done.
    deeds: Deeds,
) -> impl IntoView {
    let fault = Memo::new(move |_| {
        known.server.with(|server| server.as_ref().and_then(|server| server.fault.clone()))
    });
    let never_ran = Memo::new(move |_| {
        known
            .server
            .with(|server| server.as_ref().is_some_and(|server| server.launched_at.is_none()))
    });
    let vague = Memo::new(move |_| {
        known.server.with(|server| {
            let Some(server) = server.as_ref() else { return false };
            let lines = known.seen.with(|seen| timeline(server, seen, known.on_host.get()));
            lines.iter().any(|line| line.progress == Progress::Unknown)
        })
    });
    let request = Memo::new(move |_| {
        known
            .history
            .remote()
            .with(|remote| remote.value().and_then(super::history::Told::failed_request))
    });
    let title = Signal::derive(move || {
        if never_ran.get() {
            tr("The cloud could not start it")
        } else {
            tr("Something failed in the cloud")
        }
        .to_owned()
    });
    let text = Signal::derive(move || {
        let said = fault.get().map(|fault| fault.message).filter(|message| !message.is_empty());
        let said = match said {
            Some(said) if said.ends_with(['.', '!', '?']) => {
                tr_with("It says: {said}", &[("said", &said)])
            }
            Some(said) => tr_with("It says: {said}.", &[("said", &said)]),
            None => tr("It does not say why.").to_owned(),
        };
        let advice = match never_ran.get() {
            true => tr(
                "Nothing of it runs. Try again with another size, zone or network; if that fails too, give your cloud’s support the request.",
            ),
            false => tr(
                "A hard reboot may bring it back; if not, give your cloud’s support the request.",
            ),
        };
        Some(format!("{said} {advice}"))
    });
    view! {
        <Note tone=Tone::Danger title=title text=text>
            <Show when=move || never_ran.get()><Again known=known deeds=deeds /></Show>
            <span class="instance__request">
                {move || request.get().map(|id| view! { {tr("Request ")} <Copyable text=id what=tr("request id") /> })}
                {move || fault.get().and_then(|fault| fault.created).map(|then| view! {
                    <span>{format::moment(then, clock::offset_at(then))}</span>
                })}
            </span>
        </Note>
        <Show when=move || never_ran.get()>
            <Panel title=tr("How far it came")>
                <Steps known=known now=Signal::stored(clock::now()) />
                <Show when=move || vague.get()>
                    <p class="small muted">{tr("In which of the steps after the first it failed, the cloud does not say to those who come later.")}</p>
                </Show>
            </Panel>
        </Show>
    }
}

/// Deletes it and opens the launch form with its settings.
#[component]
fn Again(known: Known, deeds: Deeds) -> impl IntoView {
    // Not of this owner: the panel may be gone when the cloud has answered.
    let cloud = Arc::new(use_cloud());
    let why_not = Signal::derive(move || {
        known.server.with(|server| deeds.reason_against(Deed::Delete, server.as_ref()?))
    });
    let press = move |_| {
        let Some(server) = known.server.get_untracked() else { return };
        let origins = known.origins.get_untracked();
        let (asked, cloud) = (server.clone(), Arc::clone(&cloud));
        let launch = Callback::new(move |()| again_href(&cloud, &asked, &origins));
        deeds.try_again(server, launch);
    };
    view! {
        <span class="instance__again">
            <Button icon=Glyph::Retry why_not=why_not on_press=press>
                {tr("Delete and try again with these settings")}
            </Button>
        </span>
    }
}
