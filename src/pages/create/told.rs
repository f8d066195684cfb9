//! What the cloud tells while the form is filled in. A question that failed leaves its part unknown: the cloud checks
//! everything again when the image is created.

use std::time::Duration;

use leptos::prelude::*;
use openstack::ApiError;
use openstack::image::{ImageUsage, UsageEntry};

use super::draft::CloudFacts;
use super::entry::Entry;
use super::form::Form;
use super::options::Definitions;
use crate::cloud::Cloud;
use crate::text::tr;

/// Typing pauses this long before the cloud is asked whether the name is taken.
const PAUSE: Duration = Duration::from_millis(400);

/// The answers. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Told {
    /// For the form's rules.
    pub(super) facts: Signal<CloudFacts>,
    /// The disk formats that this cloud takes; empty while not known.
    pub(super) formats: Signal<Vec<String>>,
    /// Why it fetches nothing from URLs; `None` when it does, or is not known.
    pub(super) why_no_url: Signal<Option<String>>,
    /// It was asked, and no other image has the name.
    pub(super) name_is_free: Signal<bool>,
    /// What it explains of properties; asked when the first row is added.
    pub(super) definitions: Signal<Definitions>,
}

impl Told {
    /// Asks.
    pub(super) fn ask(cloud: &Cloud, form: Form) -> Self {
        let usage = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.image_usage().await }
            }
        });
        let formats = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.image_formats().await }
            }
        });
        let fetches = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let cloud = cloud.clone();
                async move { cloud.fetches_urls().await }
            }
        });
        let name = form.text(Entry::Name);
        // `None`: not asked. The name is part of the answer, as an older answer says nothing of a newer name.
        let taken = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let (cloud, asked) = (cloud.clone(), name.get().trim().to_owned());
                async move {
                    gloo_timers::future::sleep(PAUSE).await;
                    let settled =
                        name.try_with_untracked(|now| now.trim() == asked).unwrap_or(false);
                    if asked.is_empty() || !settled {
                        return Ok::<_, ApiError>(None);
                    }
                    let found = cloud.images_named(&asked).await?;
                    Ok(Some((asked, !found.items.is_empty())))
                }
            }
        });
        let is_taken = Memo::new(move |_| match taken.get() {
            Some(Ok(Some((asked, taken)))) if asked == name.read().trim() => Some(taken),
            _ => None,
        });
        let wants_definitions = Memo::new(move |_| !form.rows.read().is_empty());
        let definitions = LocalResource::new({
            let cloud = cloud.clone();
            move || {
                let (cloud, wanted) = (cloud.clone(), wants_definitions.get());
                async move { if wanted { Some(cloud.property_definitions().await) } else { None } }
            }
        });
        Self {
            facts: Signal::derive(move || {
                let usage: Option<ImageUsage> = usage.get().and_then(Result::ok).flatten();
                let left = |entry: Option<UsageEntry>| entry.and_then(|entry| entry.left());
                CloudFacts {
                    name_taken: is_taken.get() == Some(true),
                    bytes_left: left(usage.and_then(|usage| usage.size_total_mib))
                        .map(|mib| mib.saturating_mul(1 << 20)),
                    images_left: left(usage.and_then(|usage| usage.count_total)),
                    bytes_to_send: form.looking.saving.get().map(|saving| saving.send_bytes),
                }
            }),
            formats: Signal::derive(move || {
                formats.get().and_then(Result::ok).map(|formats| formats.disk).unwrap_or_default()
            }),
            why_no_url: Signal::derive(move || {
                match fetches.get() {
                Some(Ok(false)) => Some(
                    tr("Its operator has not switched on web-download imports. Download the file and choose it here instead.").to_owned(),
                ),
                _ => None,
            }
            }),
            name_is_free: Signal::derive(move || is_taken.get() == Some(false)),
            definitions: Signal::derive(move || match definitions.get().flatten() {
                None => Definitions::Unasked,
                Some(Ok(known)) => Definitions::Known(known),
                Some(Err(_)) => Definitions::Silent,
            }),
        }
    }
}
