//! The menu with everything that can be done with one image, each with its reason when it cannot.

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::image::{Image, ImageStatus, Visibility};
use wasm_bindgen_futures::JsFuture;

use super::actions::Asking;
use super::rights::{
    Onlooker, why_not_change, why_not_delete, why_not_download, why_not_launch, why_not_share,
    why_not_switch, why_not_volume,
};
use super::{ImageActions, display_name, is_failed};
use crate::cloud::use_cloud;
use crate::routes;
use crate::text::{tr, tr_with};
use crate::ui::{Glyph, Icon, Menu, MenuAlign, MenuItem, MenuLink, MenuRule, Toast, Toasts};

/// The button with three dots and its menu.
#[component]
pub fn ImageMenu(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// The page's actions.
    actions: ImageActions,
) -> impl IntoView {
    let name = move || image.with(display_name);
    view! {
        <Menu
            button_class="button button--icon"
            label=Signal::derive(move || tr_with("Actions for {name}", &[("name", &name())]))
            button=|| view! { <Icon glyph=Glyph::More /> }
            align=MenuAlign::End
        >
            <ImageMenuItems image=Signal::derive(move || Some(image.get())) actions=actions />
        </Menu>
    }
}

/// What is in the menu of an image; nothing while there is none.
#[component]
pub fn ImageMenuItems(
    /// The image.
    image: Signal<Option<Image>>,
    /// The page's actions.
    actions: ImageActions,
) -> impl IntoView {
    let cloud = use_cloud();
    let read_only = cloud.why_read_only();
    let project = cloud.project().id.clone();
    let toasts = expect_context::<Toasts>();
    // Drawn anew with each look at the image: it is open for seconds.
    (move || {
        let image = image.get()?;
        let who = Onlooker {
            own: image.owner.as_ref() == Some(&project),
            read_only: read_only.as_deref(),
        };
        Some(items(image, actions, who, toasts))
    })
    .into_any()
}

fn items(image: Image, actions: ImageActions, who: Onlooker<'_>, toasts: Toasts) -> AnyView {
    let failed = is_failed(&image);
    let id = image.id.to_string();
    let change = why_not_change(who.own, who.read_only);
    let offered = !who.own && image.visibility == Visibility::Shared;
    let link =
        |why_not: Option<String>, href: String, glyph: Glyph, words: &'static str| match why_not {
            None => view! { <MenuLink href=href icon=glyph>{words}</MenuLink> }.into_any(),
            why_not => item(why_not, glyph, words, Callback::new(|()| ())),
        };
    let asks = |why_not: Option<String>, glyph: Glyph, words: &'static str, asking: Asking| {
        let image = image.clone();
        item(why_not, glyph, words, Callback::new(move |()| actions.ask(asking, image.clone())))
    };
    let acts = |why_not: Option<String>,
                glyph: Glyph,
                words: &'static str,
                act: fn(ImageActions, &Image)| {
        let image = image.clone();
        item(why_not, glyph, words, Callback::new(move |()| act(actions, &image)))
    };
    let read_only = || who.read_only.map(str::to_owned);
    let protection = match image.protected {
        true => acts(change.clone(), Glyph::Unlock, tr("Unprotect"), |actions, image| {
            actions.protect(image, false)
        }),
        false => acts(change.clone(), Glyph::Lock, tr("Protect"), |actions, image| {
            actions.protect(image, true)
        }),
    };
    let switch = match image.status {
        ImageStatus::Deactivated => {
            acts(why_not_switch(&image, who), Glyph::Play, tr("Reactivate"), |actions, image| {
                actions.reactivate(image, true);
            })
        }
        _ => acts(why_not_switch(&image, who), Glyph::Pause, tr("Deactivate"), |actions, image| {
            actions.reactivate(image, false);
        }),
    };
    let copied = image.clone();
    let views = [
        link(
            why_not_launch(&image, failed),
            routes::launch_from(&id),
            Glyph::Launch,
            tr("Launch instance"),
        ),
        asks(
            why_not_volume(&image, failed, who),
            Glyph::Volume,
            tr("Create volume"),
            Asking::Volume,
        ),
        asks(
            why_not_download(&image, failed, who),
            Glyph::Download,
            tr("Download"),
            Asking::Download,
        ),
        item(None, Glyph::Copy, tr("Copy id"), Callback::new(move |()| copy_id(&copied, toasts))),
        view! { <MenuRule /> }.into_any(),
        link(change, routes::edit_image(&id), Glyph::Edit, tr("Edit")),
        asks(why_not_share(&image, who), Glyph::Share, tr("Share"), Asking::Share),
        protection,
        switch,
    ];
    let answers = offered.then(|| {
        [
            view! { <MenuRule /> }.into_any(),
            acts(read_only(), Glyph::Check, tr("Accept"), |actions, image| {
                actions.answer(image, true)
            }),
            acts(read_only(), Glyph::X, tr("Reject"), |actions, image| {
                actions.answer(image, false)
            }),
        ]
    });
    let why_not_delete = why_not_delete(&image, who.own, who.read_only);
    view! {
        {Vec::from(views)}
        {answers.map(Vec::from)}
        <MenuRule />
        <MenuItem
            icon=Glyph::Trash
            danger=true
            on_press=move |()| actions.ask_to_delete(image.clone())
            why_not=Signal::stored(why_not_delete)
        >{tr("Delete")}</MenuItem>
    }
    .into_any()
}

fn item(
    why_not: Option<String>,
    glyph: Glyph,
    words: &'static str,
    press: Callback<()>,
) -> AnyView {
    view! { <MenuItem icon=glyph on_press=press why_not=Signal::stored(why_not)>{words}</MenuItem> }
        .into_any()
}

/// Copies the id, and says so.
pub fn copy_id(image: &Image, toasts: Toasts) {
    let promise = window().navigator().clipboard().write_text(image.id.as_str());
    let name = display_name(image);
    spawn_local(async move {
        let toast = match JsFuture::from(promise).await {
            Ok(_) => Toast::ok(tr_with("The id of {name} is copied", &[("name", &name)])),
            Err(_) => Toast::danger(
                tr("The id was not copied"),
                tr("The browser refused. The details page shows it in full."),
            ),
        };
        toasts.show(toast);
    });
}
