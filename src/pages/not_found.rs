//! An address that leads nowhere.

use leptos::prelude::*;

use crate::components::Page;
use crate::routes;
use crate::text::tr;
use crate::ui::{ButtonKind, ButtonLink, Empty};

/// Says so, and leads back.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Page title=tr("No such page")>
            <Empty
                title=tr("Nothing is at this address")
                text=tr("It may be mistyped, or the link is of an older version of this console.")
            >
                <ButtonLink kind=ButtonKind::Primary href=routes::IMAGES>{tr("Show images")}</ButtonLink>
            </Empty>
        </Page>
    }
}
