//! What the list can be narrowed by, and what each instance counts as. Pure.

use openstack::compute::Server;

use crate::components::list::FacetChoice;
use crate::components::server::{Origins, ServerState, origin_name};
use crate::text::tr;
use crate::ui::Shape;

/// A thing that instances differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    /// The state.
    Status,
    /// The image's name.
    Image,
    /// The size's name.
    Size,
    /// The availability zone.
    Zone,
}

/// How many there are.
pub const FACETS: usize = 4;

impl Facet {
    /// In the order in which they are shown.
    pub const EACH: [Self; FACETS] = [Self::Status, Self::Image, Self::Size, Self::Zone];

    /// Its place in arrays that hold one value for each.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name on its button, and the head of its menu.
    pub fn label(self) -> &'static str {
        match self {
            Self::Status => tr("Status"),
            Self::Image => tr("Image"),
            Self::Size => tr("Size"),
            Self::Zone => tr("Zone"),
        }
    }

    /// Its name in the address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Image => "image",
            Self::Size => "size",
            Self::Zone => "zone",
        }
    }
}

/// What an instance counts as: the word in the address, and the one on the screen.
pub fn value_of(facet: Facet, server: &Server, origins: &Origins) -> (String, String) {
    let known = |text: Option<String>| match text.filter(|text| !text.is_empty()) {
        Some(text) => (text.clone(), text),
        None => ("unknown".to_owned(), tr("Unknown").to_owned()),
    };
    match facet {
        Facet::Status => {
            let state = ServerState::of(server);
            let key = match state.shape {
                // What changes by itself counts together: a row would be gone before it is read.
                Shape::Uploading | Shape::Saving | Shape::Importing => {
                    return ("changing".to_owned(), tr("Changing").to_owned());
                }
                _ => server.status.as_str().to_lowercase(),
            };
            let key = if state.shape == Shape::Deleting { "deleting".to_owned() } else { key };
            (key, state.word)
        }
        Facet::Image => known(origin_name(server, origins)),
        Facet::Size => known(server.flavor.as_ref().and_then(|flavor| flavor.name.clone())),
        Facet::Zone => known(Some(server.availability_zone.clone())),
    }
}

/// The choices of a facet among these instances, by their words; those that are chosen stay, however few they are.
pub fn choices<'a>(
    facet: Facet,
    servers: impl Iterator<Item = &'a Server>,
    origins: &Origins,
    chosen: &[String],
) -> Vec<FacetChoice> {
    let mut all: Vec<FacetChoice> = chosen
        .iter()
        .map(|key| FacetChoice { key: key.clone(), label: key.clone(), chosen: true, count: 0 })
        .collect();
    for server in servers {
        let (key, label) = value_of(facet, server, origins);
        match all.iter_mut().find(|choice| choice.key == key) {
            Some(choice) => {
                choice.count += 1;
                choice.label = label;
            }
            None => all.push(FacetChoice { key, label, chosen: false, count: 1 }),
        }
    }
    all.sort_by_cached_key(|choice| choice.label.to_lowercase());
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn server(status: &str, task: Option<&str>) -> Server {
        serde_json::from_value(json!({
            "id": "s", "status": status, "OS-EXT-STS:task_state": task, "OS-EXT-AZ:availability_zone": "a",
        }))
        .expect("a server")
    }

    #[test]
    fn instances_count_as_what_people_see() {
        let check = |status: &str, task: Option<&str>, key: &str, label: &str| {
            let found = value_of(Facet::Status, &server(status, task), &Origins::default());
            assert_eq!((found.0.as_str(), found.1.as_str()), (key, label));
        };
        check("ACTIVE", None, "active", "Active");
        check("ACTIVE", Some("powering-off"), "changing", "Changing");
        check("BUILD", Some("spawning"), "changing", "Changing");
        check("SHUTOFF", None, "shutoff", "Stopped");
        check("ACTIVE", Some("deleting"), "deleting", "Deleting");
        check("TELEPORTING", None, "teleporting", "TELEPORTING");
    }

    #[test]
    fn choices_are_counted_and_the_chosen_stay() {
        let servers = [server("ACTIVE", None), server("ACTIVE", None), server("SHUTOFF", None)];
        let found =
            choices(Facet::Status, servers.iter(), &Origins::default(), &["error".to_owned()]);
        let found: Vec<_> =
            found.iter().map(|one| (one.label.as_str(), one.count, one.chosen)).collect();
        assert_eq!(found, [("Active", 2, false), ("error", 0, true), ("Stopped", 1, false)]);
    }
}
