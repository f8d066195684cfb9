//! The same as an `openstack` command line. Pure; a journey runs it with the real client.

use crate::captures::order::VolumeOrder;
use crate::text::shell;

/// Between two words of a long line.
const NEXT: &str = " \\\n  ";

/// What would be typed, ready to be pasted. Who sees the image can be said since 3.1.
pub(super) fn command_line(order: &VolumeOrder) -> String {
    let mut words = vec!["openstack --os-volume-api-version 3.1 image create".to_owned()];
    words.push(format!("--volume {}", shell::quote(&order.volume)));
    words.push(format!("--disk-format {}", shell::quote(&order.disk_format)));
    words.push("--container-format bare".to_owned());
    words.push(format!("--{}", order.visibility));
    if order.protected {
        words.push("--protected".to_owned());
    }
    if order.force {
        words.push("--force".to_owned());
    }
    let dashes = if order.image_name.starts_with('-') { "-- " } else { "" };
    words.push(format!("{dashes}{}", shell::quote(&order.image_name)));
    words.join(NEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_can_be_pasted() {
        let mut order = VolumeOrder {
            volume: "f103".into(),
            volume_name: "data".into(),
            image_name: "it's mine".into(),
            disk_format: "qcow2".into(),
            visibility: "private".into(),
            protected: true,
            force: false,
        };
        assert_eq!(
            command_line(&order),
            "openstack --os-volume-api-version 3.1 image create \\\n  --volume f103 \\\n  --disk-format qcow2 \\\n  --container-format bare \\\n  --private \\\n  --protected \\\n  'it'\\''s mine'"
        );
        order.image_name = "-x".into();
        order.force = true;
        let line = command_line(&order);
        assert!(line.ends_with("--force \\\n  -- -x"), "{line}");
    }
}
