//! How a run begins, begins again, and is called off: never before the journal knows of it, never while another tab has it.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use upload::Event;
use upload::progress::Speed;

use super::super::job::Road;
use super::super::monotonic;
use super::FileRoad;

impl FileRoad {
    /// Begins, once it is written down that it does.
    pub(in crate::uploads) fn begin(self: &Rc<Self>) {
        self.begin_with(Event::Start);
    }

    /// Begins anew after a failure, or after it was cancelled.
    pub(in crate::uploads) fn retry(self: &Rc<Self>) {
        if self.beginning.get() {
            return;
        }
        {
            let mut inner = self.inner.borrow_mut();
            inner.began = monotonic();
            inner.speed = Speed::new(inner.began);
        }
        if self.state_now(|state| state.road) == Road::Segments {
            // The engine goes on with both, and says when it does not.
            self.keeps_hashes.set(true);
            *self.earlier_record.borrow_mut() = self.inner.borrow().engine.view().image_id;
        }
        self.state.update(|state| {
            state.took = None;
            state.segments = None;
        });
        // Another tab had it when it was to begin.
        let began = self.inner.borrow().engine.outcome().is_some();
        self.begin_with(if began { Event::Retry } else { Event::Start });
    }

    /// Ends it. After a failure this removes what was kept for another try, unless another tab has gone on with it.
    pub(in crate::uploads) fn cancel(self: &Rc<Self>) {
        self.direct_next.set(false);
        if self.beginning.get() {
            self.called_off.set(true);
        } else if self.lock.borrow().is_some() {
            self.tell(Event::Cancel);
        } else {
            self.begin_with(Event::Cancel);
        }
    }

    pub(super) fn begin_with(self: &Rc<Self>, event: Event) {
        if self.beginning.replace(true) {
            return;
        }
        self.begun.set(self.begun.get().wrapping_add(1));
        let road = Rc::clone(self);
        spawn_local(async move {
            let ours = match event {
                Event::Cancel => road.hold().await,
                _ => road.remember().await,
            };
            road.beginning.set(false);
            let event = if road.called_off.take() { Event::Cancel } else { event };
            road.elsewhere.set(!ours);
            if !ours {
                return road.leave_to_other_tab();
            }
            road.tell(event);
            // Over already, or there was nothing to do: nothing is held on to.
            let over = road.inner.borrow().engine.outcome().cloned();
            if let Some(outcome) = over {
                road.ended(&outcome);
            }
        });
    }
}
