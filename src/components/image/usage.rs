//! Words for who uses an image. Pure.

use crate::cloud::ImageUse;
use crate::text::{tr, tr_with};

/// "2 instances and 1 volume".
pub fn use_words(users: &ImageUse) -> String {
    let instances = match users.servers.len() {
        0 => None,
        1 => Some(tr("1 instance").to_owned()),
        count => Some(tr_with("{count} instances", &[("count", &count)])),
    };
    let volumes = match users.volumes.len() {
        0 => None,
        1 => Some(tr("1 volume").to_owned()),
        count => Some(tr_with("{count} volumes", &[("count", &count)])),
    };
    match (instances, volumes) {
        (Some(instances), Some(volumes)) => tr_with(
            "{instances} and {volumes}",
            &[("instances", &instances), ("volumes", &volumes)],
        ),
        (one, other) => one.or(other).unwrap_or_else(|| tr("nothing").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn users_are_counted_in_words() {
        let check = |servers: usize, volumes: usize, expected: &str| {
            let server = json!({"id": "s", "status": "ACTIVE"});
            let volume = json!({"id": "v", "status": "in-use", "size": 1});
            let users = ImageUse {
                servers: vec![serde_json::from_value(server).expect("a server"); servers],
                volumes: vec![serde_json::from_value(volume).expect("a volume"); volumes],
            };
            assert_eq!(use_words(&users), expected);
        };
        check(0, 0, "nothing");
        check(1, 0, "1 instance");
        check(0, 3, "3 volumes");
        check(2, 1, "2 instances and 1 volume");
    }
}
