//! One face for both roads: whoever drives an upload holds this.

use std::time::Duration;

use crate::direct::Machine;
use crate::event::{Effect, Event};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::segmented::Segmented;
use crate::view::View;

/// One upload, on whichever road.
#[derive(Clone, Debug)]
pub struct Engine(Road);

#[derive(Clone, Debug)]
enum Road {
    Direct(Box<Machine>),
    Segmented(Box<Segmented>),
}

impl Engine {
    /// One request with the whole file.
    pub fn direct(size_bytes: u64) -> Self {
        Self(Road::Direct(Box::new(Machine::new(size_bytes))))
    }

    /// The same with the record of an earlier run, which is looked at first: what it has may be the file already.
    pub fn direct_again(size_bytes: u64, record: String) -> Self {
        Self(Road::Direct(Box::new(Machine::again(size_bytes, record))))
    }

    /// In segments. An empty file goes the direct road whatever was planned: there is nothing that could break, and no
    /// manifest refers to nothing.
    pub fn segmented(plan: Plan) -> Self {
        if plan.size_bytes > 0 {
            return Self(Road::Segmented(Box::new(Segmented::new(plan))));
        }
        match plan.resume.and_then(|resume| resume.record) {
            Some(record) => Self::direct_again(0, record),
            None => Self::direct(0),
        }
    }

    /// Takes in what happened and returns what is to be done, in this order. `now` is the time since any fixed moment,
    /// from a clock that never goes back.
    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        match &mut self.0 {
            Road::Direct(machine) => machine.handle(event, now),
            Road::Segmented(machine) => machine.handle(event, now),
        }
    }

    /// What a page shows.
    pub fn view(&self) -> View {
        match &self.0 {
            Road::Direct(machine) => machine.view(),
            Road::Segmented(machine) => machine.view(),
        }
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.0 {
            Road::Direct(machine) => machine.outcome(),
            Road::Segmented(machine) => machine.outcome(),
        }
    }
}
