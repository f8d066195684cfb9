//! Where on the form a refusal of the cloud belongs.
//!
//! Nova answers 400 with a sentence and names no field, so the sentence is looked at for one purpose only: to choose the
//! place. What is shown is worded by `text/errors.rs`; a sentence that nobody here knows goes to the summary.

use openstack::{ApiError, ErrorKind};

use super::form::{BootDisk, Part};

/// The part of the form that a refusal is about, if it is about one. Sentences from nova/exception.py,
/// nova/api/openstack/compute/servers.py and, passed on by Nova, cinder/exception.py and Neutron.
pub fn part_of(error: &ApiError, disk: BootDisk) -> Option<Part> {
    if !matches!(
        error.kind,
        ErrorKind::BadRequest
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::TooLarge
            | ErrorKind::Unsupported
    ) {
        return None;
    }
    let words = error.message.to_lowercase();
    let says = |part: &str| words.contains(part);
    let any = |parts: &[&str]| parts.iter().any(|part| says(part));

    if says("field/attribute") {
        return schema_field(&words);
    }
    if any(&["key_name", "keypair", "key pair"]) {
        Some(Part::Key)
    } else if any(&["availability zone", "availability_zone"]) {
        Some(Part::Zone)
    } else if any(&["security group", "security_group"]) {
        Some(Part::Groups)
    } else if any(&["volume type", "volume_type"]) {
        Some(Part::VolumeType)
    } else if any(&["gigabytes", "volume"]) && disk == BootDisk::NewVolume {
        Some(Part::VolumeSize)
    } else if any(&["quota exceeded for", "too many instances", "flavor"]) {
        Some(Part::Size)
    } else if any(&["network", "fixed ip", "subnet", "maximum number of ports"]) {
        Some(Part::Network)
    } else if says("image") {
        Some(Part::Image)
    } else {
        None
    }
}

/// `Invalid input for field/attribute name. Value: …`: the field comes right after.
fn schema_field(words: &str) -> Option<Part> {
    let field = words.split_once("field/attribute ")?.1.split(['.', ' ']).next()?;
    match field {
        "name" => Some(Part::Name),
        "flavorref" => Some(Part::Size),
        "imageref" => Some(Part::Image),
        "key_name" => Some(Part::Key),
        "availability_zone" => Some(Part::Zone),
        "volume_size" => Some(Part::VolumeSize),
        "volume_type" => Some(Part::VolumeType),
        "networks" => Some(Part::Network),
        "security_groups" => Some(Part::Groups),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use openstack::Service;

    use super::*;

    fn check(kind: ErrorKind, words: &str, expected: Option<Part>) {
        let error = ApiError::local("launch the instance", Service::Compute, kind, words);
        assert_eq!(part_of(&error, BootDisk::NewVolume), expected, "{words}");
    }

    #[test]
    fn recorded_sentences_find_their_place() {
        let bad = ErrorKind::BadRequest;
        check(bad, "Flavor 999 could not be found.", Some(Part::Size));
        check(bad, "Flavor's memory is too small for requested image.", Some(Part::Size));
        check(bad, "Can not find requested image", Some(Part::Image));
        check(bad, "Invalid key_name provided.", Some(Part::Key));
        check(
            bad,
            "Network 00000000-0000-0000-0000-000000000000 could not be found.",
            Some(Part::Network),
        );
        check(
            ErrorKind::Forbidden,
            "Quota exceeded for cores, instances, ram: Requested 120, 30, 245760, but already used 2, 2, 1024 of 20, \
             10, 51200 cores, instances, ram",
            Some(Part::Size),
        );
        check(
            bad,
            "Invalid input for field/attribute name. Value: . '' is too short",
            Some(Part::Name),
        );
    }

    #[test]
    fn sentences_of_novas_source_find_their_place() {
        let bad = ErrorKind::BadRequest;
        check(bad, "The requested availability zone is not available", Some(Part::Zone));
        check(bad, "Security group web not found for project 46252803.", Some(Part::Groups));
        check(bad, "Volume type gold could not be found.", Some(Part::VolumeType));
        check(
            bad,
            "Volume is smaller than the minimum size specified in image metadata.",
            Some(Part::VolumeSize),
        );
        check(
            ErrorKind::Conflict,
            "Multiple possible networks found, use a Network ID to be more specific.",
            Some(Part::Network),
        );
        check(bad, "No fixed IP addresses available for network: n1", Some(Part::Network));
    }

    #[test]
    fn what_nobody_knows_and_what_is_no_refusal_goes_to_the_summary() {
        check(ErrorKind::BadRequest, "The request is invalid.", None);
        check(ErrorKind::Server, "Network trouble: <class 'Exception'>", None);
        check(ErrorKind::Unreachable, "network error", None);
    }
}
