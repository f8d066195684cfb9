//! What stands above everything else on a server's page while it is rescued.

use leptos::prelude::*;
use openstack::compute::{Server, ServerStatus};

use super::super::asks::{Ask, ServerAsks};
use super::why_not_unrescue;
use crate::text::tr;
use crate::ui::{Button, Note, Tone};

/// The banner; nothing while the server runs from its own disk.
#[component]
pub fn RescueBanner(
    /// The page's dialogs.
    asks: ServerAsks,
    /// The server.
    #[prop(into)]
    server: Signal<Option<Server>>,
) -> impl IntoView {
    let rescued = Memo::new(move |_| {
        server.with(|server| {
            server.as_ref().is_some_and(|server| server.status == ServerStatus::Rescue)
        })
    });
    let on_volume = Memo::new(move |_| {
        server.with(|server| server.as_ref().is_some_and(Server::boots_from_volume))
    });
    let text = Signal::derive(move || {
        Some(match on_volume.get() {
            true => tr("Its own volumes are attached beside the rescue image, in their usual order. Mend them on its console or over SSH, then end the rescue: it starts from its own disk again. It cannot be resized or made an image of meanwhile."),
            false => tr("Its own disk is attached beside the rescue image. Mend it on its console or over SSH, then end the rescue: it starts from its own disk again. It cannot be resized or made an image of meanwhile."),
        }.to_owned())
    });
    let why_not = Signal::derive(move || {
        server.with(|server| server.as_ref().and_then(why_not_unrescue).map(str::to_owned))
    });
    let end = move |_| {
        if let Some(server) = server.get_untracked() {
            asks.ask(Ask::Unrescue, server);
        }
    };
    view! {
        <Show when=move || rescued.get()>
            <Note tone=Tone::Warn title=tr("It runs from a rescue image") text=text>
                <Button small=true why_not=why_not on_press=end>{tr("End rescue")}</Button>
            </Note>
        </Show>
    }
}
