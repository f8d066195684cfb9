//! Below the list: what closing the tab would do, whether the computer stays awake, and the offer to tell the end.

use leptos::prelude::*;

use super::{standing, telling};
use crate::captures::use_captures;
use crate::downloads::use_downloads;
use crate::text::{tr, uploads as words};
use crate::ui::Button;
use crate::uploads::{Road, Standing, forgets, sleep_is_not_kept_off, use_uploads};

/// Nothing when nothing is under way.
#[component]
pub(super) fn Foot() -> impl IntoView {
    let jobs = use_uploads().jobs();
    let downloads = use_downloads();
    let captures = use_captures();
    let leaving = Memo::new(move |_| {
        let jobs = jobs.read();
        let roads = jobs
            .iter()
            .filter(|job| standing(job) == Standing::UnderWay)
            .map(|job| job.state.with(|state| state.road));
        // What would lose most decides.
        let most = roads.max_by_key(|road| match road {
            Road::Direct => 2,
            Road::Segments => 1,
            Road::Url => 0,
        });
        // An instance that stays off is worse than data that has to be sent again.
        if captures.need_tab() > 0 {
            return Some(tr(
                "Leave this tab open: the rest of it is done from here. If it is closed, an instance that was shut down for its image stays off; the console tells you when you come back.",
            ));
        }
        match (most, downloads.under_way() > 0) {
            (Some(Road::Direct), _) => Some(words::leaving(Road::Direct)),
            (_, true) => {
                Some(tr("Leave this tab open: closing it breaks off what is being downloaded."))
            }
            (Some(Road::Segments), false) => Some(words::leaving(Road::Segments)),
            // An import that is being called off says so itself.
            (Some(Road::Url) | None, false) => None,
        }
    });
    let permission = RwSignal::new(telling::permission());
    let may_sleep = sleep_is_not_kept_off();
    let forgets = forgets();
    move || {
        let (may_sleep, forgets) = (may_sleep.clone(), forgets.clone());
        leaving.get().map(|leaving| {
            view! {
                <div class="tray__foot">
                    <p>{leaving}</p>
                    {move || may_sleep.get().then(|| view! {
                        <p>{tr("Keep this computer awake: the browser does not do it. If it sleeps, sending goes on when it wakes.")}</p>
                    })}
                    {move || forgets.get().then(|| view! {
                        <p>{tr("This browser remembers nothing here, as in some private windows: if this tab is closed, find the unfinished image in the list and choose its file again.")}</p>
                    })}
                    {move || telling::words_for(permission.get()).map(|words| view! { <p>{words}</p> })}
                    {move || (permission.get() == telling::Permission::NotAsked).then(|| view! {
                        <Button small=true on_press=move |_| telling::ask(permission)>{tr("Tell me when it is done")}</Button>
                    })}
                </div>
            }
        })
    }
}
