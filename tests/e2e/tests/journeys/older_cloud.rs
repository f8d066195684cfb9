//! Journeys on an older cloud: those that any cloud can pass, played on a devcloud that answers as 2024.1 (Caracal) does.
//!
//! A few that between them ask every service something; `SLIPWAY_RELEASE=caracal` plays all journeys there.

use devcloud::Release;
use slipway_e2e::{Outcome, on_release};

use crate::{any_cloud_images, any_cloud_instances, any_cloud_session, any_cloud_uploads, create};

fn on_caracal(journey: fn() -> Outcome) -> Outcome {
    on_release(Release::Caracal, journey)
}

#[test]
fn the_project_is_switched_and_signing_out_revokes() -> Outcome {
    on_caracal(any_cloud_session::the_project_is_switched_and_signing_out_revokes)
}

#[test]
fn an_image_is_edited_protected_and_deleted() -> Outcome {
    on_caracal(any_cloud_images::an_image_is_edited_protected_and_deleted)
}

#[test]
fn an_image_comes_from_an_address() -> Outcome {
    on_caracal(any_cloud_images::an_image_comes_from_an_address)
}

#[test]
fn a_file_goes_in_parts() -> Outcome {
    on_caracal(any_cloud_uploads::a_file_goes_in_parts_where_they_can_go)
}

#[test]
fn what_is_not_the_format_is_taken_all_the_same() -> Outcome {
    on_caracal(create::bytes_that_are_not_the_format_end_as_this_release_has_it)
}

#[test]
fn an_instance_lives_on_a_volume() -> Outcome {
    on_caracal(any_cloud_instances::an_instance_lives_on_a_volume)
}
