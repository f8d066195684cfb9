//! Why an instance is in error: the cloud's words, where in its start it happened, and the request id.

use leptos::prelude::*;

use super::Known;
use super::building::shape;
use crate::clock;
use crate::cloud::use_cloud;
use crate::components::server::progress;
use crate::text::{format, tr, tr_with};
use crate::ui::{Copyable, Note, Panel, Status, Tone};

/// What is known of the fault.
#[component]
pub fn FaultNote(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let fault = Memo::new(move |_| {
        known.server.with(|server| server.as_ref().and_then(|server| server.fault.clone()))
    });
    let never_ran = Memo::new(move |_| {
        known
            .server
            .with(|server| server.as_ref().is_some_and(|server| server.launched_at.is_none()))
    });
    let request = use_failed_request(known);
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
                "Nothing of it runs. Delete it and launch again with another size, zone or network; if that fails too, give your cloud’s support the request.",
            ),
            false => tr(
                "A hard reboot may bring it back; if not, give your cloud’s support the request.",
            ),
        };
        Some(format!("{said} {advice}"))
    });
    view! {
        <Note tone=Tone::Danger title=title text=text>
            {move || request.get().map(|id| view! {
                <span class="instance__request">{tr("Request ")} <Copyable text=id what=tr("request id") /></span>
            })}
            {move || fault.get().and_then(|fault| fault.created).map(|then| view! {
                <span class="muted small">{format::moment(then, clock::offset_at(then))}</span>
            })}
        </Note>
        <Show when=move || never_ran.get()>
            <Panel title=tr("How far it came")>
                <ol class="steps">
                    {move || known.server.with(|server| {
                        server.as_ref().map(|server| progress(server, known.furthest.get()))
                    }).map(|steps| steps.map(|(step, progress)| view! {
                        <li class="steps__step"><Status shape=shape(progress) word=step.label() /></li>
                    }).collect_view())}
                </ol>
            </Panel>
        </Show>
    }
}

/// The request that failed: the newest with a message, else the start itself. Policy may hide the history; then there is
/// no id to show, and the fault says the rest.
fn use_failed_request(known: Known) -> Signal<Option<String>> {
    let cloud = use_cloud();
    let id = Memo::new(move |_| {
        known.server.with(|server| server.as_ref().map(|server| server.id.clone()))
    });
    let history = LocalResource::new(move || {
        let (cloud, id) = (cloud.clone(), id.get());
        async move {
            match id {
                Some(id) => Some(cloud.server_history(&id).await),
                None => None,
            }
        }
    });
    Signal::derive(move || match history.get()?? {
        Ok(rows) => {
            let failed = rows
                .iter()
                .find(|row| row.message.as_ref().is_some_and(|message| !message.is_empty()));
            failed
                .or_else(|| rows.iter().find(|row| row.action == "create"))
                .map(|row| row.request_id.clone())
        }
        Err(error) => {
            leptos::logging::warn!("{error}");
            None
        }
    })
}
