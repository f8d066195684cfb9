//! The menu with everything that can be done with one image.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::Image;
use wasm_bindgen_futures::JsFuture;

use super::rights::{why_not_change, why_not_delete, why_not_launch};
use super::{ImageActions, display_name, is_failed};
use crate::cloud::use_cloud;
use crate::routes;
use crate::ui::{Glyph, Icon, Menu, MenuAlign, MenuItem, MenuLink, MenuRule, Toast, Toasts};

/// The button with three dots and its menu.
#[component]
pub fn ImageMenu(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// The page's actions.
    actions: ImageActions,
    /// The button is as small as those in rows.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let cloud = use_cloud();
    let read_only = StoredValue::new(cloud.why_read_only());
    let project = StoredValue::new(cloud.project().id.clone());
    let toasts = expect_context::<Toasts>();
    let own = move || {
        image.with(|image| project.with_value(|project| image.owner.as_ref() == Some(project)))
    };
    let why_not_change =
        Signal::derive(move || read_only.with_value(|why| why_not_change(own(), why.as_deref())));
    let why_not_delete = Signal::derive(move || {
        image.with(|image| read_only.with_value(|why| why_not_delete(image, own(), why.as_deref())))
    });
    let protected = move || image.with(|image| image.protected);
    let copy_id = move |()| copy_id(&image.get_untracked(), toasts);
    let class =
        if small { "button button--quiet button--s button--icon" } else { "button button--icon" };
    view! {
        <Menu
            button_class=class
            label=Signal::derive(move || format!("Actions for {}", image.with(display_name)))
            button=|| view! { <Icon glyph=Glyph::More /> }
            align=MenuAlign::End
        >
            {move || image.with(|image| match why_not_launch(image, is_failed(image)) {
                None => view! {
                    <MenuLink href=routes::launch_from(image.id.as_str()) icon=Glyph::Launch>"Launch instance"</MenuLink>
                }.into_any(),
                Some(why) => view! {
                    <MenuItem icon=Glyph::Launch on_press=|()| {} why_not=Signal::stored(Some(why))>"Launch instance"</MenuItem>
                }.into_any(),
            })}
            <MenuItem icon=Glyph::Copy on_press=copy_id>"Copy id"</MenuItem>
            {move || {
                let protect = !protected();
                let (glyph, word) = if protect { (Glyph::Lock, "Protect") } else { (Glyph::Unlock, "Unprotect") };
                let press = move |()| image.with_untracked(|image| actions.protect(image, protect));
                view! { <MenuItem icon=glyph on_press=press why_not=why_not_change>{word}</MenuItem> }
            }}
            <MenuRule />
            <MenuItem
                icon=Glyph::Trash
                danger=true
                on_press=move |()| actions.ask_to_delete(image.get_untracked())
                why_not=why_not_delete
            >"Delete"</MenuItem>
        </Menu>
    }
}

fn copy_id(image: &Image, toasts: Toasts) {
    let promise = window().navigator().clipboard().write_text(image.id.as_str());
    let name = display_name(image);
    spawn_local(async move {
        let toast = match JsFuture::from(promise).await {
            Ok(_) => Toast::ok(format!("The id of {name} is copied")),
            Err(_) => Toast::danger(
                "The id was not copied",
                "The browser refused. The details page shows it in full.",
            ),
        };
        toasts.show(toast);
    });
}
