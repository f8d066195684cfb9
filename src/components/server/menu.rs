//! Everything that can be done to a server, as the items of a menu: the same in a row of the list and on the details.

use leptos::prelude::*;
use openstack::compute::Server;

use super::asks::{Ask, AskItem, RescueItem};
use super::deeds::{DeedItem, Deeds};
use super::state::Deed;
use crate::ui::MenuRule;

/// The items. What else can be done to a server gets its item here, in the group it belongs to: it is then in the list and
/// on the details.
#[component]
pub fn ServerMenuItems(
    /// The page's deeds.
    deeds: Deeds,
    /// The server.
    #[prop(into)]
    server: Signal<Server>,
) -> impl IntoView {
    view! {
        // Whether it runs.
        <DeedItem deeds=deeds deed=Deed::Start server=server />
        <DeedItem deeds=deeds deed=Deed::Stop server=server />
        <DeedItem deeds=deeds deed=Deed::Reboot server=server />
        <MenuRule />
        // What is made of it, and how it is mended.
        <AskItem asks=deeds.asks ask=Ask::Image server=server />
        <RescueItem asks=deeds.asks server=server />
        <MenuRule />
        // What is destroyed.
        <DeedItem deeds=deeds deed=Deed::Delete server=server />
    }
}
