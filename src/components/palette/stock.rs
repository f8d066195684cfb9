//! What can be found: the images and instances of the scope, fetched when somebody begins to type and good for a minute.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::ApiError;
use openstack::compute::Server;
use openstack::image::{Image, ImageStatus};

use super::{Act, Command, Lender, Mark};
use crate::clock;
use crate::cloud::Cloud;
use crate::components::image::{ImageState, display_name, visibility_word};
use crate::components::server::ServerState;
use crate::routes;
use crate::text::errors;
use crate::ui::Glyph;

/// How long a list is good enough to find something in.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// What was fetched, and of which scope.
#[derive(Clone, Default)]
pub(super) struct Found {
    scope: String,
    fetched_at: i64,
    /// The images, newest first.
    pub images: Arc<Vec<Command>>,
    /// The instances, newest first.
    pub servers: Arc<Vec<Command>>,
    /// More is coming.
    pub looking: bool,
    /// What could not be fetched, in words.
    pub failed: Option<String>,
}

/// Holds it between two openings. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Stock(RwSignal<Found>);

impl Stock {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(Found::default()))
    }

    /// What is there.
    pub(super) fn found(self) -> Signal<Found> {
        self.0.into()
    }

    /// Sees to it that what there is belongs to this scope and is not old.
    pub(super) fn fill(self, cloud: Cloud, lenders: &[(u32, Lender)]) {
        let scope = cloud.key();
        let now = clock::now().as_second();
        let good = self.0.with_untracked(|found| {
            let young = now.saturating_sub(found.fetched_at).unsigned_abs() < GOOD_FOR.as_secs();
            found.scope == scope && found.failed.is_none() && (young || found.looking)
        });
        if good {
            return;
        }
        self.0.update(|found| {
            // An older list of the same scope goes on being searched until the new one is there.
            if found.scope != scope {
                *found = Found::default();
                found.scope.clone_from(&scope);
            }
            found.fetched_at = now;
            found.looking = true;
            found.failed = None;
        });
        let mut lent = Vec::new();
        let is_lent = lenders
            .iter()
            .any(|(_, lender)| lender(&mut |image| lent.push(of_image(image, &cloud))));
        if is_lent {
            self.put(&scope, |found| found.images = Arc::new(lent));
        }
        spawn_local(async move {
            let answer = self.fetch(&cloud, &scope, is_lent).await;
            self.put(&scope, |found| {
                found.looking = false;
                found.failed = answer.err().map(|error| errors::api(&error, None).title);
            });
        });
    }

    async fn fetch(self, cloud: &Cloud, scope: &str, has_images: bool) -> Result<(), ApiError> {
        let servers = cloud.servers().await?.items.iter().map(of_server).collect();
        self.put(scope, |found| found.servers = Arc::new(servers));
        if has_images {
            return Ok(());
        }
        let mut images: Vec<Command> = Vec::new();
        let mut marker = None;
        loop {
            let page = cloud.images_page(marker.as_ref()).await?;
            images.extend(page.rows.items.iter().map(|image| of_image(image, cloud)));
            self.put(scope, |found| found.images = Arc::new(images.clone()));
            if page.next.is_none() || page.next == marker {
                return Ok(());
            }
            marker = page.next;
        }
    }

    /// An answer that comes after the user went to another project is of no use there.
    fn put(self, scope: &str, change: impl FnOnce(&mut Found)) {
        self.0.try_update(|found| {
            if found.scope == scope {
                change(found);
            }
        });
    }
}

fn of_image(image: &Image, cloud: &Cloud) -> Command {
    let own = image.owner.as_ref() == Some(&cloud.project().id);
    let note = match &image.status {
        ImageStatus::Active => visibility_word(&image.visibility, own).to_string(),
        _ => ImageState::of(image).word.to_string(),
    };
    Command {
        words: display_name(image),
        note,
        mark: Mark::System(image.property("os_distro").map(str::to_owned)),
        id: image.id.to_string(),
        act: Act::Go(routes::image(image.id.as_str())),
    }
}

fn of_server(server: &Server) -> Command {
    let address = server.addresses.values().flatten().next().map(|address| address.addr.clone());
    Command {
        words: server.name.clone(),
        note: address.unwrap_or_else(|| ServerState::of(server).word.to_string()),
        mark: Mark::Glyph(Glyph::Server),
        id: server.id.to_string(),
        act: Act::Go(routes::instance(server.id.as_str())),
    }
}
