//! Above the list: what the project's images take up, and the tabs.

use leptos::prelude::*;

use super::query::Tab;
use super::rows::Usage;
use super::{Extent, Shown};
use crate::cloud::use_cloud;
use crate::config::Price;
use crate::text::{format, price};
use crate::ui::{TabLink, TabLinks};

/// "3 private images · 41.2 GB stored · 0.049 SEK/h ≈ 35 SEK / 30 days · 5 more hold no data".
#[component]
pub fn UsageLine(
    /// The page's images.
    shown: Shown,
) -> impl IntoView {
    let rate = StoredValue::new(use_cloud().config().price.clone());
    let parts = Memo::new(move |_| {
        let whole = shown.extent.get() == Extent::Whole;
        whole.then(|| {
            rate.with_value(|price| usage_parts(shown.set.with(|set| set.usage()), price.as_ref()))
        })
    });
    view! {
        <p class="usage">
            {move || match parts.get() {
                None if shown.failed.get() => ().into_any(),
                None => view! { <span class="skeleton skeleton--mid" aria-hidden="true"></span> }.into_any(),
                Some(parts) => parts
                    .into_iter()
                    .enumerate()
                    .map(|(at, (strong, rest))| view! {
                        {(at > 0).then(|| view! { <span class="usage__sep" aria-hidden="true">"·"</span> })}
                        <span>{(!strong.is_empty()).then(|| view! { <strong>{strong}</strong> " " })}{rest}</span>
                    })
                    .collect_view()
                    .into_any(),
            }}
        </p>
    }
}

/// Each part: what stands out, and what follows it.
fn usage_parts(usage: Usage, price: Option<&Price>) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    if usage.stored > 0 {
        parts.push((format::count(usage.stored, "private image", "private images"), String::new()));
        parts.push((format::bytes(usage.stored_bytes), "stored".to_owned()));
        if let Some(price) = price {
            // What is charged is the space of all images together.
            let (hour, month) = price::of_storing(usage.stored_bytes, price);
            parts.push((hour, format!("≈ {month}")));
        }
    }
    match (usage.empty, usage.stored) {
        (0, 0) => {
            parts.push((String::new(), "This project has no images of its own yet".to_owned()))
        }
        (0, _) => {}
        (empty, 0) => parts.push((
            format::count(empty, "private image", "private images"),
            holds(empty, "no data"),
        )),
        (empty, _) => {
            parts.push((String::new(), format!("{empty} more {}", holds(empty, "no data"))))
        }
    }
    parts
}

fn holds(number: usize, what: &str) -> String {
    format!("{} {what}", if number == 1 { "holds" } else { "hold" })
}

/// The tabs, with how many images each has.
#[component]
pub fn Tabs(
    /// The page's images.
    shown: Shown,
) -> impl IntoView {
    let Shown { query, set, extent, .. } = shown;
    let counts =
        Memo::new(move |_| (extent.get() == Extent::Whole).then(|| set.with(|set| set.counts())));
    let offers = Memo::new(move |_| set.with(|set| set.offers()));
    // Where the tabs do not fit beside each other, the open one is scrolled to.
    Effect::new(move |_| {
        query.with(|query| query.tab);
        // With their counts the tabs are wider.
        counts.track();
        request_animation_frame(scroll_to_open_tab);
    });
    let tab = move |tab: Tab| {
        let count = Signal::derive(move || {
            counts.with(|counts| counts.as_ref().and_then(|all| all.get(tab.index()).copied()))
        });
        let news = Signal::derive(move || match (tab, offers.get()) {
            (Tab::Shared, offers) if offers > 0 => Some(format!("{offers} offered")),
            _ => None,
        });
        view! {
            <TabLink
                href=Signal::derive(move || query.with(|query| query.with_tab(tab).href()))
                current=Signal::derive(move || query.with(|query| query.tab == tab))
                count=count
                news=news
            >
                {tab.label()}
            </TabLink>
        }
    };
    view! { <TabLinks label="Images by owner">{Tab::EACH.map(tab).collect_view()}</TabLinks> }
}

fn scroll_to_open_tab() {
    let Ok(Some(open)) = document().query_selector(".tabs [aria-current]") else { return };
    let Some(tabs) = open.parent_element() else { return };
    let (open, all) = (open.get_bounding_client_rect(), tabs.get_bounding_client_rect());
    let hidden = if open.left() < all.left() {
        open.left() - all.left()
    } else {
        (open.right() - all.right()).max(0.0)
    };
    #[allow(clippy::cast_possible_truncation)] // A few hundred pixels.
    tabs.set_scroll_left(tabs.scroll_left() + hidden.ceil() as i32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_there_is() {
        let words = |stored, stored_bytes, empty, price: Option<&Price>| {
            let usage = Usage { stored, stored_bytes, empty };
            let parts: Vec<String> = usage_parts(usage, price)
                .into_iter()
                .map(|(a, b)| format!("{a} {b}").trim().to_owned())
                .collect();
            parts.join(" · ")
        };
        let price = Price { image_gb_hour: 0.0012, currency: "SEK".to_owned() };
        assert_eq!(
            words(3, 41_200_000_000, 5, Some(&price)),
            "3 private images · 41.2 GB stored · 0.049 SEK/h ≈ 36 SEK / 30 days · 5 more hold no data"
        );
        assert_eq!(words(1, 1_000_000_000, 0, None), "1 private image · 1 GB stored");
        assert_eq!(words(0, 0, 1, Some(&price)), "1 private image holds no data");
        assert_eq!(words(0, 0, 0, None), "This project has no images of its own yet");
    }
}
