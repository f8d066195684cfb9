//! What can be done to which of the chosen instances, and what follows from it. Pure.

use openstack::compute::Server;

use crate::components::server::Deed;
use crate::text::{format, tr, tr_with};

/// A deed and the instances that were chosen for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is to be done.
    pub deed: Deed,
    /// To these.
    pub can: Vec<Server>,
    /// Not to so many, for this reason.
    pub cannot: Vec<(&'static str, usize)>,
}

impl Plan {
    /// Divides the chosen instances.
    pub fn new(deed: Deed, chosen: &[Server]) -> Self {
        let mut plan = Self { deed, can: Vec::new(), cannot: Vec::new() };
        for server in chosen {
            match deed.reason_against(server) {
                None => plan.can.push(server.clone()),
                Some(reason) => match plan.cannot.iter_mut().find(|(known, _)| *known == reason) {
                    Some((_, count)) => *count += 1,
                    None => plan.cannot.push((reason, 1)),
                },
            }
        }
        plan
    }

    /// "It is stopped (2), It is locked against changes (1)"; without figures where there is one reason.
    pub fn left_out(&self) -> Option<String> {
        let words = |reason: &str| reason.trim_end_matches('.').to_owned();
        match self.cannot.as_slice() {
            [] => None,
            [(reason, _)] => Some(words(reason)),
            several => {
                let each =
                    several.iter().map(|(reason, count)| format!("{} ({count})", words(reason)));
                Some(each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// "Stop 2 instances".
    pub fn question(&self) -> String {
        let count = format::count(self.can.len(), "instance", "instances");
        tr_with("{verb} {instances}", &[("verb", &self.deed.verb()), ("instances", &count)])
    }

    /// What follows from it, as sentences.
    pub fn consequences(&self) -> Vec<String> {
        match self.deed {
            Deed::Start => Vec::new(),
            Deed::Stop => vec![
                tr("Their operating systems are asked to shut down; after a minute or so they are switched off. Disks and addresses are kept.")
                    .to_owned(),
            ],
            Deed::Reboot => vec![
                tr("Those that run are asked to restart; the others are switched off and on. Connections to them break.").to_owned(),
            ],
            Deed::Delete => {
                let volumes = || self.can.iter().flat_map(|server| &server.volumes);
                let going = volumes().filter(|volume| volume.delete_on_termination).count();
                let staying = volumes().count() - going;
                let mut all = vec![tr("This cannot be undone. Local disks go with them; floating addresses stay with the project.").to_owned()];
                if going > 0 {
                    let count = format::count(going, "volume", "volumes");
                    all.push(tr_with("{volumes} go with them, as was chosen when they were attached.", &[("volumes", &count)]));
                }
                if staying > 0 {
                    let count = format::count(staying, "volume", "volumes");
                    all.push(tr_with("{volumes} stay, and are paid for until you delete them. To have them deleted too, delete those instances one by one.", &[("volumes", &count)]));
                }
                all
            }
        }
    }
}

/// "Stopping 2 instances".
pub fn done_words(deed: Deed, count: usize) -> String {
    let instances = format::count(count, "instance", "instances");
    let values: [(&str, &dyn std::fmt::Display); 1] = [("instances", &instances)];
    match deed {
        Deed::Start => tr_with("Starting {instances}", &values),
        Deed::Stop => tr_with("Stopping {instances}", &values),
        Deed::Reboot => tr_with("Rebooting {instances}", &values),
        Deed::Delete => tr_with("Deleting {instances}", &values),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(status: &str, volumes: serde_json::Value) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "os-extended-volumes:volumes_attached": volumes,
        }))
        .expect("a server")
    }

    #[test]
    fn what_cannot_be_done_is_left_out_with_its_reason() {
        let chosen = [
            server("ACTIVE", json!([])),
            server("SHUTOFF", json!([])),
            server("SHUTOFF", json!([])),
        ];
        let plan = Plan::new(Deed::Stop, &chosen);
        assert_eq!(plan.can.len(), 1);
        assert_eq!(plan.left_out().as_deref(), Some("It is stopped"));
        assert_eq!(plan.question(), "Stop 1 instance");
        assert_eq!(Plan::new(Deed::Delete, &chosen).left_out(), None);
    }

    #[test]
    fn deleting_several_says_what_becomes_of_their_volumes() {
        let chosen = [
            server("ACTIVE", json!([{"id": "v", "delete_on_termination": true}])),
            server("ACTIVE", json!([{"id": "w"}, {"id": "x"}])),
        ];
        let all = Plan::new(Deed::Delete, &chosen).consequences().join(" ");
        assert!(all.contains("1 volume go") && all.contains("2 volumes stay"), "{all}");
    }
}
