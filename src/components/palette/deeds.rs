//! What can be gone to and done from everywhere, and what the page at hand offers beside it.

use leptos::prelude::*;

use super::{Command, Palette};
use crate::components::person::Person;
use crate::components::scope;
use crate::routes;
use crate::session::{Account, How};
use crate::text::{tr, tr_with};
use crate::theme::Theme;
use crate::ui::{Glyph, Toasts};

/// Commands under one heading.
pub(super) struct Deeds {
    /// The heading.
    pub title: &'static str,
    /// In the order they are shown.
    pub commands: Vec<Command>,
}

/// Everything, as it is now.
pub(super) fn deeds(palette: Palette) -> Vec<Deeds> {
    let offers = palette.offers.get_value();
    let here: Vec<Command> = offers.iter().flat_map(|(_, offer)| offer()).collect();
    vec![
        Deeds { title: tr("On this page"), commands: here },
        Deeds { title: tr("Go to"), commands: places() },
        Deeds { title: tr("Do"), commands: everywhere(palette) },
    ]
}

fn places() -> Vec<Command> {
    vec![
        Command::go(tr("Images"), Glyph::Disk, routes::IMAGES),
        Command::go(tr("Create image"), Glyph::Plus, routes::CREATE_IMAGE),
        Command::go(
            tr("Create image from an instance"),
            Glyph::Server,
            &routes::create_from_instance(None),
        ),
        Command::go(
            tr("Create image from a volume"),
            Glyph::Volume,
            &routes::create_from_volume(None),
        ),
        Command::go(tr("Instances"), Glyph::Server, routes::INSTANCES),
        Command::go(tr("Launch instance"), Glyph::Launch, routes::LAUNCH),
        Command::go(tr("Check the cloud"), Glyph::Help, routes::CHECK),
    ]
}

fn everywhere(palette: Palette) -> Vec<Command> {
    let account = expect_context::<Account>();
    let toasts = expect_context::<Toasts>();
    let person = expect_context::<Person>();
    let current = account.current().get_untracked();
    let mut commands = Vec::new();
    let leave = palette.leave.get_value();
    // An application credential is bound to its project.
    let here = current.as_ref().map(|cloud| cloud.project().id.clone());
    if account.how() == Some(How::Password) {
        for project in
            account.projects().into_iter().filter(|other| Some(&other.id) != here.as_ref())
        {
            let words = tr_with("Switch to project {project}", &[("project", &project.name)]);
            let leave = leave.clone();
            commands.push(Command::act(words, Glyph::Right, move || {
                scope::switch_project(account, toasts, project.clone(), {
                    let leave = leave.clone();
                    move || leave()
                });
            }));
        }
    }
    let here = current.as_ref().and_then(|cloud| cloud.region().map(str::to_owned));
    for region in account.regions().into_iter().filter(|other| Some(other) != here.as_ref()) {
        let words = tr_with("Switch to region {region}", &[("region", &region)]);
        let leave = leave.clone();
        commands.push(Command::act(words, Glyph::Right, move || {
            account.switch_region(region.clone());
            leave();
        }));
    }
    for choice in Theme::ALL.into_iter().filter(|choice| *choice != person.theme.get_untracked()) {
        let (words, glyph) = match choice {
            Theme::System => (tr("Appearance: as the system"), Glyph::Screen),
            Theme::Light => (tr("Appearance: light"), Glyph::Sun),
            Theme::Dark => (tr("Appearance: dark"), Glyph::Moon),
        };
        commands.push(Command::act(words, glyph, move || person.choose(choice)));
    }
    commands.push(Command::act(tr("Sign out"), Glyph::SignOut, move || person.leave()));
    commands
}
