//! The instance that an image came from, as a link where it is still there.

use leptos::prelude::*;
use openstack::ServerId;

use crate::cloud::{Origin, use_cloud};
use crate::routes;
use crate::text::{tr, tr_with};

/// An instance that is known by its id alone: its name is asked for.
#[component]
pub fn OriginLink(
    /// The instance.
    id: ServerId,
) -> impl IntoView {
    let cloud = use_cloud();
    let known = LocalResource::new({
        let id = id.clone();
        move || {
            let (cloud, id) = (cloud.clone(), id.clone());
            async move { cloud.origin_server(id).await }
        }
    });
    move || match known.get() {
        Some(Ok(origin)) => origin_view(&origin),
        // Its page says what is the matter.
        None | Some(Err(_)) => origin_view(&Origin { id: id.clone(), name: Some(String::new()) }),
    }
}

/// "Instance erp-db" with a link, or that it is gone.
pub fn origin_view(origin: &Origin) -> AnyView {
    let id = origin.id.as_str();
    let short = id.get(..8).unwrap_or(id).to_owned();
    match &origin.name {
        None => view! {
            <span class="muted">{tr_with("Instance {id}, which is gone", &[("id", &short)])}</span>
        }
        .into_any(),
        Some(name) => {
            let nameless = name.trim().is_empty();
            let words = if nameless { short } else { name.clone() };
            view! {
                {tr("Instance")} " "
                <a class="link" class:mono=nameless href=routes::instance(id)>{words}</a>
            }
            .into_any()
        }
    }
}
