//! The same as `openstack` command lines. Pure; a journey runs them with the real client.

use crate::captures::order::{InstanceOrder, Power};
use crate::text::shell;

/// Between two words of a long line.
const NEXT: &str = " \\\n  ";

/// What would be typed for an order, ready to be pasted.
pub fn command_line(order: &InstanceOrder) -> String {
    let server = shell::quote(&order.server);
    let mut words = vec!["openstack server image create --wait".to_owned()];
    // With "=": the client takes a word that begins with "-" for an option of its own.
    words.push(format!("--name={}", shell::quote(&order.image_name)));
    for (key, value) in &order.properties {
        words.push(format!("--property={}", shell::quote(&format!("{key}={value}"))));
    }
    words.push(server.clone());
    let image = words.join(NEXT);
    if order.power == Power::AsItIs {
        return image;
    }
    // The client has no way to wait for it.
    let stop = format!(
        "openstack server stop {server}\nuntil [ \"$(openstack server show -f value -c status {server})\" = SHUTOFF ]; do sleep 2; done\n"
    );
    match order.power {
        Power::ShutDownAndStart => format!("{stop}{image}\nopenstack server start {server}"),
        Power::ShutDown | Power::AsItIs => format!("{stop}{image}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_order_is_that_of_the_console() {
        let mut order = InstanceOrder {
            server: "5fb4".into(),
            server_name: "web-1".into(),
            image_name: "it's mine".into(),
            properties: BTreeMap::from([("description".into(), "two words".into())]),
            power: Power::AsItIs,
        };
        let image = "openstack server image create --wait \\\n  --name='it'\\''s mine' \\\n  --property='description=two words' \\\n  5fb4";
        assert_eq!(command_line(&order), image);
        order.power = Power::ShutDownAndStart;
        let line = command_line(&order);
        assert!(line.starts_with("openstack server stop 5fb4\nuntil [ "), "{line}");
        assert!(line.ends_with(&format!("{image}\nopenstack server start 5fb4")), "{line}");
        order.power = Power::ShutDown;
        assert!(command_line(&order).ends_with(image));
    }
}
