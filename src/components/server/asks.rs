//! What is done to a server in a dialog with choices of its own: an image is made of it, it is rescued, its rescue ends.
//! One piece of state and one dialog for a whole page, beside the deeds.

use std::sync::Arc;

use leptos::prelude::*;
use openstack::compute::{Server, ServerStatus};

use super::rescue::{RescueDialog, why_not_rescue, why_not_unrescue};
use super::snapshot::{SnapshotDialog, why_not_image};
use crate::cloud::{Cloud, use_cloud};
use crate::components::{Command, Palette};
use crate::text::tr;
use crate::ui::{Glyph, MenuItem};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// To make an image of it.
    Image,
    /// To run it from a rescue image.
    Rescue,
    /// To run it from its own disk again.
    Unrescue,
}

impl Ask {
    /// Why it cannot be done now.
    pub fn reason_against(self, server: &Server) -> Option<&'static str> {
        match self {
            Self::Image => why_not_image(server),
            Self::Rescue => why_not_rescue(server),
            Self::Unrescue => why_not_unrescue(server),
        }
    }

    /// The words in a menu.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Image => tr("Create image"),
            Self::Rescue => tr("Rescue"),
            Self::Unrescue => tr("End rescue"),
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Image => Glyph::Disk,
            Self::Rescue => Glyph::Help,
            Self::Unrescue => Glyph::Retry,
        }
    }
}

/// The dialogs of a page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ServerAsks {
    pub(super) cloud: StoredValue<Cloud>,
    pub(super) open: RwSignal<bool>,
    asked: RwSignal<Option<(Ask, Arc<Server>)>>,
    /// Something was done, or refused: look at the server again.
    pub(super) look: Callback<()>,
}

impl ServerAsks {
    /// Closed. `look` is called when the page should look again.
    pub fn new(look: Callback<()>) -> Self {
        Self {
            cloud: StoredValue::new(use_cloud()),
            open: RwSignal::new(false),
            asked: RwSignal::new(None),
            look,
        }
    }

    /// Opens the dialog.
    pub fn ask(self, ask: Ask, server: Server) {
        self.asked.set(Some((ask, Arc::new(server))));
        self.open.set(true);
    }

    /// Why this user cannot do it now.
    pub fn reason_against(self, ask: Ask, server: &Server) -> Option<String> {
        self.cloud
            .with_value(Cloud::why_read_only)
            .or_else(|| ask.reason_against(server).map(str::to_owned))
    }
}

/// Offers in the command palette what can be asked of the server of a page, until the page goes.
pub fn offer_asks(server: Memo<Option<Server>>, asks: ServerAsks) {
    expect_context::<Palette>().offer(move || {
        let Some(server) = server.try_get_untracked().flatten() else { return Vec::new() };
        let possible = [Ask::Image, Ask::Rescue, Ask::Unrescue]
            .into_iter()
            .filter(|ask| asks.reason_against(*ask, &server).is_none());
        let command = |ask: Ask| {
            let (asked, note) = (server.clone(), server.name.clone());
            let act = move || asks.ask(ask, asked.clone());
            Command { note, ..Command::act(ask.verb(), ask.glyph(), act) }
        };
        possible.map(command).collect()
    });
}

/// An item of a server's menu; it stays there with the reason when it cannot be done.
#[component]
pub fn AskItem(
    /// The page's dialogs.
    asks: ServerAsks,
    /// What.
    ask: Ask,
    /// Of which server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    let why_not = Signal::derive(move || server.with(|server| asks.reason_against(ask, server)));
    view! {
        <MenuItem
            icon=ask.glyph()
            why_not=why_not
            on_press=move |()| asks.ask(ask, server.get_untracked())
        >
            {ask.verb()}
        </MenuItem>
    }
}

/// Rescue, or the end of it.
#[component]
pub fn RescueItem(
    /// The page's dialogs.
    asks: ServerAsks,
    /// Of which server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    let rescued = Memo::new(move |_| server.with(|server| server.status == ServerStatus::Rescue));
    move || {
        let ask = if rescued.get() { Ask::Unrescue } else { Ask::Rescue };
        view! { <AskItem asks=asks ask=ask server=server /> }
    }
}

/// The dialog. Once on a page.
#[component]
pub fn ServerAskDialog(
    /// The page's dialogs.
    asks: ServerAsks,
) -> impl IntoView {
    move || {
        asks.asked.get().map(|(ask, server)| match ask {
            Ask::Image => view! { <SnapshotDialog asks=asks server=server /> }.into_any(),
            Ask::Rescue | Ask::Unrescue => {
                view! { <RescueDialog asks=asks ask=ask server=server /> }.into_any()
            }
        })
    }
}
