//! Above the list: what the project's images take up, and the tabs.

use leptos::prelude::*;
use openstack::image::ImageUsage;

use super::feed::Feed;
use super::query::Tab;
use super::set::Usage;
use super::{Extent, Shown};
use crate::cloud::use_cloud;
use crate::config::Price;
use crate::text::{format, price, tr, tr_with};
use crate::ui::{TabLink, TabLinks};

/// "3 private images · 41.2 GB of 200 GB stored · 0.049 SEK/h ≈ 35 SEK / 30 days · 5 more hold no data".
#[component]
pub fn UsageLine(
    /// The page's images.
    shown: Shown,
    /// Where they come from.
    feed: Feed,
) -> impl IntoView {
    let cloud = use_cloud();
    let rate = StoredValue::new(cloud.config().price.clone());
    let usage = Memo::new(move |_| {
        let whole = shown.extent.get() == Extent::Whole && feed.hidden_answered();
        whole.then(|| shown.set.with(|set| set.usage()))
    });
    // Asked for anew when what is stored has changed: a limit changes rarely.
    let quota = LocalResource::new(move || {
        let (cloud, usage) = (cloud.clone(), usage.get());
        async move {
            match usage {
                None => None,
                // Without an answer the line says less; the list itself tells what is wrong with the cloud.
                Some(_) => cloud.image_usage().await.unwrap_or_else(|error| {
                    leptos::logging::warn!("the image quota is not known: {error:?}");
                    None
                }),
            }
        }
    });
    let parts = Memo::new(move |_| {
        let quota = quota.get().flatten();
        usage.get().map(|usage| rate.with_value(|price| usage_parts(usage, price.as_ref(), quota)))
    });
    view! {
        <p class="usage">
            {move || match parts.get() {
                None if shown.failed.get() => ().into_any(),
                None => view! { <span class="skeleton skeleton--mid" aria-hidden="true"></span> }.into_any(),
                Some(parts) => parts
                    .into_iter()
                    .enumerate()
                    .map(|(at, part)| view! {
                        {(at > 0).then(|| view! { <span class="usage__sep" aria-hidden="true">"·"</span> })}
                        <span data-tone=part.scarce.then_some("warn")>
                            {(!part.strong.is_empty()).then(|| view! { <strong>{part.strong}</strong> " " })}
                            {part.rest}
                        </span>
                    })
                    .collect_view()
                    .into_any(),
            }}
        </p>
    }
}

/// A part of the line: what stands out, and what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    strong: String,
    rest: String,
    /// Little is left of the quota.
    scarce: bool,
}

fn part(strong: impl Into<String>, rest: impl Into<String>) -> Part {
    Part { strong: strong.into(), rest: rest.into(), scarce: false }
}

/// From this share on a quota is told in the colour of warnings.
const SCARCE: f64 = 0.9;

fn usage_parts(usage: Usage, price: Option<&Price>, quota: Option<ImageUsage>) -> Vec<Part> {
    let mut parts = Vec::new();
    let size_limit = quota.and_then(|quota| quota.size_total_mib).and_then(|size| size.limit);
    if usage.stored > 0 {
        parts.push(part(format::count(usage.stored, "private image", "private images"), ""));
        let stored = format::bytes(usage.stored_bytes);
        parts.push(match size_limit.map(|mib| mib.saturating_mul(1 << 20)) {
            None => part(stored, tr("stored")),
            Some(limit_bytes) => Part {
                scarce: usage.stored_bytes as f64 >= limit_bytes as f64 * SCARCE,
                ..part(
                    stored,
                    tr_with("of {limit} stored", &[("limit", &format::bytes(limit_bytes))]),
                )
            },
        });
        if let Some(price) = price {
            // What is charged is the space of all images together.
            let (hour, month) = price::of_storing(usage.stored_bytes, price);
            parts.push(part(hour, format!("≈ {month}")));
        }
    }
    match (usage.empty, usage.stored) {
        (0, 0) => parts.push(part("", tr("This project has no images of its own yet"))),
        (0, _) => {}
        (empty, 0) => parts.push(part(
            format::count(empty, "private image", "private images"),
            if empty == 1 { tr("holds no data") } else { tr("hold no data") },
        )),
        (1, _) => parts.push(part("", tr("1 more holds no data"))),
        (empty, _) => {
            parts.push(part("", tr_with("{count} more hold no data", &[("count", &empty)])))
        }
    }
    let count = quota.and_then(|quota| quota.count_total);
    if let Some((limit, left)) = count.and_then(|count| count.limit.zip(count.left())) {
        // A limit that is far away is no news.
        let used = usage.stored + usage.empty;
        if used as f64 >= limit as f64 * SCARCE {
            let left = format::thousands(left);
            let words = tr_with("{count} more images allowed", &[("count", &left)]);
            parts.push(Part { scarce: true, ..part("", words) });
        }
    }
    parts
}

/// The tabs, with how many images each has.
#[component]
pub fn Tabs(
    /// The page's images.
    shown: Shown,
) -> impl IntoView {
    let Shown { query, set, extent, .. } = shown;
    let counts = Memo::new(move |_| {
        (extent.get() == Extent::Whole)
            .then(|| set.with(|set| set.counts(query.with(|query| query.hidden))))
    });
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
            (Tab::Shared, offers) if offers > 0 => {
                Some(tr_with("{count} to accept", &[("count", &offers)]))
            }
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
    view! { <TabLinks label=tr("Images by owner")>{Tab::EACH.map(tab).collect_view()}</TabLinks> }
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
        let words = |stored, stored_bytes, empty, price: Option<&Price>, quota| {
            let usage = Usage { stored, stored_bytes, empty };
            let parts: Vec<String> = usage_parts(usage, price, quota)
                .into_iter()
                .map(|part| {
                    let mark = if part.scarce { "!" } else { "" };
                    format!("{} {}{mark}", part.strong, part.rest).trim().to_owned()
                })
                .collect();
            parts.join(" · ")
        };
        let price = Price { image_gb_hour: 0.0012, currency: "SEK".to_owned() };
        assert_eq!(
            words(3, 41_200_000_000, 5, Some(&price), None),
            "3 private images · 41.2 GB stored · 0.049 SEK/h ≈ 36 SEK / 30 days · 5 more hold no data"
        );
        assert_eq!(words(1, 1_000_000_000, 0, None, None), "1 private image · 1 GB stored");
        assert_eq!(words(0, 0, 1, Some(&price), None), "1 private image holds no data");
        assert_eq!(words(0, 0, 0, None, None), "This project has no images of its own yet");
        let quota: ImageUsage = serde_json::from_value(serde_json::json!({
            "image_size_total": {"usage": 950, "limit": 1000},
            "image_count_total": {"usage": 1, "limit": 1},
        }))
        .expect("a quota");
        assert_eq!(
            words(1, 1_000_000_000, 0, None, Some(quota)),
            "1 private image · 1 GB of 1 GB stored! · 0 more images allowed!"
        );
    }
}
