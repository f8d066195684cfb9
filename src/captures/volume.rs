//! Carries out an order for an image of a volume: Cinder writes it by itself; this follows it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use openstack::image::Visibility;
use openstack::volume::ImageOfVolume;
use openstack::{ApiError, ImageId, VolumeId};

use super::Captures;
use super::looks::{BELIEVED, Looks};
use super::order::{self, Making, VolumeOrder};
use super::state::{CaptureState, End, Origin, Phase};
use crate::cloud::Cloud;

/// Asks for it, and follows it in the tray. Gives the image's id.
///
/// # Errors
/// The cloud's refusal; nothing was made then.
pub async fn begin_of_volume(
    captures: Captures,
    cloud: Cloud,
    order: VolumeOrder,
) -> Result<ImageId, ApiError> {
    let volume = VolumeId::from(order.volume.as_str());
    let wanted = ImageOfVolume {
        name: order.image_name.clone(),
        disk_format: order.disk_format,
        visibility: Visibility::from(order.visibility.as_str()),
        protected: order.protected,
        in_use_too: order.force,
    };
    let visit = captures.visit.get_value();
    let image = cloud.image_of_volume(&volume, &wanted).await?;
    // Who has signed out meanwhile leaves nothing in the next one's tray.
    if captures.visit.get_value() != visit {
        return Ok(image);
    }
    let state = CaptureState {
        image_id: Some(image.as_str().to_owned()),
        ..CaptureState::new(Phase::Copying)
    };
    let of = Origin::Volume { name: order.volume_name };
    let capture = captures.add(&cloud, order.image_name, of, state);
    let (told, id) = (capture.state, image.clone());
    captures.follow(capture.key, Rc::new(Cell::new(false)), async move {
        let end = follow(&cloud, &volume, &id).await;
        told.update(|state| state.phase = Phase::Over(end));
    });
    Ok(image)
}

async fn follow(cloud: &Cloud, volume: &VolumeId, id: &ImageId) -> End {
    let mut looks = Looks::new();
    let mut still = 0;
    loop {
        let image = match looks.image(cloud, id).await {
            Ok(image) => image,
            Err(error) => return End::Lost(error),
        };
        match order::making(image.as_ref()) {
            Making::Active => return End::Made,
            Making::Failed(word) => return End::Failed(word),
            Making::Wait => {}
        }
        match looks.judge(cloud.volume(volume).await) {
            Some(Ok(Some(volume))) if order::is_read(&volume.status) => still = 0,
            // The image may become active a moment after the volume is free again.
            Some(Ok(_)) if still >= 4 * BELIEVED => {
                let word = image.map_or("deleted".into(), |image| image.status.as_str().to_owned());
                return End::Failed(word);
            }
            Some(Ok(_)) => still += 1,
            Some(Err(error)) => return End::Lost(error),
            None => {}
        }
        looks.pause().await;
    }
}
