//! Orders that a closed tab has left half done: put back into the tray, gone on with, or left as they are. And those of which
//! nobody knows whether the cloud makes the image: looked for again.

use leptos::prelude::*;

use super::Captures;
use super::remembered::{self, Remembered};
use super::run::{Course, carry_out, of, start};
use super::state::{Capture, CaptureState, End, Phase};
use crate::cloud::Cloud;
use crate::uploads::Waiting;

/// Puts the orders that a closed tab has left half done back into the tray, where they can be gone on with.
pub fn recall(captures: Captures, cloud: Cloud) -> Vec<Waiting> {
    let left = remembered::read(cloud.user().id.as_str(), &cloud.key());
    // Those of another project are shown there.
    let key = cloud.key();
    captures.list.update(|list| list.retain(|one| one.scope == key || interrupted(one).is_none()));
    let mut waiting = Vec::new();
    for one in left {
        let (cloud, id) = (cloud.clone(), one.id.clone());
        let show = {
            let one = one.clone();
            move || show_interrupted(captures, &cloud, &one)
        };
        // While another tab carries it out, it is that tab's.
        match Waiting::start(id, {
            let show = show.clone();
            move |_free| show()
        }) {
            Some(wait) => waiting.push(wait),
            None => show(),
        }
    }
    waiting
}

fn show_interrupted(captures: Captures, cloud: &Cloud, one: &Remembered) {
    let now = remembered::read(&one.user, &one.scope).into_iter().find(|now| now.id == one.id);
    let Some(now) = now else { return };
    let is_shown = |one: &Capture| interrupted(one).is_some_and(|shown| shown.id == now.id);
    if captures.list.with_untracked(|list| list.iter().any(is_shown)) {
        return;
    }
    let state = CaptureState {
        image_id: now.image.clone(),
        ..CaptureState::new(Phase::Over(End::Interrupted(Box::new(now.clone()))))
    };
    captures.add(cloud, now.image_name, of(&now.server, &now.server_name), state);
}

impl Captures {
    /// Goes on with one that was interrupted.
    pub fn go_on(self, key: u32, cloud: Cloud) {
        let Some(begun) = self.interrupted(key) else { return };
        self.dismiss(key);
        start(self, cloud, begun, Course::Rest);
    }

    /// Looks again for an image of which nobody knows whether the cloud makes it. Nothing is asked for.
    pub fn look_again(self, key: u32, cloud: Cloud) {
        let one = self.list.with_untracked(|list| list.iter().find(|one| one.key == key).cloned());
        let Some(capture) = one else { return };
        let begun = capture.state.with_untracked(|state| match &state.phase {
            Phase::Over(End::Unclear(unclear)) => Some(unclear.begun.clone()),
            _ => None,
        });
        if let Some(begun) = begun {
            carry_out(self, &capture, cloud, begun, Course::Search);
        }
    }

    /// Leaves one that was interrupted as it is.
    pub fn forget(self, key: u32) {
        if let Some(begun) = self.interrupted(key) {
            remembered::forget(&begun.id);
        }
        self.dismiss(key);
    }

    fn interrupted(self, key: u32) -> Option<Remembered> {
        self.list
            .with_untracked(|list| list.iter().find(|one| one.key == key).and_then(interrupted))
    }
}

/// What a capture was that a closed tab has left half done.
fn interrupted(one: &Capture) -> Option<Remembered> {
    one.state.with_untracked(|state| match &state.phase {
        Phase::Over(End::Interrupted(begun)) => Some((**begun).clone()),
        _ => None,
    })
}
