//! What is loaded when it is first needed, so that the first page is small: the pages, and what stands around them only when
//! somebody is signed in.
//!
//! In a release the wasm comes in parts, cut by `tools/wasm-bindgen` where the attribute below marks it
//! (`docs/adr/0004-pages-by-route.md`). In a development build nothing is cut: the same functions return at once. It
//! deliberately knows no routes and nothing of what is drawn.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::image::ImageDialog;
use crate::components::{Nav, PaletteDialog, Reauthenticate};
use crate::pages::{
    BulkDialogBody, CheckPage, CreatePage, EditImagePage, ImagePage, ImagesPage, InstancePage,
    InstancesPage, LaunchPage, LoginPage,
};
use crate::release::MissingPage;
use crate::text::tr;
use crate::ui::{Skeleton, Toast, Toasts};
use crate::uploads::Tray;

/// Draws what is here.
type Draw = fn() -> AnyView;
type Loading = Pin<Box<dyn Future<Output = Result<Draw, Missing>>>>;

/// The code could not be loaded: no network, or the host has a newer release without this one's files.
#[derive(Clone, Copy)]
pub struct Missing;

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A page, or a piece around it, that may not be here yet.
pub struct LazyView {
    load: fn() -> Loading,
    draw: OnceLock<Draw>,
}

impl LazyView {
    async fn loaded(&'static self) -> Result<Draw, Missing> {
        match self.draw.get() {
            Some(draw) => Ok(*draw),
            None => {
                let draw = (self.load)().await?;
                let draw = *self.draw.get_or_init(|| draw);
                if BEGUN.set(()).is_ok() {
                    fetch_ahead();
                }
                Ok(draw)
            }
        }
    }
}

/// `lazy!(IMAGES, images, ImagesPage)`: `IMAGES` draws `<ImagesPage/>` and lies in the part `images`, which is one file.
macro_rules! lazy {
    ($(#[$doc:meta])* $page:ident, $part:ident, $component:ident) => {
        $(#[$doc])*
        pub static $page: LazyView = {
            #[cfg(slipway_split)]
            #[leptos::wasm_split::wasm_split($part, wasm_split_path = leptos::wasm_split, fallible)]
            fn part() -> Result<Draw, Missing> {
                Ok(draw)
            }
            #[cfg(not(slipway_split))]
            async fn part() -> Result<Draw, Missing> {
                Ok(draw)
            }
            fn draw() -> AnyView {
                view! { <$component /> }.into_any()
            }
            LazyView { load: || Box::pin(part()), draw: OnceLock::new() }
        };
    };
}

lazy!(
    /// Signing in.
    LOGIN, login, LoginPage
);
lazy!(
    /// All images.
    IMAGES, images, ImagesPage
);
lazy!(
    /// The column of places.
    NAV, images, Nav
);
lazy!(
    /// One image.
    IMAGE, pages, ImagePage
);
lazy!(
    /// Editing an image.
    EDIT_IMAGE, pages, EditImagePage
);
lazy!(
    /// Making an image.
    CREATE, pages, CreatePage
);
lazy!(
    /// All instances.
    INSTANCES, pages, InstancesPage
);
lazy!(
    /// One instance.
    INSTANCE, pages, InstancePage
);
lazy!(
    /// Launching.
    LAUNCH, pages, LaunchPage
);
lazy!(
    /// Checking the cloud.
    CHECK, pages, CheckPage
);
lazy!(
    /// What is being sent and fetched.
    TRAY, pages, Tray
);
lazy!(
    /// What is asked before something is done to an image.
    IMAGE_DIALOG, pages, ImageDialog
);
lazy!(
    /// The same for several images.
    BULK_DIALOG, pages, BulkDialogBody
);
lazy!(
    /// Find or do.
    PALETTE, pages, PaletteDialog
);
lazy!(
    /// Signing in again over the page.
    REAUTHENTICATE, pages, Reauthenticate
);

/// One of each part, the likeliest next one first.
static AHEAD: [&LazyView; 2] = [&IMAGES, &CREATE];

/// Set when the first page is here, and with it the fetching of the other parts begins.
static BEGUN: OnceLock<()> = OnceLock::new();

/// The first page has this long for its own requests before anything else is fetched.
const BREATH: Duration = Duration::from_secs(2);

/// A piece that somebody waits for is asked for again after this, as there is no button for it.
const AGAIN: Duration = Duration::from_secs(15);

/// Loads the other parts in the background, one after the other: going there is then immediate, and a tab that was open
/// before a new release still has all its pages when the host has forgotten them. What cannot be loaded now is loaded, or
/// reported, when it is needed.
fn fetch_ahead() {
    spawn_local(async {
        gloo_timers::future::sleep(BREATH).await;
        for view in AHEAD {
            if view.loaded().await.is_err() {
                return;
            }
        }
    });
}

/// A page, as soon as its code is here.
#[component]
pub fn Lazy(
    /// Which.
    page: &'static LazyView,
) -> impl IntoView {
    if let Some(draw) = page.draw.get() {
        return draw();
    }
    let loaded = LocalResource::new(move || page.loaded());
    (move || match loaded.get() {
        None => view! { <main class="page" id="main" aria-busy="true"><Skeleton lines=6 /></main> }
            .into_any(),
        Some(Ok(draw)) => draw(),
        Some(Err(Missing)) => {
            view! { <MissingPage on_retry=move |()| loaded.refetch() /> }.into_any()
        }
    })
    .into_any()
}

/// A piece around the page. It is drawn when its code is here, which is fetched when the first page has had its time; at
/// once when it is wanted.
#[component]
pub fn LazyPiece(
    /// Which.
    piece: &'static LazyView,
    /// Somebody waits for it.
    #[prop(into)]
    wanted: Signal<bool>,
) -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    let here = RwSignal::new(piece.draw.get().copied());
    let load = move |wanted: bool| {
        spawn_local(async move {
            let mut told = false;
            // Still missing, and not gone with its page.
            while here.try_get_untracked() == Some(None) {
                match piece.loaded().await {
                    // Two may have waited for it: drawn again, it would forget what was typed into it.
                    Ok(draw) if here.try_get_untracked() == Some(None) => here.set(Some(draw)),
                    Ok(_) => return,
                    Err(Missing) if !wanted => return,
                    Err(Missing) => {
                        if !told {
                            told = true;
                            toasts.show(Toast::danger(
                                tr("A part of the console could not be loaded"),
                                tr(
                                    "The network may be down, or a newer release has replaced the files that this tab was started with. Try again; if that does not help, reload the tab, but not while it uploads.",
                                ),
                            ));
                        }
                        gloo_timers::future::sleep(AGAIN).await;
                    }
                }
            }
        });
    };
    if here.with_untracked(Option::is_none) {
        set_timeout(move || load(false), BREATH);
    }
    Effect::new(move || {
        if wanted.get() {
            load(true);
        }
    });
    (move || here.get().map(|draw| draw())).into_any()
}
