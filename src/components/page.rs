//! The frame of one page: crumbs, heading, actions, content; the document's title; the focus.

use leptos::html;
use leptos::prelude::*;

use crate::session::Account;
use crate::text::tr;

/// A step on the way to a page: words and address.
pub type Crumb = (String, String);

/// Whether the page at hand is the first one: then the focus stays where the browser put it.
#[derive(Clone, Copy)]
pub struct FirstPage(StoredValue<bool>);

impl FirstPage {
    /// There was one before: the sign-in.
    pub fn passed(self) {
        self.0.set_value(false);
    }
}

impl Default for FirstPage {
    fn default() -> Self {
        Self(StoredValue::new(true))
    }
}

/// A page. Gives it its one `<h1>`, its title, and the focus after a navigation.
#[component]
pub fn Page(
    /// The heading, also the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// The pages above it; the project is put before them.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// A mark before the heading.
    #[prop(optional, into)]
    mark: Option<ViewFn>,
    /// What stands below the heading.
    #[prop(optional, into)]
    subtitle: Option<ViewFn>,
    /// Buttons at the end of the head; one primary at most.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let account = expect_context::<Account>();
    let product = account.config().product_name.clone();
    Effect::new(move || crate::title::name_page(&format!("{} · {product}", title.get())));

    let heading: NodeRef<html::H1> = NodeRef::new();
    let first = expect_context::<FirstPage>().0;
    Effect::new(move |taken: Option<bool>| {
        if taken == Some(true) {
            return true;
        }
        let Some(heading) = heading.get() else { return false };
        if !first.get_value() {
            // A heading that cannot take the focus leaves it where it is.
            drop(heading.focus());
        }
        first.set_value(false);
        true
    });
    let is_root = crumbs.is_empty();
    let project = move || {
        account.current().get().map(|cloud| {
            view! {
                <span class="crumbs__project truncate">{cloud.project().name.clone()}</span>
                <span class="crumbs__sep" aria-hidden="true">"/"</span>
            }
        })
    };
    view! {
        <div class="topbar" data-root=is_root.then_some("true")>
            <nav class="crumbs" aria-label=tr("Breadcrumb")>
                {project}
                {crumbs.into_iter().map(|(words, href)| view! {
                    <a href=href>{words}</a>
                    <span class="crumbs__sep" aria-hidden="true">"/"</span>
                }).collect_view()}
                <span class="crumbs__here truncate" aria-current="page">{move || title.get()}</span>
            </nav>
        </div>
        <main class="page" id="main" tabindex="-1">
            <div class="page__head">
                <div class="page__title">
                    {mark.map(|mark| mark.run())}
                    <div class="page__names">
                        <h1 tabindex="-1" node_ref=heading>{move || title.get()}</h1>
                        {subtitle.map(|subtitle| view! { <div class="page__subtitle">{subtitle.run()}</div> })}
                    </div>
                </div>
                {actions.map(|actions| view! { <div class="page__actions">{actions.run()}</div> })}
            </div>
            {children()}
        </main>
    }
}
