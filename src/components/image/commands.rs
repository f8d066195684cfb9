//! What the command palette offers on the page of an image: what its menu offers and can be done now.

use leptos::prelude::*;
use openstack::image::Image;

use super::actions::Asking;
use super::menu::copy_id;
use super::rights::{
    Onlooker, why_not_change, why_not_delete, why_not_download, why_not_launch, why_not_share,
    why_not_volume,
};
use super::{ImageActions, display_name, is_failed};
use crate::cloud::{Cloud, use_cloud};
use crate::components::{Command, Palette};
use crate::routes;
use crate::text::tr;
use crate::ui::{Glyph, Toasts};

/// Offers it until the page goes.
pub fn offer_commands(image: Memo<Option<Image>>, actions: ImageActions) {
    let cloud = use_cloud();
    let toasts = expect_context::<Toasts>();
    expect_context::<Palette>().offer(move || {
        let image = image.try_get_untracked().flatten();
        image.map(|image| commands(image, actions, &cloud, toasts)).unwrap_or_default()
    });
}

fn commands(image: Image, actions: ImageActions, cloud: &Cloud, toasts: Toasts) -> Vec<Command> {
    let read_only = cloud.why_read_only();
    let own = image.owner.as_ref() == Some(&cloud.project().id);
    let who = Onlooker { own, read_only: read_only.as_deref() };
    let failed = is_failed(&image);
    let id = image.id.to_string();
    let name = display_name(&image);
    let mut commands = Vec::new();
    let mut add = |why_not: Option<String>, command: Command| {
        if why_not.is_none() {
            commands.push(Command { note: name.clone(), ..command });
        }
    };
    let asks = |words: &'static str, glyph: Glyph, asking: Asking| {
        let image = image.clone();
        Command::act(words, glyph, move || actions.ask(asking, image.clone()))
    };
    let launch = Command::go(tr("Launch instance"), Glyph::Launch, &routes::launch_from(&id));
    add(why_not_launch(&image, failed), launch);
    add(
        why_not_volume(&image, failed, who),
        asks(tr("Create volume"), Glyph::Volume, Asking::Volume),
    );
    add(why_not_download(&image, failed, who), asks(tr("Download"), Glyph::Down, Asking::Download));
    let copied = image.clone();
    add(None, Command::act(tr("Copy id"), Glyph::Copy, move || copy_id(&copied, toasts)));
    let change = why_not_change(own, who.read_only);
    add(change.clone(), Command::go(tr("Edit"), Glyph::Edit, &routes::edit_image(&id)));
    add(why_not_share(&image, who), asks(tr("Share"), Glyph::Share, Asking::Share));
    let (words, glyph) = match image.protected {
        true => (tr("Unprotect"), Glyph::Unlock),
        false => (tr("Protect"), Glyph::Lock),
    };
    let changed = image.clone();
    let protect = move || actions.protect(&changed, !changed.protected);
    add(change, Command::act(words, glyph, protect));
    add(
        why_not_delete(&image, own, who.read_only),
        asks(tr("Delete"), Glyph::Trash, Asking::Delete),
    );
    commands
}
