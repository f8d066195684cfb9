//! Work on several images at once: the bar that offers it, the plan of what can be done to which, the run, and the dialog
//! that asks before and tells after.

mod bar;
mod dialog;
mod parts;
mod plan;
mod run;

use leptos::html;
use leptos::prelude::*;

use self::plan::{Deed, Plan};
use self::run::{Run, use_run};
use super::feed::Feed;
use super::select::Selection;

pub use bar::BulkBar;
pub use dialog::{BulkDialog, BulkDialogBody};

/// What bar and dialog share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bulk {
    selection: Selection,
    run: Run,
    /// What the dialog is about. It stays while the dialog closes.
    plan: RwSignal<Option<Plan>>,
    open: RwSignal<bool>,
    /// The tag or the project, as it was typed.
    word: RwSignal<String>,
    /// Takes the focus when the bar goes away with the selection.
    around: NodeRef<html::Div>,
}

/// Makes it for a page. [`BulkBar`] and [`BulkDialog`] have to be in the page once.
pub fn use_bulk(feed: Feed, selection: Selection, around: NodeRef<html::Div>) -> Bulk {
    let open = RwSignal::new(false);
    Bulk {
        selection,
        run: use_run(feed, selection.ids, open),
        plan: RwSignal::new(None),
        open,
        word: RwSignal::new(String::new()),
        around,
    }
}

impl Bulk {
    /// Asks before something is done to the chosen images.
    fn ask(self, deed: Deed) {
        if self.run.is_going() {
            self.open.set(true);
            return;
        }
        let before = self.plan.with_untracked(|plan| plan.as_ref().map(|plan| plan.deed));
        if before != Some(deed) {
            self.word.set(String::new());
        }
        self.plan.set(Some(self.selection.chosen.with_untracked(|chosen| Plan::new(deed, chosen))));
        self.run.progress.set(None);
        self.open.set(true);
    }
}
