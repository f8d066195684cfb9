//! The volume snapshots that can go with several images that are deleted: looked up for all of them at once, each with its own
//! tick as in the dialog of a single image.

use leptos::prelude::*;
use openstack::image::Image;
use openstack::{ApiError, ImageId};

use super::plan::{Deed, Plan};
use crate::cloud::{Cloud, SnapshotPart, use_cloud};
use crate::components::image::{PartChoice, PartRow, display_name, part_choice};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Note, Skeleton, Tone};

/// An image and its snapshots.
type OfImage = (Image, Vec<PartChoice>);
type Known = Result<Vec<(Image, Vec<SnapshotPart>)>, ApiError>;

/// What is known of the snapshots, and what is chosen. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Parts {
    known: LocalResource<Known>,
    choices: Memo<Vec<OfImage>>,
    images: usize,
}

/// Looks them up; `None` where no image that is deleted points to any.
pub fn use_parts(plan: &Plan) -> Option<Parts> {
    let images: Vec<Image> = match plan.deed {
        Deed::Delete => plan.can.iter().map(|entry| entry.image.clone()).collect(),
        _ => return None,
    };
    let pointing: Vec<Image> =
        images.into_iter().filter(|image| !image.volume_snapshots().is_empty()).collect();
    if pointing.is_empty() {
        return None;
    }
    let count = pointing.len();
    let cloud = use_cloud();
    let known = LocalResource::new(move || look(cloud.clone(), pointing.clone()));
    let choices = Memo::new(move |_| match known.get() {
        Some(Ok(known)) => known
            .into_iter()
            .map(|(image, parts)| (image, parts.into_iter().map(PartChoice::of).collect()))
            .collect(),
        _ => Vec::new(),
    });
    Some(Parts { known, choices, images: count })
}

async fn look(cloud: Cloud, images: Vec<Image>) -> Known {
    let disks = images.iter().map(Image::mapped_disks).collect();
    let parts = cloud.snapshot_parts(disks).await?;
    Ok(images.into_iter().zip(parts).collect())
}

impl Parts {
    /// Whether they are being looked up.
    pub fn are_waited_for(self) -> bool {
        self.known.read().is_none()
    }

    /// Those that go with an image.
    pub fn chosen(self, image: &ImageId) -> Vec<PartRow> {
        self.choices.with_untracked(|all| {
            let own = all.iter().filter(|(of, _)| of.id == *image).flat_map(|(_, parts)| parts);
            let goes = own.filter(|choice| choice.goes.get_untracked());
            goes.map(|choice| PartRow::of(&choice.part)).collect()
        })
    }

    fn stay(self) -> bool {
        let stays = |choice: &PartChoice| choice.part.snapshot.is_some() && !choice.goes.get();
        self.choices.with(|all| all.iter().flat_map(|(_, parts)| parts).any(stays))
    }

    /// The choice.
    pub fn view(self) -> AnyView {
        let images = format::count(self.images, "image", "images");
        let intro = tr_with(
            "{images} of them: only a record that points to volume snapshots. Those stay, unless they are deleted with it.",
            &[("images", &images)],
        );
        let body = move || match self.known.get() {
            None => view! { <Skeleton lines=3 /> }.into_any(),
            Some(Ok(_)) => self.ticks(),
            Some(Err(error)) => {
                let words = errors::api(&error, None);
                let text = format!(
                    "{} {}",
                    tr("They stay, and go on counting against the quota."),
                    words.paragraph()
                );
                view! { <Note tone=Tone::Warn title=tr("Their volume snapshots could not be looked up") text=Some(text) /> }
                    .into_any()
            }
        };
        view! { <p>{intro}</p> {body} }.into_any()
    }

    fn ticks(self) -> AnyView {
        let tick = |(image, parts): OfImage| {
            let name = display_name(&image);
            parts.into_iter().map(|choice| part_choice(choice, Some(&name))).collect_view()
        };
        let ticks = self.choices.get_untracked().into_iter().map(tick).collect_view();
        view! {
            <fieldset class="fieldset fieldset--close">
                <legend class="fieldset__legend">{tr("Delete with them")}</legend>
                <div class="dialog__choices">{ticks}</div>
            </fieldset>
            {move || self.stay().then(|| view! {
                <p class="muted">{tr("What stays goes on counting against the quota. This console shows volume snapshots only with their image.")}</p>
            })}
        }
        .into_any()
    }
}
