//! Work on several instances at once: the bar that offers it, the run, the dialog that asks before and tells after.

mod bar;
mod dialog;
mod plan;

use std::collections::HashSet;

use futures_util::stream::{self, StreamExt};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::compute::{Reboot, Server};
use openstack::{ApiError, ErrorKind, ServerId};

use self::plan::{Plan, done_words};
use super::{Shown, focus_on};
use crate::cloud::{Cloud, use_cloud};
use crate::components::server::Deed;
use crate::text::{errors, tr_with};
use crate::ui::{Toast, Toasts};

pub use self::bar::BulkBar;
pub use self::dialog::BulkDialog;

/// How many instances are worked on at once: quick, and no burden to the cloud.
const AT_ONCE: usize = 4;

/// What came of it, so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// How many instances it is about.
    pub total: usize,
    /// How many went well.
    pub done: usize,
    /// Those that did not, and why.
    pub failed: Vec<(Server, ApiError)>,
    /// Nothing is under way any more.
    pub over: bool,
}

/// What bar and dialog share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bulk {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    shown: Shown,
    /// The chosen instances that are still there.
    chosen: Memo<Vec<Server>>,
    plan: RwSignal<Option<Plan>>,
    progress: RwSignal<Option<Progress>>,
    open: RwSignal<bool>,
    around: NodeRef<html::Div>,
}

/// Makes it for the page. [`BulkBar`] and [`BulkDialog`] have to be in the page once.
pub fn use_bulk(shown: Shown, around: NodeRef<html::Div>) -> Bulk {
    let chosen = Memo::new(move |_| {
        let ids: HashSet<ServerId> = shown.selection.ids.get();
        shown.servers.remote().with(|remote| {
            let all = remote.value().map(|listing| listing.items.as_slice()).unwrap_or_default();
            if ids.is_empty() {
                return Vec::new();
            }
            all.iter().filter(|server| ids.contains(&server.id)).cloned().collect::<Vec<_>>()
        })
    });
    Bulk {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        shown,
        chosen,
        plan: RwSignal::new(None),
        progress: RwSignal::new(None),
        open: RwSignal::new(false),
        around,
    }
}

impl Bulk {
    fn ask(self, deed: Deed) {
        self.plan.set(Some(self.chosen.with_untracked(|chosen| Plan::new(deed, chosen))));
        self.progress.set(None);
        self.open.set(true);
    }

    fn is_going(self) -> bool {
        self.progress.with(|progress| progress.as_ref().is_some_and(|progress| !progress.over))
    }

    /// Does it to all of them. It goes on when the page is left, and says at the end what came of it.
    fn start(self, deed: Deed, servers: Vec<Server>) {
        if untrack(|| self.is_going()) {
            return;
        }
        let cloud = self.cloud.get_value();
        let mut progress = Progress { total: servers.len(), ..Progress::default() };
        self.progress.set(Some(progress.clone()));
        spawn_local(async move {
            let work = servers.into_iter().map(|server| {
                let cloud = cloud.clone();
                async move {
                    let answer = perform(&cloud, deed, &server).await;
                    (server, answer)
                }
            });
            let mut outcomes = stream::iter(work).buffer_unordered(AT_ONCE);
            while let Some((server, answer)) = outcomes.next().await {
                match answer {
                    Ok(()) => {
                        progress.done += 1;
                        self.shown.selection.ids.try_update(|ids| ids.remove(&server.id));
                    }
                    Err(error) => progress.failed.push((server, error)),
                }
                self.progress.try_set(Some(progress.clone()));
            }
            progress.over = true;
            self.shown.servers.refresh();
            self.progress.try_set(Some(progress.clone()));
            self.tell(deed, &progress);
        });
    }

    fn tell(self, deed: Deed, progress: &Progress) {
        if progress.done > 0 {
            self.toasts.show(Toast::ok(done_words(deed, progress.done)));
        }
        let in_sight = self.open.try_get_untracked() == Some(true);
        if progress.failed.is_empty() {
            // Whoever has closed the dialog is at something else.
            if in_sight {
                self.open.set(false);
                request_animation_frame(move || focus_on(self.around));
            }
        } else if !in_sight {
            // The open dialog tells each of them. Where it is closed, or the page was left, nobody would see it.
            let names: Vec<String> =
                progress.failed.iter().take(5).map(|(server, _)| server.name.clone()).collect();
            let title = tr_with(
                "{what}: failed for {count}",
                &[("what", &deed.verb()), ("count", &progress.failed.len())],
            );
            let text = tr_with("They stay as they were: {names}", &[("names", &names.join(", "))]);
            let why = progress.failed.first().map(|(server, error)| {
                format!("{}: {}", server.name, errors::api(error, None).text_with_request())
            });
            let text = format!("{text}. {}", why.unwrap_or_default());
            self.toasts.show(Toast::danger(title, text));
        }
    }
}

async fn perform(cloud: &Cloud, deed: Deed, server: &Server) -> Result<(), ApiError> {
    let id = &server.id;
    match deed {
        Deed::Start => cloud.start_server(id).await,
        Deed::Stop => cloud.stop_server(id).await,
        Deed::Reboot if Deed::reason_against_asking(server).is_none() => {
            cloud.reboot_server(id, Reboot::Soft).await
        }
        Deed::Reboot => cloud.reboot_server(id, Reboot::Hard).await,
        Deed::Delete => match cloud.delete_server(id).await {
            // Somebody else was quicker: what was asked for is so.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            answer => answer,
        },
    }
}
