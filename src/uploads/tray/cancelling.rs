//! The question before a transfer is ended: what is removed, what stays, and until when.

use leptos::prelude::*;

use crate::text::{tr, tr_with, uploads as words};
use crate::ui::ConfirmDialog;
use crate::uploads::{JobState, Standing, Uploads};

/// Asks, and cancels.
#[component]
pub(super) fn Cancelling(
    /// Which job.
    key: u32,
    /// Its name.
    name: String,
    /// How it is.
    state: ArcSignal<JobState>,
    /// The question is open.
    asking: RwSignal<bool>,
    /// Where it is ended.
    uploads: Uploads,
) -> impl IntoView {
    let going = {
        let state = state.clone();
        move || {
            let standing = state.with_untracked(|state| state.phase.standing());
            matches!(standing, Standing::UnderWay | Standing::InTheCloud)
        }
    };
    let verb = {
        let state = state.clone();
        Signal::derive(move || state.with(|state| words::cancelling(state).0).to_owned())
    };
    let lines = Memo::new(move |_| {
        state.with(|state| match state.phase.standing() {
            Standing::UnderWay | Standing::InTheCloud => words::cancelling(state).1,
            _ => {
                vec![tr("It has ended meanwhile; there is nothing to cancel any more.").to_owned()]
            }
        })
    });
    view! {
        <ConfirmDialog
            open=asking
            title=Signal::derive(move || tr_with("Cancel {title}?", &[("title", &name)]))
            confirm=verb
            cancel=tr("Go on")
            danger=true
            on_confirm=Callback::new(move |()| {
                asking.set(false);
                // What ended while this was open has kept things for another try: nobody was asked about those.
                if going() {
                    uploads.cancel(key);
                }
            })
        >
            {move || lines.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
        </ConfirmDialog>
    }
}
