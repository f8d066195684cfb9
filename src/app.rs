//! The frame of everything: configuration, sign-in, routes. It decides what is shown, not how.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::{FlatRoutes, Redirect, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

use crate::captures::Captures;
use crate::components::{FirstPage, Shell};
use crate::config::{Config, ConfigError};
use crate::downloads::Downloads;
use crate::fetch;
use crate::lazy::{self, Lazy, LazyView};
use crate::locale;
use crate::pages::{self, LeftList};
use crate::routes;
use crate::session::Account;
use crate::text::language::Language;
use crate::text::{errors, tr};
use crate::theme::Theme;
use crate::ui::{Toasts, marked};
use crate::uploads::Uploads;

/// Mounts the app into the page's body.
pub fn start() {
    Theme::kept().apply();
    match locale::wanted() {
        // Nothing to wait for.
        Language::English => leptos::mount::mount_to_body(App),
        // Leptos’ own executor begins with the mounting.
        other => wasm_bindgen_futures::spawn_local(async move {
            locale::speak(other).await;
            leptos::mount::mount_to_body(App);
        }),
    }
}

/// Fetches the configuration, then shows the console or says what is wrong with it.
#[component]
pub fn App() -> impl IntoView {
    let config = LocalResource::new(load_config);
    move || {
        // Until the file is here, the words of index.html stay.
        config.get().map(|config| match config {
            Ok(config) => view! { <Console config=Arc::new(config) /> }.into_any(),
            Err(error) => view! { <Unconfigured error=error /> }.into_any(),
        })
    }
}

async fn load_config() -> Result<Config, ConfigError> {
    let answer = fetch::text("/config.json").await.map_err(|error| match error {
        openstack::TransportError::Unreachable(why) => ConfigError::Unreachable(why),
        other => ConfigError::Unreachable(format!("{other:?}")),
    })?;
    if answer.status != 200 {
        return Err(ConfigError::Status(answer.status));
    }
    Config::parse(&String::from_utf8_lossy(&answer.body))
}

/// The console itself.
#[component]
fn Console(
    /// How it is set up.
    config: Arc<Config>,
) -> impl IntoView {
    let account = Account::new(config);
    provide_context(account);
    provide_context(Toasts::default());
    provide_context(FirstPage::default());
    provide_context(Uploads::new());
    provide_context(Downloads::new());
    provide_context(Captures::new());
    provide_context(LeftList::in_this_owner());
    view! {
        <Router>
            <Shell>
                <FlatRoutes fallback=pages::NotFound>
                    <Route path=path!("/") view=|| view! { <GoTo path=routes::IMAGES.to_owned() /> } />
                    <Route path=path!("/login") view=|| view! { <Lazy page=&lazy::LOGIN /> } />
                    <Route path=path!("/check") view=|| view! { <Lazy page=&lazy::CHECK /> } />
                    <Route path=path!("/images") view=|| view! { <Signed page=&lazy::IMAGES /> } />
                    <Route path=path!("/images/create") view=|| view! { <Signed page=&lazy::CREATE /> } />
                    <Route path=path!("/images/:id/edit") view=|| view! { <Signed page=&lazy::EDIT_IMAGE /> } />
                    <Route path=path!("/images/:id") view=|| view! { <Signed page=&lazy::IMAGE /> } />
                    <Route path=path!("/instances") view=|| view! { <Signed page=&lazy::INSTANCES /> } />
                    <Route path=path!("/instances/launch") view=|| view! { <Signed page=&lazy::LAUNCH /> } />
                    <Route path=path!("/instances/:id") view=|| view! { <Signed page=&lazy::INSTANCE /> } />
                </FlatRoutes>
            </Shell>
        </Router>
    }
}

/// A page behind the sign-in. It is made anew when project or region change; whoever is signed out is
/// sent to sign in and comes back afterwards.
#[component]
fn Signed(
    /// The page.
    page: &'static LazyView,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let location = use_location();
    let left = use_context::<LeftList>();
    move || match account.current().get() {
        Some(cloud) => view! {
            <leptos::context::Provider value=cloud><Lazy page=page /></leptos::context::Provider>
        }
        .into_any(),
        None if account.left() => {
            if let Some(left) = left {
                left.clear();
            }
            view! { <GoTo path=routes::LOGIN.to_owned() /> }.into_any()
        }
        None => {
            let wanted = untrack(|| {
                format!("{}{}", location.pathname.get(), location.query.get().to_query_string())
            });
            view! { <GoTo path=routes::login_then(&wanted) /> }.into_any()
        }
    }
}

/// Goes elsewhere, leaving no entry in the history.
#[component]
fn GoTo(
    /// Where to.
    path: String,
) -> impl IntoView {
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=path options=options /> }
}

/// What is wrong with `config.json`, in words.
#[component]
fn Unconfigured(
    /// What is wrong.
    error: ConfigError,
) -> impl IntoView {
    let words = errors::config(&error);
    document().set_title(&words.title);
    view! {
        <main class="gate">
            <h1 class="gate__brand">{words.title}</h1>
            <div class="gate__form">
                <p>{marked(&words.text)}</p>
                <p class="muted small">
                    {tr("This site reads ")}<a class="link" href="/config.json" rel="external">"/config.json"</a>
                    {tr(" when it starts. Mend the file and load the page again.")}
                </p>
            </div>
        </main>
    }
}
