//! Where on the form a refusal of the cloud belongs.
//!
//! Nova answers 400 with a sentence and names no field, so the sentence is looked at for one purpose only: to choose the
//! place. What is shown is worded by `text/errors.rs`; a sentence that nobody here knows goes to the summary.

use openstack::{ApiError, ErrorKind};

use super::attach::NetworkChoice;
use super::capacity;
use super::draft::{BootDisk, Draft, Part};

/// The part of the form that a refusal is about, if it is about one. Sentences from nova/exception.py,
/// nova/api/openstack/compute/servers.py and, passed on by Nova, cinder/exception.py and Neutron.
pub fn part_of(error: &ApiError, draft: &Draft) -> Option<Part> {
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
    let several = capacity::parse_count(&draft.count).is_some_and(|count| count > 1);
    let on_volume = draft.disk != BootDisk::Local;
    if any(&["key_name", "keypair", "key pair"]) {
        Some(Part::Key)
    } else if any(&["availability zone", "availability_zone"]) {
        Some(Part::Zone)
    } else if any(&["security group", "security_group"]) {
        Some(Part::Groups)
    } else if any(&["server group", "servers in group", "group_members", "instance group"]) {
        Some(Part::ServerGroup)
    } else if any(&["multiple instances", "hostname"]) {
        Some(Part::HostName)
    } else if any(&["user data", "user_data"]) {
        Some(Part::UserData)
    } else if any(&["metadata_items", "metadata property"]) {
        Some(Part::Metadata)
    } else if any(&["config drive", "config_drive"]) {
        Some(Part::ConfigDrive)
    } else if any(&["volume type", "volume_type"]) && draft.disk == BootDisk::NewVolume {
        Some(Part::VolumeType)
    } else if any(&[
        "maximum number of ports",
        "port quota",
        "quota exceeded for resources: ['port']",
    ]) {
        Some(Part::Network)
    } else if any(&["gigabytes", "volume", "snapshot"]) && on_volume {
        Some(Part::VolumeSize)
    } else if any(&["quota exceeded for", "too many instances"]) {
        // Fewer would do; a single one needs a smaller size.
        Some(if several { Part::Count } else { Part::Size })
    } else if any(&["min_count", "max_count"]) {
        Some(Part::Count)
    } else if says("flavor") {
        Some(Part::Size)
    } else if any(&["network", "fixed ip", "subnet"])
        && draft.network() != Some(NetworkChoice::None)
    {
        Some(Part::Network)
    } else if says("image") {
        Some(Part::Image)
    } else {
        None
    }
}

/// `Invalid input for field/attribute name. Value: …`: the field comes right after. Of a list it is the number of the entry,
/// and of a pair its name: then nobody knows.
fn schema_field(words: &str) -> Option<Part> {
    let field = words.split_once("field/attribute ")?.1.split(['.', ' ']).next()?;
    match field {
        "name" => Some(Part::Name),
        "min_count" | "max_count" => Some(Part::Count),
        "flavorref" => Some(Part::Size),
        "imageref" => Some(Part::Image),
        "key_name" => Some(Part::Key),
        "adminpass" => Some(Part::Password),
        "availability_zone" => Some(Part::Zone),
        "volume_size" => Some(Part::VolumeSize),
        "volume_type" => Some(Part::VolumeType),
        "networks" => Some(Part::Network),
        "security_groups" => Some(Part::Groups),
        "user_data" => Some(Part::UserData),
        "group" => Some(Part::ServerGroup),
        "hostname" => Some(Part::HostName),
        "description" => Some(Part::Description),
        "tags" => Some(Part::Tags),
        "metadata" => Some(Part::Metadata),
        "config_drive" => Some(Part::ConfigDrive),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use openstack::Service;

    use super::*;

    fn check(kind: ErrorKind, words: &str, expected: Option<Part>) {
        let error = ApiError::local("launch the instance", Service::Compute, kind, words);
        assert_eq!(part_of(&error, &Draft::default()), expected, "{words}");
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
        check(ErrorKind::Forbidden, "Maximum number of ports exceeded", Some(Part::Network));
        check(bad, "User data needs to be valid base 64.", Some(Part::UserData));
        check(
            bad,
            "Unable to allocate a single hostname to multiple instances.",
            Some(Part::HostName),
        );
        check(
            ErrorKind::Forbidden,
            "Quota exceeded for metadata_items: Requested 129, but already used 0 of 128 metadata_items",
            Some(Part::Metadata),
        );
        check(
            ErrorKind::Forbidden,
            "Quota exceeded, too many servers in group",
            Some(Part::ServerGroup),
        );
        check(
            bad,
            "Invalid input for field/attribute hostname. Value: a_b. 'a_b' does not match",
            Some(Part::HostName),
        );
    }

    #[test]
    fn a_quota_is_about_their_number_when_there_are_several() {
        let words = "Quota exceeded for instances: Requested 3, but already used 9 of 10 instances";
        let kind = ErrorKind::Forbidden;
        let error = ApiError::local("launch the instance", Service::Compute, kind, words);
        let of =
            |count: &str| part_of(&error, &Draft { count: count.to_owned(), ..Draft::default() });
        assert_eq!((of("1"), of("3")), (Some(Part::Size), Some(Part::Count)));
    }

    #[test]
    fn what_nobody_knows_and_what_is_no_refusal_goes_to_the_summary() {
        check(ErrorKind::BadRequest, "The request is invalid.", None);
        check(ErrorKind::Server, "Network trouble: <class 'Exception'>", None);
        check(ErrorKind::Unreachable, "network error", None);
    }
}
