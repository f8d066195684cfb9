//! What stays while pages change: skip link, places, scope, person, messages, the sign-in dialog.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::palette::{Palette, PaletteButton};
use super::person::{Person, PersonMenu};
use super::scope::ScopeMenu;
use super::{Brand, Typed};
use crate::captures::use_captures;
use crate::downloads::use_downloads;
use crate::lazy::{self, LazyPiece};
use crate::routes;
use crate::session::Account;
use crate::text::tr;
use crate::ui::{Glyph, Icon, ToastRegion, Toasts};
use crate::uploads::use_uploads;

/// The column of places beside the page when somebody is signed in; the bare page otherwise.
#[component]
pub fn Shell(
    /// The routes.
    children: Children,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let toasts = expect_context::<Toasts>();
    let typed = Typed::follow();
    provide_context(typed);
    provide_context(Person::new());
    let palette = Palette::new(account);
    provide_context(palette);
    let (jobs, downloads) = (use_uploads().jobs(), use_downloads().list());
    let captures = use_captures().list();
    let under_way = Signal::derive(move || {
        !jobs.read().is_empty() || !downloads.read().is_empty() || !captures.read().is_empty()
    });
    let signed_in = Memo::new(move |_| account.current().read().is_some());
    view! {
        <a class="skip" href="#main" rel="external">{tr("Skip to content")}</a>
        <div class="shell" data-signed=move || signed_in.get().to_string()>
            <Show when=move || signed_in.get()><LazyPiece piece=&lazy::NAV wanted=true /></Show>
            <div class="shell__main" on:input=move |event| typed.note(&event) on:drop=move |event| typed.note(&event)>{children()}</div>
        </div>
        <LazyPiece piece=&lazy::TRAY wanted=under_way />
        <ToastRegion toasts=toasts />
        <Show when=move || signed_in.get()>
            <LazyPiece piece=&lazy::PALETTE wanted=palette.is_open() />
            <LazyPiece piece=&lazy::REAUTHENTICATE wanted=account.asking() />
        </Show>
    }
}

/// The column of places: the product, the scope, where to go, the person.
#[component]
pub fn Nav() -> impl IntoView {
    let product = expect_context::<Account>().config().product_name.clone();
    view! {
        <header class="nav">
            <a class="brand" href=routes::IMAGES>
                <Brand />
                <span class="brand__name">{product}</span>
            </a>
            <ScopeMenu />
            <PaletteButton />
            <nav class="nav__places" aria-label=tr("Places")>
                <ul class="nav__list">
                    <Place href=routes::IMAGES glyph=Glyph::Disk>{tr("Images")}</Place>
                    <Place href=routes::INSTANCES glyph=Glyph::Server>{tr("Instances")}</Place>
                </ul>
            </nav>
            <div class="nav__foot"><PersonMenu /></div>
        </header>
    }
}

#[component]
fn Place(
    /// Where it leads.
    href: &'static str,
    /// Its icon.
    glyph: Glyph,
    /// Its name.
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || {
        let path = path.read();
        let rest = path.strip_prefix(href)?;
        match rest {
            "" | "/" => Some("page"),
            _ => rest.starts_with('/').then_some("true"),
        }
    };
    view! {
        <li>
            <a class="nav__link" href=href aria-current=current>
                <Icon glyph=glyph />
                {children()}
            </a>
        </li>
    }
}
