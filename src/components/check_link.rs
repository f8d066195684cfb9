//! The way to the check of the cloud from where something is not possible. It opens in a tab of its own: what was typed or
//! chosen stays.

use leptos::prelude::*;

use crate::routes;
use crate::text::tr;
use crate::ui::{Glyph, Icon};

/// The link.
#[component]
pub fn CheckLink(
    /// Which cloud, by its id in the configuration; else the one that is signed in to.
    #[prop(optional, into)]
    cloud: Option<String>,
) -> impl IntoView {
    // The opened tab shares the sign-in only with an opener.
    let rel = if cloud.is_some() { "noopener" } else { "opener" };
    view! {
        <a class="button button--s" href=routes::check(cloud.as_deref()) target="_blank" rel=rel>
            <Icon glyph=Glyph::External small=true />
            {tr("Check the cloud")}
            <span class="visually-hidden">{tr("(in a new tab)")}</span>
        </a>
    }
}
