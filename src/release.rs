//! A newer release on the host than the one that this tab was started with: files of the old one may be gone, so what is not
//! loaded yet never comes. The page says so and asks to be reloaded, when nothing in this tab is broken off by it.
//!
//! It deliberately does not look for releases by itself: a tab that misses nothing has no reason to change.

use leptos::prelude::*;

use crate::captures::use_captures;
use crate::downloads::use_downloads;
use crate::fetch;
use crate::text::tr;
use crate::ui::{Button, ButtonKind, Note, Skeleton, Tone};
use crate::uploads::use_uploads;

/// Stands where a page would whose code did not come.
#[component]
pub fn MissingPage(
    /// Asks for the code again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let newer = LocalResource::new(is_newer);
    let shown = move || {
        match newer.get() {
        None => view! { <Skeleton lines=2 /> }.into_any(),
        Some(true) => view! { <Newer /> }.into_any(),
        Some(false) => view! {
            <Note
                tone=Tone::Danger
                title=tr("This page could not be loaded")
                text=Some(tr("The network may be down, or the site does not answer. Try again in a moment.").to_owned())
            >
                <Button on_press=move |_| on_retry.run(())>{tr("Try again")}</Button>
            </Note>
        }
        .into_any(),
    }
    };
    view! { <main class="page" id="main">{shown}</main> }
}

/// Asks to reload: at once, or when what is under way is done.
#[component]
fn Newer() -> impl IntoView {
    let (uploads, downloads, captures) = (use_uploads(), use_downloads(), use_captures());
    let under_way =
        Memo::new(move |_| uploads.at_work() + downloads.under_way() + captures.need_tab() > 0);
    let wanted = RwSignal::new(false);
    Effect::new(move || {
        if wanted.get()
            && !under_way.get()
            && let Err(error) = window().location().reload()
        {
            leptos::logging::error!("the browser does not load the page anew: {error:?}");
        }
    });
    let text = move || match (under_way.get(), wanted.get()) {
        (false, _) => tr(
            "This tab was started with an earlier release, and the site no longer has its files. Reload the tab to go on; you stay signed in.",
        ),
        (true, false) => tr(
            "This tab was started with an earlier release, and the site no longer has its files. What this tab sends or fetches goes on: a reload now would break it off.",
        ),
        (true, true) => tr(
            "What this tab sends or fetches goes on. The tab reloads by itself when that is done; keep it open.",
        ),
    };
    let words = move || {
        if under_way.get() { tr("Reload when it is done") } else { tr("Reload the tab") }
    };
    view! {
        <Note
            tone=Tone::Warn
            title=tr("The console was updated")
            text=Signal::derive(move || Some(text().to_owned()))
        >
            <Button kind=ButtonKind::Primary busy=wanted on_press=move |_| wanted.set(true)>{words}</Button>
        </Note>
    }
}

/// Whether the host's page begins with another script than this tab's did. One that cannot be fetched says nothing.
async fn is_newer() -> bool {
    let ours = document().query_selector("script[type=module][src]").ok().flatten();
    let Some(ours) = ours.and_then(|script| script.get_attribute("src")) else { return false };
    match fetch::text("/").await {
        Ok(answer) if answer.status == 200 => {
            is_another(&String::from_utf8_lossy(&answer.body), &ours)
        }
        // No network, or a host in trouble: it is told as that.
        Ok(_) | Err(_) => false,
    }
}

/// A page of ours (it names our workers, as a proxy's own page does not) that does not begin with this script.
fn is_another(page: &str, script: &str) -> bool {
    page.contains("slipway-hasher") && !page.contains(script)
}

#[cfg(test)]
mod tests {
    use super::is_another;

    #[test]
    fn a_release_is_known_by_the_script_that_begins_it() {
        let check = |page: &str, expected: bool| {
            assert_eq!(is_another(page, "/start-0123456789abcdef.js"), expected, "{page}");
        };
        let meta = r#"<meta name="slipway-hasher" content="/hasher_loader-1.js">"#;
        check(&format!(r#"{meta}<script src="/start-0123456789abcdef.js">"#), false);
        check(&format!(r#"{meta}<script src="/start-fedcba9876543210.js">"#), true);
        check("<title>Sign in to this hotel’s network</title>", false);
        check("", false);
    }
}
