//! Pages whose code is loaded when they are first opened, so that the first page is small.
//!
//! In a release each page is a wasm file of its own, cut out of the whole by `tools/wasm-bindgen` where the attribute below
//! marks it (`docs/adr/0004-pages-by-route.md`). In a development build nothing is cut: the same functions return at once.
//! It deliberately knows no routes and nothing of what the pages do.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use leptos::prelude::*;

use super::{
    CreatePage, EditImagePage, ImagePage, ImagesPage, InstancePage, InstancesPage, LaunchPage,
    LoginPage,
};
use crate::text::tr;
use crate::ui::{Button, Note, Skeleton, Tone};

/// Draws a page whose code is here.
type Draw = fn() -> AnyView;
type Loading = Pin<Box<dyn Future<Output = Result<Draw, Missing>>>>;

/// The code of a page could not be loaded: no network, or the host has a newer release without this one's files.
#[derive(Clone, Copy)]
pub struct Missing;

impl From<leptos::wasm_split::SplitLoaderError> for Missing {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// A page that may not be here yet.
pub struct LazyPage {
    load: fn() -> Loading,
    draw: OnceLock<Draw>,
}

impl LazyPage {
    async fn loaded(&'static self) -> Result<Draw, Missing> {
        match self.draw.get() {
            Some(draw) => Ok(*draw),
            None => {
                let draw = (self.load)().await?;
                let draw = *self.draw.get_or_init(|| draw);
                if AHEAD.set(()).is_ok() {
                    fetch_ahead();
                }
                Ok(draw)
            }
        }
    }
}

/// `lazy_page!(IMAGES, images, ImagesPage)`: the page `IMAGES` draws `<ImagesPage/>` and lies in the part `images`.
/// Pages of one part come in one file.
macro_rules! lazy_page {
    ($(#[$doc:meta])* $page:ident, $part:ident, $component:ident) => {
        $(#[$doc])*
        pub static $page: LazyPage = {
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
            LazyPage { load: || Box::pin(part()), draw: OnceLock::new() }
        };
    };
}

lazy_page!(
    /// Signing in.
    LOGIN, login, LoginPage
);
lazy_page!(
    /// All images.
    IMAGES, images, ImagesPage
);
lazy_page!(
    /// One image.
    IMAGE, pages, ImagePage
);
lazy_page!(
    /// Editing an image.
    EDIT_IMAGE, pages, EditImagePage
);
lazy_page!(
    /// Making an image.
    CREATE, pages, CreatePage
);
lazy_page!(
    /// All instances.
    INSTANCES, pages, InstancesPage
);
lazy_page!(
    /// One instance.
    INSTANCE, pages, InstancePage
);
lazy_page!(
    /// Launching.
    LAUNCH, pages, LaunchPage
);

/// The pages behind the sign-in, the likeliest next one first.
static BEHIND: [&LazyPage; 6] = [&IMAGES, &IMAGE, &CREATE, &LAUNCH, &INSTANCES, &INSTANCE];

/// Set when the first page is here, and with it the fetching of the others begins.
static AHEAD: OnceLock<()> = OnceLock::new();

/// The first page has this long for its own requests before the other pages are fetched.
const BREATH: Duration = Duration::from_secs(2);

/// Loads every other page in the background, one after the other: going there is then immediate, and a tab that was open
/// before a new release still has all its pages when the host has forgotten them. A page that cannot be loaded now is
/// loaded, or reported, when it is opened.
fn fetch_ahead() {
    leptos::task::spawn_local(async {
        gloo_timers::future::sleep(BREATH).await;
        for page in BEHIND {
            if page.loaded().await.is_err() {
                return;
            }
        }
    });
}

/// The page, as soon as its code is here.
#[component]
pub fn Lazy(
    /// Which.
    page: &'static LazyPage,
) -> impl IntoView {
    if let Some(draw) = page.draw.get() {
        return draw();
    }
    let loaded = LocalResource::new(move || page.loaded());
    (move || match loaded.get() {
        None => view! { <main class="page" id="main" aria-busy="true"><Skeleton lines=6 /></main> }.into_any(),
        Some(Ok(draw)) => draw(),
        Some(Err(Missing)) => view! {
            <main class="page" id="main">
                <Note
                    tone=Tone::Danger
                    title=tr("This page could not be loaded")
                    text=Some(tr("The network may be down, or a newer release of this console has replaced the files that this tab was started with. Try again; if that does not help, reload the tab. Reload only when no upload is under way: one that is keeps running here.").to_owned())
                >
                    <Button on_press=move |_| loaded.refetch()>{tr("Try again")}</Button>
                </Note>
            </main>
        }.into_any(),
    })
    .into_any()
}
